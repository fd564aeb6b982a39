"""What we set out to reach, and what came of it: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.wards.figures import MIDDLE, OURS, QUICKLY, Change, Delay, Method, named
from benchmarks.wards.scorer import chronic, delays, episodes, false_alarms, false_alarms_when, shared_told, worth
from benchmarks.wards.study import Watched
from benchmarks.wards.world import Fate
from insights.hotspot_kinds import FlagKind

ANY = (0.0, np.inf)
SEEN = (7.0, np.inf)
"""Teams of which enough answer that silence or a split can be seen at all."""
SMALL, LARGE = 8.0, 14.0
"""Mean answers a wave below which a team is small, and from which it is large."""


@dataclass(frozen=True, slots=True)
class Aim:
    """`value` is to lie between `low` and `high`; `wish` is what would be better still; NaN cannot be told."""

    what: str
    value: float
    low: float = -np.inf
    high: float = np.inf
    wish: str = ""
    digits: int = 2

    @property
    def is_reached(self) -> bool:
        """Whether it is; what cannot be told is not."""
        return self.low <= self.value <= self.high


def aims(watched: Watched, found: list[Method], seconds: float) -> list[Aim]:
    """All of them, in the order in which one asks."""
    return [*_rises(watched, found), *_fairness(watched, found), *_other_kinds(watched), *_speed(seconds)]


def _rises(watched: Watched, found: list[Method]) -> Iterator[Aim]:
    truth, ours = watched.truth, named(found, OURS)
    value = worth(truth, ours.counted[0.0], watched.flags.lo, watched.flags.hi, watched.flags.p_real)
    alerts = episodes(watched.flags.said[FlagKind.RISE] & watched.flags.alerts, truth.world.learning)
    alert = worth(truth, alerts)
    yield Aim("false alarms of rises, per 100 team-years", ours.false(truth), high=10.0, digits=1)
    yield Aim("... counting alerts alone", false_alarms(truth, alerts), digits=1)
    for change, oracle, high, wish in (
        (Change(Fate.STEP, 0.8, MIDDLE), "A", 1.6, "1.4"),
        (Change(Fate.STEP, 0.8, MIDDLE), "B", 1.2, ""),
        (Change(Fate.STEP, 0.8, ANY), "A", 1.45, ""),
        (Change(Fate.STEP, 1.2, MIDDLE), "A", 1.7, ""),
        (Change(Fate.STEP, 0.5, MIDDLE), "A", 2.4, ""),
        (Change(Fate.DRIFT, 0.8, MIDDLE), "A", 1.3, ""),
    ):
        ratio = ours.delay(truth, change).ratio(named(found, oracle).delay(truth, change))[0]
        yield Aim(f"delay of {worded(change)}, over oracle {oracle}", ratio, high=high, wish=wish)
    middle = ours.delay(truth, Change(Fate.STEP, 0.8))
    yield Aim(f"share of these found within {QUICKLY} waves (+0.8, 8-13 answers)", middle.within(QUICKLY), low=0.92)
    yield Aim("precision of rises", value.precision, low=0.50, wish="0.60", digits=3)
    yield Aim("recall of rises", value.recall, low=0.70, wish="0.75", digits=3)
    yield Aim("precision of alerts", alert.precision, low=0.80, digits=3)
    yield Aim("recall of alerts", alert.recall, low=0.60, digits=3)
    yield Aim("90 % intervals that hold the step", value.cover, low=0.85, high=0.95)
    off = max((abs(told - real) for told, real, _ in value.bins), default=float("nan"))
    yield Aim("P(real) told, furthest from what was real in any bin", off, high=0.10)


def _fairness(watched: Watched, found: list[Method]) -> Iterator[Aim]:
    truth, counted = watched.truth, named(found, OURS).counted[0.0]
    shaken, calm = (false_alarms_when(truth, counted, when) for when in (truth.shaken, ~truth.shaken))
    small = false_alarms(truth, counted, truth.mean_answers < SMALL)
    large = false_alarms(truth, counted, truth.mean_answers >= LARGE)
    yield Aim("false alarms in shared shocks, over calm weeks", shaken / max(calm, 1e-9), high=1.6)
    yield Aim("false alarms of small teams, over large ones", small / max(large, 1e-9), low=0.5, high=2.2)


def _other_kinds(watched: Watched) -> Iterator[Aim]:
    truth, learning = watched.truth, watched.truth.world.learning
    silence, split, long = (
        episodes(watched.flags.said[kind], learning) for kind in (FlagKind.SILENCE, FlagKind.SPLIT, FlagKind.CHRONIC)
    )
    told = shared_told(truth, watched.flags.shared)
    for whose, (hit, of) in (("the organisation's", told.organisation), ("divisions'", told.division)):
        yield Aim(f"{whose} shocks told ({of} of 0.25 SD or more)", hit / of if of else float("nan"), low=0.85)
    yield Aim("false flags of divisions, per 100 division-years", told.false, digits=1)
    yield Aim("false alarms of silence, per 100 team-years", false_alarms(truth, silence), high=4.5, digits=1)
    delay = Delay(delays(truth, silence, truth.hit_by(Fate.SILENCE, 1.5, SEEN)))
    yield Aim("delay of silence (-1.5 logits), waves", delay.mean, high=4.0, digits=1)
    yield Aim("false alarms of splits, per 100 team-years", false_alarms(truth, split), high=2.2, digits=1)
    delay = Delay(delays(truth, split, truth.hit_by(Fate.SPLIT, 1.2, SEEN)))
    yield Aim("splits of 1.2 SD found within 12 waves", delay.within(12), low=0.75)
    recall, false, many = chronic(truth, long)
    yield Aim(f"chronic strain flagged by wave 26 ({many} teams)", recall if many else float("nan"), low=0.80)
    yield Aim("chronic flags by wave 26 that are false", false, high=0.10, digits=3)


def _speed(seconds: float) -> Iterator[Aim]:
    if np.isfinite(seconds):
        yield Aim("CPU seconds a wave for 10,000 teams, one core", seconds, high=0.5)


def worded(change: Change) -> str:
    """A change in words."""
    low, high = change.answers
    where = "all teams" if change.answers == ANY else f"{low:g}-{high:g} answers"
    kind = "drift" if change.kind is Fate.DRIFT else "rise"
    return f"a {kind} of {change.size:g} SD ({where})"
