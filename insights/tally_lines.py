"""Totals as lines of JSON, for whoever audits the release rule: read line by line, every fault named by its number.

What the lines say to each other is checked in `insights/tally_checks.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeGuard, TypeVar

from insights.lattice import Tally
from insights.policy import HEADCOUNT_MOST, OPTIONS_FEWEST
from insights.units_faults import SHOWN

_UNIT_RESERVED: Final = "~"
_LENS_RESERVED: Final = "~+."

_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `line` counts from 1; 0 where no line is to blame."""

    line: int
    text: str = field(repr=False)


class TallyError(ValueError):
    """Lines that cannot be released: `faults` in the order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(f"{len(self.faults)} faults")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit; the organisation is the one without a parent."""

    line: int
    id: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class TallyLine:
    """The answers of a unit's own people to one question of one round."""

    line: int
    round: int
    unit: str
    question: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class LensLine:
    """The answers of one category of a lens, over the whole organisation, to one question of one round."""

    line: int
    round: int
    lens: str
    category: str
    question: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """How a question is scored: 0-100 by option, or None where it is not."""

    line: int
    question: str
    scores: tuple[int, ...] | None


@dataclass(slots=True)
class Lines:
    """Everything that could be read, in the order of the input, and the faults of what could not."""

    units: list[UnitLine] = field(default_factory=list)
    tallies: list[TallyLine] = field(default_factory=list)
    lenses: list[LensLine] = field(default_factory=list)
    scales: list[ScaleLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_lines(content: bytes) -> Lines:
    """Read lines of JSON, one object each; blank ones are passed over. Never raises: faults are in the result.

    >>> read = read_lines(b'{"kind": "unit", "id": "a", "parent": null}' + bytes([10]) + b'{"kind": "unit", "id": 7}')
    >>> [unit.id for unit in read.units], [(fault.line, fault.text) for fault in read.faults]
    (['a'], [(2, '"id" must be text that is not empty')])
    """
    found = Lines()
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            table = json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
        except UnicodeDecodeError:
            found.faults.append(Fault(number, "is not UTF-8 text"))
        except _KeyTwiceError:
            found.faults.append(Fault(number, "says one key twice"))
        except (ValueError, RecursionError):
            found.faults.append(Fault(number, "is not JSON"))
        else:
            _read(found, number, table)
    return found


def quoted(value: object) -> str:
    """A value of the input as a fault repeats it: printable, and short.

    >>> quoted("ward" + chr(27)), len(quoted("w" * 99))
    ('"ward\\\\u001b"', 43)
    """
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


class _KeyTwiceError(ValueError):
    """An object has two values under one key."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _KeyTwiceError
    return table


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _read(found: Lines, number: int, table: object) -> None:
    if not isinstance(table, dict):
        found.faults.append(Fault(number, "is not an object"))
        return
    one = _Fields(number, table)
    match table.get("kind"):
        case "unit":
            unit = UnitLine(number, one.text("id", _UNIT_RESERVED), one.parent())
            one.keep(found.units, unit, found.faults)
        case "tally":
            at = one.round(), one.text("unit", _UNIT_RESERVED), one.text("question")
            one.keep(found.tallies, TallyLine(number, *at, one.tally(has_skips=True)), found.faults)
        case "lens":
            named = one.text("lens", _LENS_RESERVED), one.text("category", _LENS_RESERVED), one.text("question")
            lens = LensLine(number, one.round(), *named, one.tally(has_skips=False))
            one.keep(found.lenses, lens, found.faults)
        case "question":
            one.keep(found.scales, ScaleLine(number, one.text("id"), one.scores()), found.faults)
        case _:
            found.faults.append(Fault(number, '"kind" must be "unit", "tally", "lens" or "question"'))


class _Fields:
    """The fields of one line. What is wrong with one is noted, and something harmless stands in for it."""

    def __init__(self, line: int, table: dict[str, object]) -> None:
        self._line, self._table = line, table
        self._wrong: list[str] = []

    def keep(self, kept: list[_Line], one: _Line, faults: list[Fault]) -> None:
        if not self._wrong:
            kept.append(one)
        faults += [Fault(self._line, text) for text in self._wrong]

    def text(self, key: str, reserved: str = "") -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self._blame(key, "must be text that is not empty")
            return ""
        if any(character in reserved for character in value):
            self._blame(key, f"must not contain {' or '.join(reserved)}")
        return value

    def parent(self) -> str | None:
        """The organisation may leave it out."""
        return None if self._table.get("parent") is None else self.text("parent", _UNIT_RESERVED)

    def round(self) -> int:
        return self._whole("round", 1)

    def tally(self, has_skips: bool) -> Tally:
        value = self._value("counts")
        counts = tuple(n for n in value if _is_whole(n)) if isinstance(value, list) else ()
        if not isinstance(value, list) or len(counts) < len(value):
            self._blame("counts", "must be a list of whole numbers")
        elif len(counts) < OPTIONS_FEWEST:
            self._blame("counts", f"must be at least {OPTIONS_FEWEST} numbers")
        elif min(counts) < 0:
            self._blame("counts", "must not be negative")
        elif max(counts) > HEADCOUNT_MOST:
            self._blame("counts", f"must not be more than {HEADCOUNT_MOST}")
        established = self._whole("established", 0)
        if not self._is_blamed("counts", "established") and established > sum(counts):
            self._blame("established", "must not be more than the sum of counts")
        return Tally(counts, self._whole("skips", 0) if has_skips else 0, established)

    def scores(self) -> tuple[int, ...] | None:
        value = self._value("scores")
        if value is None:
            return None
        scores = tuple(n for n in value if _is_whole(n)) if isinstance(value, list) else ()
        if not isinstance(value, list) or len(scores) < len(value):
            self._blame("scores", "must be null or a list of whole numbers")
        elif not scores or (min(scores), max(scores)) != (0, 100):
            self._blame("scores", "must run from 0 to 100")
        return scores

    def _whole(self, key: str, least: int) -> int:
        value = self._value(key)
        if not _is_whole(value):
            self._blame(key, "must be a whole number")
            return least
        if value < least:
            self._blame(key, f"must be at least {least}")
        return value

    def _value(self, key: str) -> object:
        if key not in self._table:
            self._blame(key, "is missing")
        return self._table.get(key)

    def _blame(self, key: str, what: str) -> None:
        """One fault a field: the first."""
        if not self._is_blamed(key):
            self._wrong.append(f'"{key}" {what}')

    def _is_blamed(self, *keys: str) -> bool:
        return any(text.startswith(f'"{key}"') for text in self._wrong for key in keys)


def _is_whole(value: object) -> TypeGuard[int]:
    """JSON's true is no number."""
    return type(value) is int
