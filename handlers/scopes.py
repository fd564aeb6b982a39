"""Which box each member's answers will go into, decided when a round opens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from insights.cells import ROLES
from storage.people import Person
from storage.roster import FrozenScope, Seat
from storage.units import Unit


@dataclass(frozen=True, slots=True)
class Seating:
    """A round's frozen tree, its boxes and who sits where."""

    units: tuple[Unit, ...]
    scopes: tuple[FrozenScope, ...]
    seats: tuple[Seat, ...]


def seat(number: int, units: Sequence[Unit], asked: Sequence[tuple[Person, bool]], k: int) -> Seating:
    """Units of k or more asked get a box; smaller ones share their parent's; role-holders share one of their own."""
    parents = {one.id: one.parent_id for one in units}
    tree = _tree(units)
    inner = {one.parent_id for one in tree}
    sizes = Counter(person.unit_id for person, holds_role in asked if not holds_role)
    places: dict[str, str | None] = {}
    members: dict[str, set[str]] = defaultdict(set)
    people: Counter[str] = Counter()
    seats = []
    for person, holds_role in asked:
        unit_id, scope, at = person.unit_id, str(ROLES), None
        if not holds_role:
            scope, at = _scope(unit_id, sizes[unit_id], parents[unit_id], unit_id in inner, k)
            members[scope].add(unit_id)
        places[scope] = at
        people[scope] += 1
        seats.append(Seat(round=number, person_id=person.id, scope=scope, is_established=person.is_established))
    scopes = [
        FrozenScope(round=number, scope=scope, at=at, units=",".join(sorted(members[scope])), people=people[scope])
        for scope, at in sorted(places.items())
    ]
    return Seating(tree, tuple(scopes), tuple(seats))


def _scope(unit_id: str, people: int, parent: str | None, is_inner: bool, k: int) -> tuple[str, str]:
    """(scope, the unit its box stands at)."""
    if people >= k or (parent is None and not is_inner):
        return (f"{unit_id}~own" if is_inner else unit_id), unit_id
    at = unit_id if is_inner or parent is None else parent
    return f"{at}~small", at


def _tree(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Launched units and everything above them."""
    by_id = {one.id: one for one in units}
    kept: set[str] = set()
    for one in units:
        here: str | None = one.id if one.is_launched else None
        while here and here not in kept:
            kept.add(here)
            here = by_id[here].parent_id
    return tuple(one for one in units if one.id in kept)
