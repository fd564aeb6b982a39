"""When a flag speaks: at its bar, once for each change, and again when it has become an alert."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from insights.hotspot_change import Array, Mask, Numbers, Strength
from insights.hotspot_evidence import ROUNDS_PER_YEAR
from insights.policy import (
    MIRROR_BAR,
    MIRROR_BEFORE,
    MIRROR_HIGHEST,
    MIRROR_LOWEST,
    MIRROR_RATE,
    MIRROR_SLOPE,
    RECENT_ROUNDS,
    SILENT_ROUNDS,
    START_WINDOW,
)

NEVER = -(10**6)


@dataclass(slots=True)
class Teller:
    """When each team was last flagged by this kind (`told`, counted in rounds taken in) and whether as an `alert`."""

    told: Numbers = field(metadata={"pad": NEVER})
    alerted: Mask

    @staticmethod
    def of(teams: int) -> Teller:
        """Nobody has been flagged."""
        return Teller(np.full(teams, NEVER), np.zeros(teams, dtype=bool))

    def speak(
        self, t: int, judged: Mask, strength: Strength, bar: float, alert_bar: float, other: Numbers | None = None
    ) -> tuple[Mask, Mask]:
        """Who is flagged in round `t` (counted from 0), and for whom it is an alert; notes both.

        After a flag a team is silent for `SILENT_ROUNDS`, and then until a change speaks whose likeliest start lies
        after the flag: what has been told is "still hot", not new. After `START_WINDOW` rounds it may be told anew.
        Within that time a watch that has become an alert is told once. `other`, when the opposite was told last: a
        change after that is new at once.

        >>> zero, now = np.zeros(1), np.zeros(1, dtype=np.int64)
        >>> teller, judged = Teller.of(1), np.array([True])
        >>> told = [teller.speak(t, judged, Strength(zero + x, now + t, zero, zero, zero), 5.0, 7.0)
        ...         for t, x in enumerate([4, 6, 6, 8, 9])]
        >>> [bool(flagged[0]) for flagged, _ in told]
        [False, True, False, True, False]
        """
        since = t - self.told
        is_new = (since > SILENT_ROUNDS) & ((t - strength.ago > self.told) | (since > START_WINDOW))
        is_new |= False if other is None else (other > self.told) & (t - strength.ago > other)
        is_loud = judged & (strength.score > alert_bar)
        fresh = judged & (strength.score > bar) & is_new
        louder = is_loud & ~self.alerted & (since <= START_WINDOW) & ~fresh
        flagged = fresh | louder
        self.told = np.where(flagged, t, self.told)
        self.alerted = np.where(fresh, is_loud, self.alerted | louder)
        return flagged, is_loud & flagged


@dataclass(slots=True)
class MirrorCount:
    """Improvements in quiet teams: `counted` of them beyond `MIRROR_BAR`, `told` beyond the watch bar, in
    `team_rounds` rounds of quiet teams."""

    teller: Teller
    counted: int
    told: int
    team_rounds: int

    @staticmethod
    def of(teams: int) -> MirrorCount:
        """Nothing has been counted."""
        return MirrorCount(Teller.of(teams), 0, 0, 0)

    def count(self, t: int, quiet: Mask, lasting: Mask, down: Strength) -> None:
        """Takes a round in: `quiet` are judged teams of which no rise was told for `START_WINDOW` rounds, `lasting`
        those whose improvement lasts."""
        flagged, _ = self.teller.speak(t, quiet & lasting, down, MIRROR_BAR, np.inf)
        self.counted += int(flagged.sum())
        self.team_rounds += int(quiet.sum())

    def reckoned(self) -> float:
        """How many improvements were to be expected by chance, with noise as on simulated staff.

        >>> round(MirrorCount(Teller.of(0), 0, 0, 5218).reckoned())
        42
        """
        return MIRROR_RATE * self.team_rounds / ROUNDS_PER_YEAR

    def shift(self) -> float:
        """By how many nats this organisation's bars lie above the simulated ones.

        c = ln((counted + before) / (reckoned + before)) / `MIRROR_SLOPE`, held between two ends.

        >>> MirrorCount(Teller.of(0), 84, 0, 5218).shift(), MirrorCount(Teller.of(0), 42, 0, 5218).shift()
        (0.74, 0.0)
        """
        ratio = (self.counted + MIRROR_BEFORE) / (self.reckoned() + MIRROR_BEFORE)
        return round(min(max(math.log(ratio) / MIRROR_SLOPE, MIRROR_LOWEST), MIRROR_HIGHEST), 2)


@dataclass(slots=True)
class Recent:
    """The last shown levels of every team, newest first, shape (`RECENT_ROUNDS`, teams), and when they were shown."""

    level: Array = field(metadata={"pad": np.nan})
    at: Numbers = field(metadata={"pad": NEVER})

    @staticmethod
    def of(teams: int) -> Recent:
        """Nothing has been shown."""
        return Recent(np.full((RECENT_ROUNDS, teams), np.nan), np.full((RECENT_ROUNDS, teams), NEVER))

    def note(self, t: int, observed: Mask, level: Array) -> None:
        """Takes a round in."""
        self.level = np.where(observed, np.vstack([level[None], self.level[:-1]]), self.level)
        self.at = np.where(observed, np.vstack([np.full((1, len(level)), t), self.at[:-1]]), self.at)

    def since(self, t: int, column: int) -> float:
        """The mean of what was shown from round `t` on, at most the last few; NaN if nothing was."""
        there = self.at[:, column] >= t
        return float(self.level[there, column].mean()) if there.any() else float("nan")
