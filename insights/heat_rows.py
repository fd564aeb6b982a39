"""Which teams a heat map shows, under which headings, and which are marked: decided before any drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from insights.cells import Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.hotspot_kinds import Course, Flag, FlagKind, Reading, Tier
from insights.policy import HEAT_ROWS
from insights.subtree import standing, subtree


class Sign(IntEnum):
    """How a row is marked, the most urgent last."""

    SILENT = 1
    WATCH = 2
    HOTSPOT = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's mark, and the round in which what it stands for began."""

    sign: Sign
    since: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The chosen rows: `whole` is the lead's own unit where it has others below it, `groups` are headings
    (none for teams directly below) with their teams, `more` counts the teams left out."""

    whole: Line | None
    groups: tuple[tuple[tuple[Line, ...], tuple[Line, ...]], ...]
    more: int


def choose(page: Page, under: UnitKey, marks: dict[UnitKey, Mark], most: int = HEAT_ROWS) -> Rows:
    """The rows of a heat map of `under`: its teams by heading, in the order of the tree, and no lens.

    A heading is the path of groups from below `under` down to the team's parent. Of more than `most` teams
    those with a mark and then those with the highest strain on this page stay. LookupError as `standing`.

    >>> from datetime import date
    >>> trust = Line(UnitKey("trust"), None, "Trust", Kind.GROUP, 1, 1, 9, 9)
    >>> ward = Line(UnitKey("w1"), trust.key, "Ward 1", Kind.TEAM, 1, 1, 9, 9)
    >>> rows = choose(Page(1, date(2026, 1, 6), (), (trust, ward), {}), trust.key, {})
    >>> rows.whole.name, [line.name for headings, lines in rows.groups for line in lines]
    ('Trust', ['Ward 1'])
    """
    top = standing(page, under)
    if top.kind is not Kind.GROUP:
        return Rows(None, (((), (top,)),), 0)
    lines = subtree(page, under)
    teams = [line for line in lines if line.kind not in (Kind.GROUP, Kind.LENS)]
    kept = {line.key for line in sorted(teams, key=lambda line: _urgency(page, line, marks))[:most]}
    known = {line.key: line for line in lines}
    groups: dict[tuple[Line, ...], list[Line]] = {(): []}
    for line in lines:
        path = tuple(_path(line, under, known))
        if line.kind is Kind.GROUP and line is not top:
            groups.setdefault((*path, line), [])
        elif line.key in kept:
            groups.setdefault(path, []).append(line)
    filled = tuple((headings, tuple(rows)) for headings, rows in groups.items() if rows)
    return Rows(top, filled, len(teams) - len(kept))


def marks(reading: Reading) -> dict[UnitKey, Mark]:
    """The most urgent mark of each unit with a flag, raised now or earlier and not over.

    >>> flag = Flag(14, UnitKey("w1"), FlagKind.RISE, Tier.ALERT, 12, 12.0, 5.0, 19.0, 0.6, 50.0)
    >>> marks(Reading(0, (flag,), (), ()))[UnitKey("w1")].sign.name
    'HOTSPOT'
    """
    found: dict[UnitKey, Mark] = {}
    still = tuple(o.flag for o in reading.open_flags if o.state is not Course.OVER)
    for flag in (*reading.flags, *still):
        sign = sign_of(flag)
        if sign and (flag.unit not in found or sign > found[flag.unit].sign):
            found[flag.unit] = Mark(sign, flag.since)
    return found


def window(ledger: Ledger, last: int) -> Ledger:
    """The last pages of a ledger. ValueError if last < 1, LookupError when there is none.

    >>> window([], 12)
    Traceback (most recent call last):
    ...
    LookupError: the ledger has no page yet
    """
    if last < 1:
        raise ValueError("a period has at least one round")
    if not ledger:
        raise LookupError("the ledger has no page yet")
    return ledger[-last:]


def sign_of(flag: Flag) -> Sign | None:
    """How a team with this flag is marked; None for what marks nobody.

    >>> flag = Flag(14, UnitKey("w1"), FlagKind.SPLIT, Tier.WATCH, 12, 50.0, 20.0, 80.0, 0.4, 20.0)
    >>> sign_of(flag).name
    'WATCH'
    """
    if flag.kind is FlagKind.SILENCE:
        return Sign.SILENT
    if flag.kind in (FlagKind.BETTER, FlagKind.SHARED):
        return None
    return Sign.HOTSPOT if flag.tier is Tier.ALERT else Sign.WATCH


def _urgency(page: Page, line: Line, marked: dict[UnitKey, Mark]) -> tuple[int, float]:
    mark = marked.get(line.key)
    strain = page.cell(line.key, Stat.STRAIN)
    return -(mark.sign if mark else 0), -strain.value if isinstance(strain, Released) else 1.0


def _path(line: Line, under: UnitKey, known: dict[UnitKey, Line]) -> Iterator[Line]:
    """The groups from below `under` down to the line's parent."""
    parent = known.get(line.parent) if line.parent and line.key != under else None
    if parent and parent.key != under:
        yield from _path(parent, under, known)
        yield parent
