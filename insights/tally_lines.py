"""Totals as lines of JSON, for whoever audits the release rule: read line by line, every fault named by its number.

What the lines say to each other is checked in `insights/tally_checks.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from insights.json_lines import UNIT_RESERVED, Fault, Fields, LinesError, is_whole, tables
from insights.lattice import Tally

_LENS_RESERVED: Final = "~+."


class TallyError(LinesError):
    """Lines that cannot be released: `faults` in the order of lines."""


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
    for number, table in tables(content.split(b"\n"), found.faults):
        _read(found, number, table)
    return found


def _read(found: Lines, number: int, table: dict[str, object]) -> None:
    one = _Fields(number, table)
    match table.get("kind"):
        case "unit":
            unit = UnitLine(number, one.text("id", UNIT_RESERVED), one.parent())
            one.keep(found.units, unit, found.faults)
        case "tally":
            at = one.round(), one.text("unit", UNIT_RESERVED), one.text("question")
            one.keep(found.tallies, TallyLine(number, *at, one.tally(has_skips=True)), found.faults)
        case "lens":
            named = one.text("lens", _LENS_RESERVED), one.text("category", _LENS_RESERVED), one.text("question")
            lens = LensLine(number, one.round(), *named, one.tally(has_skips=False))
            one.keep(found.lenses, lens, found.faults)
        case "question":
            one.keep(found.scales, ScaleLine(number, one.text("id"), one.scores()), found.faults)
        case _:
            found.faults.append(Fault(number, '"kind" must be "unit", "tally", "lens" or "question"'))


class _Fields(Fields):
    """What lines of totals have."""

    def round(self) -> int:
        return self.whole("round", 1)

    def tally(self, has_skips: bool) -> Tally:
        counts = self.counts()
        established = self.whole("established", 0)
        if not self.is_blamed("counts", "established") and established > sum(counts):
            self.blame("established", "must not be more than the sum of counts")
        return Tally(counts, self.whole("skips", 0) if has_skips else 0, established)

    def scores(self) -> tuple[int, ...] | None:
        value = self.value("scores")
        if value is None:
            return None
        scores = tuple(n for n in value if is_whole(n)) if isinstance(value, list) else ()
        if not isinstance(value, list) or len(scores) < len(value):
            self.blame("scores", "must be null or a list of whole numbers")
        elif not scores or (min(scores), max(scores)) != (0, 100):
            self.blame("scores", "must run from 0 to 100")
        return scores
