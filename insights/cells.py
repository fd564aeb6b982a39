"""The only shapes in which a number may leave: `Released`, or `Withheld` with its reason.

A page of the ledger is what one round published; a ledger is its pages in order. Screens, digests, flags, trends
and exports read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType, TypeAlias

from insights.policy import K_FLOOR

UnitKey = NewType("UnitKey", str)
"""A unit's id, or `<id>~small`, `<id>~pool`, `<id>~own` for those below it, or `~roles` for role-holders, or
`~<lens>.<category>+<category>` for those of a lens, in the whole organisation."""

ROLES = UnitKey("~roles")
WHOLE = ""
"""The question of a cell that speaks for the whole check-in (strain, participation)."""


class Bound(StrEnum):
    """How a shown value stands to the true one."""

    ABOUT = "="
    AT_MOST = "<="
    AT_LEAST = ">="


class Reason(StrEnum):
    """Why a number is withheld, in the fixed order in which reasons are tried. Readers see one wording for all."""

    NOT_ASKED = "not asked"
    TOO_FEW = "too few answers"
    TOO_NEW = "too few established people"
    POOLED = "counted with other small teams"
    NOT_CLEAR = "no clear majority"


class Kind(StrEnum):
    """What a line of the ledger stands for."""

    TEAM = "team"
    GROUP = "group"
    OWN = "own"
    POOL = "pool"
    ROLES = "roles"
    LENS = "lens"


class Stat(StrEnum):
    """What a cell says. Shares carry the option's index: `share.3`."""

    STRAIN = "strain"
    SCORE = "score"
    SPREAD = "spread"
    TOP = "top"
    ANSWERED = "answered"

    @staticmethod
    def share(option: int) -> str:
        """The stat of one option's share.

        >>> Stat.share(3)
        'share.3'
        """
        return f"share.{option}"


@dataclass(frozen=True, slots=True)
class Released:
    """A number that may be seen: already coded for display. `n` is a band such as "10-19", never a count.

    `value` is in the stat's own unit: 0-100 for scores, strain and spread, per cent for shares, people for
    participation, an option's index for the top driver.
    """

    value: float
    n: str
    bound: Bound = Bound.ABOUT


@dataclass(frozen=True, slots=True)
class Withheld:
    """No number, and why."""

    reason: Reason


Cell: TypeAlias = Released | Withheld
CellKey: TypeAlias = tuple[UnitKey, str, str]
"""(unit, question or `WHOLE`, stat)"""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit as it stood in one round. `people` were asked (joined, reachable, unpaused) below what is published;
    `teams_in` of its `teams` are in its number."""

    key: UnitKey
    parent: UnitKey | None
    name: str
    kind: Kind
    teams_in: int
    teams: int
    people: int
    headcount: int


@dataclass(frozen=True, slots=True)
class Page:
    """What one round published. `lines` are in the order of the tree, parents first, siblings by name.

    `k` is the fewest people behind any number of the round: "fewer than k answered" means nothing without it.
    """

    round: int
    opened_on: date
    questions: tuple[str, ...]
    lines: tuple[Line, ...]
    cells: Mapping[CellKey, Cell]
    k: int = K_FLOOR

    def cell(self, unit: UnitKey, stat: str, question: str = WHOLE) -> Cell:
        """The cell, or `Withheld(NOT_ASKED)` where the round has none."""
        return self.cells.get((unit, question, stat), Withheld(Reason.NOT_ASKED))

    def line(self, unit: UnitKey) -> Line | None:
        """The unit as it stood in this round, if it did."""
        return next((line for line in self.lines if line.key == unit), None)


Ledger: TypeAlias = Sequence[Page]
"""Pages in ascending order of rounds."""
