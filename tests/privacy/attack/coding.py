"""What shown values say, as facts about whole numbers: ours as coded for display, other rules exactly as published.

The spread index is left out: it is no linear fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from insights.cells import WHOLE, Bound, Released, Stat, UnitKey
from insights.display import NO_LIMIT, band, coded_up_to, participation
from insights.lattice import Keys
from insights.policy import N_BANDS, SCORE_STEPS, SHARE_STEPS, SHARES_FLOOR, TOP_DRIVER_SHARE
from tests.privacy.attack.interval import ANSWERED, OPEN, Fact, Shown, counts, options, valid, weighted
from tests.privacy.attack.organisations import QUESTIONS, Mask, Numbers, Week
from tests.privacy.attack.rules import Ours, TreeRule, by_question

BANDS = {
    label: (least, above - 1) for (least, label), (above, _) in zip(N_BANDS, [*N_BANDS[1:], (OPEN, "")], strict=True)
}
"""The numbers of answers that each band means."""


def exactly(rule: TreeRule, week: Week, k: int) -> Shown:
    """What a rule says that publishes counts as they are. It knows no role-holders: they sit in their units."""
    plain = replace(week, holds_role=np.zeros_like(week.holds_role))
    people, truth = counts(plain)
    members = np.array([plain.unit == unit for unit in range(len(plain.tree))])
    facts = []
    for name, sets in by_question(rule, plain, k).items():
        if name:
            places = range(*options([question.id for question in QUESTIONS].index(name)).indices(len(truth[0])))
        else:
            places = range(1)
        for people_in in sets:
            groups = np.append((members & people_in).any(axis=1), False)
            for place in places:
                n = int(truth[groups, place].sum())
                facts.append(Fact(groups, np.eye(len(truth[0]), dtype=np.int64)[place], n, n))
    return Shown(people, truth, facts)


def as_shown(ours: Ours) -> Shown:
    """What our page says, and what follows from the rule for its atoms."""
    people, truth = counts(ours.week)
    inside = boxes(ours)
    return Shown(people, truth, [*of_atoms(ours, inside), *of_cells(ours, inside)])


def boxes(ours: Ours) -> dict[UnitKey, Mask]:
    """The groups in each box."""
    place = {unit.id: i for i, unit in enumerate(ours.week.tree)}
    found = {}
    for scope in ours.seating.scopes:
        inside = np.zeros(len(place) + 1, dtype=bool)
        inside[[place[unit] for unit in scope.units] if scope.at else [-1]] = True
        found[UnitKey(scope.key)] = inside
    return found


def union(inside: Mapping[UnitKey, Mask], atoms: Sequence[Keys]) -> Mask:
    """The groups in all boxes of some atoms."""
    return np.any([inside[key] for atom in atoms for key in atom], axis=0)


def of_atoms(ours: Ours, inside: Mapping[UnitKey, Mask]) -> Iterator[Fact]:
    """Every atom has k answers to every question; those of shares have SHARES_FLOOR."""
    for lattice, floor in ((ours.page.atoms, ours.k), (ours.page.nested, max(SHARES_FLOOR, ours.k))):
        for atom in sorted({atom for atoms in lattice.values() for atom in atoms}):
            for question in range(len(QUESTIONS)):
                yield Fact(union(inside, [atom]), valid(question), floor, OPEN)


def of_cells(ours: Ours, inside: Mapping[UnitKey, Mask]) -> Iterator[Fact]:
    """What each line's cells say."""
    for line in ours.page.lines:
        if line.key not in ours.page.atoms:
            continue
        first, most = union(inside, ours.page.atoms[line.key]), NO_LIMIT
        answered = ours.page.cells[line.key, WHOLE, Stat.ANSWERED]
        if isinstance(answered, Released):
            fits = [n for n in range(ours.k, line.people + 1) if participation(n, line.people, ours.k) == answered]
            yield Fact(first, ANSWERED, fits[0], fits[-1])
            most = coded_up_to(fits[0], line.people, ours.k)
        for place, question in enumerate(QUESTIONS):
            stats = [Stat.SCORE, Stat.SPREAD, Stat.TOP, *map(Stat.share, range(len(question.options)))]
            found = {stat: ours.page.cells.get((line.key, question.id, stat)) for stat in stats}
            cells = {stat: cell for stat, cell in found.items() if isinstance(cell, Released)}
            if Stat.SCORE in cells and question.scores:
                yield from of_score(first, place, cells[Stat.SCORE], most)
            if line.key in ours.page.nested:
                yield from of_shares(union(inside, ours.page.nested[line.key]), place, cells, most)


def of_band(groups: Mask, place: int, label: str, most: int) -> Fact:
    """How many valid answers a band means; the band up to which a line is coded means more than it says."""
    least, highest = BANDS[label]
    return Fact(groups, valid(place), least, OPEN if band(min(most, OPEN)) == label else highest)


def of_score(groups: Mask, place: int, cell: Released, most: int) -> Iterator[Fact]:
    """A mean within half a step of what is shown, or beyond the end that is shown."""
    yield of_band(groups, place, cell.n, most)
    least, _ = BANDS[cell.n]
    step = next(step for n, step in SCORE_STEPS if least >= n)
    weights = 2 * (np.array(QUESTIONS[place].scores) - int(cell.value))
    yield from within_half(groups, place, weights, step, cell.bound)


def of_shares(groups: Mask, place: int, cells: Mapping[str, Released], most: int) -> Iterator[Fact]:
    """Shares within half a step of what is shown; a top driver that is alone in front and was named by enough."""
    number = len(QUESTIONS[place].options)
    for option in range(number):
        mine = np.eye(number, dtype=np.int64)[option]
        if cell := cells.get(Stat.share(option)):
            yield of_band(groups, place, cell.n, most)
            step = next(step for n, step in SHARE_STEPS if BANDS[cell.n][0] >= n)
            yield from within_half(groups, place, 200 * mine - 2 * int(cell.value), step, cell.bound)
        if (cell := cells.get(Stat.TOP)) and cell.value == option:
            yield of_band(groups, place, cell.n, most)
            yield Fact(groups, weighted(place, 100 * mine - round(100 * TOP_DRIVER_SHARE)), 0, 200 * OPEN)
            for other in range(number):
                if other != option:
                    ahead = mine - np.eye(number, dtype=np.int64)[other]
                    yield Fact(groups, weighted(place, ahead), 1, OPEN)
    if cell := cells.get(Stat.SPREAD):
        yield of_band(groups, place, cell.n, most)


def within_half(groups: Mask, place: int, weights: Numbers, step: int, bound: Bound) -> Iterator[Fact]:
    """`-step/2 <= mean of weights/2 < step/2`, or one side of it: halves are rounded upwards."""
    if bound is not Bound.AT_MOST:
        yield Fact(groups, weighted(place, weights + step), 0, 400 * OPEN)
    if bound is not Bound.AT_LEAST:
        yield Fact(groups, weighted(place, weights - step), -400 * OPEN, -1)
