"""Units and headcounts out of whatever a spreadsheet calls CSV: all of it, or every fault with its line.

Stewards export from Excel, HR systems and by hand; half a tree would be worse than none.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from insights.policy import HEADCOUNT_MOST, UNIT_ID_LENGTH, UNIT_LEVELS, UNIT_NAME_LENGTH, UNIT_ROWS
from insights.units_faults import COLUMNS, SHOWN, WHOLE_FILE, CsvFaults, Fault, Problem, shown

__all__ = ["Changes", "CsvFaults", "Fault", "Problem", "UnitRow", "UnitTable", "merge_units", "parse_units"]

UNREAD: Final = {Problem.QUOTES, Problem.TOO_MANY_ROWS, Problem.TOO_MANY_CELLS}
"""After these, what other rows lack may stand in a row that could not be read."""
UNIT_ID: Final = re.compile(rf"[a-z0-9-]{{1,{UNIT_ID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the file has it; `parent` is None for the organisation itself."""

    unit: str
    name: str
    parent: str | None
    headcount: int


@dataclass(frozen=True, slots=True)
class UnitTable:
    """A whole tree: one root, parents before their children. `notes` say in English what was passed over."""

    rows: tuple[UnitRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What importing a table does to the units there are. Pairs are (before, after); one unit may be in several.
    `missing` units are not in the file: they are kept as they are, and told."""

    added: tuple[UnitRow, ...]
    renamed: tuple[tuple[UnitRow, UnitRow], ...]
    moved: tuple[tuple[UnitRow, UnitRow], ...]
    resized: tuple[tuple[UnitRow, UnitRow], ...]
    missing: tuple[UnitRow, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.added or self.renamed or self.moved or self.resized)


@dataclass(frozen=True, slots=True)
class _Record:
    """A row as it stands in the file; `is_whole` unless text spilled over into cells that have no column."""

    is_whole: bool
    line: int
    unit: str
    name: str
    parent: str
    headcount: str


Levels: TypeAlias = dict[str, int | None]


def parse_units(data: bytes) -> UnitTable:
    """The units in this file: UTF-8, UTF-16 with its mark, else Windows-1252; comma, semicolon or tab; columns in
    any order. An inner unit without headcount has 0. Raises `CsvFaults` with every fault.

    >>> table = parse_units(b"Unit;Name;Parent;Headcount\\nw7;Ward 7;trust;24\\ntrust;Our trust;;\\n")
    >>> [(row.unit, row.parent, row.headcount) for row in table.rows]
    [('trust', None, 0), ('w7', 'trust', 24)]
    >>> try:
    ...     parse_units(b"unit,name,parent,headcount\\ntrust,Our trust,,\\nWard 7,Ward 7,trust,many\\n")
    ... except CsvFaults as refused:
    ...     print(*(fault.text for fault in refused.faults), sep="\\n")
    line 3: an id has a-z, 0-9 and hyphens, at most 24: change "Ward 7", for example to ward-7
    line 3: the headcount "many" is not a number: give a whole number from 0 to 100000
    """
    faults: list[Fault] = []
    text, notes = _decode(data)
    records = list(_records(text, faults, notes))
    if not records and not faults:
        faults.append(Fault(WHOLE_FILE, Problem.EMPTY))
    found = {fault.problem for fault in faults}
    above = {record.parent for record in records}
    for record in records:
        if record.is_whole:
            is_inner = record.unit in above or (not record.parent and len(records) > 1)
            faults += _cell_faults(record, is_inner or bool(found & UNREAD))
    levels = _tree_faults(records, faults, found)
    if faults:
        raise CsvFaults(tuple(sorted(faults, key=lambda fault: fault.line)))
    rows = [UnitRow(r.unit, r.name, r.parent or None, int(r.headcount or 0)) for r in records]
    return UnitTable(tuple(sorted(rows, key=lambda row: levels[row.unit] or 0)), tuple(notes))


def merge_units(existing: Mapping[str, UnitRow], table: UnitTable) -> Changes:
    """What the table changes, `added` parents first. Raises `CsvFaults` where units that the file leaves out would
    end up without the organisation above them, or too deep below a unit that moves.

    >>> trust = UnitRow("trust", "Our trust", None, 0)
    >>> before = {"trust": trust, "w7": UnitRow("w7", "Ward 7", "trust", 24)}
    >>> changes = merge_units(before, UnitTable((trust, UnitRow("w7", "Ward 7 East", "trust", 26))))
    >>> [(was.name, now.name) for was, now in changes.renamed], changes.moved, len(changes.resized)
    ([('Ward 7', 'Ward 7 East')], (), 1)
    """
    told = {row.unit: row for row in table.rows}
    missing = tuple(row for unit, row in existing.items() if unit not in told)
    levels, _ = _climb({unit: row.parent or "" for unit, row in {**existing, **told}.items()})
    faults = [Fault(WHOLE_FILE, Problem.OTHER_ROOT, shown(row.unit)) for row in missing if row.parent is None]
    faults += [
        Fault(WHOLE_FILE, Problem.TOO_DEEP, shown(row.unit)) for row in missing if levels[row.unit] == UNIT_LEVELS + 1
    ]
    if faults:
        raise CsvFaults(tuple(faults))
    pairs = [(existing[row.unit], row) for row in table.rows if row.unit in existing]
    return Changes(
        added=tuple(row for row in table.rows if row.unit not in existing),
        renamed=tuple((was, now) for was, now in pairs if was.name != now.name),
        moved=tuple((was, now) for was, now in pairs if was.parent != now.parent),
        resized=tuple((was, now) for was, now in pairs if was.headcount != now.headcount),
        missing=missing,
    )


def _decode(data: bytes) -> tuple[str, list[str]]:
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    notes = []
    try:
        try:
            text = data.decode("utf-16" if utf16 else "utf-8-sig")
        except UnicodeDecodeError:
            if utf16:
                raise
            text = data.decode("cp1252")
            notes.append("read as Windows-1252: check names with accents")
    except UnicodeDecodeError:
        raise CsvFaults((Fault(WHOLE_FILE, Problem.NOT_TEXT),)) from None
    if "\0" in text or data.startswith(b"PK\x03\x04"):
        raise CsvFaults((Fault(WHOLE_FILE, Problem.NOT_TEXT),))
    return text, notes


def _records(text: str, faults: list[Fault], notes: list[str]) -> Iterator[_Record]:
    lines = _cells(text, faults)
    line, header = next(lines, (WHOLE_FILE, []))
    names = [re.sub(r"[\W_]+", "", cell.casefold()) for cell in header]
    missing = [column for column in COLUMNS if column not in names]
    if header and missing:
        faults.append(Fault(line, Problem.COLUMN_MISSING, ", ".join(missing)))
    faults += [Fault(line, Problem.COLUMN_TWICE, column) for column in COLUMNS if names.count(column) > 1]
    if missing:
        return
    notes += [
        f"column {shown(cell)} is not used"
        for cell, name in zip(header, names, strict=True)
        if cell and name not in COLUMNS
    ]
    places = [names.index(column) for column in COLUMNS]
    for count, (line, cells) in enumerate(lines):
        if count == UNIT_ROWS:
            faults.append(Fault(line, Problem.TOO_MANY_ROWS))
            return
        is_whole = not any(cells[len(header) :])
        if not is_whole:
            more = len(cells) - len(header)
            faults.append(Fault(line, Problem.TOO_MANY_CELLS, f"{more} cell{'s' * (more > 1)}"))
        yield _Record(is_whole, line, *(cells[place] if place < len(cells) else "" for place in places))


def _cells(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line on which it begins. After a row that cannot be told apart, reading
    goes on with the next line."""
    lines = list(io.StringIO(text, newline=""))
    hint = re.match(r'"?sep=([,;\t])', lines[0], re.IGNORECASE) if lines else None
    begin = 1 if hint else 0
    header = next((line for line in lines if line.strip()), "")
    delimiter = hint[1] if hint else max(",;\t", key=header.count)
    while begin < len(lines):
        reader = csv.reader(lines[begin:], delimiter=delimiter, strict=True)
        first = begin
        try:
            for row in reader:
                cells = [unicodedata.normalize("NFC", cell.strip()) for cell in row]
                if any(cells):
                    yield first + 1, cells
                first = begin + reader.line_num
            return
        except csv.Error:
            faults.append(Fault(first + 1, Problem.QUOTES))
            begin = first + 1


def _cell_faults(record: _Record, may_omit_headcount: bool) -> Iterator[Fault]:
    line, unit, name, headcount = record.line, record.unit, record.name, record.headcount
    if not unit:
        yield Fault(line, Problem.NO_ID)
    elif not UNIT_ID.fullmatch(unit):
        suggestion = _suggest(unit)
        yield Fault(line, Problem.BAD_ID, shown(unit) + (f", for example to {suggestion}" if suggestion else ""))
    if not name:
        yield Fault(line, Problem.NO_NAME)
    elif len(name) > UNIT_NAME_LENGTH:
        yield Fault(line, Problem.LONG_NAME, str(len(name)))
    if not name.isprintable():
        hidden = (c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
        yield from (Fault(line, Problem.CONTROL, f"U+{ord(c):04X}") for c in dict.fromkeys(hidden))
    if not headcount:
        if not may_omit_headcount:
            yield Fault(line, Problem.NO_HEADCOUNT)
    elif not re.fullmatch(r"-?[0-9]+", headcount):
        yield Fault(line, Problem.BAD_HEADCOUNT, f"{shown(headcount)} is not a number")
    elif headcount.startswith("-"):
        yield Fault(line, Problem.BAD_HEADCOUNT, f"{shown(headcount)} is negative")
    elif len(headcount) > SHOWN or int(headcount) > HEADCOUNT_MOST:
        yield Fault(line, Problem.BAD_HEADCOUNT, f"{shown(headcount)} is too large")


def _tree_faults(records: list[_Record], faults: list[Fault], found: set[Problem]) -> Levels:
    """Adds what is wrong between rows to `faults`, given what was `found` reading them; the level of every unit, the
    root's being 1."""
    first: dict[str, _Record] = {}
    for record in records:
        known = first.setdefault(record.unit, record) if record.unit else record
        if known is not record:
            faults.append(Fault(record.line, Problem.DUPLICATE, f"{shown(record.unit)} is that of line {known.line}"))
    whole = [record for record in records if record.is_whole]
    for record in () if found & (UNREAD - {Problem.TOO_MANY_CELLS}) else whole:
        if record.parent and record.parent not in first:
            suggestion = _suggest(record.parent)
            meant = f" (did you mean {suggestion}?)" if suggestion in first else ""
            faults.append(Fault(record.line, Problem.UNKNOWN_PARENT, f"{shown(record.parent)} is not there{meant}"))
    roots = [record for record in whole if not record.parent and first.get(record.unit, record) is record]
    if records and not roots and not found & UNREAD:
        faults.append(Fault(WHOLE_FILE, Problem.NO_ROOT))
    faults += [Fault(root.line, Problem.TWO_ROOTS, f"line {roots[0].line}") for root in roots[1:]]
    levels, loops = _climb({unit: record.parent for unit, record in first.items()})
    for loop in loops:
        start = min(range(len(loop)), key=lambda i: first[loop[i]].line)
        units = [shown(unit) for unit in (*loop[start:], *loop[:start], loop[start])]
        path = units if len(units) <= UNIT_LEVELS else [*units[:3], f"... ({len(loop)} units)"]
        faults.append(Fault(first[loop[start]].line, Problem.CYCLE, " in ".join(path)))
    deep = [unit for unit, level in levels.items() if level == UNIT_LEVELS + 1]
    faults += [Fault(first[unit].line, Problem.TOO_DEEP, shown(unit)) for unit in deep]
    return levels


def _climb(parents: Mapping[str, str]) -> tuple[Levels, list[list[str]]]:
    """Level of every unit, None for those that never reach the root; and each loop once, child before parent."""
    levels: Levels = {}
    loops = []
    for unit in parents:
        path: dict[str, None] = {}
        above = unit
        while above in parents and above not in levels and above not in path:
            path[above] = None
            above = parents[above]
        if above in path:
            chain = list(path)
            loops.append(chain[chain.index(above) :])
        level = levels.get(above) if above else 0
        for below in reversed(path):
            level = None if level is None else level + 1
            levels[below] = level
    return levels, loops


def _suggest(cell: str) -> str:
    plain = unicodedata.normalize("NFKD", cell).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:UNIT_ID_LENGTH].strip("-")
