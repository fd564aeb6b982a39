"""The people: who works where, how strained each is this week, who answers what, who leaves and who comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.answering import CUTS, LOADINGS, OWN
from benchmarks.wards.course import Course
from benchmarks.wards.world import ITEMS, LEVELS, WAVES_A_YEAR, Fate, World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ATTENUATION = 0.346
"""A logit averaged over a normal spread s shrinks by sqrt(1 + 0.346 s^2): (16 sqrt(3) / (15 pi))^2 (Zeger 1988)."""

_LEAVING_AS_USUAL = 0.08
"""Keeps the yearly turnover where it is set although the strained leave more: half the variance of 0.4 SD."""


def logistic(x: Array) -> Array:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


class Staff:
    """Everybody in all teams; arrays by person unless said otherwise."""

    def __init__(self, world: World, course: Course, rng: np.random.Generator) -> None:
        self.world, self.course, self._rng = world, course, rng
        sizes = world.size_median * np.exp(world.size_spread * rng.standard_normal(world.teams))
        self.sizes = np.clip(np.round(sizes), *world.size_ends).astype(np.int64)
        self.team = np.repeat(np.arange(world.teams), self.sizes)
        people = len(self.team)
        between = world.icc / (1 - world.icc)
        above = rng.normal(0, np.sqrt(between * world.division_share), int(course.division[-1]) + 1)
        own = rng.normal(0, np.sqrt(between * (1 - world.division_share)), world.teams)
        self.level = above[course.division] + own
        self.lasting, self.items = rng.standard_normal(people), rng.standard_normal((people, len(ITEMS)))
        self.habit = world.habit * rng.standard_normal(people)
        self.side = rng.choice([-1.0, 1.0], people)
        self.working = np.ones(people, dtype=bool)
        usual = np.log(world.response / (1 - world.response)) + world.response_spread * rng.standard_normal(
            world.teams
        )
        ends = np.array(world.response_ends)
        usual = np.clip(usual, *np.log(ends / (1 - ends)))
        self._response = usual * np.sqrt(1 + ATTENUATION * world.habit**2)
        self._fading = rng.normal(*world.response_drift, world.teams)
        self._leaving = 1 - (1 - world.turnover) ** (1 / WAVES_A_YEAR)
        fates = course.fates
        felt = fates.size * fates.felt(world)
        up = np.isin(fates.kind, (Fate.STEP, Fate.DRIFT, Fate.CHRONIC))
        self.moved = np.where(up, felt, np.where(fates.kind == Fate.BETTER, -felt, 0.0))
        self._apart = np.where(fates.kind == Fate.SPLIT, felt, 0.0)
        self._silenced = np.where(fates.kind == Fate.SILENCE, felt, 0.0)

    def known(self, t: int) -> Array:
        """By team: where it would stand with neither weather nor a change."""
        course = self.course
        at: Array = self.level + course.shared[t] + course.wander[t] + course.incidents[t]
        return at

    def willing(self, t: int) -> Array:
        """Logit of answering, before strain, the team's week and silence come into it."""
        world = self.world
        novelty = world.novelty * np.exp(-t / world.novelty_waves)
        everybody = novelty - self.course.quiet[t] + self._rng.normal(0, world.response_wave)
        logit: Array = (self._response + self._fading * t / 52)[self.team] + self.habit + everybody
        return logit

    def strain(self, t: int) -> Array:
        """Where everybody stands this week."""
        of_team = self.known(t) + self.course.weather[t] + self.moved[t]
        passing = np.sqrt(1 - self.world.lasting) * self._rng.standard_normal(len(self.team))
        own = np.sqrt(self.world.lasting) * self.lasting + self.side * self._apart[t][self.team]
        at: Array = of_team[self.team] + own + passing
        return at

    def answer(self, t: int, willing: Array, strain: Array) -> tuple[Ints, Mask]:
        """Counts by team, item and option (least strained first), and who answered."""
        world, rng = self.world, self._rng
        team_week = rng.normal(0, world.response_team, world.teams) - self._silenced[t]
        logit = willing + team_week[self.team] - world.silenced * (strain - self.level[self.team])
        answers = self.working & (rng.random(len(logit)) < logistic(logit))
        who = np.flatnonzero(answers)
        passing = np.sqrt(1 - world.item_lasting) * rng.standard_normal((len(who), len(ITEMS)))
        own = np.sqrt(world.item_lasting) * self.items[who] + passing
        latent = LOADINGS * strain[who, None] + OWN * own
        option = (latent[:, :, None] > CUTS).sum(axis=2)
        cell = (self.team[who, None] * len(ITEMS) + np.arange(len(ITEMS))) * LEVELS + option
        given = rng.random(cell.shape) >= world.skip
        counts = np.bincount(cell[given], minlength=world.teams * len(ITEMS) * LEVELS)
        return counts.reshape(world.teams, len(ITEMS), LEVELS), answers

    def turn_over(self, strain: Array) -> None:
        """Some leave, the strained more readily; vacancies are filled with new people."""
        world, rng = self.world, self._rng
        hazard = self._leaving * np.exp(world.turnover_strain * (strain - self.level[self.team]) - _LEAVING_AS_USUAL)
        leave = self.working & (rng.random(len(strain)) < hazard)
        come = ~self.working & (rng.random(len(strain)) < 1 / world.refill)
        many = int(come.sum())
        self.lasting[come], self.items[come] = rng.standard_normal(many), rng.standard_normal((many, len(ITEMS)))
        self.habit[come], self.side[come] = world.habit * rng.standard_normal(many), rng.choice([-1.0, 1.0], many)
        self.working[leave], self.working[come] = False, True
