"""Whether lines of past surveys fit each other: waves ascend, nothing is said twice, a team's lines agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from insights.json_lines import Fault, quoted
from insights.wave_lines import Meta, TeamLine


@dataclass(slots=True)
class TeamWave:
    """A team in a wave: `first` is the line that speaks of it first, `lines` are those that count, by question."""

    first: TeamLine
    lines: dict[str, TeamLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: every team that a line speaks of, in the order of the lines."""

    number: int
    teams: Mapping[str, TeamWave]


def gather(lines: Iterable[TeamLine], meta: Meta | None, faults: list[Fault]) -> Iterator[Wave]:
    """The waves, each as soon as the next one begins. What does not fit is added to `faults`, at the later line.

    >>> faults, twice = [], [TeamLine(2, wave=7, unit="a", roster=12), TeamLine(3, wave=7, unit="a", roster=12)]
    >>> [(wave.number, [*wave.teams]) for wave in gather(twice, None, faults)]
    [(7, ['a'])]
    >>> [(fault.line, fault.text) for fault in faults]
    [(3, 'this team stands on line 2 already')]
    """
    inner = set(meta.units.values()) if meta else set[str | None]()
    number, teams = -1, dict[str, TeamWave]()
    for one in lines:
        if one.wave > number:
            if teams:
                yield Wave(number, teams)
            number, teams = one.wave, {}
        if one.wave < number:
            text: str | None = f"is of wave {one.wave}, after lines of wave {number}: waves must ascend"
        else:
            text = _stranger(one, meta, inner) or _taken_in(one, teams)
        if text:
            faults.append(Fault(one.line, text))
    if teams:
        yield Wave(number, teams)


def _stranger(one: TeamLine, meta: Meta | None, inner: set[str | None]) -> str | None:
    """What the first line does not know."""
    if meta is None:
        return None
    if one.unit not in meta.units:
        return f"there is no unit {quoted(one.unit)}"
    if one.unit in inner:
        return f"{quoted(one.unit)} has others below it: tallies are those of teams"
    if one.question is not None and one.question not in meta.questions:
        return f"there is no question {quoted(one.question)}"
    return None


def _taken_in(one: TeamLine, teams: dict[str, TeamWave]) -> str | None:
    """Adds a line to its team; if it does not fit, why."""
    team = teams.get(one.unit)
    if team is None:
        team = teams[one.unit] = TeamWave(one)
        if one.question is not None:
            team.lines[one.question] = one
        return None
    first = team.first
    if one.question is None:
        if first.question is None:
            return f"this team stands on line {first.line} already"
        return f"is suppressed, and line {first.line} counts answers"
    if first.question is None:
        return f"counts answers, and line {first.line} is suppressed"
    known = team.lines.setdefault(one.question, one)
    if known is not one:
        return f"this tally stands on line {known.line} already"
    if one.answered != first.answered:
        return f'has another "answered" than line {first.line}'
    return f'has another "roster" than line {first.line}' if one.roster != first.roster else None
