"""Past surveys put together to rounds as the detector takes them in: what the product would have shown of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from insights.cells import UnitKey
from insights.hotspot_round import Shown, Whole
from insights.json_lines import Fault
from insights.tally_rounds import equal_steps
from insights.wave_checks import TeamWave, Wave, gather
from insights.wave_coding import NOTHING, Coding, Counts, Tallied, coded, exact
from insights.wave_lines import Meta, WaveError, read_lines

Questions: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surveys:
    """Every wave as a round, in ascending order; the `teams` that any of them speaks of; `k` of the first line."""

    rounds: tuple[Shown, ...]
    teams: frozenset[UnitKey]
    k: int


def read_surveys(lines: Iterable[bytes], is_exact: bool = False) -> Surveys:
    """All waves, from lines of JSON. Raises `WaveError` with every fault, once all lines are read.

    Numbers are coded for display first, unless `is_exact`. What no line counts is nought, and what has fewer than
    `k` answers is withheld whether the line says so or not. A wave depends on earlier ones only, as in the ledger.

    >>> meta = b'{"type": "meta", "format": "tally/1", "scale": 2, "min_n": 5, "questions": [{"id": "q", "polarity": '
    >>> team = b'{"wave": 3, "unit": "a", "question": "q", "counts": [3, 4], "answered": 7, "roster": 12}'
    >>> surveys = read_surveys([meta + b'-1}], "units": [{"unit": "a", "parent": null}]}', team])
    >>> [(round.number, round.units, round.strain.tolist()) for round in surveys.rounds]
    [(3, ('a',), [45.0])]
    """
    faults: list[Fault] = []
    meta, rest = read_lines(lines, faults)
    waves, found = gather(rest, meta, faults), list[Shown]()
    rounds = _Rounds(meta, exact if is_exact else coded) if meta else None
    for wave in waves:
        # lines are read to the end for the sake of their faults; what cannot be used need not be coded
        if rounds and not faults:
            found.append(rounds.shown(wave))
    if meta is None or faults:
        raise WaveError(faults)
    return Surveys(tuple(found), frozenset(unit for shown in found for unit in shown.units), meta.k)


class _Rounds:
    """Waves to rounds, one after the other: which questions every wave asks is known from the first two."""

    def __init__(self, meta: Meta, coding: Coding) -> None:
        self._meta, self._coding = meta, coding
        self._scores = equal_steps(meta.scale)
        self._nought = (0,) * meta.scale
        self._root = next(UnitKey(unit) for unit, parent in meta.units.items() if parent is None)
        self._asked_by: list[Questions] = []

    def shown(self, wave: Wave) -> Shown:
        """One wave as a round: teams in the order of their ids."""
        asked = self._asked(wave.teams)
        units = sorted(wave.teams)
        tallied = [self._tallied(wave.teams[unit], asked) for unit in units]
        numbers = [self._coding(one, self._meta.k) for one in tallied]
        parents = (self._meta.units[unit] for unit in units)
        answered = np.array([one.answered for one in numbers])
        return Shown(
            number=wave.number,
            units=tuple(map(UnitKey, units)),
            parents=tuple(None if parent is None else UnitKey(parent) for parent in parents),
            strain=np.array([one.strain for one in numbers]),
            answers=np.array([one.answers for one in numbers]),
            coding=np.array([one.coding for one in numbers]),
            items=max(len(asked), 1),
            people=np.array([float(one.people) for one in tallied]),
            answered=answered,
            silent=np.isnan(answered),
            spread=np.array([one.spread for one in numbers]),
            spread_items=max(len(asked), 1),
            k=self._meta.k,
            whole=self._whole(asked, [one for one in tallied if one.is_shown(self._meta.k)]),
        )

    def _asked(self, teams: Mapping[str, TeamWave]) -> Questions:
        """The questions that any line of a wave counts, in the order of the first line."""
        counted = {question for team in teams.values() for question in team.lines}
        asked = tuple(question for question in self._meta.questions if question in counted)
        if asked and len(self._asked_by) < 2:
            self._asked_by.append(asked)
        return asked

    def _tallied(self, team: TeamWave, asked: Questions) -> Tallied:
        counts = tuple([self._counts(team, question) for question in asked])
        return Tallied(counts, self._scores, team.first.answered, team.first.roster)

    def _counts(self, team: TeamWave, question: str) -> Counts:
        """Turned about where the highest option is the least strain: up is worse."""
        if question not in team.lines:
            return self._nought
        counts = team.lines[question].counts
        return counts if self._meta.questions[question] > 0 else counts[::-1]

    def _whole(self, asked: Questions, shown: list[Tallied]) -> Whole | None:
        """The sum of all teams that are shown, on what the first two waves ask; a wave that leaves some of it out
        has no score. Without such questions, or where the organisation is a team, there is nothing to tell."""
        fixed = [id for id in self._meta.questions if all(id in one for one in self._asked_by)]
        if not self._asked_by or not fixed or self._root not in self._meta.units.values():
            return None
        people, numbers = sum(one.people for one in shown), NOTHING
        if shown and set(fixed) <= set(asked):
            places = [asked.index(id) for id in fixed]
            counts = tuple(tuple(map(sum, zip(*(one.counts[at] for one in shown), strict=True))) for at in places)
            answered = sum(one.answered for one in shown)
            numbers = self._coding(Tallied(counts, self._scores, answered, people), self._meta.k)
        coding = 0.0 if numbers is NOTHING else numbers.coding
        return Whole(self._root, numbers.strain, numbers.answers, float(people), coding, len(fixed))
