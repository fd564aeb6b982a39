"""From evidence to a flag: which kinds there are, what they are read from, and what is said beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from insights import hotspot_chronic as long_lasting
from insights.cells import UnitKey
from insights.hotspot_change import Numbers, Strength
from insights.hotspot_chronic import Level
from insights.hotspot_evidence import (
    BETTER_ODDS,
    DIVISION_ODDS,
    RISE_ODDS,
    SILENCE_ODDS,
    SPLIT_ODDS,
    WHOLE_ODDS,
    Odds,
    once_in_team_years,
    p_real,
    size,
)
from insights.hotspot_filter import Step
from insights.hotspot_kinds import Flag, FlagKind, Tier
from insights.hotspot_models import STRAIN
from insights.hotspot_telling import Teller
from insights.hotspot_tracks import Taken, Tracks, Watched
from insights.policy import CHRONIC_LEAST


@dataclass(frozen=True, slots=True)
class Watch:
    """One kind of flag: what it is read from (`part`), in which direction (`sign`), and how sure one can be.

    `mirrored`: the bars of an organisation follow its mirror count.
    """

    kind: FlagKind
    part: str
    sign: float
    odds: Odds
    mirrored: bool = False

    def watched(self, tracks: Tracks) -> Watched:
        """The engine and the memory behind it."""
        found: Watched = _PARTS[self.part](tracks)
        return found

    def step(self, taken: Taken) -> Step:
        """What the round taught about it."""
        found: Step = getattr(taken, self.part)
        return found

    def teller(self, tracks: Tracks) -> Teller:
        """Who was told when."""
        watched = self.watched(tracks)
        return watched.better if self.kind is FlagKind.BETTER else watched.worse

    def turned(self, tracks: Tracks) -> Numbers | None:
        """When the opposite was told last, where what comes and goes is told at once: of shocks, not of teams."""
        if self.part not in ("division", "whole"):
            return None
        watched = self.watched(tracks)
        return watched.worse.told if self.kind is FlagKind.BETTER else watched.better.told

    def strength(self, taken: Taken) -> Strength:
        """The evidence in its direction."""
        step = self.step(taken)
        return step.up if self.sign > 0 else step.down


_PARTS: Final[dict[str, Callable[[Tracks], Watched]]] = {
    "strain": lambda tracks: tracks.teams.strain,
    "turnout": lambda tracks: tracks.teams.turnout,
    "spread": lambda tracks: tracks.teams.spread,
    "division": lambda tracks: tracks.divisions,
    "whole": lambda tracks: tracks.whole,
}

WATCHES: Final = (
    Watch(FlagKind.RISE, "strain", 1.0, RISE_ODDS, mirrored=True),
    Watch(FlagKind.BETTER, "strain", -1.0, BETTER_ODDS, mirrored=True),
    Watch(FlagKind.SILENCE, "turnout", -1.0, SILENCE_ODDS),
    Watch(FlagKind.SPLIT, "spread", 1.0, SPLIT_ODDS),
    Watch(FlagKind.SHARED, "division", 1.0, DIVISION_ODDS),
    Watch(FlagKind.BETTER, "division", -1.0, DIVISION_ODDS),
    Watch(FlagKind.SHARED, "whole", 1.0, WHOLE_ODDS),
    Watch(FlagKind.BETTER, "whole", -1.0, WHOLE_ODDS),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag with what is needed to follow it: which column of which part, when (rounds taken in, from 0) it was
    raised and its change began, and what was usual before, and the size first told, in the engine's units."""

    flag: Flag
    part: str
    column: int
    at: int
    start: int
    usual: float
    step: float

    def dump(self) -> dict[str, Any]:
        """As JSON says it."""
        flag = {name: getattr(self.flag, name) for name in Flag.__slots__}
        rest = {name: getattr(self, name) for name in Standing.__slots__ if name != "flag"}
        return {**rest, "flag": flag}

    @staticmethod
    def load(told: dict[str, Any]) -> Standing:
        """What `dump` gave."""
        flag = told["flag"]
        kinds = {"unit": UnitKey(flag["unit"]), "kind": FlagKind(flag["kind"]), "tier": Tier(flag["tier"])}
        return Standing(**{**told, "flag": Flag(**{**flag, **kinds})})


def describe(
    watch: Watch, taken: Taken, column: int, unit: UnitKey, t: int, numbers: list[int], is_alert: bool, shift: float
) -> Standing:
    """The flag of one team: `t` rounds were taken in before this one, `numbers` are those of the last rounds, this
    one last; `shift` is by how much the organisation's bars are moved.

    >>> from insights.hotspot_filter import ChangeFilter, Seen
    >>> engine, one = ChangeFilter.of(1), np.ones(1)
    >>> weeks = [40.0] * 12 + [60.0] * 3
    >>> step = [engine.step(STRAIN, Seen(y * one, 20 * one, 0 * one, np.array([0]))) for y in weeks][-1]
    >>> taken = Taken(step, step, step, step, step, np.array([1]))
    >>> flag = describe(WATCHES[0], taken, 0, UnitKey("w1"), 14, list(range(1, 16)), True, 0.0).flag
    >>> flag.since, flag.tier.value, flag.lo < flag.effect < flag.hi
    (13, 'alert', True)
    """
    evidence, step = watch.strength(taken), watch.step(taken)
    ago, a, b = int(evidence.ago[column]), float(evidence.a[column]), float(evidence.b[column])
    usual, score = float(evidence.usual[column]), float(evidence.score[column])
    moved = size(watch.odds, watch.sign, a, b)
    effect, lo, hi = moved
    told, shared = usual, float(step.shared[column])
    if watch.part == "turnout":
        effect, lo, hi = (_in_share(usual, change) for change in moved)
        told, shared = _per_cent(usual), _in_share(usual, shared)
    flag = Flag(
        round=numbers[-1],
        unit=unit,
        kind=watch.kind,
        tier=Tier.ALERT if is_alert else Tier.WATCH,
        since=numbers[-1 - ago],
        effect=effect,
        lo=lo,
        hi=hi,
        p_real=p_real(watch.odds, score - shift),
        once_in_team_years=once_in_team_years(watch.odds, score - shift),
        score=score,
        usual=None if watch.part == "division" else told,
        shared=shared,
    )
    return Standing(flag, watch.part, column, t, t - ago, usual, moved[0])


def describe_level(level: Level, column: int, unit: UnitKey, t: int, numbers: list[int], taken: Taken) -> Standing:
    """The flag of a team whose level has long been high; the rest as in `describe`. `since` is as far back as changes
    are looked for: a level has no first day.

    >>> from insights.hotspot_filter import ChangeFilter, Seen
    >>> step = ChangeFilter.of(1).step(STRAIN, Seen(np.full(1, 60.0), np.full(1, 20.0), np.zeros(1), np.array([0])))
    >>> taken = Taken(step, step, step, step, step, np.array([1]))
    >>> level = Level(np.array([15.0]), np.array([3.0]), 45.0)
    >>> describe_level(level, 0, UnitKey("w1"), 12, list(range(1, 14)), taken).flag.tier.value
    'alert'
    """
    above, sd = float(level.above[column]), float(level.sd[column])
    effect, lo, hi = long_lasting.interval(level, column)
    flag = Flag(
        round=numbers[-1],
        unit=unit,
        kind=FlagKind.CHRONIC,
        tier=Tier.ALERT if lo > CHRONIC_LEAST else Tier.WATCH,
        since=numbers[0],
        effect=effect,
        lo=lo,
        hi=hi,
        p_real=long_lasting.chance_real(above, sd),
        once_in_team_years=long_lasting.once_in_team_years(above, sd, STRAIN.spread),
        score=above**2 / sd**2 / 2,
        usual=level.organisation,
        shared=float(taken.strain.shared[column]),
    )
    return Standing(flag, "level", column, t, t, 0.0, above)


def _per_cent(x: float) -> float:
    """The share, in per cent, behind a number on the arcsine scale."""
    return float(100 * np.sin(np.clip(x, 0.0, np.pi / 2)) ** 2)


def _in_share(usual: float, change: float) -> float:
    """Percentage points of the response share for a change on the arcsine scale: 100 (sin^2(x + d) - sin^2
    x)."""
    return _per_cent(usual + change) - _per_cent(usual)
