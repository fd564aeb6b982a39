"""Attacks on what a lens publishes beside the units: differences, and bounds of every (atom x category) cell."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import inf

import numpy as np
import pytest
from scipy.optimize import linprog

from insights.cells import ROLES, UnitKey
from insights.lens import OTHER
from insights.release import FrozenUnit, Leaf, Release
from tests.insights.lenses import CATEGORIES, Truth, divide, organisation, seen
from tests.insights.orgs import QUESTIONS, tallies, unit

K = 5
UNBOUNDED = 3
COLUMNS = (*CATEGORIES, OTHER)


def bounds(rows: np.ndarray, sums: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """The least and the most that `target` can be, given exact sums and no negative number."""
    least, most = (linprog(sign * target, A_eq=rows, b_eq=sums, bounds=(0, None), method="highs") for sign in (1, -1))
    assert least.status == 0
    assert most.status in (0, UNBOUNDED)
    return least.fun, inf if most.status == UNBOUNDED else -most.fun


def published(shown: Release, cells: Sequence[tuple[UnitKey, str]]) -> list[list[int]]:
    """Every sum of staff that a reader can form: lines of units on either lattice, and lines of the lens."""
    unions = {
        frozenset(key for atom in atoms for key in atom) - {ROLES}
        for lattice in (shown.atoms, shown.nested)
        for atoms in lattice.values()
    }
    rows = [[int(leaf in union) for leaf, _ in cells] for union in unions if union]
    return rows + [[int(name in inside) for _, name in cells] for inside in shown.categories.values()]


def cornered(shown: Release, leaves: Sequence[Leaf], truth: Truth, question: str) -> list[tuple[str, str]]:
    """Cells (atom x category) of fewer than K people, but not of none, whose number readers can work out.

    They know whether anybody is without a category.
    """
    staff = [leaf.key for leaf in leaves if leaf.key != ROLES]
    columns = [name for name in COLUMNS if any(of == name for _, of in truth)]
    cells = [(leaf, name) for leaf in staff for name in columns]
    counts = np.array([truth.get(cell, {}).get(question, 0) for cell in cells])
    rows = np.array(published(shown, cells))
    atoms = {atom for atoms in shown.atoms.values() for atom in atoms if atom != (ROLES,)}
    left = tuple(sorted(set(staff) - {key for atom in atoms for key in atom}))
    found = []
    for atom in sorted({*atoms, left} - {()}):
        for inside in (*((name,) for name in columns), columns):
            target = np.array([int(leaf in atom and name in inside) for leaf, name in cells])
            if 0 < counts @ target < K:
                least, most = bounds(rows, rows @ counts, target)
                if most - least < 1e-6:
                    found.append(("+".join(atom), "+".join(inside)))
    return found


def thin(seed: int) -> tuple[list[FrozenUnit], list[Leaf]]:
    """Few teams, and in every second organisation one that is too small for every pool below the top."""
    return organisation(
        seed, divisions=3, teams=(1, 4), sizes=(8, 20) if seed % 2 else (1, 20), straggler=seed % 2 * 3
    )


@pytest.mark.parametrize("seed", range(8))
def test_no_cell_of_an_atom_and_a_category_can_be_worked_out_below_k(seed: int):
    units, leaves = thin(seed)
    lens, truth = divide(leaves, seed, weights=(5, 4, 1, 1))
    shown = seen(units, leaves, lens)
    assert shown.categories
    assert [cornered(shown, leaves, truth, question.id) for question in QUESTIONS] == [[]] * len(QUESTIONS)


def test_the_same_attack_corners_the_leftovers_where_nobody_joins():
    found = 0
    for seed in range(8):
        units, leaves = thin(seed)
        lens, truth = divide(leaves, seed, weights=(5, 4, 1, 0))
        plain, shown = seen(units, leaves, None), seen(units, leaves, lens)
        naive = Release(plain.lines, plain.cells, plain.atoms, plain.nested, shown.categories)
        found += any(cornered(naive, leaves, truth, question.id) for question in QUESTIONS)
    assert found >= 3


def test_the_same_attack_corners_small_categories_of_a_single_team():
    leaf = Leaf(UnitKey("org"), "org", ("org",), 60, 50, tallies(50))
    _, truth = divide([leaf], 0, weights=(40, 1, 1, 0))
    small = {name for name in COLUMNS if 0 < truth.get((leaf.key, name), {}).get("q12b", 0) < K}
    shown = seen([unit("org")], [leaf], None)
    naive = Release(shown.lines, shown.cells, shown.atoms, shown.nested, {UnitKey(n): (n,) for n in COLUMNS})
    assert {name for _, name in cornered(naive, [leaf], truth, "q12b")} == small
    assert small


def test_the_categories_sum_up_to_exactly_the_published_staff():
    for seed in range(40):
        units, leaves = organisation(seed, divisions=4, teams=(1, 4), sizes=(0, 18))
        lens, truth = divide(leaves, seed, weights=(5, 4, 1, seed % 2))
        shown = seen(units, leaves, lens)
        if not shown.categories:
            continue
        for lattice in (shown.atoms, shown.nested):
            held = {key for atom in lattice["org"] for key in atom} - {ROLES}
            for question in QUESTIONS:
                inside = {name for categories in shown.categories.values() for name in categories}
                total = sum(sum(leaf.tallies[question.id].counts) for leaf in leaves if leaf.key in held)
                parts = sum(n[question.id] for (_, name), n in truth.items() if name in inside)
                assert parts == total


def test_wide_organisations_keep_nearly_all_their_teams_with_the_lens_on():
    admitted = kept = joined = 0
    for seed in range(12):
        dice = random.Random(seed)
        units, leaves = organisation(seed, divisions=18, teams=(11, 15), sizes=(2, dice.choice((22, 26))))
        lens, _ = divide(leaves, seed)
        plain, shown = seen(units, leaves, None), seen(units, leaves, lens)
        teams = {unit.id for unit in units if unit.parent not in (None, "org")}
        assert shown.categories
        admitted += len(teams & plain.atoms.keys())
        kept += len(teams & shown.atoms.keys())
        joined += shown.atoms != plain.atoms
    assert kept >= 0.99 * admitted
    assert admitted - kept <= joined
