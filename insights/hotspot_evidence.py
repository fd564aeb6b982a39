"""How big, how likely real, how rare by chance: what stands beside a flag, so that it need not be taken on trust."""

from __future__ import annotations

import math
from dataclasses import dataclass

from insights.policy import INTERVAL_Z

ROUNDS_PER_YEAR = 52.18

PROBABILITY_LEAST, PROBABILITY_MOST = 0.05, 0.95
"""Nothing is told as surer than this: nothing was simulated that would bear it."""


@dataclass(frozen=True, slots=True)
class Odds:
    """What was measured on simulated organisations for one kind of flag (docs/hotspots.md).

    A flag is a watch from `bar` on, an alert from `alert_bar`. `by_chance`: false flags a team-year at `bar`, falling
    by a factor e for every 1 / `decay` of Lambda above. `real_at_bar` is the log-odds that a flag just at the bar is
    real, rising by `real_slope` for each point of Lambda. `size` and `size_sd`: how large real changes are, in the
    engine's units, in the direction looked for; `widen` is by how much intervals must be wider than the engine's own,
    since what speaks loudest was picked out of many.
    """

    bar: float
    alert_bar: float
    by_chance: float
    decay: float
    real_at_bar: float
    real_slope: float
    size: float
    size_sd: float
    widen: float = 1.0


RISE_ODDS = Odds(5.42, 7.0, 0.08, 1.0, -0.45, 0.75, size=10.0, size_sd=20.0, widen=1.2)
BETTER_ODDS = Odds(5.42, 7.0, 0.1, 1.0, -1.1, 0.67, size=10.0, size_sd=20.0, widen=1.2)
SILENCE_ODDS = Odds(4.35, 6.0, 0.03, 3.0, -0.9, 1.3, size=0.15, size_sd=0.2)
SPLIT_ODDS = Odds(6.7, 8.7, 0.024, 0.9, -1.3, 0.55, size=20.0, size_sd=20.0)
WHOLE_ODDS = Odds(4.5, 6.5, 0.5, 0.8, 0.5, 0.4, size=4.0, size_sd=6.0)
DIVISION_ODDS = Odds(4.5, 6.5, 0.08, 0.7, -0.2, 0.6, size=6.0, size_sd=6.0)


def size(odds: Odds, sign: float, a: float, b: float) -> tuple[float, float, float]:
    """Posterior mean of a step and its 90 % interval (low, high), in the engine's units; `sign` -1 looks for
    a fall.

    A and B are the sums of g nu / S and g^2 / S since its start: log-likelihood d A - d^2 B / 2, prior N(m,
    s^2), hence mean (A + m / s^2) / (B + 1 / s^2) with variance 1 / (B + 1 / s^2). The prior draws a size
    that was picked because it is large back to what such changes are like.

    >>> [round(x, 1) for x in size(Odds(5, 7, 0.1, 1, 0, 1, 7.0, 12.0), 1, a=1.2, b=0.08)]
    [14.4, 8.8, 19.9]
    """
    precision = b + odds.size_sd**-2
    mean = (a + sign * odds.size * odds.size_sd**-2) / precision
    half = odds.widen * INTERVAL_Z / math.sqrt(precision)
    return mean, mean - half, mean + half


def p_real(odds: Odds, score: float) -> float:
    """The chance that a flag with this Lambda is real, between 0.05 and 0.95: logistic in Lambda, as measured.

    >>> [round(p_real(Odds(5, 7, 0.1, 1, 0, 1, 7.0, 12.0), score), 2) for score in (5.0, 6.0, 20.0)]
    [0.5, 0.73, 0.95]
    """
    against = odds.real_at_bar + odds.real_slope * (score - odds.bar)
    probability = 1 / (1 + math.exp(-min(max(against, -20.0), 20.0)))
    return min(max(probability, PROBABILITY_LEAST), PROBABILITY_MOST)


def once_in_team_years(odds: Odds, score: float) -> float:
    """In how many team-years chance alone shows this much once; at most 1,000, beyond which nothing was
    simulated.

    >>> [round(once_in_team_years(Odds(5, 7, 0.1, 1, 0, 1, 7.0, 12.0), score)) for score in (5.0, 7.0, 30.0)]
    [10, 74, 1000]
    """
    return min(math.exp(min(odds.decay * (score - odds.bar), 50.0)) / odds.by_chance, 1000.0)
