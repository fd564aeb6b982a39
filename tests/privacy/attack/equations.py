"""What has been published, as equations: which people's answers are added up in which known number.

Nothing is assumed about the answers. People whom no published number tells apart are one column, which loses
nothing: every combination of published numbers gives them the same weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.privacy.attack.organisations import Mask, Numbers, Rows

NOWHERE = -1
"""The column of people who are in no published number: no combination says anything about them."""


@dataclass(frozen=True, eq=False)
class Equations:
    """The distinct sums that are known of one question.

    `matrix` has a row for each published set and a column for each block of people, `size` counts the blocks'
    people, `block` gives everybody's block, NOWHERE where there is none.
    """

    matrix: Numbers
    size: Numbers
    block: Numbers


def distinct(rows: Rows) -> Rows:
    """Each row once, where it first stands.

    >>> distinct(np.array([[True, False], [True, True], [True, False]])).tolist()
    [[True, False], [True, True]]
    """
    first: dict[bytes, int] = {}
    for place, packed in enumerate(np.packbits(rows, axis=1)):
        first.setdefault(packed.tobytes(), place)
    return rows[[*first.values()]]


def equations(sets: Rows, valid: Mask) -> Equations:
    """The equations of published sets, of which only those who gave a valid answer count.

    >>> found = equations(np.array([[1, 1, 1, 0], [0, 0, 1, 0]], bool), np.array([1, 1, 1, 1], bool))
    >>> found.matrix.tolist(), found.size.tolist(), found.block.tolist()
    ([[0, 1], [1, 1]], [2, 1], [0, 0, 1, -1])
    """
    block = np.full(len(valid), NOWHERE)
    inside = valid & sets.any(axis=0) if len(sets) else np.zeros_like(valid)
    columns = np.ascontiguousarray(np.packbits(sets[:, inside], axis=0).T)
    if not columns.size:
        return Equations(np.zeros((0, 0), dtype=np.int64), np.zeros(0, dtype=np.int64), block)
    as_words = columns.view(np.dtype((np.void, columns.shape[1])))[:, 0]
    _, first, which, size = np.unique(as_words, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    rank_of = np.empty_like(order)
    rank_of[order] = np.arange(len(order))
    block[inside] = rank_of[which]
    matrix = distinct(sets[:, inside][:, first[order]]).astype(np.int64)
    matrix = matrix[matrix.any(axis=1)]
    return Equations(matrix[np.argsort(matrix @ size[order], kind="stable")], size[order], block)
