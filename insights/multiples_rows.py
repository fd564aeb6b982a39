"""Which teams get a panel of their own in the picture of small multiples, and what each shows: before any drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean
from typing import Final

from insights.cells import Bound, Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.digest import is_told
from insights.heat_rows import window
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier
from insights.intervals import interval
from insights.policy import LEARNING_ROUNDS, PANELS_CALM, PANELS_MOST, PANELS_ROUNDS
from insights.subtree import standing, subtree

_TEAMS: Final = (Kind.TEAM, Kind.OWN)
_URGENCY: Final = (FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC, FlagKind.SILENCE, FlagKind.BETTER)


class Measure(StrEnum):
    """What a panel shows: strain in points, how many of those asked answered in per cent, or the spread index."""

    STRAIN = "strain"
    ANSWERED = "answered"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True)
class Dot:
    """One round of a panel. `value` in the measure's unit, None when nothing is shown; `low` and `high` are the ends
    of its 90 % interval, where it has one. `is_there`: the team stood on that page."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: Bound = Bound.ABOUT
    is_there: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """One team. `dots` are in the order of the pages; `usual` is the level it is held against, in the measure's unit;
    `since` is the place among the dots at which what `flag` stands for `began` (-1: before all of them). `course` is
    None for a flag of this round."""

    line: Line
    measure: Measure
    dots: tuple[Dot, ...]
    flag: Flag | None = None
    course: Course | None = None
    usual: float | None = None
    since: int | None = None
    began: date | None = None


@dataclass(frozen=True, slots=True)
class Multiples:
    """The chosen panels, the pages they show, and how many teams were left out. `room` is how many rounds the axis
    has place for: while teams are being learnt, also those to come."""

    pages: Ledger
    panels: tuple[Panel, ...]
    more: int
    room: int


def multiples(ledger: Ledger, under: UnitKey, reading: Reading) -> Multiples:
    """The panels for the lead of `under`: flagged teams first, the most urgent at the top, then the most strained.

    At most `PANELS_MOST`; teams without a flag fill up to `PANELS_CALM` places (all of them while learning). Small
    teams that are shown together are not followed: it is not always the same teams. LookupError as `window` and
    `standing`.

    >>> from datetime import date
    >>> ward = Line(UnitKey("w1"), None, "Ward 1", Kind.TEAM, 1, 1, 9, 9)
    >>> page = Page(1, date(2026, 1, 6), (), (ward,), {(ward.key, "", Stat.STRAIN): Released(45, "5-9")})
    >>> found = multiples([page], ward.key, Reading(12, (), (), ()))
    >>> [(panel.line.name, panel.dots[-1].value) for panel in found.panels], found.room
    ([('Ward 1', 45)], 12)
    """
    pages = window(ledger, LEARNING_ROUNDS if reading.learning else PANELS_ROUNDS)
    top = standing(pages[-1], under)
    lines = subtree(pages[-1], under)
    teams = [line for line in lines if line.kind in _TEAMS]
    seen = [line for line in teams if any(_is_shown(page, line.key) for page in pages)]
    told = _flags_of(reading, {line.key for line in teams})
    flagged = [line for line in teams if line.key in told]
    flagged.sort(key=lambda line: _urgency(*told[line.key]))
    calm = [line for line in seen if line.key not in told]
    calm.sort(key=lambda line: _least_strained(pages[-1], line))
    places = PANELS_MOST if reading.learning else max(PANELS_CALM, min(len(flagged), PANELS_MOST))
    chosen = [*flagged, *calm][:places]
    panels = tuple(
        _flagged(ledger, pages, line, *told[line.key]) if line.key in told else _calm(pages, line, reading)
        for line in chosen or (top,)
    )
    return Multiples(pages, panels, len(teams) - len(chosen), LEARNING_ROUNDS if reading.learning else len(pages))


def shown_dot(page: Page, unit: UnitKey, measure: Measure) -> Dot:
    """What a page shows of a team, as a dot; an empty one where nothing is shown.

    >>> from datetime import date
    >>> shown_dot(Page(1, date(2026, 1, 6), (), (), {}), UnitKey("w1"), Measure.STRAIN).is_there
    False
    """
    line = page.line(unit)
    if line is None:
        return Dot(is_there=False)
    if measure is Measure.SPREAD:
        return _spread(page, unit)
    cell = page.cell(unit, Stat.ANSWERED if measure is Measure.ANSWERED else Stat.STRAIN)
    if not isinstance(cell, Released):
        return Dot()
    if measure is Measure.ANSWERED:
        return Dot(100 * cell.value / line.people, bound=cell.bound) if line.people else Dot()
    low, high = interval(cell, Stat.STRAIN) or (None, None)
    return Dot(cell.value, low, high, cell.bound)


def measured_by(kind: FlagKind) -> Measure:
    """Which numbers a kind of flag is read from.

    >>> measured_by(FlagKind.SILENCE).name, measured_by(FlagKind.CHRONIC).name
    ('ANSWERED', 'STRAIN')
    """
    return {FlagKind.SILENCE: Measure.ANSWERED, FlagKind.SPLIT: Measure.SPREAD}.get(kind, Measure.STRAIN)


def _spread(page: Page, unit: UnitKey) -> Dot:
    """The mean spread index of the scored questions, where all show one: what the detector reads, too."""
    scored = [question for question in page.questions if (unit, question, Stat.SPREAD) in page.cells]
    cells = [page.cell(unit, Stat.SPREAD, question) for question in scored]
    values = [cell.value for cell in cells if isinstance(cell, Released)]
    return Dot(fmean(values)) if values and len(values) == len(cells) else Dot()


def _flags_of(reading: Reading, inside: set[UnitKey]) -> dict[UnitKey, tuple[Flag, Course | None]]:
    """Each team's most urgent flag, and how it has gone on if it was raised earlier."""
    found: dict[UnitKey, tuple[Flag, Course | None]] = {}
    still = (_pair(one) for one in reading.open_flags if one.state is not Course.OVER)
    for flag, course in (*((flag, None) for flag in reading.flags), *still):
        if flag.unit not in inside or flag.kind is FlagKind.SHARED or not is_told(flag):
            continue
        if flag.unit not in found or _urgency(flag, course) < _urgency(*found[flag.unit]):
            found[flag.unit] = flag, course
    return found


def _pair(one: OpenFlag) -> tuple[Flag, Course | None]:
    return one.flag, one.state


def _urgency(flag: Flag, course: Course | None) -> tuple[bool, bool, bool, int, float]:
    """Hotspots before the rest, alerts before watches, new before old, then by kind and evidence."""
    aside = flag.kind in (FlagKind.SILENCE, FlagKind.BETTER)
    return aside, flag.tier is not Tier.ALERT, course is not None, _URGENCY.index(flag.kind), -flag.score


def _least_strained(page: Page, line: Line) -> float:
    cell = page.cell(line.key, Stat.STRAIN)
    return -cell.value if isinstance(cell, Released) else 1.0


def _is_shown(page: Page, unit: UnitKey) -> bool:
    return isinstance(page.cell(unit, Stat.STRAIN), Released)


def _calm(pages: Ledger, line: Line, reading: Reading) -> Panel:
    dots = tuple(shown_dot(page, line.key, Measure.STRAIN) for page in pages)
    return Panel(line, Measure.STRAIN, dots, usual=reading.usual.get(line.key))


def _flagged(ledger: Ledger, pages: Ledger, line: Line, flag: Flag, course: Course | None) -> Panel:
    measure = measured_by(flag.kind)
    dots = tuple(shown_dot(page, line.key, measure) for page in pages)
    if flag.kind is FlagKind.CHRONIC:
        # it has no beginning: a level is no change
        return Panel(line, measure, dots, flag, course, flag.usual)
    # the round in which it began may have no page: it was void
    after = next(place for place, page in enumerate(pages) if page.round >= min(flag.since, pages[-1].round))
    since = -1 if flag.since < pages[0].round else after
    began = next((page.opened_on for page in ledger if page.round >= flag.since), pages[-1].opened_on)
    return Panel(line, measure, dots, flag, course, flag.usual, since, began)
