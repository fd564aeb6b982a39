"""What the detector can say: the words of a flag, shared by those who raise flags and those who show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from insights.cells import UnitKey


class FlagKind(StrEnum):
    """What is unusual. `BETTER` is an improvement: told as such, never as a hotspot.

    `SHARED` names the organisation's top unit. `SPLIT` and `CHRONIC` have their names; nothing raises them
    yet.
    """

    RISE = "rise"
    SILENCE = "silence"
    SPLIT = "split"
    CHRONIC = "chronic"
    SHARED = "shared"
    BETTER = "better"


class Tier(StrEnum):
    """How sure: the bars of `policy.WATCH_BAR` and `policy.ALERT_BAR`."""

    WATCH = "watch"
    ALERT = "alert"


class Course(StrEnum):
    """How a flag that was raised earlier has gone on."""

    HOT = "still hot"
    EASING = "easing"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something unusual, with its evidence.

    `effect` and its 90 % interval `lo` to `hi` are in points of strain (0-100, up is worse) against the
    unit's own usual, after taking out what the whole organisation is going through; for `SHARED` in points of
    the question that every round asks; for `SILENCE` in percentage points of the response share (negative:
    fewer answer). `since` is the round in which it most likely began, `p_real` the chance that it is real,
    and `once_in_team_years` how rarely chance alone looks like this.
    """

    round: int
    unit: UnitKey
    kind: FlagKind
    tier: Tier
    since: int
    effect: float
    lo: float
    hi: float
    p_real: float
    once_in_team_years: float


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A flag raised in an earlier round, within its silent rounds, and how it stands now."""

    flag: Flag
    state: Course


@dataclass(frozen=True, slots=True)
class Reading:
    """What the detector says as of the last page.

    `learning` is the number of rounds still to go before teams are judged, 0 when they are. `flags` were
    raised in the last round, alerts first, then by evidence. `unjudged` are teams without enough shown rounds
    to be judged (empty while learning: nobody is judged then).
    """

    learning: int
    flags: tuple[Flag, ...]
    open_flags: tuple[OpenFlag, ...]
    unjudged: tuple[UnitKey, ...]
