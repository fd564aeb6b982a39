"""How big, how likely real, how rare by chance: what stands beside a flag, so that it need not be taken on trust."""

from __future__ import annotations

import math
from dataclasses import dataclass

from insights.policy import INTERVAL_Z, WATCH_BAR

ROUNDS_PER_YEAR = 52.18


@dataclass(frozen=True, slots=True)
class Odds:
    """What is known before looking, and what chance does.

    `by_chance`: false flags a team-year at `WATCH_BAR`, falling by a factor e for every 1 / `decay` of Lambda
    above; measured by benchmarks/hotspots_null.py on organisations of 14 and of 200 teams. `hazard`: real
    changes a team-year. `size` and `size_sd`: how large real changes are, in the engine's units, in the
    direction looked for.
    """

    by_chance: float
    decay: float
    hazard: float
    size: float
    size_sd: float


STRAIN_ODDS = Odds(by_chance=0.10, decay=1.2, hazard=0.075, size=7.0, size_sd=12.0)
WHOLE_ODDS = Odds(by_chance=0.03, decay=1.2, hazard=1.0, size=4.0, size_sd=6.0)
TURNOUT_ODDS = Odds(by_chance=0.07, decay=1.8, hazard=0.06, size=0.15, size_sd=0.2)


def size(odds: Odds, sign: int, a: float, b: float) -> tuple[float, float, float]:
    """Posterior mean of a step and its 90 % interval (low, high), in the engine's units; `sign` -1 looks for
    a fall.

    A and B are the sums of g nu / S and g^2 / S since its start: log-likelihood d A - d^2 B / 2, prior N(m,
    s^2), hence mean (A + m / s^2) / (B + 1 / s^2) with variance 1 / (B + 1 / s^2). The prior draws a size
    that was picked because it is large back to what such changes are like.

    >>> [round(x, 1) for x in size(STRAIN_ODDS, 1, a=1.2, b=0.08)]
    [14.4, 8.8, 19.9]
    """
    precision = b + odds.size_sd**-2
    mean, half = (a + sign * odds.size * odds.size_sd**-2) / precision, INTERVAL_Z / math.sqrt(precision)
    return mean, mean - half, mean + half


def p_real(odds: Odds, score: float) -> float:
    """The chance that a flag with this Lambda is real, never given as more than 0.95.

    Bayes: posterior odds = (odds that a real change begins in a given round) e^Lambda. On simulated
    organisations flags told as 0.34, 0.59, 0.81 and 0.94 were real in 0.37, 0.55, 0.71 and 0.89 of cases.

    >>> [round(p_real(STRAIN_ODDS, score), 2) for score in (5.5, 7.1, 20.0)]
    [0.26, 0.64, 0.95]
    """
    against = odds.hazard / ROUNDS_PER_YEAR * math.exp(min(score, 50.0))
    return min(against / (1 + against), 0.95)


def once_in_team_years(odds: Odds, score: float) -> float:
    """In how many team-years chance alone shows this much once; at most 1,000, beyond which nothing was
    simulated.

    >>> [round(once_in_team_years(STRAIN_ODDS, score)) for score in (5.5, 7.1, 30.0)]
    [10, 68, 1000]
    """
    return min(math.exp(min(odds.decay * (score - WATCH_BAR), 50.0)) / odds.by_chance, 1000.0)
