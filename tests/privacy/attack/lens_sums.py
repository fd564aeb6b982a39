"""What sums by unit and sums by category say together about a cell of their crossing, which nobody publishes.

Each cell of unit block and category is an unknown of at least nought. A linear program gives the least and the most
that it can be; a cell of fewer than k people for which both are one number is found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from insights.cells import UnitKey
from tests.privacy.attack.equations import NOWHERE, equations
from tests.privacy.attack.organisations import NO_PATTERN, Mask, Numbers, Week
from tests.privacy.attack.rank import reduced
from tests.privacy.attack.rules import Ours, TreeRule
from tests.privacy.attack.trials import Outcome

NEARLY = 1e-6
"""Slack for the arithmetic of linear programs; true numbers are whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A published sum: everybody of some lines who is in one of some categories."""

    people: Mask
    categories: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Crossing:
    """A question's published sums, as sums over the cells of unit block and category.

    `table` holds the true numbers of answers; `blocks` and `categories` have a row a sum.
    """

    table: Numbers
    blocks: Numbers
    categories: Numbers

    @cached_property
    def constraints(self) -> tuple[csr_array, Numbers]:
        """Every published sum, as a row over the cells of the table, and its value."""
        rows = (self.blocks[:, :, None] * self.categories[:, None, :]).reshape(len(self.blocks), -1)
        return csr_array(rows), rows @ self.table.ravel()

    def range(self, cell: int) -> tuple[int, int]:
        """The least and the most that a cell can be."""
        rows, values = self.constraints
        goal = np.zeros(self.table.size)
        ends = []
        for sign in (1, -1):
            goal[cell] = sign
            solved = linprog(goal, A_eq=rows, b_eq=values, bounds=(0, None), method="highs")
            if solved.status:
                raise ArithmeticError(f"a linear program ended with status {solved.status}")
            ends.append(sign * solved.fun)
        return int(np.ceil(ends[0] - NEARLY)), int(np.floor(ends[1] + NEARLY))

    def alike(self) -> Iterator[list[int]]:
        """All cells, those together that have one range.

        Blocks can change places whose totals follow from what is published, are equal, and that are in the same sums
        by category.
        """
        whole = self.categories.all(axis=1)
        echelon, pivots = reduced(self.blocks[whole])
        known = {p for p, row in zip(pivots, echelon, strict=True) if np.count_nonzero(row) == 1}
        kinds: dict[tuple[int, bytes, int, int], list[int]] = {}
        blocks, categories = self.table.shape
        for block in range(blocks):
            name = int(self.table[block].sum()), self.blocks[~whole, block].tobytes(), -1 if block in known else block
            for category in range(categories):
                kinds.setdefault((*name, category), []).append(block * categories + category)
        yield from kinds.values()


def crossing(parts: Sequence[Part], category: Numbers, valid: Mask) -> Crossing:
    """The cells that published sums are made of; `category` numbers everybody's."""
    known = equations(np.array([part.people for part in parts]).reshape(-1, len(valid)), valid)
    inside = known.block != NOWHERE
    number = int(category.max()) + 1
    table = np.zeros((len(known.size), number), dtype=np.int64)
    np.add.at(table, (known.block[inside], category[inside]), 1)
    blocks = np.zeros((len(parts), len(known.size)), dtype=np.int64)
    for row, part in zip(blocks, parts, strict=True):
        row[np.unique(known.block[part.people & inside])] = 1
    categories = np.array([[int(c in part.categories) for c in range(number)] for part in parts])
    return Crossing(table, blocks, categories.reshape(-1, number))


def of_ours(ours: Ours, question: str) -> Crossing:
    """The crossing of our sums; role-holders stand in sums of their own. Categories put together are one."""
    week, keys = ours.week, [*ours.page.categories]
    staff, category = ~week.holds_role, np.full(len(week.unit), len(keys))
    for i, key in enumerate(keys):
        category[ours.of_category(key, False)] = i
    whole = tuple(range(len(keys) + 1))
    parts = [Part(people & staff, whole) for people in ours.of_units[question]]
    for i, key in enumerate(keys):
        parts += [Part(ours.of_line(UnitKey(week.tree[0].id), n) & staff, (i,)) for n in ours.lattices(key, question)]
    valid = week.valid[question] & staff & (category < len(keys))
    return crossing(parts, np.where(valid, category, 0), valid) if keys else crossing([], category, valid)


def of_rule(rule: TreeRule, week: Week, question: str, k: int) -> Crossing:
    """The crossing of another rule's sums: it looks at every unit through the lens, one category at a time."""
    valid = week.valid[question]
    parts = [Part(people, tuple(range(NO_PATTERN + 1))) for people in rule(week.tree, week.unit, valid, k)]
    for i in range(NO_PATTERN + 1):
        mine = valid & (week.pattern == i)
        parts += [Part(people, (i,)) for people in rule(week.tree, week.unit, mine, k)]
    return crossing(parts, week.pattern, valid)


def attacked(known: Crossing, k: int) -> Outcome:
    """Every cell of a crossing with fewer than k people, none included."""
    truth = known.table.ravel()
    trials = pinned = 0
    for cells in known.alike():
        small = [cell for cell in cells if truth[cell] < k]
        trials += len(small)
        if small:
            least, most = known.range(cells[0])
            pinned += len(small) if least == most else 0
    return Outcome(trials=trials, determined=pinned, rounds=1, broken=int(pinned > 0))
