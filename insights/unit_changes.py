"""Which changes of units wait for a second steward, and whether what was wished still fits when it is confirmed.

Who may enlarge a small team or move a launched one alone could surround somebody with accounts of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from insights.policy import SMALL_UNIT
from insights.units_csv import Changes, UnitRow

HEADCOUNT: Final = "headcount"
PLACE: Final = "place"

Written: TypeAlias = list[list[str | int | None]]
"""Changes as JSON holds them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one unit: a headcount in people, or a place as the id of the unit above."""

    unit: str
    what: str
    before: str | int | None
    after: str | int | None


def carrying(existing: Mapping[str, UnitRow], launched: Collection[str]) -> set[str]:
    """Units that are launched or have a launched one below them.

    >>> rows = {"t": UnitRow("t", "T", None, 0), "a": UnitRow("a", "A", "t", 9), "b": UnitRow("b", "B", "t", 9)}
    >>> sorted(carrying(rows, {"a"}))
    ['a', 't']
    """
    found: set[str] = set()
    for unit in launched:
        above: str | None = unit
        while above is not None and above not in found and above in existing:
            found.add(above)
            above = existing[above].parent
    return found


def held_back(existing: Mapping[str, UnitRow], changes: Changes, launched: Collection[str]) -> tuple[Change, ...]:
    """The changes that a second steward has to confirm; none before the first launch. A headcount that is raised
    from below `SMALL_UNIT`, and the place of whatever carries a launched unit.

    >>> was, now = UnitRow("a", "A", "t", 8), UnitRow("a", "A", "t", 12)
    >>> changes = Changes(added=(), renamed=(), moved=(), resized=((was, now),), missing=())
    >>> held_back({"a": was}, changes, launched={"a"})
    (Change(unit='a', what='headcount', before=8, after=12),)
    >>> held_back({"a": was}, changes, launched=())
    ()
    """
    if not launched:
        return ()
    fixed = carrying(existing, launched)
    grown = [
        Change(now.unit, HEADCOUNT, was.headcount, now.headcount)
        for was, now in changes.resized
        if now.headcount > was.headcount and was.headcount < SMALL_UNIT
    ]
    moved = [Change(now.unit, PLACE, was.parent, now.parent) for was, now in changes.moved if now.unit in fixed]
    return (*grown, *moved)


def without(rows: Iterable[UnitRow], held: Iterable[Change]) -> tuple[UnitRow, ...]:
    """The rows as they can be written now: what is held back keeps its value.

    >>> without([UnitRow("a", "A", "t", 12)], [Change("a", HEADCOUNT, 8, 12)])
    (UnitRow(unit='a', name='A', parent='t', headcount=8),)
    """
    back = {(one.unit, one.what): one.before for one in held}
    kept = []
    for row in rows:
        parent, headcount = back.get((row.unit, PLACE), row.parent), back.get((row.unit, HEADCOUNT), row.headcount)
        kept.append(UnitRow(row.unit, row.name, None if parent is None else str(parent), int(headcount or 0)))
    return tuple(kept)


def fitting(existing: Mapping[str, UnitRow], changes: Iterable[Change]) -> tuple[UnitRow, ...] | None:
    """The rows with the changes made; None where one no longer fits: a value is another by now, the unit or its new
    place has gone, or a unit would end up inside itself.

    >>> rows = {"t": UnitRow("t", "T", None, 0), "a": UnitRow("a", "A", "t", 8)}
    >>> fitting(rows, [Change("a", HEADCOUNT, 8, 12)])
    (UnitRow(unit='a', name='A', parent='t', headcount=12),)
    >>> fitting(rows, [Change("a", HEADCOUNT, 9, 12)]), fitting(rows, [Change("t", PLACE, None, "a")])
    (None, None)
    """
    after = dict(existing)
    touched = []
    for one in changes:
        row, was = after.get(one.unit), existing.get(one.unit)
        if row is None or was is None or one.before != (was.parent if one.what == PLACE else was.headcount):
            return None
        if one.what == PLACE:
            after[one.unit] = replace(row, parent=None if one.after is None else str(one.after))
        else:
            after[one.unit] = replace(row, headcount=int(one.after or 0))
        touched.append(one.unit)
    if not all(_reaches_the_top(after, unit) for unit in touched):
        return None
    return tuple(after[unit] for unit in dict.fromkeys(touched))


def _reaches_the_top(rows: Mapping[str, UnitRow], unit: str) -> bool:
    seen: set[str] = set()
    above: str | None = unit
    while above is not None:
        if above in seen or above not in rows:
            return False
        seen.add(above)
        above = rows[above].parent
    return True


def written(changes: Iterable[Change]) -> Written:
    """Changes as JSON holds them.

    >>> written([Change("a", HEADCOUNT, 8, 12)])
    [['a', 'headcount', 8, 12]]
    """
    return [[one.unit, one.what, one.before, one.after] for one in changes]


def read(lists: Iterable[Iterable[str | int | None]]) -> tuple[Change, ...]:
    """The changes again.

    >>> read([["a", "headcount", 8, 12]])
    (Change(unit='a', what='headcount', before=8, after=12),)
    """
    found = []
    for unit, what, before, after in lists:
        found.append(Change(str(unit), str(what), before, after))
    return tuple(found)
