"""Organisations to be attacked: wide and thin ones, twelve rounds long, with people who join, leave, move and skip.

Everything is drawn from one seeded generator; a seed is the organisation's name in the table of docs/attacks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from insights.cells import WHOLE
from insights.lattice import FrozenUnit
from insights.pack import Question
from insights.policy import TENURE_OPENINGS
from tests.insights.orgs import DRIVER, FIXED, ROTATING

Mask: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.bool_]
"""Published sets: one row a set, one column an asked person of the round."""

QUESTIONS: tuple[Question, ...] = (FIXED, ROTATING, DRIVER)
STRAIN = (FIXED.id, ROTATING.id)
PATTERNS = ("days", "nights", "mixed")
NO_PATTERN = len(PATTERNS)
ROUNDS = 12

RESPONSE, HABIT = 0.0, 1.2
"""Log-odds of answering, and their spread between people: half of those asked answer."""
SKIPPED, LEAVING, MOVING, NOT_ASKED = 0.04, 0.02, 0.01, 0.03
"""Chances a round: to skip a question, to leave, to move to another unit, to be on a pause or out of reach."""


@dataclass(frozen=True, eq=False)
class Week:
    """One round: the frozen tree, and a place in each array for everybody who was asked.

    `unit` indexes `tree`, `pattern` PATTERNS or is NO_PATTERN, `answers` holds an option for each question, or -1.
    """

    number: int
    tree: tuple[FrozenUnit, ...]
    person: Numbers
    unit: Numbers
    pattern: Numbers
    holds_role: Mask
    established: Mask
    answered: Mask
    answers: Numbers

    @cached_property
    def valid(self) -> dict[str, Mask]:
        """Who gave a valid answer, by question; WHOLE stands for having answered at all."""
        found = {question.id: self.answers[:, i] >= 0 for i, question in enumerate(QUESTIONS)}
        return {**found, WHOLE: self.answered}

    @cached_property
    def below(self) -> Rows:
        """Which units (columns) stand at or below a unit (row)."""
        return reaches(self.tree)

    @cached_property
    def groups(self) -> list[Mask]:
        """The groups that public knowledge tells apart: a unit's own people, and the role-holders."""
        staff = [(self.unit == i) & ~self.holds_role for i in range(len(self.tree))]
        return [*staff, self.holds_role]


@dataclass(frozen=True, slots=True)
class Kind:
    """How an organisation is drawn. `shape` gives the number of children at each level, as ranges."""

    name: str
    shape: tuple[tuple[int, int], ...]
    median: float
    spread: float
    inner: tuple[int, int]


WIDE = Kind("wide", ((6, 6), (3, 4), (8, 14)), 14, 0.5, (2, 12))
THIN = Kind("thin", ((9, 12), (1, 4)), 9, 0.5, (0, 7))


def reaches(tree: tuple[FrozenUnit, ...]) -> Rows:
    """Which units (columns) stand at or below a unit (row)."""
    place = {unit.id: i for i, unit in enumerate(tree)}
    found = np.eye(len(tree), dtype=bool)
    for unit in tree:
        here = unit.parent
        while here is not None:
            found[place[here], place[unit.id]] = True
            here = tree[place[here]].parent
    return found


def organisation(kind: Kind, seed: int, rounds: int = ROUNDS) -> list[Week]:
    """An organisation's rounds, as frozen at their openings and answered until their closings."""
    staff = Staff(kind, np.random.default_rng([seed, len(kind.shape)]))
    return list(staff.weeks(rounds))


class Staff:
    """People in units, round after round."""

    def __init__(self, kind: Kind, rng: np.random.Generator) -> None:
        self.rng = rng
        self.tree, self.size = grow(kind, rng)
        self.inner = np.array([any(other.parent == unit.id for other in self.tree) for unit in self.tree])
        self.unit = np.repeat(np.arange(len(self.tree)), self.size)
        self.person = np.arange(len(self.unit))
        self.tenure = np.full(len(self.unit), TENURE_OPENINGS)
        self.nights = rng.dirichlet((5, 2, 2.5, 0.3), len(self.tree))
        self.level = rng.normal(1.7, 0.35, len(self.tree))
        self.pattern = self.patterns(self.unit)
        self.habit = HABIT * rng.standard_normal(len(self.unit))
        self.mood = rng.standard_normal(len(self.unit))
        leads = self.inner[self.unit] & (rng.random(len(self.unit)) < 0.35)
        self.holds_role = leads | (rng.random(len(self.unit)) < 0.005)

    def patterns(self, unit: Numbers) -> Numbers:
        """A working pattern each, by what is usual in the unit; a few never say."""
        edges = np.cumsum(self.nights[unit], axis=1)
        return (self.rng.random(len(unit))[:, None] > edges[:, :NO_PATTERN]).sum(axis=1)

    def weeks(self, rounds: int) -> Iterator[Week]:
        """The rounds in order."""
        for number in range(1, rounds + 1):
            yield self.week(number)
            self.turn_over()

    def week(self, number: int) -> Week:
        """Who is asked, who answers, and what."""
        rng = self.rng
        asked = rng.random(len(self.unit)) >= NOT_ASKED
        unit, crowd = self.unit[asked], int(asked.sum())
        will = RESPONSE + self.habit[asked] + rng.normal(0, 0.3, len(self.tree))[unit]
        answered = rng.random(crowd) < 1 / (1 + np.exp(-will))
        state = self.level[unit] + 0.7 * self.mood[asked] + 0.6 * rng.standard_normal(crowd)
        felt = state[:, None] + 0.6 * rng.standard_normal((crowd, 2))
        driver = np.minimum(rng.geometric(0.45, crowd) - 1, len(DRIVER.options) - 1)
        answers = np.column_stack([np.clip(np.rint(felt), 0, len(FIXED.options) - 1).astype(int), driver])
        answers[(rng.random(answers.shape) < SKIPPED) | ~answered[:, None]] = -1
        return Week(
            number=number,
            tree=self.tree,
            person=self.person[asked],
            unit=unit,
            pattern=self.pattern[asked],
            holds_role=self.holds_role[asked],
            established=self.tenure[asked] >= TENURE_OPENINGS,
            answered=answered,
            answers=answers,
        )

    def turn_over(self) -> None:
        """Between two rounds people leave, others join, some move; tenure grows, and begins anew for movers."""
        rng = self.rng
        self.tenure += 1
        moving = (rng.random(len(self.unit)) < MOVING) & ~self.holds_role
        self.unit[moving] = rng.choice(np.flatnonzero(~self.inner), int(moving.sum()))
        self.tenure[moving] = 0
        stays = (rng.random(len(self.unit)) >= LEAVING) | self.holds_role
        joining = rng.permutation(self.unit)[: int((~stays).sum())]
        self.person = np.concatenate([self.person[stays], self.person.max() + 1 + np.arange(len(joining))])
        self.tenure = np.concatenate([self.tenure[stays], np.zeros_like(joining)])
        self.pattern = np.concatenate([self.pattern[stays], self.patterns(joining)])
        self.habit = np.concatenate([self.habit[stays], HABIT * rng.standard_normal(len(joining))])
        self.mood = np.concatenate([self.mood[stays], rng.standard_normal(len(joining))])
        self.holds_role = np.concatenate([self.holds_role[stays], np.zeros(len(joining), dtype=bool)])
        self.unit = np.concatenate([self.unit[stays], joining])


def grow(kind: Kind, rng: np.random.Generator) -> tuple[tuple[FrozenUnit, ...], Numbers]:
    """A tree, and how many people sit in each of its units."""
    tree, tips = [FrozenUnit("org", None, "Organisation", 0)], ["org"]
    for least, most in kind.shape:
        grown: list[str] = []
        for parent in tips:
            for number in range(int(rng.integers(least, most + 1))):
                id = f"{parent.removeprefix('org')}-{number}".lstrip("-")
                tree.append(FrozenUnit(id, parent, f"Unit {id}", 0))
                grown.append(id)
        tips = grown
    is_team = np.array([unit.id in set(tips) for unit in tree])
    teams = np.clip(np.rint(kind.median * np.exp(kind.spread * rng.standard_normal(len(tree)))), 2, 80)
    inner = rng.integers(kind.inner[0], kind.inner[1] + 1, len(tree))
    size = np.where(is_team, teams, inner).astype(int)
    frozen = tuple(replace(unit, headcount=int(n * 1.2) + 1) for unit, n in zip(tree, size, strict=True))
    return frozen, size
