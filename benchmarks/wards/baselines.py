"""What is done elsewhere: five common rules, each as a score per team and wave and the bar at which it is used.

They are given the exact means of what is published, which is more than our own detector gets to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.answering import POINTS
from benchmarks.wards.simulator import Organisation
from benchmarks.wards.world import LEVELS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_RANGE_TO_SIGMA = 1.128
"""The mean moving range of two is 1.128 sigma: limits at mean +- 2.66 ranges are three sigma (Wheeler 1993)."""

_RUN, _NEAR = 7, 2.0
"""NHS England's Making Data Count: seven points on one side, seven rising, two of three beyond two sigma."""

_CHARTED = 26
"""Points in which runs are looked for."""

_LAMBDA = 0.25
"""EWMA weight of the newest point, in the middle of what is recommended for small shifts (Lucas, Saccucci 1990)."""

_FEWEST = 4
"""Points of a team before anything is said of it."""

_DIVISION_SHRINK = 2.0
"""A division's own movement counts as if so many more of its teams had not moved."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`score` says (waves, teams) how loudly the rule speaks; it is used as `score` > `bar`."""

    name: str
    bar: float
    score: Callable[[Organisation], Array]


def means(o: Organisation) -> Array:
    """Exact team means over the items asked, in points; NaN where withheld."""
    found = np.full((o.world.waves, o.world.teams), np.nan)
    for t in range(o.world.waves):
        counts = o.counts[t][:, list(o.plan.asked(t))]
        given = np.maximum(counts.sum(axis=2), 1)
        found[t] = (POINTS * (counts @ np.arange(LEVELS)) / given).mean(axis=1)
    return np.where(o.withheld, np.nan, found)


def level(o: Organisation) -> Array:
    """Mean of 60 or more."""
    return _said(means(o))


def jump(o: Organisation) -> Array:
    """Points risen since the team was last shown."""
    y = means(o)
    return _said(y - _before(y))


def xmr(o: Organisation) -> Array:
    """XmR chart to date, upper side, in sigmas: limits from all of the team's points so far, this one included.

    Rules as the Making Data Count programme draws them (R package NHSRplotthedots, doi
    10.32614/CRAN.package.NHSRplotthedots): a point beyond 3 sigma; seven in a row above the mean; seven in a row
    rising; two of three beyond 2 sigma, all three above the mean. Each is expressed so that 3 is the rule as used.
    """
    y, seen = means(o), ~o.withheld
    said = np.full(y.shape, -np.inf)
    chart = _Chart(y.shape[1])
    rising, last = np.ones(y.shape[1]), np.full((_CHARTED, y.shape[1]), np.nan)
    for t in range(len(y)):
        rising = np.where(seen[t], np.where(y[t] > chart.last, rising + 1, 1), rising)
        chart.take(y[t])
        last = np.where(seen[t], np.vstack([last[1:], y[t]]), last)
        # a chart is drawn anew each time: its points in sigmas above the mean as it stands now
        z = (last - chart.mean) / chart.sigma
        run = np.cumprod(z[::-1] > 0, axis=0).sum(axis=0)
        two_of_three = np.where(run >= 3, np.sort(z[-3:], axis=0)[1], -np.inf)
        loudest = np.maximum.reduce([z[-1], 3 * run / _RUN, 3 * rising / _RUN, 3 * two_of_three / _NEAR])
        ready = seen[t] & (chart.points >= _FEWEST)
        said[t, ready] = loudest[ready]
    return said


def ewma(o: Organisation) -> Array:
    """EWMA of raw means around the team's mean to date, in its own sigmas."""
    return _smoothed(means(o), None)


def ewma_shared(o: Organisation) -> Array:
    """EWMA after taking out what the organisation and the division have moved by, in sigmas of answers."""
    y, division = means(o), o.course.division
    own, points = np.zeros(y.shape[1]), np.zeros(y.shape[1])
    left = np.full(y.shape, np.nan)
    for t in range(len(y)):
        seen = np.isfinite(y[t])
        left[t] = y[t] - _moved_together(np.where(points > 0, y[t] - own, np.nan), o.answered[t], division)
        points += seen
        own = np.where(seen, own + (left[t] - own) / np.maximum(points, 1), own)
    return _smoothed(left, o.answered)


def _moved_together(moved: Array, answers: NDArray[np.int64], division: NDArray[np.int64]) -> Array:
    """What each team shares of how teams moved (NaN: unknown): the organisation's median, and what the division's
    other teams moved beyond it, weighted by answers and shrunk."""
    there = np.isfinite(moved)
    if not there.any():
        return np.zeros(len(moved))
    everybody = float(np.median(moved[there]))
    weight = np.where(there, answers, 0.0)
    beyond = weight * np.where(there, moved - everybody, 0.0)
    pull, mass = np.bincount(division, beyond)[division] - beyond, np.bincount(division, weight)[division] - weight
    shared: Array = everybody + pull / (mass + _DIVISION_SHRINK * weight[there].mean())
    return shared


class _Chart:
    """Mean and sigma to date of every team's points, sigma from moving ranges."""

    def __init__(self, teams: int) -> None:
        self.points, self.ranges = np.zeros(teams), np.zeros(teams)
        self.mean, self._range = np.zeros(teams), np.zeros(teams)
        self.last = np.full(teams, np.nan)

    @property
    def sigma(self) -> Array:
        """Of one point; a team without a range yet has an infinite one."""
        return np.where(self._range > 0, self._range / _RANGE_TO_SIGMA, np.inf)

    def take(self, y: Array) -> None:
        """A point more, NaN where there is none."""
        seen = np.isfinite(y)
        ranged = seen & np.isfinite(self.last)
        self.points, self.ranges = self.points + seen, self.ranges + ranged
        moved = np.where(ranged, np.abs(y - self.last), 0.0)
        self._range += np.where(ranged, (moved - self._range) / np.maximum(self.ranges, 1), 0.0)
        self.mean = self.mean + np.where(seen, (y - self.mean) / np.maximum(self.points, 1), 0.0)
        self.last = np.where(seen, y, self.last)


def _smoothed(y: Array, answers: NDArray[np.int64] | None) -> Array:
    """The EWMA of what lies above the mean of all points before, in its own sigmas, z starting at 0.

    Sigma is the team's own from moving ranges; or, where `answers` are known, sqrt(A / n) with one A for all teams
    from all their differences to date.
    """
    teams = y.shape[1]
    chart, z, variance = _Chart(teams), np.zeros(teams), np.zeros(teams)
    said, last_n = np.full(y.shape, -np.inf), np.ones(teams)
    squares, weights = 0.0, 1e-9
    for t in range(len(y)):
        seen = np.isfinite(y[t])
        n = np.maximum(answers[t], 1) if answers is not None else np.ones(teams)
        both = seen & np.isfinite(chart.last)
        squares += float(((y[t] - chart.last)[both] ** 2).sum())
        weights += float((1 / n + 1 / last_n)[both].sum())
        sigma2 = squares / weights / n if answers is not None else chart.sigma**2
        above = np.where(seen & (chart.points > 0), y[t] - chart.mean, 0.0)
        z = np.where(seen, (1 - _LAMBDA) * z + _LAMBDA * above, z)
        own = np.where(np.isfinite(sigma2), sigma2, 0.0)
        variance = np.where(seen, (1 - _LAMBDA) ** 2 * variance + _LAMBDA**2 * own, variance)
        ready = seen & (chart.points >= _FEWEST) & (variance > 0)
        said[t, ready] = z[ready] / np.sqrt(variance[ready])
        chart.take(y[t])
        last_n = np.where(seen, n, last_n)
    return said


def _before(y: Array) -> Array:
    """What every team showed last, before each wave."""
    last, found = np.full(y.shape[1], np.nan), np.full(y.shape, np.nan)
    for t in range(len(y)):
        found[t] = last
        last = np.where(np.isfinite(y[t]), y[t], last)
    return found


def _said(score: Array) -> Array:
    return np.where(np.isfinite(score), score, -np.inf)


JUST_BELOW: Final = 1e-6
RULES: Final = (
    Rule("mean of 60 or more", 60.0 - JUST_BELOW, level),
    Rule("risen by 10 since last time", 10.0 - JUST_BELOW, jump),
    Rule("XmR (Making Data Count)", 3.0 - JUST_BELOW, xmr),
    Rule("EWMA of raw means", 3.0, ewma),
    Rule("EWMA, shared factors removed", 3.0, ewma_shared),
)
