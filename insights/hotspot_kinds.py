"""What the detector can say: the words of a flag, shared by those who raise flags and those who show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from insights.cells import UnitKey


class FlagKind(StrEnum):
    """What is unusual. `BETTER` is an improvement: told as such, never as a hotspot.

    `SPLIT`: a team's answers lie further apart than they used to. `CHRONIC`: its level has long been above the
    organisation's. `SHARED` names the organisation's top unit or a division. `BETTER` may name any of them.
    """

    RISE = "rise"
    SILENCE = "silence"
    SPLIT = "split"
    CHRONIC = "chronic"
    SHARED = "shared"
    BETTER = "better"


class Tier(StrEnum):
    """How sure: the bars are those of `insights.hotspot_evidence`."""

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
    unit's own usual, after taking out what the whole organisation and the division are going through; for
    `SHARED` in points of the questions that every round asks, against the usual of the organisation or, for a
    division, of the organisation's course; for `CHRONIC` in points above the organisation's level; for `SPLIT`
    in points of the spread index; for `SILENCE` in percentage points of the response share (negative: fewer
    answer). `since` is the round in which it most likely began, `p_real` the chance that it is real, and
    `once_in_team_years` how rarely chance alone looks like this. `score` is the evidence Lambda, in nats.

    `usual` is what the unit was used to before `since` (`CHRONIC`: the organisation's level), in the unit of
    the numbers shown: points of strain, per cent of those asked for `SILENCE`, the spread index for `SPLIT`;
    None for a division. `shared` is what everybody was going through in the round of the flag and was taken
    out of it: points of strain, or percentage points of the response share.
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
    score: float = 0.0
    usual: float | None = None
    shared: float = 0.0


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A flag raised in an earlier round, within its silent rounds or not over yet, and how it stands now."""

    flag: Flag
    state: Course


@dataclass(frozen=True, slots=True)
class Mirror:
    """How often chance alone speaks here, counted where nothing is wrong: improvements in quiet teams.

    By symmetry, rises of the same strength come as often by chance. In `team_years` of quiet teams `counted`
    improvements have passed `MIRROR_BAR`, where `reckoned` were reckoned with, and `told` of them the watch bar;
    `bar` and `alert_bar` are the bars of Lambda that this organisation has earned by them.
    """

    counted: int
    reckoned: float
    told: int
    team_years: float
    bar: float
    alert_bar: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the detector says as of the last page.

    `learning` is the number of rounds still to go before teams are judged, 0 when they are. `flags` were
    raised in the last round, alerts first, then by evidence. `unjudged` are teams without enough shown rounds
    to be judged (empty while learning: nobody is judged then). `usual` is every judged team's own usual level
    of strain as of now, in points; `mirror` says what this organisation's false alarms are reckoned from.
    """

    learning: int
    flags: tuple[Flag, ...]
    open_flags: tuple[OpenFlag, ...]
    unjudged: tuple[UnitKey, ...]
    usual: Mapping[UnitKey, float] = field(default_factory=dict)
    mirror: Mirror | None = None
