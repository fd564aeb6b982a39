"""Past surveys as lines of JSON, for whoever tries the detector: read line by line, every fault named by its number.

What the lines say to each other is checked in `insights/wave_checks.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

from insights.json_lines import UNIT_RESERVED, Fault, Fields, LinesError, is_whole, quoted, tables
from insights.policy import HEADCOUNT_MOST, K_FLOOR, OPTIONS_FEWEST, OPTIONS_MOST
from insights.tally_checks import rings

FORMAT: Final = "tally/1"

_K_MOST: Final = 50
_WAVE_MOST: Final = 2**31 - 1
_COUNTED: Final = ("question", "counts", "answered")
"""What a line has that counts answers, and no other."""


_Told = TypeVar("_Told")


class WaveError(LinesError):
    """Surveys that cannot be read: `faults` in the order of lines."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the first line says of all others.

    `scale` options a question; `k` the fewest answers behind a number; `questions` with their polarity: 1 where the
    highest option is the most strain, -1 where it is the least; `units` with the unit above each, the organisation's
    being None.
    """

    line: int
    scale: int
    k: int
    questions: Mapping[str, int]
    units: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class TeamLine:
    """What one line says of a team in a wave: it was withheld (`question` is None), or how one question was answered.

    `answered` of `roster` people took part; who skipped the question is in no count.
    """

    line: int
    wave: int
    unit: str
    roster: int
    question: str | None = None
    counts: tuple[int, ...] = ()
    answered: int = 0


def read_lines(lines: Iterable[bytes], faults: list[Fault]) -> tuple[Meta | None, Iterator[TeamLine]]:
    """The first line, None where it is no good, and the sound ones after it, as they are asked for.

    Lines end as a file's do, or not at all; blank ones are passed over. Never raises: whatever is wrong is added to
    `faults`, for later lines once the iterator is at its end.

    >>> faults = []
    >>> withheld = b'{"wave": 0, "unit": "a", "roster": 9, "suppressed": 1}'
    >>> meta, rest = read_lines([b'{"type": "meta"}', withheld], faults)
    >>> meta, [*rest], [(fault.line, fault.text) for fault in faults[-1:]]
    (None, [], [(2, '"suppressed" must be true: leave it out where answers are counted')])
    """
    rows = tables(lines, faults)
    first = next(rows, None)
    if first is not None and first[1].get("type") == "meta":
        meta = _meta(*first, faults)
        return meta, _team_lines(rows, first[0], meta.scale if meta else None, faults)
    if not faults:
        faults.append(
            Fault(first[0] if first else 1, f'must be the meta line: {{"type": "meta", "format": "{FORMAT}", ...}}')
        )
    return None, _team_lines(chain(() if first is None else (first,), rows), None, None, faults)


def _team_lines(
    rows: Iterable[tuple[int, dict[str, object]]], meta: int | None, scale: int | None, faults: list[Fault]
) -> Iterator[TeamLine]:
    for number, table in rows:
        if "type" not in table:
            fields = _Fields(number, table)
            one = fields.withheld() if "suppressed" in table else fields.counted(scale)
            if fields.is_sound(faults):
                yield one
        elif table["type"] != "meta":
            faults.append(Fault(number, '"type" must be "meta"; lines after the first have none'))
        elif meta is None:
            faults.append(Fault(number, "is a meta line, which must be the first"))
        else:
            faults.append(Fault(number, f"is another meta line: line {meta} has said it"))


def _meta(number: int, table: dict[str, object], faults: list[Fault]) -> Meta | None:
    fields, wrong = _Fields(number, table), list[Fault]()
    if fields.text("format") != FORMAT:
        fields.blame("format", f"must be {quoted(FORMAT)}")
    scale, k = fields.whole("scale", OPTIONS_FEWEST, OPTIONS_MOST), fields.whole("min_n", K_FLOOR, _K_MOST)
    questions = fields.each("questions", lambda one: (one.text("id"), one.polarity()), wrong)
    units = fields.each("units", lambda one: (one.text("unit", UNIT_RESERVED), one.parent()), wrong)
    if fields.is_sound(wrong) and not wrong:
        wrong = [Fault(number, text) for text in _tree_faults(units)]
    faults += wrong
    return None if wrong else Meta(number, scale, k, questions, units)


def _tree_faults(units: Mapping[str, str | None]) -> Iterator[str]:
    for unit, parent in units.items():
        if parent is not None and parent not in units:
            yield f"there is no unit {quoted(parent)} to be the parent of {quoted(unit)}"
    tops = [unit for unit, parent in units.items() if parent is None]
    for unit in tops[1:]:
        yield f"{quoted(unit)} has no parent, nor has {quoted(tops[0])}: only the organisation has none"
    if not tops:
        yield "no unit is without a parent: the organisation is"
    for ring in rings(units):
        yield f"{quoted(ring[0])} lies below itself"


class _Fields(Fields):
    """What lines of surveys have."""

    def each(self, key: str, read: Callable[[_Fields], tuple[str, _Told]], faults: list[Fault]) -> dict[str, _Told]:
        """What is told of each question or unit, by its id. Faults say at which place of the list they are."""
        value, found = self.value(key), dict[str, _Told]()
        if not isinstance(value, list) or not value or not all(isinstance(table, dict) for table in value):
            self.blame(key, "must be a list of objects that is not empty")
            return found
        for place, table in enumerate(value, 1):
            one, wrong = _Fields(self.line, table), list[Fault]()
            id, told = read(one)
            if one.is_sound(wrong) and id in found:
                wrong.append(Fault(self.line, f"{quoted(id)} stands there already"))
            faults += [Fault(self.line, f'"{key}", place {place}: {fault.text}') for fault in wrong]
            found.setdefault(id, told)
        return found

    def polarity(self) -> int:
        """1 where a high option is more strain, -1 where it is less."""
        value = self.value("polarity")
        if not is_whole(value) or value not in (1, -1):
            self.blame("polarity", "must be 1 or -1")
            return 1
        return value

    def withheld(self) -> TeamLine:
        """Too few answered: nobody is told how many."""
        if self.table["suppressed"] is not True:
            self.blame("suppressed", "must be true: leave it out where answers are counted")
        for key in _COUNTED:
            if key in self.table:
                self.blame(key, 'must not stand beside "suppressed"')
        return TeamLine(self.line, *self._at())

    def counted(self, scale: int | None) -> TeamLine:
        """The answers to one question; `scale` is unknown where the first line is no good."""
        wave, unit, roster = self._at()
        question, counts, answered = self.text("question"), self.counts(), self.whole("answered", 0)
        if scale not in (None, len(counts)):
            self.blame("counts", f"must be {scale} numbers: that is the scale")
        if sum(counts) > answered and not self.is_blamed("counts", "answered"):
            self.blame("counts", 'must not add up to more than "answered"')
        if answered > roster and not self.is_blamed("answered", "roster"):
            self.blame("answered", 'must not be more than "roster"')
        return TeamLine(self.line, wave, unit, roster, question, counts, answered)

    def _at(self) -> tuple[int, str, int]:
        return (
            self.whole("wave", 0, _WAVE_MOST),
            self.text("unit", UNIT_RESERVED),
            self.whole("roster", 0, HEADCOUNT_MOST),
        )
