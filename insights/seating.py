"""Which box each member's answers will go into, decided when a round opens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from insights.cells import ROLES
from insights.policy import FELL_TO, POOLED_ROUNDS


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as stewards keep it; one that has lost many at once is pooled, however many are left."""

    id: str
    parent: str | None
    is_launched: bool
    is_pooled: bool = False


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
    """A round's frozen tree (unit ids, in the given order), its boxes by key, and each member's box.

    Nobody in the units of `pooled` counts as established in this round: with them alone a number would have too few
    established people, so that a box which happens to hold no other unit is not published by itself.
    """

    tree: tuple[str, ...]
    scopes: tuple[Scope, ...]
    seats: Mapping[str, str] = field(repr=False)
    pooled: frozenset[str] = frozenset()


def seat(places: Sequence[Place], members: Sequence[Member], k: int) -> Seating:
    """Units with k or more asked get a box, smaller ones share their parent's, role-holders one of their own.

    A pooled unit is seated as if it were small. An organisation that is one team has nobody to share a box with, so
    it keeps its own, small or pooled.

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
    pooled = {one.id for one in places if one.is_pooled}
    scope_of = {
        unit: _scope(unit, size >= k and unit not in pooled, parents[unit], unit in inner)
        for unit, size in sizes.items()
    }
    seats = {one.key: str(ROLES) if one.holds_role else scope_of[one.unit][0] for one in members}
    units: dict[str, list[str]] = defaultdict(list)
    for unit, (key, _at) in sorted(scope_of.items()):
        units[key].append(unit)
    stands = dict(scope_of.values())
    people = Counter(seats.values())
    scopes = (Scope(key, stands.get(key), tuple(units[key]), people[key]) for key in sorted(people))
    return Seating(
        tree, tuple(scopes), seats, frozenset(one for one in pooled & sizes.keys() if scope_of[one][0] != one)
    )


def _scope(unit: str, is_large: bool, parent: str | None, is_inner: bool) -> tuple[str, str]:
    """(key, the unit its box stands at)."""
    if is_large or (parent is None and not is_inner):
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


def has_fallen(before: Sequence[int], now: int) -> bool:
    """Whether a unit has lost so many that those who are left are counted with others.

    `before` are its members at the openings before this one, the newest last; the last `POOLED_ROUNDS` count. Who
    was added, by a merge or one by one, is no fall; a part that is moved away is one for those who stay.

    >>> [has_fallen([18, 20, 19], now) for now in (11, 10, 0)]
    [False, True, True]
    """
    most = max(before[-POOLED_ROUNDS:], default=0)
    return now < most and now <= FELL_TO * most


def pooled_for(before: Sequence[int], now: int, left: int) -> int:
    """For how many rounds a unit is pooled, the one that opens included; `left` was so at the last opening.

    >>> pooled_for([20, 20], 10, 0), pooled_for([10], 10, 4), pooled_for([10, 10], 10, 1)
    (4, 3, 0)
    """
    return POOLED_ROUNDS if has_fallen(before, now) else max(left - 1, 0)
