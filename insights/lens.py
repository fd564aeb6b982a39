"""A lens divides the staff of the whole organisation another way than by units: by working pattern, for one.

Categories are published beside the total, never crossed with units: groups of LENS_FLOOR answers or more, and no
rest of the published total that is smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from insights.cells import Kind, Line, UnitKey
from insights.lattice import Tally
from insights.policy import LENS_FLOOR

PATTERN: Final = "pattern"
LENSES: Final[Mapping[str, tuple[str, ...]]] = {PATTERN: ("days", "nights", "mixed")}
"""The categories of each lens, in the order of sealed boxes."""

OTHER: Final = "other"
"""Staff in the published total who are in no category."""

_RESERVED: Final = frozenset("~+.")


@dataclass(frozen=True, slots=True)
class Lens:
    """What the organisation's lens box held: category -> question id -> tally.

    Staff only: role-holders are in no category. ValueError for a name that is empty or would not be one in a key.
    """

    name: str
    categories: Mapping[str, Mapping[str, Tally]]

    def __post_init__(self) -> None:
        if any(not name or not _RESERVED.isdisjoint(name) for name in (self.name, *self.categories)):
            raise ValueError("a lens and its categories have names without ~, + and .")


@dataclass(frozen=True, slots=True)
class Group:
    """Categories that are published as one, in ascending order, and their tallies by question."""

    categories: tuple[str, ...]
    tallies: Mapping[str, Tally]

    def line(self, lens: str, root: UnitKey) -> Line:
        """The group as a line of the ledger; it has answers, and no teams, people or headcount.

        >>> Group(("days", "mixed"), {}).line("pattern", UnitKey("org")).key
        '~pattern.days+mixed'
        """
        name = "+".join(self.categories)
        return Line(UnitKey(f"~{lens}.{name}"), root, name, Kind.LENS, teams_in=0, teams=0, people=0, headcount=0)


def groups(lens: Lens, staff: Mapping[str, Tally], k: int) -> tuple[Group, ...]:
    """The groups in which a lens may be seen beside `staff`, the tally of all staff by question; by name.

    Who is in no category counts as one more, `OTHER`. A category is large enough with LENS_FLOOR (or k) answers to
    every question, k of them from established people. While one is not, the smallest such is put together with the
    smallest beside it (by the fewest answers to any question, ties by name). Without two groups there are none.
    ValueError for tallies that do not fit, and for categories that hold more than all staff do.

    >>> staff = {"q": Tally((40, 30), 0, 70)}
    >>> found = {"days": {"q": Tally((30, 20), 0, 50)}, "nights": {"q": Tally((3, 7), 0, 10)}}
    >>> [(group.categories, sum(group.tallies["q"].counts)) for group in groups(Lens("pattern", found), staff, 5)]
    [(('days',), 50), (('nights', 'other'), 20)]
    """
    left = [Group((name,), tallies) for name, tallies in _with_rest(lens, staff).items()]
    left.sort(key=_size)
    while len(left) > 1:
        small = next((group for group in left if not _is_large(group, k)), None)
        if small is None:
            break
        left.remove(small)
        left[0] = _together(small, left[0])
        left.sort(key=_size)
    return tuple(sorted(left, key=lambda group: group.categories)) if len(left) > 1 else ()


def _with_rest(lens: Lens, staff: Mapping[str, Tally]) -> dict[str, Mapping[str, Tally]]:
    """The categories with those who are in none of them: `OTHER`, unless nobody is."""
    for question, whole in staff.items():
        if not all(_fits(tallies.get(question), whole) for tallies in lens.categories.values()):
            raise ValueError(f"the lens's tally of {question} does not fit the question")
    found: dict[str, Mapping[str, Tally]] = {
        name: {question: tallies[question] for question in staff} for name, tallies in lens.categories.items()
    }
    rest = {q: _minus(q, whole, [tallies[q] for tallies in found.values()]) for q, whole in staff.items()}
    if any(any(tally.counts) for tally in rest.values()):
        found[OTHER] = dict(_sum([found[OTHER], rest])) if OTHER in found else rest
    return found


def _fits(tally: Tally | None, whole: Tally) -> bool:
    return tally is not None and len(tally.counts) == len(whole.counts) and tally.is_whole


def _minus(question: str, whole: Tally, parts: Sequence[Tally]) -> Tally:
    counts = tuple(n - sum(part.counts[i] for part in parts) for i, n in enumerate(whole.counts))
    rest = Tally(counts, 0, whole.established - sum(part.established for part in parts))
    if not rest.is_whole:
        raise ValueError(f"the lens holds more answers to {question} than the organisation")
    return rest


def _sum(parts: Sequence[Mapping[str, Tally]]) -> Iterator[tuple[str, Tally]]:
    for question in parts[0]:
        tallies = [part[question] for part in parts]
        counts = tuple(map(sum, zip(*(tally.counts for tally in tallies), strict=True)))
        yield question, Tally(counts, sum(t.skips for t in tallies), sum(t.established for t in tallies))


def _together(one: Group, other: Group) -> Group:
    return Group(tuple(sorted((*one.categories, *other.categories))), dict(_sum([one.tallies, other.tallies])))


def _size(group: Group) -> tuple[int, tuple[str, ...]]:
    return min(sum(tally.counts) for tally in group.tallies.values()), group.categories


def _is_large(group: Group, k: int) -> bool:
    tallies = group.tallies.values()
    return _size(group)[0] >= max(LENS_FLOOR, k) and min(tally.established for tally in tallies) >= k
