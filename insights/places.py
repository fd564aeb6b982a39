"""The lines of a release: which atoms stand behind each, what it is called, and why it may have no number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from insights.cells import ROLES, Kind, Line, Reason, UnitKey
from insights.lattice import Atom, Keys, Totals, Tree


@dataclass(frozen=True, slots=True)
class Place:
    """A line before it has numbers. `leaves` hold its people; `first` and `nested` are its atoms on either lattice.

    `why` and `why_nested` are the reasons for which it has no scores and no shares, None where it has.
    """

    line: Line
    leaves: Keys
    first: tuple[Keys, ...]
    nested: tuple[Keys, ...]
    why: Reason | None
    why_nested: Reason | None


class Atlas:
    """The tree of a round with its leaves and both lattices, read line by line. `k` as in the release."""

    def __init__(self, tree: Tree, totals: Totals, first: Sequence[Atom], nested: Sequence[Atom], k: int) -> None:
        self._tree, self._totals, self._k = tree, totals, k
        self._first, self._nested = first, nested
        self._staff = {key: leaf for key, leaf in totals.leaves.items() if leaf.at is not None}
        self._in_first = {key for atom in first for key in atom.leaves}
        self._in_nested = {key for atom in nested for key in atom.leaves}

    def places(self) -> Iterator[Place]:
        """Every line in the order of the tree: own people, units below and pools follow their unit.

        >>> from insights.lattice import FrozenUnit
        >>> tree = Tree([FrozenUnit("a", None, "Ward 7", 9)])
        >>> [place.line.name for place in Atlas(tree, Totals(tree, [], {"q": 2}), [], [], 5).places()]
        ['Ward 7']
        """
        waiting = [(self._tree.root, False)]
        while waiting:
            unit, is_done = waiting.pop()
            if is_done:
                yield from self._pools(unit)
                continue
            yield self._unit(unit)
            children = self._tree.children(unit)
            if children:
                yield from self._own(unit)
            waiting += [(unit, True), *((child, False) for child in reversed(children))]
        if ROLES in self._totals.leaves:
            root = UnitKey(self._tree.root)
            mine = tuple(atom.leaves for atom in self._first if atom.at == ROLES)
            yield self._place(ROLES, root, "", Kind.ROLES, (ROLES,), mine)

    def _unit(self, unit: str) -> Place:
        frozen = self._tree.units[unit]
        parent = None if frozen.parent is None else UnitKey(frozen.parent)
        below = {*self._tree.walk(unit)} | ({ROLES} if parent is None else set())
        mine = tuple(atom.leaves for atom in self._first if atom.at in below)
        kind = Kind.GROUP if self._tree.children(unit) else Kind.TEAM
        return self._place(UnitKey(unit), parent, frozen.name, kind, self._leaves_of(unit), mine)

    def _pools(self, unit: str) -> Iterator[Place]:
        for atom in self._first:
            if atom.at == unit and (atom.pooled or atom.leaves == (f"{unit}~small",)):
                key = UnitKey(f"{unit}~pool" if atom.pooled else f"{unit}~small")
                yield self._place(key, UnitKey(unit), "", Kind.POOL, atom.leaves, (atom.leaves,))

    def _own(self, unit: str) -> Iterator[Place]:
        own = UnitKey(f"{unit}~own")
        leaves = tuple(key for key, leaf in self._staff.items() if unit in leaf.units)
        if leaves:
            mine = tuple(atom.leaves for atom in self._first if atom.leaves == (own,))
            name = self._tree.units[unit].name
            yield self._place(own, UnitKey(unit), name, Kind.OWN, leaves, mine)

    def _leaves_of(self, unit: str) -> Keys:
        """Leaves at this unit and below; for a team, those that hold its people, wherever they stand."""
        leaves = self._staff.items()
        if not self._tree.children(unit):
            return tuple(key for key, leaf in leaves if leaf.at == unit or unit in leaf.units)
        below = {*self._tree.walk(unit)}
        return tuple(key for key, leaf in leaves if leaf.at in below)

    def _place(
        self, key: UnitKey, parent: UnitKey | None, name: str, kind: Kind, leaves: Keys, first: tuple[Keys, ...]
    ) -> Place:
        covered = {leaf for atom in first for leaf in atom}
        nested = tuple(atom.leaves for atom in self._nested if covered.issuperset(atom.leaves))
        why = None if first else self._why(kind, leaves)
        why_nested = why
        if first and not nested:
            why_nested = Reason.POOLED if covered & self._in_nested else Reason.TOO_FEW
        teams_in, teams = self._teams(key, kind, leaves, covered)
        counted = covered or (() if kind is Kind.GROUP or _in_small_box(kind, leaves) else leaves)
        line = Line(
            key=key,
            parent=parent,
            name=name,
            kind=kind,
            teams_in=teams_in,
            teams=teams,
            people=sum(self._totals.leaves[leaf].people for leaf in counted),
            headcount=self._headcount(key, parent, kind, leaves),
        )
        return Place(line, leaves, first, nested, why, why_nested)

    def _why(self, kind: Kind, leaves: Keys) -> Reason:
        if self._in_first.intersection(leaves):
            return Reason.POOLED
        if _in_small_box(kind, leaves):
            return Reason.TOO_FEW
        return self._totals.shortfall(leaves, self._k) or Reason.TOO_FEW

    def _teams(self, key: UnitKey, kind: Kind, leaves: Keys, covered: set[UnitKey]) -> tuple[int, int]:
        """Teams with people in the line's number, of all it has; a pool counts every unit that it put together."""
        if kind in (Kind.OWN, Kind.ROLES):
            return 0, 0
        if kind is Kind.POOL:
            held = len(self._held(leaves))
            return held, held
        teams = {unit for unit in self._tree.walk(key) if not self._tree.children(unit)}
        return len(teams & self._held(covered)), len(teams & self._held(self._staff))

    def _held(self, leaves: Iterable[UnitKey]) -> set[str]:
        found = (self._staff[key] for key in leaves if key in self._staff)
        return {unit for leaf in found if leaf.people for unit in leaf.units}

    def _headcount(self, key: UnitKey, parent: UnitKey | None, kind: Kind, leaves: Keys) -> int:
        units = self._tree.units
        if kind in (Kind.TEAM, Kind.GROUP):
            return sum(units[unit].headcount for unit in self._tree.walk(key))
        if kind is Kind.OWN and parent is not None:
            return units[parent].headcount
        return sum(units[unit].headcount for unit in self._held(leaves)) if kind is Kind.POOL else 0


def _in_small_box(kind: Kind, leaves: Keys) -> bool:
    return kind in (Kind.TEAM, Kind.OWN) and any(leaf.endswith("~small") for leaf in leaves)
