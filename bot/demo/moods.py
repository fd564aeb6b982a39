"""How the demo's people feel: a latent strain per team and person, and whether they answer at all.

All effects are on a scale on which people within a team differ by one standard deviation. Shares of answers are
near those of the NHS Staff Survey's burnout items (about three in ten say often or always).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from bot.demo.hospital import BURNING, BURNS_FROM, SILENT, SILENT_FROM, TEAMS, Place

_SHARES: Final = (0.12, 0.24, 0.34, 0.21, 0.09)
_CUTS: Final = (-1.175, -0.358, 0.524, 1.341)
"""Where the scale's options part a standard normal, for the shares above."""

_TEAM_SD, _WEATHER_SD, _WEATHER_PHI = 0.25, 0.08, 0.5
_TRAIT, _LOADING = 0.6, 0.85
_SEASON, _DRIFT_SD = 0.12, 0.01
_BURN, _ANSWERS, _ANSWERS_SILENT, _PERSON_SD = 1.3, 0.68, 0.22, 0.15
_DRIVERS: Final = (0.30, 0.12, 0.14, 0.08, 0.06, 0.10, 0.20)
_DRIVERS_BURNING: Final = (0.58, 0.08, 0.16, 0.04, 0.02, 0.04, 0.08)
_SKIP = 0.01


@dataclass(frozen=True, slots=True)
class Answers:
    """One person's check-in: option by question, None for Skip; `early` is before the reminder."""

    options: tuple[int | None, ...]
    early: bool


class Moods:
    """A seeded simulation: the same seed tells the same story."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._base = {team.id: self._rng.normal(0, _TEAM_SD) for team in TEAMS}
        self._drift = {team.id: self._rng.normal(0, _DRIFT_SD) for team in TEAMS}
        self._weather = {team.id: 0.0 for team in TEAMS}
        self._traits = {team.id: self._rng.normal(0, sqrt(_TRAIT), team.staff) for team in TEAMS}
        self._habits = {team.id: self._rng.normal(0, _PERSON_SD, team.staff) for team in TEAMS}

    def week(self, number: int) -> dict[str, list[Answers | None]]:
        """What everybody does in one week, by team: their answers, or None."""
        season = _SEASON * np.cos(2 * np.pi * (number - 2) / 52)
        return {team.id: self._team(team, number, float(season)) for team in TEAMS}

    def _team(self, team: Place, number: int, season: float) -> list[Answers | None]:
        noise = self._rng.normal(0, _WEATHER_SD * sqrt(1 - _WEATHER_PHI**2))
        self._weather[team.id] = _WEATHER_PHI * self._weather[team.id] + noise
        strain = self._base[team.id] + self._drift[team.id] * number + self._weather[team.id] + season
        burning = team.id == BURNING and number >= BURNS_FROM
        strain += _BURN if burning else 0.0
        answers = _ANSWERS_SILENT if team.id == SILENT and number >= SILENT_FROM else _ANSWERS
        return [self._person(team, one, strain, answers, burning) for one in range(team.staff)]

    def _person(self, team: Place, one: int, strain: float, answers: float, burning: bool) -> Answers | None:
        rng = self._rng
        state = strain + self._traits[team.id][one] + rng.normal(0, sqrt(1 - _TRAIT))
        items = _LOADING * state + rng.normal(0, sqrt(1 - _LOADING**2), 2)
        driver = int(rng.choice(len(_DRIVERS), p=_DRIVERS_BURNING if burning else _DRIVERS))
        options = [int(np.searchsorted(_CUTS, item)) for item in items] + [driver]
        chance, skips, early = rng.random(), rng.random(3) < _SKIP, rng.random() < 0.7
        if chance > answers + self._habits[team.id][one]:
            return None
        return Answers(tuple(None if skip else o for o, skip in zip(options, skips, strict=True)), bool(early))
