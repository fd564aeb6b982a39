"""The detector: one round in, its flags out; what it keeps between rounds are a few arrays that it can write down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from insights import hotspot_chronic as long_lasting
from insights.cells import UnitKey
from insights.hotspot_change import Array, Mask, Numbers
from insights.hotspot_columns import Columns, spread_out
from insights.hotspot_course import course_of, lasting
from insights.hotspot_evidence import RISE_ODDS, ROUNDS_PER_YEAR
from insights.hotspot_flags import WATCHES, Standing, describe, describe_level
from insights.hotspot_kinds import Course, Flag, FlagKind, Mirror, OpenFlag, Reading, Tier
from insights.hotspot_models import STRAIN
from insights.hotspot_round import Shown
from insights.hotspot_state import grow, numbers_of, pack, restore, unpack
from insights.hotspot_tracks import Taken, Tracks, take
from insights.hotspot_warm import Warm, WarmLevel, learning_rounds, warm_print
from insights.policy import (
    CHRONIC_EVERY,
    DIVISION_FEWEST,
    EASING_BELOW,
    JUDGED_SHOWN,
    LEARNING_ROUNDS,
    SILENT_ROUNDS,
    START_WINDOW,
    WARM_SPARE,
)

METHOD: Final = 3
"""Counts up whenever the method or its constants change: what an older one has kept is then learnt anew."""


@dataclass(slots=True)
class _Past:
    """What is kept beside the arrays: the numbers of the last rounds, the newest last; the teams of the last one; the
    flags that may still be open, oldest first; the organisation's top unit."""

    taken: int = 0
    numbers: list[int] = field(default_factory=list)
    there: list[int] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    root: UnitKey | None = None


class Detector:
    """Takes rounds in, oldest first, and says what is unusual: strictly causal, the same every time.

    `warm` is what surveys before the first round taught. The engine is `insights.hotspot_filter`, on the teams'
    strain (`RISE`, `BETTER`, `CHRONIC`), response shares (`SILENCE`) and spread (`SPLIT`), on the movement of
    divisions and on the organisation's score of the questions every round asks (`SHARED`, `BETTER`).

    >>> Detector().reading().learning
    13
    """

    def __init__(self, warm: Warm | None = None) -> None:
        self._warm = warm
        self._tracks = Tracks.empty()
        self._teams, self._divisions = Columns(), Columns()
        self._past = _Past()

    @property
    def round(self) -> int:
        """The number of the last round taken in, 0 before any."""
        return self._past.numbers[-1] if self._past.numbers else 0

    def step(self, shown: Shown) -> tuple[Flag, ...]:
        """One round in, its flags out, alerts first, then by evidence. ValueError unless rounds ascend."""
        if shown.number <= self.round and self._past.numbers:
            raise ValueError("rounds are taken in in ascending order")
        at, group = self._place(shown)
        past, t = self._past, self._past.taken
        past.numbers = [*past.numbers, shown.number][-START_WINDOW - 1 :]
        past.there, past.taken = sorted(int(column) for column in at), t + 1
        past.root = shown.whole.unit if shown.whole else past.root
        wide = spread_out(shown, at, len(self._teams.keys))
        before = self._before() if self._warm else None
        taken = take(self._tracks, t, wide, group, before)
        self._note(t, wide, taken)
        raised = self._raise(t, taken) if t >= learning_rounds(self._warm) else []
        self._past.standing = [one for one in past.standing if t - one.at <= START_WINDOW] + raised
        return tuple(one.flag for one in sorted(raised, key=_loudest_first))

    def reading(self) -> Reading:
        """What is unusual as of the last round taken in; before any, how many rounds are still to be learnt from."""
        past, learning = self._past, max(0, learning_rounds(self._warm) + 1 - self._past.taken)
        if learning:
            return Reading(learning, (), (), (), mirror=self._mirror())
        teams, t = self._tracks.teams, past.taken - 1
        now = sorted((one for one in past.standing if one.at == t), key=_loudest_first)
        seldom = teams.lately.sum(axis=0) < JUDGED_SHOWN
        shown = teams.strain.engine.shown >= JUDGED_SHOWN
        return Reading(
            0,
            tuple(one.flag for one in now),
            self._open(t),
            tuple(sorted(self._teams.keys[i] for i in past.there if seldom[i])),
            {self._teams.keys[i]: float(teams.strain.engine.x[0, i]) for i in past.there if shown[i]},
            self._mirror(),
        )

    def _place(self, shown: Shown) -> tuple[Numbers, Numbers]:
        """The columns of the round's teams, and the division of every column, with room made for both."""
        at = self._teams.place(shown.units)
        parents = tuple(parent if parent is not None else UnitKey("") for parent in shown.parents)
        of = self._divisions.place(parents)
        grow(self._tracks.teams, len(self._teams.keys))
        grow(self._tracks.divisions, len(self._divisions.keys))
        # a team that is not there stays where it was
        self._tracks.teams.division[at] = of
        return at, self._tracks.teams.division

    def _before(self) -> tuple[Array, Array]:
        levels = self._warm.levels if self._warm else {}
        known = [levels.get(key) for key in self._teams.keys]
        return (
            np.array([one.offset if one else np.nan for one in known]),
            np.array([one.variance + WARM_SPARE if one else np.nan for one in known]),
        )

    def _note(self, t: int, wide: Shown, taken: Taken) -> None:
        """What every round leaves behind, whether anybody is judged or not."""
        tracks, teams = self._tracks, self._tracks.teams
        teams.published += ~np.isnan(wide.answered)
        teams.lately[t % LEARNING_ROUNDS] = taken.strain.observed
        for watched, step in (
            (teams.strain, taken.strain),
            (teams.turnout, taken.turnout),
            (teams.spread, taken.spread),
            (tracks.divisions, taken.division),
            (tracks.whole, taken.whole),
        ):
            watched.recent.note(t, step.observed, step.level)
        if t >= learning_rounds(self._warm):
            improving = lasting(
                next(watch for watch in WATCHES if watch.mirrored and watch.sign < 0), tracks, taken, t
            )
            teams.mirror.count(t, self._quiet(t, taken), improving, taken.strain.down)

    def _quiet(self, t: int, taken: Taken) -> Mask:
        """Judged teams that no rise was told of lately: what gets better there does so by chance, or of itself."""
        return self._judged("strain", taken) & (t - self._tracks.teams.strain.worse.told > START_WINDOW)

    def _raise(self, t: int, taken: Taken) -> list[Standing]:
        found = []
        for watch in WATCHES:
            units = {"division": self._divisions.keys, "whole": [self._past.root or UnitKey("")]}
            keys = units.get(watch.part, self._teams.keys)
            shift = self._tracks.teams.mirror.shift() if watch.mirrored else 0.0
            judged = self._judged(watch.part, taken) & lasting(watch, self._tracks, taken, t)
            bars = watch.odds.bar + shift, watch.odds.alert_bar + shift
            teller, turned = watch.teller(self._tracks), watch.turned(self._tracks)
            silent = t - teller.told <= SILENT_ROUNDS
            flagged, alert = teller.speak(t, judged, watch.strength(taken), *bars, turned)
            for i in np.flatnonzero(flagged):
                found.append(
                    describe(watch, taken, int(i), keys[int(i)], t, self._past.numbers, bool(alert[i]), shift)
                )
            if watch.mirrored and watch.kind is FlagKind.BETTER:
                self._tracks.teams.mirror.told += int((flagged & ~silent & self._quiet(t, taken)).sum())
        return found + self._chronic(t, taken)

    def _judged(self, part: str, taken: Taken) -> Mask:
        """Who may be flagged for what in this round."""
        teams = self._tracks.teams
        if part == "turnout":
            # silence is what a withheld round may mean: here it is enough to have been published once upon a time
            turnout: Mask = taken.turnout.observed & (teams.published >= JUDGED_SHOWN)
            return turnout
        if part == "division":
            named = np.array([key not in ("", self._past.root) for key in self._divisions.keys], dtype=bool)
            is_one_of_many = int((taken.teams > 0).sum()) > 1
            division: Mask = taken.division.observed & (taken.teams >= DIVISION_FEWEST) & named & is_one_of_many
            return division
        watched = {"strain": teams.strain, "spread": teams.spread, "whole": self._tracks.whole}[part]
        step = {"strain": taken.strain, "spread": taken.spread, "whole": taken.whole}[part]
        judged: Mask = step.observed & (watched.engine.shown >= JUDGED_SHOWN)
        return judged

    def _levels(self) -> long_lasting.Level:
        engine = self._tracks.teams.strain.engine
        return long_lasting.levels(engine, STRAIN.spread, engine.shown >= JUDGED_SHOWN)

    def _chronic(self, t: int, taken: Taken) -> list[Standing]:
        teams = self._tracks.teams
        due = self._judged("strain", taken) & long_lasting.is_due(t, teams.level_checked)
        teams.level_checked[due] = t
        level, found = self._levels(), []
        now = np.nan_to_num(np.nanmean(np.where(due, teams.strain.recent.level, 0.0), axis=0)) - level.organisation
        # who has just become better is known less well than the filter, which forgets slowly, has it
        due &= (now >= EASING_BELOW * level.above) & (t - teams.strain.better.told > CHRONIC_EVERY)
        for i in np.flatnonzero(long_lasting.chronic(level, due, t)):
            found.append(describe_level(level, int(i), self._teams.keys[int(i)], t, self._past.numbers, taken))
        return found

    def _open(self, t: int) -> tuple[OpenFlag, ...]:
        """The newest flag of each unit and kind that was raised before the last round: all within their silent
        rounds, after them those that are not over."""
        newest = {(one.flag.unit, one.flag.kind): one for one in self._past.standing}
        level, there = self._levels(), set(self._past.there)
        found = []
        for one in sorted(newest.values(), key=lambda one: (-one.at, _loudest_first(one))):
            # a team that was closed is named no more
            if one.at == t or (one.part not in ("division", "whole") and one.column not in there):
                continue
            course = course_of(one, self._tracks, level)
            if t - one.at <= SILENT_ROUNDS or course is not Course.OVER:
                found.append(OpenFlag(one.flag, course))
        return tuple(found)

    def _mirror(self) -> Mirror:
        count = self._tracks.teams.mirror
        shift = count.shift()
        bars = RISE_ODDS.bar + shift, RISE_ODDS.alert_bar + shift
        return Mirror(count.counted, count.reckoned(), count.told, count.team_rounds / ROUNDS_PER_YEAR, *bars)

    def warm(self) -> Warm:
        """What a later detector may begin with: every team's level against the organisation's, as of now."""
        level, shown = self._levels(), self._tracks.teams.strain.engine.shown
        levels = {
            key: WarmLevel(float(level.above[i]), float(level.sd[i]) ** 2, int(shown[i]))
            for i, key in enumerate(self._teams.keys)
            if shown[i] >= JUDGED_SHOWN
        }
        return Warm(levels, self._past.taken)

    def dump(self) -> bytes:
        """Everything that the next round needs."""
        past = self._past
        about: dict[str, Any] = {
            "method": METHOD,
            "warm": warm_print(self._warm).hex(),
            "teams": self._teams.keys,
            "divisions": self._divisions.keys,
            "taken": past.taken,
            "numbers": past.numbers,
            "there": past.there,
            "root": past.root,
            "standing": [one.dump() for one in past.standing],
        }
        return pack(about, dict(numbers_of(self._tracks)))

    @classmethod
    def load(cls, state: bytes, warm: Warm | None = None) -> Detector:
        """The detector as it was when it wrote `state`, begun with the same `warm`.

        ValueError where the state is damaged, was written by another version of the method, or began otherwise.
        """
        about, numbers = unpack(state)
        if about.get("method") != METHOD or about.get("warm") != warm_print(warm).hex():
            raise ValueError("a state of another method, or of another warm start")
        detector = cls(warm)
        try:
            for columns, keys in ((detector._teams, about["teams"]), (detector._divisions, about["divisions"])):
                columns.keys = [UnitKey(key) for key in keys]
                columns.number = {key: i for i, key in enumerate(columns.keys)}
            grow(detector._tracks.teams, len(detector._teams.keys))
            grow(detector._tracks.divisions, len(detector._divisions.keys))
            restore(detector._tracks, numbers)
            standing = [Standing.load(one) for one in about["standing"]]
            root = UnitKey(about["root"]) if about["root"] is not None else None
            detector._past = _Past(about["taken"], about["numbers"], about["there"], standing, root)
        except (KeyError, TypeError, AttributeError, IndexError) as problem:
            raise ValueError("a damaged detector's state") from problem
        return detector


def _loudest_first(one: Standing) -> tuple[bool, float, UnitKey]:
    return one.flag.tier is not Tier.ALERT, -one.flag.score, one.flag.unit
