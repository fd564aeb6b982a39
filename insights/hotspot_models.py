"""What the engine is told about strain, about the organisation's own score and about taking part.

Variances come from simulated staff (answers to pairs of NHS-like items, 60 % of a person's state lasting from
week to week); the noise of strain is then re-estimated from the organisation's own week-to-week differences.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray

from insights.hotspot_filter import Array, ChangeFilter, Mask, Model, Seen, Step
from insights.hotspot_series import Series, k_in_force
from insights.policy import ITEM_PERSISTS, ITEM_VARIANCE, STRAIN_PERSISTS, STRAIN_VARIANCE

STRAIN = Model(
    drift=0.09,  # a usual level wanders 0.3 points a week
    spread=36.0,  # teams differ by 6 points
    weather=5.3,  # good and bad weeks of 2.3 points
    carry=0.5,
    load=0.0625,  # teams feel what is shared with a sensitivity of 1 +- 0.25
    shared=36.0,  # shocks of 5 to 10 points, and rotating items that differ as much
    steps=(5.5, 9.0, 15.0, 22.0),
    division=9.0,  # now and then a division has 6 to 11 points of its own, for weeks
    division_carry=0.8,
)
WHOLE = Model(drift=0.25, spread=100.0, weather=1.5, carry=0.5, load=0.0, shared=0.0, steps=(3.0, 5.0, 8.0, 12.0))
"""The organisation's own score: its usual moves with the season, its weather is small."""

TURNOUT = Model(
    drift=0.0001,  # the slow loss of interest differs between teams by 0.3 logits a year
    spread=0.02,  # usual shares from 30 to 60 % on the arcsine scale
    weather=0.001,
    carry=0.5,
    load=0.0625,
    shared=0.01,  # bank holidays, novelty, a bot that was down
    steps=(0.1, 0.17, 0.25, 0.4),
)
TURNOUT_SPARE = 0.0015
"""Variance of a team's response share from week to week beyond counting: rosters, leave (0.15 logits)."""

HABIT = 0.8
"""Some always answer and some never do: a share varies less than independent coins would."""

PAIRS_BEFORE = 100.0
"""The starting noise counts as this many week-to-week differences against what the organisation shows."""

FEWEST_PAIRS = 6
"""Fewer teams than this do not tell their noise from what they share."""


def strain_steps(series: Series) -> list[Step]:
    """The teams' strain, round by round; entries of every `Step` in the order of `series.units`."""
    engine, scale, steps = ChangeFilter(STRAIN, len(series.units)), NoiseScale(), []
    for t in range(len(series.rounds)):
        sampling = noise_of(series.answers[t], series.people[t], STRAIN_VARIANCE, STRAIN_PERSISTS)
        scale.learn(series.strain[t], sampling, series.coding[t])
        noise = scale.value * sampling + np.nan_to_num(series.coding[t])
        own = STRAIN_PERSISTS / np.maximum(series.people[t], 1.0)
        steps.append(engine.step(Seen(series.strain[t], noise, own, series.group[t])))
    return steps


def whole_steps(series: Series, teams: NDArray[np.int64]) -> list[Step]:
    """The organisation's own score, round by round; `teams` is how many of them were shown in each.

    Of few teams it has their weather: AR(1) of variance W sums like noise of W (1 + phi) / (1 - phi), over teams.
    """
    engine = ChangeFilter(WHOLE, len(series.units))
    noise = noise_of(series.answers, series.people, ITEM_VARIANCE, ITEM_PERSISTS) + np.nan_to_num(series.coding)
    lasting = STRAIN.weather * (1 + STRAIN.carry) / (1 - STRAIN.carry)
    noise += (lasting / np.maximum(teams, 1))[:, None]
    nobody = np.zeros(len(series.units))
    rows = zip(series.strain, noise, series.group, strict=True)
    return [engine.step(Seen(y, r, nobody, group)) for y, r, group in rows]


def turnout_steps(series: Series) -> list[Step]:
    """The response shares on the arcsine scale, round by round; "fewer than k" counts as its expectation."""
    engine, steps = ChangeFilter(TURNOUT, len(series.units)), []
    nothing = np.zeros(len(series.units))
    for t in range(len(series.rounds)):
        people = np.maximum(series.people[t], 1.0)
        share = np.clip(series.answered[t] / people, 0.0, 1.0)
        # var arcsin sqrt(p) = 1 / 4N (Anscombe 1948); rounding to 3 people adds (3^2 / 12) / (4 N^2 p (1 - p))
        noise = HABIT / (4 * people) + 0.75 / people**2 + TURNOUT_SPARE
        k = k_in_force(series.answered[: t + 1])
        # a team with fewer than k people is not silent, it is small
        censored = series.silent[t] & (series.people[t] >= k)
        fill = _expectation(people, censored, k)
        steps.append(engine.step(Seen(np.arcsin(np.sqrt(share)), noise, nothing, series.group[t], fill)))
    return steps


def noise_of(answers: Array, people: Array, alpha: float, beta: float) -> Array:
    """R = alpha / n - beta / N: sampling variance of a mean of n answers out of N people, squared points.

    The same people answer each week, so their lasting differences belong to the team's usual level, not to
    its noise. N is never taken below n. NaN answers give 0.

    >>> noise_of(np.array([10.0, np.nan]), np.array([20.0, 20.0]), 500.0, 240.0)
    array([38.,  0.])
    """
    n = np.nan_to_num(answers, nan=np.inf)
    return np.where(np.isfinite(n), alpha / n - beta / np.maximum(np.maximum(people, answers), 1.0), 0.0)


class NoiseScale:
    """What the starting noise must be multiplied by, learnt from the differences between consecutive rounds.

    The difference of a team, less the median difference, has variance c (R_t + R_t-1) + 2 (1 - phi) W +
    coding; c is their weighted least-squares fit, held between 0.5 and 2.5. Differences beyond 3 sd count as
    3 sd.
    """

    def __init__(self) -> None:
        self.value = 1.0
        self._over = self._under = PAIRS_BEFORE
        self._last: tuple[Array, Array, Array] | None = None

    def learn(self, y: Array, sampling: Array, coding: Array) -> None:
        """Take a round in: shown levels (NaN: withheld), their sampling and their coding variance."""
        before, self._last = self._last, (y, sampling, coding)
        if before is None:
            return
        there = ~np.isnan(y) & ~np.isnan(before[0])
        if there.sum() < FEWEST_PAIRS:
            return
        moved = (y - before[0])[there]
        moved -= np.median(moved)
        both = (sampling + before[1])[there]
        other = 2 * (1 - STRAIN.carry) * STRAIN.weather + (coding + before[2])[there]
        total = self.value * both + other
        weight = both / total**2 * len(moved) / (both**2 / total**2).sum()
        self._over += float((weight * (np.minimum(moved**2, 9 * total) - other)).sum())
        self._under += float((weight * both).sum())
        self.value = min(max(self._over / self._under, 0.5), 2.5)


def _expectation(people: Array, censored: Mask, k: int) -> Callable[[Array], Array]:
    """E[arcsin sqrt(j / N) | j < k] with j binomial at the predicted share: no more than what was said."""
    j = np.arange(k)[:, None]
    whole = np.maximum(np.round(people), k).astype(np.int64)
    ways = np.array([[comb(int(n), i) for n in whole] for i in range(k)], dtype=float)

    def fill(forecast: Array) -> Array:
        p = np.clip(np.sin(np.clip(forecast, 0.0, np.pi / 2)) ** 2, 0.01, 0.99)
        # p^j (1 - p)^(N - j) up to a factor that does not depend on j
        odds = ways * (p / (1 - p)) ** j
        expected = (odds * np.arcsin(np.sqrt(np.minimum(j / whole, 1.0)))).sum(axis=0) / odds.sum(axis=0)
        return np.where(censored, expected, np.nan)

    return fill
