"""Organisations for the tests of the release: units, sealed totals, questions. Nothing random here."""

from __future__ import annotations

from collections.abc import Sequence

from insights.cells import ROLES, WHOLE, Cell, Line, Reason, Released, Stat, UnitKey, Withheld
from insights.pack import Question
from insights.release import FrozenUnit, Leaf, Release, Tally, release

SCORES = (0, 25, 50, 75, 100)
FIXED = Question("q12b", ("never", "rarely", "sometimes", "often", "always"), SCORES)
ROTATING = Question("q12c", FIXED.options, SCORES)
DRIVER = Question("driver", ("demands", "control", "nothing"), None)
QUESTIONS = (FIXED, ROTATING, DRIVER)
STRAIN = ("q12b", "q12c")


def unit(id: str, parent: str | None = None, name: str = "", headcount: int = 20) -> FrozenUnit:
    return FrozenUnit(id, parent, name or id.title(), headcount)


def spread_out(n: int, options: int, shift: int = 0) -> tuple[int, ...]:
    """n answers dealt round the options, beginning at `shift`."""
    return tuple(len([i for i in range(n) if (i + shift) % options == option]) for option in range(options))


def tallies(n: int, established: int | None = None, shift: int = 0) -> dict[str, Tally]:
    """Everybody answered every question; all are established unless told otherwise."""
    old = n if established is None else established
    return {q.id: Tally(spread_out(n, len(q.options), shift), 0, old) for q in QUESTIONS}


def leaf(
    key: str,
    n: int,
    *,
    people: int | None = None,
    established: int | None = None,
    units: Sequence[str] | None = None,
    answers: dict[str, Tally] | None = None,
) -> Leaf:
    """A leaf as the sealed box of that name would give it, with n people who answered."""
    at = None if key == ROLES else key.partition("~")[0]
    held = tuple(units) if units is not None else (() if at is None else (at,))
    asked = 2 * n if people is None else people
    return Leaf(UnitKey(key), at, held, asked, n, tallies(n, established) if answers is None else answers)


def released(units: Sequence[FrozenUnit], leaves: Sequence[Leaf], k: int = 5) -> Release:
    return release(units, leaves, QUESTIONS, STRAIN, k)


def ward(n: int, established: int | None = None, k: int = 5) -> Release:
    """One team, which is the whole organisation, in which n people answered."""
    return released([unit("ward")], [leaf("ward", n, established=established)], k)


def cell(shown: Release, key: str, stat: str, question: str = WHOLE) -> Cell:
    return shown.cells[UnitKey(key), question, stat]


def line(shown: Release, key: str) -> Line:
    return next(line for line in shown.lines if line.key == key)


def has_number(shown: Release, key: str) -> bool:
    return isinstance(cell(shown, key, Stat.STRAIN), Released)


def why(shown: Release, key: str, stat: str = Stat.STRAIN, question: str = WHOLE) -> Reason:
    found = cell(shown, key, stat, question)
    assert isinstance(found, Withheld)
    return found.reason


HOSPITAL = (
    unit("org", headcount=0),
    unit("med", "org", "Medicine", 3),
    unit("surg", "org", "Surgery", 0),
    unit("ward-a", "med", "Ward A"),
    unit("ward-b", "med", "Ward B"),
    unit("ward-c", "surg", "Ward C"),
    unit("ward-d", "surg", "Ward D"),
)
"""Two divisions of two wards; a few people sit in Medicine itself."""
