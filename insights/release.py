"""The release of a round: sealed totals in, the ledger's cells out. Nothing else turns answers into numbers.

Every published set is a union of disjoint atoms of at least k people, so no combination of published numbers
determines a smaller one. What is in no atom is in no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from insights import display
from insights.cells import WHOLE, Bound, Cell, CellKey, Line, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.published import comment_atoms, comment_cells
from insights.comments.sharing import ByLeaf, read_by_leaf, shared_at, sharing_atoms
from insights.lattice import Atom, FrozenUnit, Keys, Leaf, Tally, Totals, Tree, join, leftovers, pool
from insights.lens import Group, Lens, groups
from insights.pack import Question
from insights.places import Atlas, Place
from insights.policy import K_FLOOR, LENS_FLOOR, N_BANDS, SHARES_FLOOR, SHARES_FROM

__all__ = ["FrozenUnit", "Leaf", "Lens", "Release", "Tally", "release"]

Counts: TypeAlias = tuple[int, ...]
"""Answers by option."""

_NOTHING: Final[ByLeaf] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Release:
    """What one round publishes: `lines` in the order of the tree, and an explicit cell for each of their numbers.

    `atoms` and `nested` name, for every unit's line with a number, the leaves of each atom in its scores and in its
    shares; `categories` those of the lens in each of its lines. They are for auditors and tests, and never stored.
    `shared` are the comments that may be read, by unit: they are kept beside the ledger, never in it.
    """

    lines: tuple[Line, ...]
    cells: Mapping[CellKey, Cell]
    atoms: Mapping[UnitKey, tuple[Keys, ...]]
    nested: Mapping[UnitKey, tuple[Keys, ...]]
    categories: Mapping[UnitKey, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[UnitKey, tuple[str, ...]] = field(default_factory=dict, repr=False)


def release(
    units: Sequence[FrozenUnit],
    leaves: Sequence[Leaf],
    questions: Sequence[Question],
    strain: Sequence[str],
    k: int,
    lens: Lens | None = None,
    wanted: ByLeaf = _NOTHING,
) -> Release:
    """Decide what of one round may be seen, and code it for display. The order of the input does not matter.

    `questions` are those of the round, `strain` the ids of the scored ones that make up its strain, `k` the fewest
    people behind a number, `lens` what the organisation's lens box held, `wanted` the
    comments that people want to be read. Raises ValueError for a k below the floor, a
    round without questions, an unscored strain item, units that are no tree, leaves that do not fit, and a lens that
    holds more than the staff.

    >>> question = Question("q", ("no", "yes"), (0, 100))
    >>> leaf = Leaf(UnitKey("a"), "a", ("a",), 9, 8, {"q": Tally((5, 3), 0, 8)})
    >>> shown = release([FrozenUnit("a", None, "Ward 7", 12)], [leaf], [question], ["q"], 5)
    >>> shown.cells[UnitKey("a"), "q", Stat.SCORE]
    Released(value=40, n='5-9', bound=<Bound.ABOUT: '='>)
    >>> shown.cells[UnitKey("a"), "q", Stat.SPREAD]
    Withheld(reason=<Reason.TOO_FEW: 'too few answers'>)
    """
    asked = _asked(questions, strain, k)
    tree = Tree(units)
    totals = Totals(tree, leaves, {id: len(question.options) for id, question in asked.items()})
    divided = groups(lens, {id: totals.tally(totals.staff, id) for id in asked}, k) if lens else ()
    first, nested = _lattices(tree, totals, k, is_whole=bool(divided))
    sharing = sharing_atoms(tree, nested, wanted, totals.leaves, k)
    comments = comment_atoms(tree, nested, totals.leaves, k, read_by_leaf(sharing, wanted))
    places = [*Atlas(tree, totals, first, nested, k).places()]
    known = {place.line: _of_place(place, asked, totals, k) for place in places}
    named = {group.line(lens.name, UnitKey(tree.root)): group for group in divided} if lens else {}
    known |= {line: _of_group(group) for line, group in named.items()}
    return Release(
        lines=tuple(known),
        cells=dict(pair for line, answers in known.items() for pair in _of_line(line.key, asked, strain, answers))
        | dict(pair for place in places for pair in _of_comments(place, comments, totals)),
        atoms={place.line.key: place.first for place in places if place.first},
        nested={place.line.key: place.nested for place in places if place.nested},
        categories={line.key: group.categories for line, group in named.items()},
        shared=shared_at(sharing, wanted),
    )


def _asked(questions: Sequence[Question], strain: Sequence[str], k: int) -> dict[str, Question]:
    """The questions by id, in the order of ids, once they are fit to be released."""
    asked = {question.id: question for question in sorted(questions, key=lambda question: question.id)}
    if k < K_FLOOR or not asked or len(asked) != len(questions):
        raise ValueError(f"a release needs k of at least {K_FLOOR}, and different questions")
    if any(item not in asked or asked[item].scores is None for item in strain):
        raise ValueError("strain is made of scored questions of the round")
    return asked


def strain_of(items: Sequence[Cell]) -> Cell:
    """Strain from the score cells of its items: the mean of what they show, in the smallest of their bands.

    It is about right unless all items say the same of their bound. Without items there was no strain to ask for.

    >>> strain_of([Released(55, "10-19"), Released(90, "5-9", Bound.AT_LEAST)])
    Released(value=72.5, n='5-9', bound=<Bound.ABOUT: '='>)
    """
    shown = [item for item in items if isinstance(item, Released)]
    if len(shown) < len(items):
        return next(item for item in items if isinstance(item, Withheld))
    if not shown:
        return Withheld(Reason.NOT_ASKED)
    bounds = {item.bound for item in shown}
    bands = [label for _, label in N_BANDS]
    return Released(
        value=sum(item.value for item in shown) / len(shown),
        n=min((item.n for item in shown), key=bands.index),
        bound=bounds.pop() if len(bounds) == 1 else Bound.ABOUT,
    )


def _lattices(tree: Tree, totals: Totals, k: int, is_whole: bool) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """The atoms of scores and of shares. Beside a lens they leave out nobody of staff who answered anything: what
    they did would be a difference between the published total and the sum of the categories."""
    floor = max(LENS_FLOOR, k)
    first = pool(tree, totals.blocks, lambda keys: totals.shortfall(keys, k) is None)
    if is_whole and totals.has_answers(left := leftovers(totals.blocks, first)):
        first = join(tree, first, left, totals.least, floor)
    nested = pool(tree, first, lambda keys: totals.least(keys) >= max(SHARES_FLOOR, k))
    if is_whole and (left := leftovers(first, nested)):
        nested = join(tree, nested, left, totals.least, floor)
    return first, nested


@dataclass(frozen=True, slots=True)
class _Answers:
    """What stands behind a line: counts by question on either lattice, or why there are none; `most` caps the number
    of answers by which they are coded."""

    first: Mapping[str, Counts]
    nested: Mapping[str, Counts]
    why: Reason | None = None
    why_nested: Reason | None = None
    answered: Cell | None = None
    most: int = display.NO_LIMIT


def _of_place(place: Place, asked: Iterable[str], totals: Totals, k: int) -> _Answers:
    first, nested = _union(place.first), _union(place.nested)
    n, people = sum(totals.leaves[key].respondents for key in first), place.line.people
    return _Answers(
        first={question: totals.counts(first, question) for question in asked},
        nested={question: totals.counts(nested, question) for question in asked},
        why=place.why,
        why_nested=place.why_nested,
        answered=Withheld(place.why) if place.why else display.participation(n, people, k),
        most=display.coded_up_to(n, people, k),
    )


def _of_comments(place: Place, atoms: Sequence[Atom], totals: Totals) -> Iterator[tuple[CellKey, Cell]]:
    if any(one.comments for one in totals.leaves.values()):
        for question, stat, cell in comment_cells(place.first, place.why, atoms, totals.leaves):
            yield (place.line.key, question, stat), cell


def _of_group(group: Group) -> _Answers:
    counts = {question: tally.counts for question, tally in group.tallies.items()}
    return _Answers(counts, counts)


def _of_line(
    line: UnitKey, asked: Mapping[str, Question], strain: Sequence[str], answers: _Answers
) -> Iterator[tuple[CellKey, Cell]]:
    scores: dict[str, Cell] = {}
    for question in asked.values():
        for stat, cell in _of_question(question, answers):
            yield (line, question.id, stat), cell
            if stat == Stat.SCORE:
                scores[question.id] = cell
    yield (line, WHOLE, Stat.STRAIN), strain_of([scores[item] for item in strain])
    if answers.answered:
        yield (line, WHOLE, Stat.ANSWERED), answers.answered


def _of_question(question: Question, answers: _Answers) -> Iterator[tuple[str, Cell]]:
    scores, most = question.scores, answers.most
    counts, why = answers.first[question.id], answers.why
    if scores is not None:
        n = min(sum(counts), most)
        yield Stat.SCORE, Withheld(why) if why else display.score(display.mean(counts, scores), n)
    counts, why = answers.nested[question.id], answers.why_nested
    if scores is not None:
        yield Stat.SPREAD, Withheld(why) if why else display.spread(counts, scores, most)
    n = sum(counts)
    is_shared = min(n, most) >= SHARES_FROM
    for option, count in enumerate(counts):
        yield Stat.share(option), display.share(count, n, most) if is_shared else Withheld(why or Reason.TOO_FEW)
    if scores is None and not is_shared:
        yield Stat.TOP, Withheld(why) if why else display.top_driver(counts, most)


def _union(atoms: tuple[Keys, ...]) -> Keys:
    return tuple(key for atom in atoms for key in atom)
