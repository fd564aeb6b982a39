"""Ledgers for tests: a small hospital whose pages are written down by hand, without any randomness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from insights.cells import Bound, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier

TRUST = UnitKey("trust")
FIRST_DAY = date(2026, 1, 6)
QUIET = Reading(0, (), (), ())
POOLED = Withheld(Reason.POOLED)

DIVISIONS = {
    "medicine": ("ward1", "ward2", "ward3"),
    "surgery": ("ward7", "theatres"),
}
"""Two divisions and five teams, unless a test says otherwise."""


def line(
    key: str, parent: str | None = "trust", name: str | None = None, kind: Kind = Kind.TEAM, teams: int = 1
) -> Line:
    """A line of the ledger; its name is its key with a capital letter unless given."""
    return Line(
        UnitKey(key),
        UnitKey(parent) if parent else None,
        key.capitalize() if name is None else name,
        kind,
        teams,
        teams,
        20,
        30,
    )


def tree(divisions: Mapping[str, Sequence[str]] = DIVISIONS) -> tuple[Line, ...]:
    """Trust, divisions, teams: parents first."""
    lines = [line("trust", None, kind=Kind.GROUP, teams=sum(map(len, divisions.values())))]
    for division, teams in divisions.items():
        lines.append(line(division, kind=Kind.GROUP, teams=len(teams)))
        lines.extend(line(team, division) for team in teams)
    return tuple(lines)


def shown(value: float, n: str = "10-19", bound: Bound = Bound.ABOUT) -> Released:
    """A number that may be seen."""
    return Released(value, n, bound)


def page(
    number: int,
    lines: Sequence[Line],
    cells: Mapping[CellKey, Cell] | None = None,
    questions: Sequence[str] = ("q12b", "q12a", "driver"),
) -> Page:
    """What round `number` published; rounds are a week apart."""
    opened_on = FIRST_DAY + timedelta(weeks=number - 1)
    return Page(number, opened_on, tuple(questions), tuple(lines), dict(cells or {}))


def weeks(
    rounds: int,
    lines: Sequence[Line] | None = None,
    strain: Callable[[str, int], Cell] = lambda key, number: shown(45),
) -> list[Page]:
    """A ledger in which `strain(key, round)` is what a unit's check-in said."""
    lines = tree() if lines is None else lines
    return [
        page(number, lines, {(at.key, "", Stat.STRAIN): strain(at.key, number) for at in lines})
        for number in range(1, rounds + 1)
    ]


def flag(unit: str, kind: FlagKind = FlagKind.RISE, tier: Tier = Tier.ALERT, since: int = 3, number: int = 5) -> Flag:
    """Something unusual about a unit."""
    return Flag(number, UnitKey(unit), kind, tier, since, 12.0, 5.0, 19.0, 0.6, 50.0)


def reading(*flags: Flag, still: Sequence[tuple[Flag, Course]] = (), unjudged: Sequence[str] = ()) -> Reading:
    """What the detector says, written down."""
    open_flags = tuple(OpenFlag(raised, state) for raised, state in still)
    return Reading(0, flags, open_flags, tuple(UnitKey(unit) for unit in unjudged))
