"""An attack on what a release publishes: linear combinations of sums, over every group that is too small."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence

from insights.lattice import Tree
from insights.release import FrozenUnit, Leaf
from tests.insights.orgs import leaf, released, unit

K = 5
PRIME = 2**61 - 1


def rank(rows: Sequence[Sequence[int]]) -> int:
    """The rank of a matrix over the integers modulo a large prime, by elimination."""
    left, found = [[*row] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column] % PRIME), None)
        if pivot is None:
            continue
        left.remove(pivot)
        inverse = pow(pivot[column], -1, PRIME)
        left = [[(x - row[column] * inverse * y) % PRIME for x, y in zip(row, pivot, strict=True)] for row in left]
        found += 1
    return found


def cornered(published: set[frozenset[str]], sizes: Mapping[str, int], k: int) -> list[set[str]]:
    """Groups of fewer than k people about whom some combination of the published sums says something.

    A combination that vanishes outside the group exists exactly if leaving out the group's columns costs rank.
    """
    keys = sorted(key for key, n in sizes.items() if n)
    rows = [[int(key in union) for key in keys] for union in sorted(published, key=sorted)]
    whole = rank(rows)
    found = []
    for group in itertools.chain.from_iterable(itertools.combinations(keys, n) for n in range(1, k)):
        if sum(sizes[key] for key in group) < k:
            outside = [[bit for key, bit in zip(keys, row, strict=True) if key not in group] for row in rows]
            if rank(outside) < whole:
                found.append({*group})
    return found


def thin_organisation(seed: int) -> tuple[list[FrozenUnit], list[Leaf]]:
    """Divisions of one to four small teams, everybody established, everybody answering everything."""
    dice = random.Random(seed)
    units: list[FrozenUnit] = [unit("org", headcount=0)]
    leaves: list[Leaf] = []
    for division in range(dice.randint(2, 3)):
        units.append(unit(f"d{division}", "org", headcount=0))
        for team in range(dice.randint(1, 4)):
            units.append(unit(f"d{division}t{team}", f"d{division}"))
            leaves.append(leaf(f"d{division}t{team}", dice.randint(1, 14)))
    return units, leaves


def naive(units: Sequence[FrozenUnit], sizes: Mapping[str, int]) -> set[frozenset[str]]:
    """Publish every unit with at least k answers."""
    tree = Tree(units)
    below = {each.id: frozenset(sizes.keys() & set(tree.walk(each.id))) for each in units}
    return {keys for keys in below.values() if sum(sizes[key] for key in keys) >= K}


def test_no_combination_of_published_sums_corners_fewer_than_k_though_the_naive_rule_lets_it():
    broken = 0
    for seed in range(60):
        units, leaves = thin_organisation(seed)
        sizes: dict[str, int] = {each.key: each.respondents for each in leaves}
        shown = released(units, leaves, K)
        lattices = [*shown.atoms.values(), *shown.nested.values()]
        published = {frozenset(key for atom in atoms for key in atom) for atoms in lattices}
        assert cornered(published, sizes, K) == []
        broken += bool(cornered(naive(units, sizes), sizes, K))
    assert broken >= 30


def test_the_attack_finds_a_difference_of_two_sums():
    sizes = {"a": 9, "b": 2, "c": 8}
    assert cornered({frozenset("abc"), frozenset("ac")}, sizes, 5) == [{"b"}]
    assert cornered({frozenset("abc"), frozenset("c")}, sizes, 5) == []
