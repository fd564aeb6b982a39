"""What everybody is going through, as each team sees it: taken out of its numbers, so that winter flags nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.hotspot_change import Array, Numbers
from insights.policy import DIVISION_FEWEST, DIVISION_HUBER_SD, HUBER_SD


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of the teams' surroundings: `f` and its variance, one entry a team, in the units of y."""

    f: Array
    variance: Array


@dataclass(frozen=True, slots=True)
class DivisionModel:
    """m, a division's own movement: AR(1) with variance `variance` and `carry` phi; where a division's surprise is
    larger than `jump_sd` standard deviations, a movement has begun, and its variance is raised to `jump`."""

    variance: float
    carry: float
    jump: float
    jump_sd: float


def shared_movement(surprise: Array, variance: Array, prior: float, before: float = 0.0) -> Movement:
    """f as each team sees it: a Huber mean (Huber 1964) of the *other* teams' surprises.

    `surprise` (units of y) is NaN where nothing was shown; `prior` is the variance of f around `before`, so that
    few teams claim little and a lone team nothing. A team in trouble moves neither its own f nor, being clipped,
    the others'.

    >>> moved = shared_movement(np.array([4.0, 4.0, 4.0, 40.0]), np.full(4, 16.0), 1000.0)
    >>> [round(float(x), 1) for x in moved.f]
    [6.9, 6.9, 6.9, 4.0]
    """
    there = ~np.isnan(surprise)
    if prior == 0.0 or not there.any():
        return Movement(np.full(len(surprise), before), np.full(len(surprise), prior))
    nu = np.where(there, surprise, 0.0)
    centre = float(np.median(surprise[there]))
    for _ in range(2):
        # Huber's weights: 1 within c sd of the centre, c sd / |distance| beyond
        far = np.maximum(np.abs(nu - centre) / np.sqrt(variance), HUBER_SD)
        weight = np.where(there, HUBER_SD / far / variance, 0.0)
        centre = float((weight * nu).sum() / weight.sum())
    precision = 1 / prior + np.maximum(weight.sum() - weight, 0.0)
    return Movement((before / prior + (weight * nu).sum() - weight * nu) / precision, 1 / precision)


@dataclass(slots=True)
class DivisionFactor:
    """m between rounds, one entry a team: each team's view of what the others of its division go through."""

    m: Array
    p_m: Array

    @staticmethod
    def of(teams: int) -> DivisionFactor:
        """Nothing is known of any division."""
        return DivisionFactor(np.zeros(teams), np.zeros(teams))

    def feel(self, model: DivisionModel, surprise: Array, variance: Array, group: Numbers) -> Movement:
        """m from the *other* teams of the division: precisions add, 1/P <- 1/P + sum 1/S_j, m <- P (m/P + sum
        nu_j/S_j), beyond `DIVISION_HUBER_SD` with Huber's weights.

        `surprise` is what is left after the organisation's movement, NaN where nothing is shown; `group` numbers
        the divisions. Where all teams are in one division, the organisation's movement says it already.
        """
        there = ~np.isnan(surprise)
        if len(np.unique(group[there])) < 2:
            self.m, self.p_m = np.zeros(len(group)), np.zeros(len(group))
            return Movement(self.m, self.p_m)
        prior = model.carry * self.m
        p_prior = model.carry**2 * self.p_m + (1 - model.carry**2) * model.variance
        weight, pull = pulls(surprise, variance)
        others, pulled = (np.bincount(group, part)[group] - part for part in (weight, pull))
        others = np.maximum(others, 0.0)
        count = np.bincount(group, there.astype(float))[group] - there
        told = count >= DIVISION_FEWEST
        mean = np.where(told, pulled, 0.0) / np.where(told, np.maximum(others, 1e-12), 1.0)
        squared = (mean - prior) ** 2 / (p_prior + 1 / np.maximum(others, 1e-12))
        has_jumped = told & (squared > model.jump_sd**2)
        p_prior = np.where(has_jumped, np.maximum(p_prior, model.jump), p_prior)
        self.p_m = 1 / (1 / p_prior + others)
        self.m = self.p_m * (prior / p_prior + pulled)
        return Movement(self.m, self.p_m)


def pulls(surprise: Array, variance: Array) -> tuple[Array, Array]:
    """The weight (precision) with which every team tells of its division, and weight times surprise; 0 where nothing
    is shown.

    >>> weight, pull = pulls(np.array([2.0, np.nan]), np.array([4.0, 4.0]))
    >>> weight.tolist(), pull.tolist()
    ([0.25, 0.0], [0.5, 0.0])
    """
    there = ~np.isnan(surprise)
    nu = np.where(there, surprise, 0.0)
    far = np.maximum(np.abs(nu) / np.sqrt(variance), DIVISION_HUBER_SD)
    weight = np.where(there, DIVISION_HUBER_SD / far / variance, 0.0)
    return weight, weight * nu
