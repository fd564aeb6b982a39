"""Which box each member's answers will go into, decided when a round opens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from insights.cells import ROLES


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as stewards keep it."""

    id: str
    parent: str | None
    is_launched: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is asked: a key that means nothing here, their unit, whether they hold a role."""

    key: str = field(repr=False)
    unit: str = field(repr=False)
    holds_role: bool = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """A box to be made: where it stands (None: role-holders), whose people it will hold, how many are asked."""

    key: str
    at: str | None
    units: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Seating:
    """A round's frozen tree (unit ids, in the given order), its boxes by key, and each member's box."""

    tree: tuple[str, ...]
    scopes: tuple[Scope, ...]
    seats: Mapping[str, str] = field(repr=False)


def seat(places: Sequence[Place], members: Sequence[Member], k: int) -> Seating:
    """Units with k or more asked get a box, smaller ones share their parent's, role-holders one of their own.

    Members sit in launched units only; role-holders are counted in no unit. The tree is the launched units and
    everything above them. Source: the design's sealed totals and release rule 1. KeyError for an unknown unit.

    >>> places = [Place("trust", None, False), Place("a", "trust", True), Place("b", "trust", True)]
    >>> members = [Member(f"{unit}{n}", unit, False) for unit, size in (("a", 5), ("b", 4)) for n in range(size)]
    >>> [(one.key, one.at, one.people) for one in seat(places, members, k=5).scopes]
    [('a', 'a', 5), ('trust~small', 'trust', 4)]
    """
    tree = _tree(places)
    parents = {one.id: one.parent for one in places}
    inner = {parents[one] for one in tree}
    sizes = Counter(one.unit for one in members if not one.holds_role)
    scope_of = {unit: _scope(unit, size, parents[unit], unit in inner, k) for unit, size in sizes.items()}
    seats = {one.key: str(ROLES) if one.holds_role else scope_of[one.unit][0] for one in members}
    units: dict[str, list[str]] = defaultdict(list)
    for unit, (key, _at) in sorted(scope_of.items()):
        units[key].append(unit)
    stands = dict(scope_of.values())
    people = Counter(seats.values())
    scopes = (Scope(key, stands.get(key), tuple(units[key]), people[key]) for key in sorted(people))
    return Seating(tree, tuple(scopes), seats)


def _scope(unit: str, people: int, parent: str | None, is_inner: bool, k: int) -> tuple[str, str]:
    """(key, the unit its box stands at)."""
    if people >= k or (parent is None and not is_inner):
        return (f"{unit}~own" if is_inner else unit), unit
    at = unit if is_inner or parent is None else parent
    return f"{at}~small", at


def _tree(places: Iterable[Place]) -> tuple[str, ...]:
    by_id = {one.id: one for one in places}
    kept: set[str] = set()
    for one in by_id.values():
        here: str | None = one.id if one.is_launched else None
        while here and here not in kept:
            kept.add(here)
            here = by_id[here].parent
    return tuple(one for one in by_id if one in kept)
