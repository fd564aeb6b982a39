"""Teams whose strain has long been far above the organisation's: not new, and still told once a quarter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from insights.hotspot_change import Array, Mask, Numbers
from insights.hotspot_filter import ChangeFilter
from insights.policy import (
    CHRONIC_EARLY,
    CHRONIC_EVERY,
    CHRONIC_LEAST,
    CHRONIC_REAL,
    INTERVAL_Z,
    LEARNING_ROUNDS,
)

CHECKS_PER_YEAR = 4


@dataclass(frozen=True, slots=True)
class Level:
    """A team's own level: `above` the organisation's in points, with its standard deviation `sd`."""

    above: Array
    sd: Array
    organisation: float


def levels(strain: ChangeFilter, spread: float, judged: Mask) -> Level:
    """Usual levels against the organisation's, the mean of the judged teams' weighted by how well they are known.

    `spread` is the variance between teams.

    >>> engine = ChangeFilter.of(2)
    >>> engine.x[0], engine.p[0, 0] = [40.0, 60.0], [4.0, 4.0]
    >>> level = levels(engine, 36.0, np.array([True, True]))
    >>> level.above.tolist(), level.sd.tolist(), level.organisation
    ([-10.0, 10.0], [2.0, 2.0], 50.0)
    """
    usual, variance = strain.x[0], strain.p[0, 0]
    weight = np.where(judged, 1 / (spread + variance), 0.0)
    mean = float((weight * usual).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    return Level(usual - mean, np.sqrt(np.maximum(variance, 1e-9)), mean)


def is_due(t: int, checked: Numbers) -> Mask:
    """Whose level is due to be looked at in round `t` (counted from 0): `checked` is when it was last.

    Once a quarter: a level that is looked at every week is sooner or later found to be high by chance.

    >>> is_due(25, np.array([12, 13])).tolist()
    [True, False]
    """
    due: Mask = t - checked >= CHRONIC_EVERY
    return due


def chance_above(above: float, sd: float, least: float) -> float:
    """How likely a level lies more than `least` points above the organisation's: normal around its estimate.

    >>> round(chance_above(8.0, 2.0, 8.0), 2), round(chance_above(12.0, 2.0, 8.0), 2)
    (0.5, 0.98)
    """
    return 0.5 * math.erfc((least - above) / sd / math.sqrt(2))


def chronic(level: Level, judged: Mask, t: int) -> Mask:
    """Whose level is told: likelier than not beyond `CHRONIC_LEAST`; in the first check `CHRONIC_EARLY` likely.

    >>> level = Level(np.array([2.0, 9.0]), np.array([3.0, 3.0]), 40.0)
    >>> [chronic(level, np.array([True, True]), t).tolist() for t in (12, 25)]
    [[False, False], [False, True]]
    """
    chance = np.array(
        [chance_above(float(a), float(s), CHRONIC_LEAST) for a, s in zip(level.above, level.sd, strict=True)]
    )
    least = CHRONIC_EARLY if t < LEARNING_ROUNDS + CHRONIC_EVERY else 0.5
    found: Mask = judged & (chance > least)
    return found


def chance_real(above: float, sd: float) -> float:
    """The chance that a level told as long-lasting lies clearly (`CHRONIC_REAL` points) above the organisation's.

    >>> round(chance_real(9.0, 3.0), 2)
    0.79
    """
    return min(chance_above(above, sd, CHRONIC_REAL), 0.95)


def interval(level: Level, column: int) -> tuple[float, float, float]:
    """A level above the organisation's, in points, and its 90 % interval.

    >>> [round(x, 1) for x in interval(Level(np.array([9.0]), np.array([3.0]), 40.0), 0)]
    [9.0, 4.1, 13.9]
    """
    above, half = float(level.above[column]), INTERVAL_Z * float(level.sd[column])
    return above, above - half, above + half


def once_in_team_years(above: float, sd: float, spread: float) -> float:
    """In how many team-years teams that differ as teams do (`spread`, a variance) and are known this well (`sd`) show
    such a level once, checked every quarter; at most 1,000.

    >>> round(once_in_team_years(12.0, 2.5, 36.0), 1), once_in_team_years(30.0, 2.0, 36.0)
    (7.7, 1000.0)
    """
    by_chance = 0.5 * math.erfc(above / math.sqrt(2 * (spread + sd**2)))
    return min(1 / max(CHECKS_PER_YEAR * by_chance, 1e-3), 1000.0)
