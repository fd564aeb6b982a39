"""Two detectors that nobody can build, because they are told what nobody knows: the limits to measure against.

A knows everything but a team's weather and luck; B has to learn the team's usual level as everybody must.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.simulator import Organisation

Array = NDArray[np.float64]
Score: TypeAlias = Callable[[Organisation, float], Array]

POINTS_A_SD: Final = 19.0
"""Points of the score per SD of strain, in the middle of the scale."""

LASTING_VARIANCE: Final = 150.0
"""Squared points by which people's lasting strain and habits differ: over a roster of N it sets a team's level."""

DRIFT_VARIANCE: Final = 0.09
"""Squared points a wave: how a usual level wanders, for B."""

_STARTS_A, _STARTS_B = 40, 26
"""Waves back to which a change may have begun."""

_CLIP = 4.0
"""B's surprises count for at most so many standard deviations: it is not told of one-week incidents."""


def knows_everything(o: Organisation, size: float) -> Array:
    """Oracle A: the log likelihood ratio of a step of `size` SD at its likeliest start (CUSUM; Page 1954).

    (waves, teams); -inf where a team is withheld. The AR(1) weather is filtered (Kalman), and what a step would have
    taught the filter is taken out of what it shows.
    """
    w2, carry = (o.world.weather * POINTS_A_SD) ** 2, o.world.weather_carry
    teams = o.world.teams
    seen = ~o.withheld & np.isfinite(o.oracle.surprise)
    noise = o.oracle.variance / np.maximum(o.answered, 1)
    weather, p = np.zeros(teams), np.full(teams, w2)
    ratio, learnt = np.zeros((_STARTS_A, teams)), np.zeros((_STARTS_A, teams))
    said = np.full(seen.shape, -np.inf)
    for t in range(len(seen)):
        if t:
            weather, p = carry * weather, carry**2 * p + (1 - carry**2) * w2
            learnt *= carry
        variance = p + noise[t]
        gain = np.where(seen[t], p / variance, 0.0)
        surprise = np.where(seen[t], o.oracle.surprise[t] - weather, 0.0)
        row = t % _STARTS_A
        ratio[row], learnt[row] = 0.0, 0.0
        shows = np.where(seen[t], size * o.oracle.slope[t] - learnt, 0.0)
        ratio += shows * (surprise - shows / 2) / variance
        learnt += gain * shows
        said[t, seen[t]] = ratio[: t + 1].max(axis=0)[seen[t]]
        weather, p = weather + gain * surprise, p * (1 - gain)
    return said


def learns_the_usual(o: Organisation, size: float) -> Array:
    """Oracle B: as A, told what is shared and how large the change is, but not where the team usually stands.

    The sum of the likelihood ratios over all starts (Shiryaev 1963, Roberts 1966), in logs.
    """
    w2, carry, teams = (o.world.weather * POINTS_A_SD) ** 2, o.world.weather_carry, o.world.teams
    seen = ~o.withheld & np.isfinite(o.oracle.level)
    noise = o.oracle.variance / np.maximum(o.answered, 1)
    between = POINTS_A_SD**2 * o.world.icc / (1 - o.world.icc)
    usual = np.full(teams, np.nanmean(np.where(seen, o.oracle.level, np.nan)[:4]))
    weather = np.zeros(teams)
    p_bb = between + LASTING_VARIANCE / np.maximum(o.people[0], 4)
    p_bw, p_ww = np.zeros(teams), np.full(teams, w2)
    a, b, learnt_b, learnt_w = np.zeros((4, _STARTS_B, teams))
    said = np.full(seen.shape, -np.inf)
    for t in range(len(seen)):
        if t:
            weather, p_bb, p_bw = carry * weather, p_bb + DRIFT_VARIANCE, carry * p_bw
            p_ww = carry**2 * p_ww + (1 - carry**2) * w2
            learnt_w *= carry
        h_b, h_w = p_bb + p_bw, p_bw + p_ww
        variance = h_b + h_w + noise[t]
        k_b, k_w = (np.where(seen[t], h / variance, 0.0) for h in (h_b, h_w))
        limit = _CLIP * np.sqrt(variance)
        surprise = np.where(seen[t], o.oracle.level[t] - usual - weather, 0.0)
        surprise = np.clip(surprise, -limit, limit)
        row = t % _STARTS_B
        for bank in (a, b, learnt_b, learnt_w):
            bank[row] = 0.0
        shows = np.where(seen[t], size * o.oracle.slope[t] - learnt_b - learnt_w, 0.0)
        a += shows * surprise / variance
        b += shows**2 / variance
        learnt_b += k_b * shows
        learnt_w += k_w * shows
        by_start = np.clip(a[: t + 1] - b[: t + 1] / 2, -60.0, 60.0)
        said[t, seen[t]] = np.log(np.exp(by_start).sum(axis=0))[seen[t]]
        usual, weather = usual + k_b * surprise, weather + k_w * surprise
        p_bb, p_bw, p_ww = p_bb - k_b * h_b, p_bw - k_b * h_w, p_ww - k_w * h_w
    return said


ORACLES: Final[dict[str, Score]] = {"A": knows_everything, "B": learns_the_usual}
