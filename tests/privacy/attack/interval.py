"""What is shown, as inequalities: how far can a small group's numbers lie apart, if everything shown is true?

The attacker knows how many are asked in every unit, the rule, k, and the coding. A group is found out if all whole
numbers of answers that fit what is shown agree on how many of it answered, or how often it chose an option.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tests.privacy.attack.organisations import QUESTIONS, Mask, Numbers, Week
from tests.privacy.attack.trials import Outcome

OPEN = 10**6
"""No limit: more than anybody has people."""

HELPERS = (0, 5, 10, 20, 40)
"""How many groups near by may take up what changes, before every group may."""

PLACES = np.cumsum([1, *(len(question.options) for question in QUESTIONS)])
"""Unknowns of a group: how many answered, then how many chose each option of each question."""
WIDTH = int(PLACES[-1])
ANSWERED = np.eye(WIDTH, dtype=np.int64)[0]


HOW_MANY, WHICH = "how many answered", "which option they chose"
KINDS = {HOW_MANY: {0, *range(WIDTH, WIDTH + len(QUESTIONS))}, WHICH: {*range(1, WIDTH)}}
"""What one would like to know of a group, by the number of the goal."""


def options(question: int) -> slice:
    """Where the options of a question stand among a group's unknowns."""
    return slice(int(PLACES[question]), int(PLACES[question + 1]))


def weighted(question: int, weights: Sequence[int]) -> Numbers:
    """Weights of a sum over the options of one question."""
    found = np.zeros(WIDTH, dtype=np.int64)
    found[options(question)] = weights
    return found


def valid(question: int) -> Numbers:
    """Weights that count the valid answers to a question."""
    return weighted(question, [1] * len(QUESTIONS[question].options))


@dataclass(frozen=True, eq=False)
class Fact:
    """`least <= sum over these groups of weights x unknowns <= most`, all whole numbers."""

    groups: Mask
    weights: Numbers
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Shown:
    """What is known of a round's groups: how many were asked in each, and facts. `truth` has a row a group."""

    people: Numbers
    truth: Numbers
    facts: Sequence[Fact]

    @cached_property
    def inside(self) -> Mask:
        """Which groups (columns) are in which fact (row)."""
        return np.array([fact.groups for fact in self.facts], dtype=bool).reshape(-1, len(self.people))

    @cached_property
    def weights(self) -> Numbers:
        """The weights of each fact, a row each."""
        return np.array([fact.weights for fact in self.facts], dtype=np.int64).reshape(-1, WIDTH)

    @cached_property
    def limits(self) -> Numbers:
        """The least and most that each fact allows, less what is truly there: two columns."""
        there = ((self.inside @ self.truth) * self.weights).sum(axis=1)
        return np.array([(fact.least, fact.most) for fact in self.facts]).reshape(-1, 2) - there[:, None]

    def together(self, group: int) -> list[int]:
        """The groups that are in the same facts as this one: answers can pass between them unseen."""
        alike = (self.inside == self.inside[:, [group]]).all(axis=0)
        return [group] if not self.inside[:, group].any() else list(map(int, np.flatnonzero(alike)))

    def problem(self, free: Sequence[int]) -> Problem:
        """What the facts leave to these groups, if all others are as they truly are."""
        mine = self.inside[:, free]
        told = mine.any(axis=1)
        rows = (mine[told][:, :, None] * self.weights[told][:, None, :]).reshape(-1, len(free) * WIDTH)
        truth = self.truth[free].ravel()
        limits = self.limits[told] + (rows @ truth)[:, None]
        asked = np.array([valid(question) - ANSWERED for question in range(len(QUESTIONS))])
        every = np.kron(np.eye(len(free), dtype=np.int64), asked)
        return Problem(
            rows=csr_array(np.vstack([rows, every])),
            least=np.concatenate([limits[:, 0], np.full(len(every), -OPEN)]),
            most=np.concatenate([limits[:, 1], np.zeros(len(every), dtype=np.int64)]),
            ceiling=np.repeat(self.people[free], WIDTH),
        )


@dataclass(frozen=True, eq=False)
class Problem:
    """Whole numbers between nought and `ceiling` that obey the rows."""

    rows: csr_array
    least: Numbers
    most: Numbers
    ceiling: Numbers

    def extreme(self, goal: Numbers) -> Numbers:
        """A solution with the least value of the goal."""
        solved = milp(
            goal,
            integrality=np.ones(len(goal)),
            bounds=Bounds(0, self.ceiling),
            constraints=LinearConstraint(self.rows, self.least, self.most),
        )
        if solved.x is None:
            raise ArithmeticError(f"a mixed-integer program ended with status {solved.status}")
        return np.asarray(np.rint(solved.x), dtype=np.int64)


def goals(place: int, groups: int) -> Iterator[Numbers]:
    """What one would like to know of a group: how many answered, how many validly, how many chose each option."""
    here = np.eye(groups, dtype=np.int64)[place]
    for weights in [*np.eye(WIDTH, dtype=np.int64), *(valid(question) for question in range(len(QUESTIONS)))]:
        yield np.kron(here, weights)


def pinned(shown: Shown, group: int) -> set[str]:
    """What about a group has one possible value: HOW_MANY answered, or WHICH option how many chose.

    Another world is first sought near by: an answer changes hands between groups of the same facts, then those are
    free, then those that share most facts with them, too. Another value there is another value in the whole. What
    has not moved by then is tried with every group free: only what does not move there is pinned.
    """
    alike = shown.together(group)
    left: Sequence[int] = range(WIDTH + len(QUESTIONS))
    if not shown.inside[:, group].any():
        return set() if shown.people[group] else {*KINDS}
    for world in exchanges(shown, alike, group):
        left = [goal for goal in left if asked_of(world, goal) == asked_of(shown.truth[group], goal)]
    near = (shown.inside & shown.inside[:, [group]]).sum(axis=0)
    others = [int(other) for other in np.lexsort((-shown.people, -near)) if other not in alike]
    for helpers in HELPERS:
        left = unmoved(shown, [*alike, *others[:helpers]], group, left)
    every = [*alike, *others]
    return {kind for kind, asked in KINDS.items() if unmoved(shown, every, group, [g for g in left if g in asked])}


def asked_of(group: Numbers, goal: int) -> int:
    """The value of a goal, as `goals` counts them, of a group's unknowns."""
    return int(group[goal] if goal < WIDTH else group @ valid(goal - WIDTH))


def exchanges(shown: Shown, alike: Sequence[int], group: int) -> Iterator[Numbers]:
    """What a group may hold instead when one person's answers are another group's: no sum of both changes."""
    for other in alike:
        for giver, taker, sign in ((group, other, -1), (other, group, 1)):
            gives, takes = shown.truth[giver], shown.truth[taker]
            if giver == taker or not gives[0] or takes[0] >= shown.people[taker]:
                continue
            chosen = [np.flatnonzero(gives[options(question)]) for question in range(len(QUESTIONS))]
            for turn in range(max((len(one) for one in chosen), default=0)):
                person = ANSWERED.copy()
                for question, one in enumerate(chosen):
                    if len(one):
                        person[PLACES[question] + one[turn % len(one)]] = 1
                yield shown.truth[group] + sign * person


def unmoved(shown: Shown, free: list[int], group: int, wanted: Sequence[int]) -> list[int]:
    """Which of the wanted goals keep their true value whatever the free groups do; with all free, one is enough."""
    if not wanted:
        return []
    problem, truth = shown.problem(free), shown.truth[free].ravel()
    every = list(goals(free.index(group), len(free)))
    left = [*wanted]
    for goal in wanted:
        for sign in (-1, 1):
            if goal in left:
                other = problem.extreme(sign * every[goal])
                left = [one for one in left if every[one] @ other == every[one] @ truth]
        if goal in left and len(free) == len(shown.people):
            return [goal]
    return left


def attacked(shown: Shown, k: int) -> dict[str, Outcome]:
    """Every group in which some, but fewer than k, answered; by what is found out."""
    small = [int(group) for group in np.flatnonzero((shown.truth[:, 0] > 0) & (shown.truth[:, 0] < k))]
    found = [pinned(shown, group) for group in small]
    lost = {kind: sum(kind in one for one in found) for kind in KINDS}
    return {kind: Outcome(trials=len(small), determined=n, rounds=1, broken=int(n > 0)) for kind, n in lost.items()}


def counts(week: Week) -> tuple[Numbers, Numbers]:
    """How many are asked in each group of a round, and its true unknowns."""
    people = np.array([int(group.sum()) for group in week.groups])
    truth = np.zeros((len(people), WIDTH), dtype=np.int64)
    for i, group in enumerate(week.groups):
        truth[i, 0] = (group & week.answered).sum()
        for q, question in enumerate(QUESTIONS):
            given = week.answers[group & (week.answers[:, q] >= 0), q]
            truth[i, options(q)] = np.bincount(given, minlength=len(question.options))
    return people, truth
