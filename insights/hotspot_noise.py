"""How far a shown number may lie from what a team is like, and how much noisier than reckoned an organisation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb

import numpy as np

from insights.hotspot_change import Array, Mask

PAIRS_BEFORE = 100.0
"""The starting noise counts as this many week-to-week differences against what the organisation shows."""

FEWEST_PAIRS = 6
"""Fewer teams than this do not tell their noise from what they share."""

SCALE_LEAST, SCALE_MOST = 0.5, 2.5
"""Between these the noise of an organisation may differ from the simulated one."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """R = alpha / n - beta / N: the sampling variance of a mean of n answers out of N people, squared points.

    The same people answer each week, so their lasting differences (beta) belong to the team's usual level, not to
    its noise. Of a mean of m items, what they share stays and what is each item's own shrinks: alpha = `common` +
    `own` / m, beta = `common_lasting` + `own_lasting` / m. Measured on simulated staff: five items 360 and 205, two
    items 500 and 240, one item 650 and 290.
    """

    common: float
    own: float
    common_lasting: float
    own_lasting: float
    least: float = 0.0

    def alpha(self, items: int) -> float:
        """Variance of one person's answers around the team's level."""
        return self.common + self.own / items

    def beta(self, items: int) -> float:
        """... of which this much is the person and comes back each week."""
        return self.common_lasting + self.own_lasting / items

    def variance(self, answers: Array, people: Array, items: int) -> Array:
        """R, one entry a team; 0 where `answers` is NaN. N is never taken below n.

        >>> STRAIN_SAMPLING.variance(np.array([10.0, np.nan]), np.array([20.0, 20.0]), 5).round(1)
        array([25.8,  0. ])
        """
        n = np.nan_to_num(answers, nan=np.inf)
        lasting = self.beta(items) / np.maximum(np.maximum(people, answers), 1.0)
        variance: Array = np.where(np.isfinite(n), np.maximum(self.alpha(items) / n - lasting, self.least), 0.0)
        return variance


STRAIN_SAMPLING = Sampling(288.0, 362.0, 184.0, 106.0)
SPREAD_SAMPLING = Sampling(1400.0, 13_000.0, 500.0, 3750.0, least=20.0)
"""The same of the spread index, in its squared points."""


@dataclass(slots=True)
class NoiseScale:
    """What the starting noise must be multiplied by, learnt from the differences between consecutive rounds.

    The difference of a team, less the median difference, has variance c (R_t + R_t-1) + 2 (1 - phi) W +
    coding; c is their weighted least-squares fit, held between `SCALE_LEAST` and `SCALE_MOST`. Differences beyond
    3 sd count as 3 sd. `y`, `sampling` and `coding` are the round before, one entry a team.
    """

    value: float
    over: float
    under: float
    y: Array = field(metadata={"pad": np.nan})
    sampling: Array
    coding: Array

    @staticmethod
    def of(teams: int) -> NoiseScale:
        """The starting noise as it is."""
        nothing = np.full(teams, np.nan)
        return NoiseScale(1.0, PAIRS_BEFORE, PAIRS_BEFORE, nothing, np.zeros(teams), np.zeros(teams))

    def learn(self, y: Array, sampling: Array, coding: Array, weather: float, carry: float) -> None:
        """Take a round in: shown levels (NaN: withheld), their sampling and their coding variance."""
        there = ~np.isnan(y) & ~np.isnan(self.y)
        if there.sum() >= FEWEST_PAIRS:
            moved = (y - self.y)[there]
            moved -= np.median(moved)
            both = (sampling + self.sampling)[there]
            other = 2 * (1 - carry) * weather + (coding + self.coding)[there]
            total = self.value * both + other
            weight = both / total**2 * len(moved) / (both**2 / total**2).sum()
            self.over += float((weight * (np.minimum(moved**2, 9 * total) - other)).sum())
            self.under += float((weight * both).sum())
            self.value = min(max(self.over / self.under, SCALE_LEAST), SCALE_MOST)
        self.y, self.sampling, self.coding = y, sampling, coding


def expectation_below(people: Array, censored: Mask, k: int) -> Callable[[Array], Array]:
    """What "fewer than k answered" is reckoned as, given a prediction x = arcsin sqrt(p) of the share.

    E[arcsin sqrt(j / N) | j < k] with j binomial at the predicted share: no more than what was said. NaN where not
    `censored`.

    >>> fill = expectation_below(np.array([20.0, 20.0]), np.array([True, False]), 5)
    >>> expected = fill(np.arcsin(np.sqrt(np.array([0.5, 0.5]))))
    >>> round(float(20 * np.sin(expected[0]) ** 2), 1), float(expected[1])
    (3.7, nan)
    """
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
