"""One organisation from one seed: the tallies that anybody may see, and beside them the truth that only scorers may.

organisation = simulate(World(), seed=100)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.answering import POINTS, USUAL_SCORES, best_weights, scale_of
from benchmarks.wards.course import Course, course
from benchmarks.wards.knowing import expected
from benchmarks.wards.staff import Staff
from benchmarks.wards.world import ITEMS, LEVELS, Fate, World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EVERY_ITEM = tuple(range(len(ITEMS)))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which items are asked in which wave; `fixed` in all of them, one of `rotating` in turn beside them."""

    fixed: tuple[int, ...] = EVERY_ITEM
    rotating: tuple[int, ...] = ()

    def asked(self, wave: int) -> tuple[int, ...]:
        """The items of a wave (from 0), by number."""
        turn = (self.rotating[wave % len(self.rotating)],) if self.rotating else ()
        return (*self.fixed, *turn)


FIVE_ITEMS = Plan()
OWN_PACK = Plan(fixed=(0,), rotating=(1, 2, 3, 4))
"""The product's own pack: the trend item in every wave, the others in turn."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """What the oracles are told; (waves, teams), points. `surprise` is the best weighted score less what was to be
    expected, `level` the same score less only what is shared; NaN without answers. `slope` is points per SD,
    `variance` of one answer."""

    surprise: Array
    level: Array
    slope: Array
    variance: Array


@dataclass(frozen=True, slots=True)
class Organisation:
    """`counts` (waves, teams, items, options), least strained option first; `answered` and `people` (waves, teams).

    `expected_answers` (waves, teams); `usual` (teams,) in SD: how far above the organisation's mean a team stands for
    good, chronic strain included.
    """

    world: World
    plan: Plan
    seed: int
    counts: Ints
    answered: Ints
    people: Ints
    course: Course
    oracle: Oracle
    expected_answers: Array
    usual: Array

    @property
    def withheld(self) -> Mask:
        """Too few answers to publish anything."""
        return self.answered < self.world.fewest


def simulate(world: World, seed: int, plan: Plan = FIVE_ITEMS) -> Organisation:
    """The same seed gives the same organisation, whatever is asked."""
    rng = np.random.default_rng(seed)
    staff = Staff(world, course(world, rng), rng)
    scale, shape = scale_of(world), (world.waves, world.teams)
    counts = np.zeros((*shape, len(ITEMS), LEVELS), dtype=np.int64)
    answered, people = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    score, slope, variance, answers = (np.zeros(shape) for _ in range(4))
    weights = np.array([best_weights(plan.asked(t)) for t in range(world.waves)])
    for t in range(world.waves):
        willing = staff.willing(t)
        # expectations are of this wave's people: before anybody answers, leaves or comes
        foreseen = expected(staff, scale, t, willing, weights[t])
        score[t], slope[t], variance[t] = foreseen.score, foreseen.slope, foreseen.variance
        answers[t] = foreseen.answers
        strain = staff.strain(t)
        counts[t], answering = staff.answer(t, willing, strain)
        answered[t] = np.bincount(staff.team[answering], minlength=world.teams)
        people[t] = np.bincount(staff.team[staff.working], minlength=world.teams)
        staff.turn_over(strain)
    seen = _weighted(counts, weights)
    level = seen - slope * staff.course.shared - (weights @ USUAL_SCORES)[:, None]
    return Organisation(
        world=world,
        plan=plan,
        seed=seed,
        counts=counts,
        answered=answered,
        people=people,
        course=staff.course,
        oracle=Oracle(seen - score, level, slope, variance),
        expected_answers=answers,
        usual=_usual(world, staff.course, score, slope),
    )


def _weighted(counts: Ints, weights: Array) -> Array:
    """The weighted mean score in points; NaN where nobody answered one of the items asked."""
    given = counts.sum(axis=3)
    totals = POINTS * (counts @ np.arange(LEVELS))
    means = np.divide(totals, given, out=np.full(given.shape, np.nan), where=given > 0)
    each = np.where(weights[:, None, :] > 0, means * weights[:, None, :], 0.0)
    seen: Array = each.sum(axis=2)
    return seen


def _usual(world: World, course: Course, score: Array, slope: Array) -> Array:
    chronic = np.where(course.fates.kind == Fate.CHRONIC, course.fates.size, 0.0)
    stands = score + slope * chronic
    beyond = stands - stands.mean(axis=1, keepdims=True)
    usual: Array = beyond[world.learning :].mean(axis=0) / slope.mean(axis=0)
    return usual
