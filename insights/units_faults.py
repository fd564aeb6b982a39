"""What can be wrong with a file of units, and the line that tells a steward how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from insights.policy import HEADCOUNT_MOST, UNIT_ID_LENGTH, UNIT_LEVELS, UNIT_NAME_LENGTH, UNIT_ROWS

COLUMNS: Final = ("unit", "name", "parent", "headcount")
SHOWN: Final = 40
"""Characters of a faulty cell that are repeated to the reader."""
WHOLE_FILE: Final = 0


class Problem(StrEnum):
    """What can be wrong with a file of units, in the order of reading."""

    NOT_TEXT = "not text"
    EMPTY = "empty"
    COLUMN_MISSING = "column missing"
    COLUMN_TWICE = "column twice"
    QUOTES = "quotes"
    TOO_MANY_ROWS = "too many rows"
    TOO_MANY_CELLS = "too many cells"
    NO_ID = "no id"
    BAD_ID = "bad id"
    DUPLICATE = "duplicate"
    NO_NAME = "no name"
    LONG_NAME = "long name"
    CONTROL = "control character"
    NO_HEADCOUNT = "no headcount"
    BAD_HEADCOUNT = "bad headcount"
    UNKNOWN_PARENT = "unknown parent"
    CYCLE = "cycle"
    NO_ROOT = "no root"
    TWO_ROOTS = "two roots"
    TOO_DEEP = "too deep"
    OTHER_ROOT = "other root"


TEXTS: Final[Mapping[Problem, str]] = {
    Problem.NOT_TEXT: 'this is not text: save the sheet as "CSV UTF-8" and import that file',
    Problem.EMPTY: f"there are no units: give a header ({', '.join(COLUMNS)}) and one row per unit",
    Problem.COLUMN_MISSING: f"the header lacks {{}}: it needs {', '.join(COLUMNS)}, in any order",
    Problem.COLUMN_TWICE: "the header has {} twice: keep one",
    Problem.QUOTES: "a quotation mark is not closed, or not doubled inside a cell: mend it",
    Problem.TOO_MANY_ROWS: f"more than {UNIT_ROWS} units: is this the right file? The rest was not read",
    Problem.TOO_MANY_CELLS: "{} more than the header has: put text with a separator in it in quotation marks",
    Problem.NO_ID: "the unit has no id: give it one of a-z, 0-9 and hyphens",
    Problem.BAD_ID: f"an id has a-z, 0-9 and hyphens, at most {UNIT_ID_LENGTH}: change {{}}",
    Problem.DUPLICATE: "the id {}: give each unit its own",
    Problem.NO_NAME: "the name is empty: write what staff call the unit",
    Problem.LONG_NAME: f"the name has {{}} characters: shorten it to {UNIT_NAME_LENGTH}",
    Problem.CONTROL: "the name has an invisible character ({}): type the name anew",
    Problem.NO_HEADCOUNT: "the headcount is empty: give the number of people (only units above others may omit it)",
    Problem.BAD_HEADCOUNT: f"the headcount {{}}: give a whole number from 0 to {HEADCOUNT_MOST}",
    Problem.UNKNOWN_PARENT: "the parent {}: add it, or correct the id",
    Problem.CYCLE: "units inside each other: {}: give one of them another parent",
    Problem.NO_ROOT: "every unit has a parent: leave the parent of the organisation itself empty",
    Problem.TWO_ROOTS: "no parent, and neither has {}: only the organisation itself has none",
    Problem.TOO_DEEP: f"{{}} lies deeper than {UNIT_LEVELS} levels: move it up",
    Problem.OTHER_ROOT: "the organisation is {} so far: keep it in the file, on top or below its new parent",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `line` counts as an editor does, from 1; `WHOLE_FILE` where no line is to blame. `detail`
    repeats what the file says, hence it is not in the repr."""

    line: int
    problem: Problem
    detail: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """One line that says what to do.

        >>> Fault(7, Problem.LONG_NAME, "83").text
        'line 7: the name has 83 characters: shorten it to 60'
        """
        place = f"line {self.line}" if self.line else "whole file"
        return f"{place}: {TEXTS[self.problem].format(self.detail)}"


class CsvFaults(ValueError):  # noqa: N818
    """The file was not taken: `faults` in the order of lines. Its text counts them and repeats none."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"faults in the file of units: {len(faults)}")
        self.faults = faults


def shown(cell: str) -> str:
    """The cell as it may stand in a terminal: cut, and without control characters.

    >>> shown("ward\\x1b[2J")
    '"ward?[2J"'
    """
    cut = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}..."
    return '"' + "".join(c if c.isprintable() else "?" for c in cut) + '"'
