"""Rules of publication under attack: ours, and two that others use. A rule says which people are in which number.

Attackers are given the exact value of every published number, the worst case; how it is coded for display is
attacked in interval.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from insights.cells import WHOLE, Kind, Released, Stat, UnitKey
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.lens import PATTERN, Lens
from insights.release import Release, release
from insights.seating import Member, Place, Seating, seat
from tests.privacy.attack.organisations import (
    NO_PATTERN,
    PATTERNS,
    QUESTIONS,
    STRAIN,
    Mask,
    Numbers,
    Rows,
    Week,
    reaches,
)

Sets: TypeAlias = Mapping[str, Rows]
"""Published sets by question; WHOLE stands for how many answered at all."""

TreeRule: TypeAlias = Callable[[tuple[FrozenUnit, ...], Numbers, Mask, int], Rows]
"""A rule that sees one question: the tree, the unit of everybody asked, who gave a valid answer, and k."""


def lines(tree: tuple[FrozenUnit, ...], unit: Numbers) -> tuple[Rows, list[int | None]]:
    """What could be published of a tree: each unit with all below it, and the own people of each inner unit.

    Returns the people in each line, and the line that it hangs below.
    """
    place = {each.id: i for i, each in enumerate(tree)}
    parents: list[int | None] = [None if each.parent is None else place[each.parent] for each in tree]
    inner = sorted({parent for parent in parents if parent is not None})
    whole = reaches(tree)[:, unit]
    own = np.array([unit == i for i in inner]).reshape(len(inner), len(unit))
    return np.vstack([whole, own]), [*parents, *inner]


def naive(tree: tuple[FrozenUnit, ...], unit: Numbers, valid: Mask, k: int) -> Rows:
    """Every line with at least k valid answers."""
    people, _ = lines(tree, unit)
    return people[(people & valid).sum(axis=1) >= k]


def hide_next_smallest(tree: tuple[FrozenUnit, ...], unit: Numbers, valid: Mask, k: int) -> Rows:
    """The same, but where exactly one line below another is hidden, the next smallest beside it is hidden too."""
    people, parents = lines(tree, unit)
    n = (people & valid).sum(axis=1)
    shown = n >= k
    for parent in range(len(tree)):
        beside = [line for line, above in enumerate(parents) if above == parent and n[line]]
        small = [line for line in beside if n[line] < k]
        rest = sorted((line for line in beside if n[line] >= k), key=lambda line: (n[line], line))
        if len(small) == 1 and rest:
            shown[rest[0]] = False
    return people[shown]


def by_question(rule: TreeRule, week: Week, k: int, *, with_lens: bool = False) -> dict[str, Rows]:
    """What a rule publishes of a round at its closing; with a lens, every unit once more for each category."""
    found = {}
    for question, valid in week.valid.items():
        rows = [rule(week.tree, week.unit, valid, k)]
        if with_lens and question:
            for category in range(NO_PATTERN + 1):
                mine = week.pattern == category
                rows.append(rule(week.tree, week.unit, valid & mine, k) & mine)
        found[question] = np.vstack(rows)
    return found


@dataclass(frozen=True, eq=False)
class Ours:
    """A round released by the rule of the product, from boxes as its own seating makes them."""

    week: Week
    k: int
    with_lens: bool = False

    @cached_property
    def seating(self) -> Seating:
        """Which box everybody's answers went into."""
        places = [Place(unit.id, unit.parent, True) for unit in self.week.tree]
        members = [
            Member(str(i), self.week.tree[unit].id, bool(role))
            for i, (unit, role) in enumerate(zip(self.week.unit, self.week.holds_role, strict=True))
        ]
        return seat(places, members, self.k)

    @cached_property
    def box(self) -> Numbers:
        """Everybody's box, as an index of the seating's scopes."""
        index = {scope.key: i for i, scope in enumerate(self.seating.scopes)}
        return np.array([index[self.seating.seats[str(i)]] for i in range(len(self.week.unit))])

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The sums in the boxes."""
        week, scopes = self.week, self.seating.scopes
        tallies = [counted(week, self.box, len(scopes), i) for i in range(len(QUESTIONS))]
        respondents = np.bincount(self.box[week.answered], minlength=len(scopes))
        return [
            Leaf(
                UnitKey(scope.key),
                scope.at,
                scope.units,
                scope.people,
                int(respondents[i]),
                {question.id: tallies[q][i] for q, question in enumerate(QUESTIONS)},
            )
            for i, scope in enumerate(scopes)
        ]

    @cached_property
    def lens(self) -> Lens | None:
        """The sealed sums by working pattern."""
        if not self.with_lens:
            return None
        category = np.where(self.week.holds_role, NO_PATTERN, self.week.pattern)
        tallies = [counted(self.week, category, NO_PATTERN + 1, i) for i in range(len(QUESTIONS))]
        found = {
            name: {question.id: tallies[q][i] for q, question in enumerate(QUESTIONS)}
            for i, name in enumerate(PATTERNS)
        }
        return Lens(PATTERN, found)

    @cached_property
    def page(self) -> Release:
        """What is published."""
        return release(self.week.tree, self.leaves, QUESTIONS, STRAIN, self.k, self.lens)

    def people(self, keys: Sequence[UnitKey]) -> Mask:
        """Everybody in these boxes."""
        wanted = {*keys}
        return np.array([scope.key in wanted for scope in self.seating.scopes])[self.box]

    def of_line(self, key: UnitKey, nested: bool) -> Mask:
        """Everybody in a line's scores, or in its shares."""
        lattice = self.page.nested if nested else self.page.atoms
        return self.people([leaf for atom in lattice.get(key, ()) for leaf in atom])

    def of_category(self, key: UnitKey, nested: bool) -> Mask:
        """Everybody in a line of the lens: whoever of its categories is in the organisation's own number."""
        week, names = self.week, {*self.page.categories[key]}
        codes = [i for i in range(NO_PATTERN + 1) if (*PATTERNS, "other")[i] in names]
        total = self.of_line(UnitKey(week.tree[0].id), nested)
        return total & ~week.holds_role & np.isin(week.pattern, codes)

    @cached_property
    def of_units(self) -> dict[str, Rows]:
        """The published sets of units, pools and role-holders, read off the cells that carry a number."""
        return self.rows([line.key for line in self.page.lines if line.kind is not Kind.LENS], self.of_line)

    @cached_property
    def of_categories(self) -> dict[str, Rows]:
        """The published sets of the lens."""
        return self.rows([line.key for line in self.page.lines if line.kind is Kind.LENS], self.of_category)

    @cached_property
    def sets(self) -> dict[str, Rows]:
        """All published sets."""
        return {asked: np.vstack([rows, self.of_categories[asked]]) for asked, rows in self.of_units.items()}

    def rows(self, keys: Sequence[UnitKey], people: Callable[[UnitKey, bool], Mask]) -> dict[str, Rows]:
        """The sets of some lines, by question."""
        found: dict[str, list[Mask]] = {question: [] for question in self.week.valid}
        for key in keys:
            masks = [people(key, False), people(key, True)]
            for question, rows in found.items():
                rows += [masks[nested] for nested in self.lattices(key, question)]
        width = len(self.week.unit)
        return {question: np.array(rows, dtype=bool).reshape(-1, width) for question, rows in found.items()}

    def lattices(self, key: UnitKey, question: str) -> list[bool]:
        """On which lattices a line has numbers for a question: False for scores, True for shares and spread."""
        if question == WHOLE:
            return [False] if self.has(key, question, Stat.ANSWERED) else []
        asked = next(each for each in QUESTIONS if each.id == question)
        shares = [Stat.SPREAD, Stat.TOP, *map(Stat.share, range(len(asked.options)))]
        found = [False] if self.has(key, question, Stat.SCORE) else []
        return [*found, True] if any(self.has(key, question, stat) for stat in shares) else found

    def has(self, key: UnitKey, question: str, stat: str) -> bool:
        """Whether a cell carries a number."""
        return isinstance(self.page.cells.get((key, question, stat)), Released)


def counted(week: Week, box: Numbers, boxes: int, question: int) -> list[Tally]:
    """One question's tally in each box."""
    options, answers = len(QUESTIONS[question].options), week.answers[:, question]
    given = answers >= 0
    table = np.bincount(box[given] * options + answers[given], minlength=boxes * options).reshape(boxes, options)
    skips = np.bincount(box[week.answered & ~given], minlength=boxes)
    established = np.bincount(box[given & week.established], minlength=boxes)
    return [Tally(tuple(map(int, table[i])), int(skips[i]), int(established[i])) for i in range(boxes)]
