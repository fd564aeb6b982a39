"""How a number went from round to round, for charts and spreadsheets: what was published, nothing added."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

from insights.cells import WHOLE, Bound, Cell, CellKey, Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.comments.published import THEMES, TONE
from insights.comments.summary import is_heard
from insights.intervals import interval

COLUMNS = (
    *("round", "opened_on", "unit", "name", "kind", "question", "stat", "option"),
    *("shown", "bound", "low", "high", "answered_band", "people_asked", "teams_in", "teams"),
    *("nhs_score", "withheld", "definition"),
)
"""The export's header. Spreadsheets are built on it: add at the end, rename nothing."""

_STATS = ("strain", "score", "spread", "top", "answered", "share")
_COMMENTS = {TONE: "tone", THEMES: "themes"}
DEFINITIONS = (*_STATS, "top_tone", "share_tone", "top_themes", "share_themes")
"""Everything `definition` can say: what a catalogue has to have words for."""

_BOUNDS = {Bound.ABOUT: "about", Bound.AT_MOST: "at most", Bound.AT_LEAST: "at least"}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class Point:
    """One round of a series. `low` and `high`: 90 % interval in the cell's unit, None where there is none."""

    round: int
    opened_on: date
    cell: Cell
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ExportWords:
    """The words of an export, already translated. `definitions` has every key of `DEFINITIONS`; `name` says
    what a line is called, pools included; `option` what an option of a question (by its index) is called."""

    withheld: str
    definitions: Mapping[str, str]
    name: Callable[[Line], str]
    option: Callable[[str, int], str]


def definition(stat: str, question: str = WHOLE) -> str:
    """The key of the words that define a stat: all shares of answers have one, those of comments others.

    >>> definition(Stat.share(3)), definition(Stat.STRAIN), definition(Stat.share(3), THEMES)
    ('share', 'strain', 'share_themes')
    """
    kind = str(stat).partition(".")[0]
    return f"{kind}_{_COMMENTS[question]}" if question in _COMMENTS else kind


def nhs_score(score: float) -> float:
    """A score or strain (0-100, higher is worse) on the NHS Staff Survey's scale (0-10, higher is better).

    Source: NHS Staff Survey technical guide, burnout sub-score (Never 10, Always 0).

    >>> nhs_score(47.5)
    5.25
    """
    return (100 - score) / 10


def series(ledger: Ledger, unit: UnitKey, question: str, stat: str, last: int | None = None) -> tuple[Point, ...]:
    """One number over the last `last` rounds (None: all), oldest first.

    Rounds that did not ask the question, and rounds in which the unit did not stand or has no such number, have no
    point: nothing was withheld there. Comments are asked for where a page says anything of the unit's. The ends come
    from the answers' band (`insights.intervals`). ValueError if last < 1.

    >>> page = Page(1, date(2026, 1, 6), ("q12b",), (), {})
    >>> series([page], UnitKey("w1"), WHOLE, Stat.STRAIN)
    ()
    """
    asked = (page for page in _window(ledger, last) if _is_asked(page, unit, question))
    there = (page for page in asked if (line := page.line(unit)) and is_told(line, stat, question))
    return tuple(_point(page, (unit, question, stat)) for page in there)


def _is_asked(page: Page, unit: UnitKey, question: str) -> bool:
    if question in _COMMENTS:
        return is_heard(page, unit)
    return question == WHOLE or question in page.questions


def is_told(line: Line, stat: str, question: str = WHOLE) -> bool:
    """Whether a line has such a number at all: of a lens's group nobody counts who was asked, or what was written.

    >>> trust = Line(UnitKey("trust"), None, "Trust", Kind.GROUP, 1, 1, 90, 120)
    >>> night = Line(UnitKey("~pattern.nights"), trust.key, "nights", Kind.LENS, 0, 0, 0, 0)
    >>> [is_told(line, stat) for line in (trust, night) for stat in (Stat.STRAIN, Stat.ANSWERED)]
    [True, True, True, False]
    """
    return line.kind is not Kind.LENS or not (stat == Stat.ANSWERED or question in _COMMENTS)


def to_csv(
    ledger: Ledger,
    unit: UnitKey | None,
    words: ExportWords,
    last: int | None = None,
    only: Collection[str] | None = None,
) -> str:
    """The published cells of one unit (None: of all), a row each, under `COLUMNS`; lines end in CRLF.

    `only` names the questions that are wanted, None all of them. Of comments, `answered_band` says how many wrote.
    `shown`, `low` and `high` are in the stat's own unit; for `top`, which shows an option, `shown` is empty.
    Where nothing is shown, `withheld` has the one public wording. `nhs_score` (0-10, higher is better) turns
    the bound round: "at most" in strain is "at least" there. Text that a spreadsheet would take for a formula
    gets a leading apostrophe. Write it as `utf-8-sig`, for Excel. ValueError if last < 1.

    >>> words = ExportWords("not shown", {}, lambda line: line.name, lambda question, index: str(index))
    >>> to_csv([], None, words).count(",")
    18
    """
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for page in _window(ledger, last):
        for line in page.lines:
            if unit is None or line.key == unit:
                rows.writerows(_rows(page, line, words, only))
    return out.getvalue()


def _window(ledger: Ledger, last: int | None) -> Ledger:
    if last is None:
        return ledger
    if last < 1:
        raise ValueError("a period has at least one round")
    return ledger[-last:]


def _point(page: Page, key: CellKey) -> Point:
    unit, question, stat = key
    cell = page.cell(unit, stat, question)
    low, high = interval(cell, stat) or (None, None)
    return Point(page.round, page.opened_on, cell, low, high)


def _rows(page: Page, line: Line, words: ExportWords, only: Collection[str] | None) -> Iterator[list[str]]:
    for question, stat in _in_order(page, line.key):
        if only is not None and question not in only:
            continue
        point = _point(page, (line.key, question, stat))
        yield [
            str(page.round),
            page.opened_on.isoformat(),
            _text(line.key),
            _text(words.name(line)),
            line.kind.value,
            question,
            stat,
            _text(_option(point.cell, question, stat, words)),
            *_numbers(point, stat),
            str(line.people or ""),
            str(line.teams_in),
            str(line.teams),
            *_closing(point.cell, stat, words.definitions[definition(stat, question)], words.withheld),
        ]


def _in_order(page: Page, unit: UnitKey) -> list[tuple[str, str]]:
    """The unit's cells: the whole check-in first, then the questions as asked, each by stat and option."""
    places = {question: place for place, question in enumerate((WHOLE, *page.questions))}
    order = {name: place for place, name in enumerate(_STATS)}

    def place(cell: tuple[str, str]) -> tuple[int, str, int, int]:
        question, stat = cell
        option = int(stat.partition(".")[2] or 0)
        return places.get(question, len(places)), question, order[definition(stat)], option

    return sorted(((question, stat) for key, question, stat in page.cells if key == unit), key=place)


def _option(cell: Cell, question: str, stat: str, words: ExportWords) -> str:
    if stat.startswith("share."):
        return words.option(question, int(stat.partition(".")[2]))
    if stat == Stat.TOP and isinstance(cell, Released):
        return words.option(question, int(cell.value))
    return ""


def _numbers(point: Point, stat: str) -> list[str]:
    """shown, bound, low, high, answered_band"""
    if not isinstance(point.cell, Released):
        return [""] * 5
    if stat == Stat.TOP:
        return ["", "", "", "", point.cell.n]
    ends = ["" if end is None else f"{end:.1f}" for end in (point.low, point.high)]
    return [f"{point.cell.value:g}", _BOUNDS[point.cell.bound], *ends, point.cell.n]


def _closing(cell: Cell, stat: str, meaning: str, withheld: str) -> list[str]:
    """nhs_score, withheld, definition"""
    if not isinstance(cell, Released):
        return ["", _text(withheld), _text(meaning)]
    return [f"{nhs_score(cell.value):g}" if stat in (Stat.STRAIN, Stat.SCORE) else "", "", _text(meaning)]


def _text(value: str) -> str:
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
