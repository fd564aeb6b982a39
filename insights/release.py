"""The release of a round: sealed totals in, the ledger's cells out. Nothing else turns answers into numbers.

Every published set is a union of disjoint atoms of at least k people, so no combination of published numbers
determines a smaller one. What is in no atom is in no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from insights import display
from insights.cells import WHOLE, Bound, Cell, CellKey, Line, Reason, Released, Stat, UnitKey, Withheld
from insights.lattice import FrozenUnit, Keys, Leaf, Tally, Totals, Tree, pool
from insights.pack import Question
from insights.places import Atlas, Place
from insights.policy import K_FLOOR, N_BANDS, SHARES_FLOOR, SHARES_FROM

__all__ = ["FrozenUnit", "Leaf", "Release", "Tally", "release"]


@dataclass(frozen=True, slots=True)
class Release:
    """What one round publishes: `lines` in the order of the tree, and an explicit cell for each of their numbers.

    `atoms` and `nested` name, for every line with a number, the leaves of each atom in its scores and in its
    shares. They are for auditors and tests, and are never stored.
    """

    lines: tuple[Line, ...]
    cells: Mapping[CellKey, Cell]
    atoms: Mapping[UnitKey, tuple[Keys, ...]]
    nested: Mapping[UnitKey, tuple[Keys, ...]]


def release(
    units: Sequence[FrozenUnit],
    leaves: Sequence[Leaf],
    questions: Sequence[Question],
    strain: Sequence[str],
    k: int,
) -> Release:
    """Decide what of one round may be seen, and code it for display. The order of the input does not matter.

    `questions` are those of the round, `strain` the ids of the scored ones that make up its strain, `k` the fewest
    people behind a number. Raises ValueError for a k below the floor, a round without questions, an unscored strain
    item, units that are no tree, and leaves that do not fit.

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
    first = pool(tree, totals.blocks, lambda keys: totals.shortfall(keys, k) is None)
    nested = pool(tree, first, lambda keys: totals.least(keys) >= max(SHARES_FLOOR, k))
    cells: dict[CellKey, Cell] = {}
    places = list(Atlas(tree, totals, first, nested, k).places())
    for place in places:
        unit = place.line.key
        answered = _answered(place, totals, k)
        for question in asked.values():
            for stat, cell in _of_question(place, question, totals):
                cells[unit, question.id, stat] = _within(cell, answered)
        cells[unit, WHOLE, Stat.STRAIN] = strain_of([cells[unit, item, Stat.SCORE] for item in strain])
        cells[unit, WHOLE, Stat.ANSWERED] = answered
    return Release(
        lines=tuple(place.line for place in places),
        cells=cells,
        atoms={place.line.key: place.first for place in places if place.first},
        nested={place.line.key: place.nested for place in places if place.nested},
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


def _of_question(place: Place, question: Question, totals: Totals) -> Iterator[tuple[str, Cell]]:
    scores = question.scores
    if scores is not None:
        counts = totals.counts(_union(place.first), question.id)
        why = place.why
        yield Stat.SCORE, Withheld(why) if why else display.score(display.mean(counts, scores), sum(counts))
    counts, why = totals.counts(_union(place.nested), question.id), place.why_nested
    if scores is not None:
        yield Stat.SPREAD, Withheld(why) if why else display.spread(counts, scores)
    n = sum(counts)
    whole = n >= SHARES_FROM
    for option, count in enumerate(counts):
        yield Stat.share(option), display.share(count, n) if whole else Withheld(why or Reason.TOO_FEW)
    if scores is None and not whole:
        yield Stat.TOP, Withheld(why) if why else display.top_driver(counts)


def _answered(place: Place, totals: Totals, k: int) -> Cell:
    if place.why:
        return Withheld(place.why)
    leaves = [totals.leaves[key] for key in _union(place.first)]
    return display.participation(sum(leaf.respondents for leaf in leaves), place.line.people, k)


def _within(cell: Cell, answered: Cell) -> Cell:
    """A cell whose band says no more than the number of people shown beside it: "about 9 answered" next to
    "10-19 answers" would be exactly ten."""
    if isinstance(cell, Withheld) or isinstance(answered, Withheld):
        return cell
    bands = [label for _, label in N_BANDS]
    return replace(cell, n=min(cell.n, answered.n, key=bands.index))


def _union(atoms: tuple[Keys, ...]) -> Keys:
    return tuple(key for atom in atoms for key in atom)
