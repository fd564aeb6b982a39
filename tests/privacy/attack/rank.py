"""Which groups of fewer than k people can be computed from everything published, by linear algebra alone.

A combination of published sums speaks of a group alone exactly if it vanishes outside it. Such a combination exists
exactly if the group's columns cost the matrix rank, or, which is the same, if the group's rows of a basis of the
null space are linearly dependent. Arithmetic is exact, modulo a large prime.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement

import numpy as np

from tests.privacy.attack.equations import NOWHERE, Equations
from tests.privacy.attack.organisations import Mask, Numbers

PRIME = 2**31 - 1
"""Products of two residues fit 63 bits. Sets that nest have minors of 0, 1 and -1, so no prime hides a rank."""

SWEPT = 4_000
"""Sets of one composition that a sweep looks at; of more, this many are drawn."""


def reduced(matrix: Numbers) -> tuple[Numbers, list[int]]:
    """The reduced row echelon form modulo PRIME, without its zero rows, and its pivot columns.

    >>> reduced(np.array([[1, 1, 1], [1, 0, 1], [2, 1, 2]]))[0].tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    left, pivots = matrix % PRIME, []
    for column in range(left.shape[1]):
        row = len(pivots)
        if row == len(left):
            break
        below = np.flatnonzero(left[row:, column])
        if not len(below):
            continue
        left[[row, row + below[0]]] = left[[row + below[0], row]]
        left[row] = left[row] * pow(int(left[row, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(left[:, column])
        others = others[others != row]
        left[others] = (left[others] - left[others, column][:, None] * left[row]) % PRIME
        pivots.append(column)
    return left[: len(pivots)], pivots


def rank(matrix: Numbers) -> int:
    """The rank modulo PRIME."""
    return len(reduced(matrix)[1])


def null_vectors(matrix: Numbers, width: int, rng: np.random.Generator) -> Numbers:
    """`width` random vectors of the null space modulo PRIME, as columns.

    `width` rows of them are dependent wherever the same rows of a whole basis are; the other way round with a
    probability of error of about 1 / PRIME.
    """
    echelon, pivots = reduced(matrix)
    found = rng.integers(0, PRIME, (matrix.shape[1], width))
    free = np.setdiff1d(np.arange(matrix.shape[1]), pivots)
    if len(pivots):
        found[pivots] = -times(echelon[:, free], found[free]) % PRIME
    return found


def times(left: Numbers, right: Numbers) -> Numbers:
    """The matrix product modulo PRIME; halves of 16 bits keep the sums below 63 bits."""
    high, low = right >> 16, right & 0xFFFF
    return ((left @ high % PRIME << 16) + left @ low) % PRIME


def are_dependent(rows: Numbers) -> bool:
    """Whether rows modulo PRIME are linearly dependent."""
    return rank(rows) < len(rows)


def whole_blocks(known: Equations, group: Mask) -> list[int]:
    """The blocks all of whose people are in the group: a combination that vanishes outside it rests on them."""
    blocks, held = np.unique(known.block[group], return_counts=True)
    return [int(b) for b, n in zip(blocks, held, strict=True) if b != NOWHERE and n == known.size[b]]


def is_determined(known: Equations, null: Numbers, group: Mask) -> bool:
    """Whether some combination of what is published speaks of this group alone."""
    blocks = whole_blocks(known, group)
    return bool(blocks) and are_dependent(null[blocks])


def determined(known: Equations, null: Numbers, k: int, rng: np.random.Generator) -> tuple[list[list[int]], int]:
    """Smallest sets of blocks with fewer than k people that are determined; and how many sets were swept.

    Every set is looked at, or SWEPT of each composition where there are more.
    """
    found = [[b] for b in map(int, np.flatnonzero(known.size < k)) if not null[b].any()]
    swept = int((known.size < k).sum())
    alone = {b for one in found for b in one}
    for sizes in compositions(k):
        pools = {n: [int(b) for b in np.flatnonzero(known.size == n) if b not in alone] for n in set(sizes)}
        sets = draw(pools, sizes, rng)
        swept += len(sets)
        if len(sets):
            hits = sets[singular(null[sets][:, :, : len(sizes)])]
            found += [row for row in hits.tolist() if not any(set(one) < set(row) for one in found)]
    return found, swept


def compositions(k: int) -> list[tuple[int, ...]]:
    """How fewer than k people can be made of two or more blocks, fewest blocks first.

    >>> compositions(5)
    [(1, 1), (1, 2), (1, 3), (2, 2), (1, 1, 1), (1, 1, 2), (1, 1, 1, 1)]
    """
    return [
        sizes
        for blocks in range(2, k)
        for sizes in combinations_with_replacement(range(1, k), blocks)
        if sum(sizes) < k
    ]


def draw(pools: dict[int, list[int]], sizes: Sequence[int], rng: np.random.Generator) -> Numbers:
    """Sets of different blocks of these sizes, one a row: all of them, or SWEPT drawn ones."""
    parts = [(n, sizes.count(n)) for n in sorted(pools)]
    counts = [_choose(len(pools[n]), times) for n, times in parts]
    if np.prod(counts, dtype=float) > SWEPT:
        drawn = np.hstack([rng.choice(pools[n], (SWEPT, times)) for n, times in parts])
        ordered = np.sort(drawn, axis=1)
        return np.unique(ordered[(np.diff(ordered, axis=1) > 0).all(axis=1)], axis=0)
    grids = [np.array(list(combinations(pools[n], times)), dtype=np.int64).reshape(-1, times) for n, times in parts]
    found = grids[0]
    for grid in grids[1:]:
        found = np.hstack([np.repeat(found, len(grid), axis=0), np.tile(grid, (len(found), 1))])
    return found


def singular(squares: Numbers) -> Mask:
    """Which of many square matrices modulo PRIME are singular, if none of their leading parts is."""
    left = squares.copy()
    for step in range(left.shape[1] - 1):
        pivot, below = left[:, step, step], left[:, step + 1 :, step]
        cleared = pivot[:, None, None] * left[:, step + 1 :] % PRIME
        left[:, step + 1 :] = (cleared - below[:, :, None] * left[:, None, step]) % PRIME
    return np.asarray(left[:, -1, -1] == 0)


def _choose(n: int, k: int) -> float:
    return float(np.prod([(n - i) / (i + 1) for i in range(k)]))
