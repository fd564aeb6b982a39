"""Which teams need somebody this week: a pure function of the ledger as shown, which anybody can recompute.

The simplest honest form of the method: fixed bars (no mirror calibration), a division's own movement is taken
out but not told, and nothing raises `SPLIT` or `CHRONIC`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.cells import Ledger, UnitKey
from insights.hotspot_evidence import (
    STRAIN_ODDS,
    TURNOUT_ODDS,
    WHOLE_ODDS,
    Odds,
    once_in_team_years,
    p_real,
    size,
)
from insights.hotspot_filter import Mask, Step, Strength
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier
from insights.hotspot_models import strain_steps, turnout_steps, whole_steps
from insights.hotspot_series import teams_of, whole_of
from insights.policy import (
    ALERT_BAR,
    EASING_BELOW,
    JUDGED_SHOWN,
    LEARNING_ROUNDS,
    OVER_BELOW,
    RECENT_ROUNDS,
    SILENT_ROUNDS,
    WATCH_BAR,
)

__all__ = ["Course", "Flag", "FlagKind", "OpenFlag", "Reading", "Tier", "detect", "history"]


@dataclass(frozen=True, slots=True)
class _Raised:
    """A flag with what is needed to follow it: indices of round and team, its size in the engine's units."""

    flag: Flag
    at: int
    column: int
    start: int
    step: float
    score: float


@dataclass(frozen=True, slots=True)
class _Track:
    """One engine's run over the ledger. `judged` (rounds, teams): who may be flagged."""

    units: tuple[UnitKey, ...]
    rounds: tuple[int, ...]
    steps: list[Step]
    judged: Mask
    odds: Odds


def detect(ledger: Ledger) -> Reading:
    """What is unusual as of the ledger's last page. Raises nothing; an empty ledger is still learning.

    Strictly causal: flags raised in a round depend on that page and earlier ones only. Method: the
    state-space and likelihood-ratio engine of `insights.hotspot_filter` on the teams' strain (`RISE`,
    `BETTER`), on their response shares (`SILENCE`) and on the organisation's score of the question every
    round asks (`SHARED`; `BETTER` with the top unit's key when it improves).

    >>> detect([]).learning
    13
    """
    learning = max(0, LEARNING_ROUNDS + 1 - len(ledger))
    if learning:
        return Reading(learning, (), (), ())
    last, raised, unjudged = len(ledger) - 1, *_follow(ledger)
    now = sorted((r for _, r in raised if r.at == last), key=_loudest_first)
    return Reading(0, tuple(r.flag for r in now), _still_open(raised, last), unjudged)


def history(ledger: Ledger) -> tuple[Flag, ...]:
    """Every flag that the readings of all rounds up to the last page have raised, in the order they were raised.

    >>> history([])
    ()
    """
    raised = [r for _, r in _follow(ledger)[0]] if len(ledger) > LEARNING_ROUNDS else []
    return tuple(r.flag for r in sorted(raised, key=lambda r: (r.at, _loudest_first(r))))


def _follow(ledger: Ledger) -> tuple[list[tuple[_Track, _Raised]], tuple[UnitKey, ...]]:
    """All flags so far, each with the track it came from, and the teams that cannot be judged on the last page."""
    teams, whole = teams_of(ledger), whole_of(ledger)
    shown, root_shown = ~np.isnan(teams.strain), ~np.isnan(whole.strain)
    judged = _shown_lately(shown) >= JUDGED_SHOWN
    root_judged = root_shown & (_shown_lately(root_shown) >= JUDGED_SHOWN)
    # silence is what a withheld round may mean: here it is enough to have been published once upon a time
    known = np.cumsum(~np.isnan(teams.answered), axis=0) >= JUDGED_SHOWN
    strain = _Track(teams.units, teams.rounds, strain_steps(teams), judged & shown, STRAIN_ODDS)
    turnout = _Track(teams.units, teams.rounds, turnout_steps(teams), known, TURNOUT_ODDS)
    root = _Track(whole.units, whole.rounds, whole_steps(whole, shown.sum(axis=1)), root_judged, WHOLE_ODDS)
    raised = [
        (track, flag)
        for track, kind, sign in (
            (strain, FlagKind.RISE, 1),
            (turnout, FlagKind.SILENCE, -1),
            (root, FlagKind.SHARED, 1),
            (strain, FlagKind.BETTER, -1),
            (root, FlagKind.BETTER, -1),
        )
        for flag in _raise(track, kind, sign)
    ]
    standing = {line.key for line in ledger[-1].lines}
    columns = zip(teams.units, judged[-1], strict=True)
    return raised, tuple(unit for unit, there in columns if not there and unit in standing)


def _loudest_first(raised: _Raised) -> tuple[bool, float, UnitKey]:
    return raised.flag.tier is not Tier.ALERT, -raised.score, raised.flag.unit


def _shown_lately(shown: Mask) -> NDArray[np.int64]:
    """In how many of the last LEARNING_ROUNDS rounds, this one included, a team was shown."""
    total = np.cumsum(shown, axis=0, dtype=np.int64)
    before = np.zeros_like(total)
    before[LEARNING_ROUNDS:] = total[:-LEARNING_ROUNDS]
    lately: NDArray[np.int64] = total - before
    return lately


def _raise(track: _Track, kind: FlagKind, sign: int) -> list[_Raised]:
    """Go through the rounds: a flag silences its team for SILENT_ROUNDS, but an alert speaks after a
    watch."""
    found: list[_Raised] = []
    quiet_until = np.zeros(len(track.units), dtype=np.int64)
    alerted = np.zeros(len(track.units), dtype=bool)
    for t in range(LEARNING_ROUNDS, len(track.rounds)):
        evidence = _evidence(track, sign, t)
        alert = evidence.score > ALERT_BAR
        free = quiet_until <= t
        speaks = track.judged[t] & track.steps[t].observed & (evidence.score > WATCH_BAR)
        speaks &= free | (alert & ~alerted)
        for column in np.flatnonzero(speaks):
            found.append(_describe(track, kind, sign, t, int(column)))
        quiet_until[speaks], alerted[speaks] = t + 1 + SILENT_ROUNDS, alert[speaks]
    return found


def _evidence(track: _Track, sign: int, t: int) -> Strength:
    return track.steps[t].up if sign > 0 else track.steps[t].down


def _describe(track: _Track, kind: FlagKind, sign: int, t: int, column: int) -> _Raised:
    evidence = _evidence(track, sign, t)
    score, start = float(evidence.score[column]), int(evidence.start[column])
    step, low, high = size(track.odds, sign, float(evidence.a[column]), float(evidence.b[column]))
    effect, lo, hi = step, low, high
    if kind is FlagKind.SILENCE:
        usual = float(track.steps[start].usual[column])
        effect, lo, hi = (_in_share(usual, change) for change in (step, low, high))
    flag = Flag(
        round=track.rounds[t],
        unit=track.units[column],
        kind=kind,
        tier=Tier.ALERT if score > ALERT_BAR else Tier.WATCH,
        since=track.rounds[start],
        effect=effect,
        lo=lo,
        hi=hi,
        p_real=p_real(track.odds, score),
        once_in_team_years=once_in_team_years(track.odds, score),
    )
    return _Raised(flag, t, column, start, step, score)


def _in_share(usual: float, change: float) -> float:
    """Percentage points of the response share for a change on the arcsine scale: 100 (sin^2(x + d) - sin^2
    x)."""
    ends = np.clip([usual, usual + change], 0.0, np.pi / 2)
    before, after = np.sin(ends) ** 2
    return float(100 * (after - before))


def _still_open(raised: Sequence[tuple[_Track, _Raised]], last: int) -> tuple[OpenFlag, ...]:
    """The newest flag of each unit and kind, if it was raised before the last round and is within its silent
    rounds."""
    newest = {(r.flag.unit, r.flag.kind): (track, r) for track, r in sorted(raised, key=lambda pair: pair[1].at)}
    kept = [(track, r) for track, r in newest.values() if last - SILENT_ROUNDS <= r.at < last]
    kept.sort(key=lambda pair: (-pair[1].at, _loudest_first(pair[1])))
    return tuple(OpenFlag(r.flag, _course(track, r, last)) for track, r in kept)


def _course(track: _Track, raised: _Raised, last: int) -> Course:
    """Where the last shown rounds stand between the usual before the change (0) and the size first told
    (1)."""
    c = raised.column
    since = [step for step in track.steps[raised.start : last + 1] if step.observed[c]][-RECENT_ROUNDS:]
    usual = float(track.steps[raised.start].usual[c])
    left = float(np.mean([step.level[c] for step in since]) - usual) / raised.step
    if left < OVER_BELOW:
        return Course.OVER
    return Course.EASING if left < EASING_BELOW else Course.HOT
