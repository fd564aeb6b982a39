"""Whether lines of totals fit each other: one tree, nothing said twice, as many options, no lens beyond the staff."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from insights.json_lines import Fault, quoted
from insights.tally_lines import LensLine, Lines, TallyLine, UnitLine


class _Numbered(Protocol):
    @property
    def line(self) -> int: ...


_One = TypeVar("_One", bound=_Numbered)


def check(lines: Lines) -> Iterator[Fault]:
    """What is wrong between lines, each fault at the later of those that do not fit.

    >>> from insights.tally_lines import read_lines
    >>> [fault.text for fault in check(read_lines(b'{"kind": "unit", "id": "a", "parent": "b"}'))]
    ['there is no unit "b" to be its parent', 'no unit is without a parent: the organisation is']
    """
    yield from _twice(lines.units, lambda one: one.id, "this unit stands")
    yield from _twice(lines.tallies, lambda one: (one.round, one.unit, one.question), "this tally stands")
    yield from _twice(
        lines.lenses, lambda one: (one.round, one.lens, one.category, one.question), "this tally of a lens stands"
    )
    yield from _twice(lines.scales, lambda one: one.question, "this question stands")
    yield from _tree(lines)
    known = {unit.id for unit in lines.units}
    for tally in lines.tallies:
        if tally.unit not in known:
            yield Fault(tally.line, f"there is no unit {quoted(tally.unit)}")
    options = _options(lines.tallies)
    yield from _counts(lines, options)
    yield from _lenses(lines, options)


def _twice(found: Iterable[_One], key: Callable[[_One], Hashable], what: str) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for one in found:
        if first.setdefault(key(one), one.line) != one.line:
            yield Fault(one.line, f"{what} on line {first[key(one)]} already")


def _tree(lines: Lines) -> Iterator[Fault]:
    parents = {unit.id: unit for unit in reversed(lines.units)}
    tops = [unit for unit in lines.units if unit.parent is None]
    for unit in lines.units:
        if unit.parent is not None and unit.parent not in parents:
            yield Fault(unit.line, f"there is no unit {quoted(unit.parent)} to be its parent")
    for unit in tops[1:]:
        yield Fault(unit.line, f"has no parent, nor has line {tops[0].line}: only the organisation has none")
    if not tops and not lines.faults:
        what = "no unit is without a parent: the organisation is" if lines.units else "there are no units"
        yield Fault(0, what)
    yield from _cycles(parents)


def _cycles(units: dict[str, UnitLine]) -> Iterator[Fault]:
    """One fault a cycle, at its first line."""
    for ring in rings({id: unit.parent for id, unit in units.items()}):
        first = min((units[id] for id in ring), key=lambda unit: unit.line)
        yield Fault(first.line, f"{quoted(first.id)} lies below itself")


def rings(parents: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Units that lie below themselves, each ring once; `parents` gives the unit above each.

    >>> [sorted(ring) for ring in rings({"a": "b", "b": "c", "c": "b", "d": None, "e": "e"})]
    [['b', 'c'], ['e']]
    """
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here in parents and here not in done and here not in path:
            path[here] = None
            here = parents[here]
        if here is not None and here in path:
            yield [*path][[*path].index(here) :]
        done |= path.keys()


def _options(tallies: Iterable[TallyLine]) -> dict[tuple[int, str], TallyLine]:
    """The first tally of each question of each round: the others have as many options."""
    first: dict[tuple[int, str], TallyLine] = {}
    for tally in tallies:
        first.setdefault((tally.round, tally.question), tally)
    return first


def _counts(lines: Lines, options: dict[tuple[int, str], TallyLine]) -> Iterator[Fault]:
    scores = {scale.question: scale for scale in reversed(lines.scales) if scale.scores is not None}
    both: list[TallyLine | LensLine] = [*lines.tallies, *lines.lenses]
    for one in both:
        first, scale = options.get((one.round, one.question)), scores.get(one.question)
        if first is None:
            yield Fault(one.line, f"no unit has a tally of {quoted(one.question)} in round {one.round}")
        elif len(one.tally.counts) != len(first.tally.counts):
            yield Fault(one.line, f"has another number of options than line {first.line}")
        elif scale is not None and len(one.tally.counts) != len(scale.scores or ()):
            yield Fault(one.line, f"has another number of options than the scores of line {scale.line}")


def _lenses(lines: Lines, options: dict[tuple[int, str], TallyLine]) -> Iterator[Fault]:
    first: dict[int, LensLine] = {}
    divided: dict[tuple[int, str], list[LensLine]] = defaultdict(list)
    for one in lines.lenses:
        if first.setdefault(one.round, one).lens != one.lens:
            yield Fault(one.line, f"is another lens than that of line {first[one.round].line}: one a round")
        elif (one.round, one.question) in options:
            divided[one.round, one.question].append(one)
    if lines.faults:
        return
    staff: dict[tuple[int, str], list[TallyLine]] = defaultdict(list)
    for tally in lines.tallies:
        staff[tally.round, tally.question].append(tally)
    for place, parts in divided.items():
        if _is_beyond(_sums(staff[place]), _sums(parts)):
            yield Fault(parts[-1].line, "with its other categories the lens holds more than the units do")


def _sums(found: Iterable[TallyLine | LensLine]) -> Counter[int]:
    """Answers by option; established ones under -1, all others under -2."""
    sums: Counter[int] = Counter()
    for one in found:
        sums.update(dict(enumerate(one.tally.counts)))
        sums.update({-1: one.tally.established, -2: sum(one.tally.counts) - one.tally.established})
    return sums


def _is_beyond(whole: Counter[int], parts: Counter[int]) -> bool:
    return any(n > whole[key] for key, n in parts.items())
