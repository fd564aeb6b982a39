"""A release as rows for auditors: one per cell of the ledger, on request with the atoms and exact number behind it.

The exact numbers are not for readers of the ledger: they are what the auditor brought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from insights.cells import WHOLE, Bound, Kind, Line, Released, Stat, UnitKey
from insights.lattice import Keys
from insights.lens import OTHER, Lens
from insights.release import Release
from insights.tally_rounds import TalliedRound

Row: TypeAlias = dict[str, object]
"""What becomes one object of JSON, its keys in the order in which they are written."""


def rows(tallied: TalliedRound, shown: Release, is_explained: bool = False) -> Iterator[Row]:
    """Every cell in the order of lines, without participation, of which totals say nothing.

    A question of None stands for the whole check-in. Without strain items there is no strain. A lens's cells carry
    its name, the category, and the organisation as their unit. `is_explained` adds to each number the leaf units of
    each atom in it (of a lens: of each atom of the total that it divides) and the exact number of answers; of strain,
    the fewest of any of its items.

    >>> from insights.tally_rounds import read_rounds
    >>> unit = b'{"kind": "unit", "id": "a"}'
    >>> tally = b'{"kind": "tally", "round": 1, "unit": "a", "question": "q", "counts": [3, 4], '
    >>> [one] = read_rounds(bytes([10]).join([unit, tally + b'"skips": 0, "established": 6}']))
    >>> next(rows(one, one.release(5)))
    {'round': 1, 'unit': 'a', 'question': 'q', 'stat': 'score', 'shown': 55, 'n': '5-9'}
    """
    lines = {line.key: line for line in shown.lines}
    behind = _Behind(tallied, shown)
    for (unit, question, stat), cell in shown.cells.items():
        if stat == Stat.ANSWERED or (stat == Stat.STRAIN and not tallied.strain):
            continue
        row: Row = {"round": tallied.number, **_place(lines[unit], tallied.lens), "question": question or None}
        row["stat"] = str(stat)
        if not isinstance(cell, Released):
            yield row | {"withheld": cell.reason.value}
            continue
        row |= {"shown": int(cell.value) if cell.value == int(cell.value) else cell.value, "n": cell.n}
        if cell.bound is not Bound.ABOUT:
            row["bound"] = cell.bound.value
        yield row | behind.told(unit, question, stat) if is_explained else row


def _place(line: Line, lens: Lens | None) -> Row:
    if line.kind is not Kind.LENS or lens is None:
        return {"unit": line.key}
    return {"unit": line.parent, "lens": lens.name, "category": line.name}


class _Behind:
    """Who is counted in a cell, and how many."""

    def __init__(self, tallied: TalliedRound, shown: Release) -> None:
        self._tallied, self._shown = tallied, shown
        self._leaves = {leaf.key: leaf for leaf in tallied.leaves}
        self._root = UnitKey(next(unit.id for unit in tallied.units if unit.parent is None))

    def told(self, unit: UnitKey, question: str, stat: str) -> Row:
        lattice = self._shown.atoms if stat in (Stat.SCORE, Stat.STRAIN) else self._shown.nested
        categories = self._shown.categories.get(unit)
        atoms = lattice[unit if categories is None else self._root]
        asked = self._tallied.strain if question == WHOLE else (question,)
        if categories is None:
            total = min(self._of_atoms(atoms, one) for one in asked)
        else:
            total = min(self._of_categories(categories, one) for one in asked)
        return {"atoms": [[self._leaves[key].at for key in atom] for atom in atoms], "total": total}

    def _of_atoms(self, atoms: tuple[Keys, ...], question: str) -> int:
        return sum(sum(self._leaves[key].tallies[question].counts) for atom in atoms for key in atom)

    def _of_categories(self, categories: tuple[str, ...], question: str) -> int:
        lens = self._tallied.lens
        found: Mapping[str, int] = (
            {name: sum(tallies[question].counts) for name, tallies in lens.categories.items()} if lens else {}
        )
        staff = sum(sum(leaf.tallies[question].counts) for leaf in self._tallied.leaves)
        rest = staff - sum(found.values()) if OTHER in categories else 0
        return rest + sum(found.get(name, 0) for name in categories)
