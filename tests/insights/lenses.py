"""People with a working pattern for the tests of the lens: who answers what, in which unit and which category."""

from __future__ import annotations

import random
from collections.abc import Sequence

from insights.cells import ROLES, UnitKey
from insights.lens import PATTERN, Group, Lens
from insights.release import FrozenUnit, Leaf, Release, Tally, release
from tests.insights.orgs import QUESTIONS, STRAIN, spread_out, tallies, unit

CATEGORIES = ("days", "nights", "mixed")
NOBODY = "other"

Truth = dict[tuple[UnitKey, str], dict[str, int]]
"""(leaf, category) -> question -> valid answers: what an attacker would like to know."""


def category(**sizes: int) -> Lens:
    """A lens whose categories have this many established people, who answered everything."""
    return Lens(PATTERN, {name: tallies(n) for name, n in sizes.items()})


def staff_of(lens: Lens, rest: int = 0) -> dict[str, Tally]:
    """All staff: those of the categories, and this many established people beside them."""
    parts = [*lens.categories.values(), tallies(rest)]
    return {
        question: Tally(
            tuple(map(sum, zip(*(part[question].counts for part in parts), strict=True))),
            0,
            sum(part[question].established for part in parts),
        )
        for question in tallies(0)
    }


def cut(leaves: Sequence[Leaf], **sizes: int) -> Lens:
    """The staff of these leaves, in their order, cut into categories of these sizes; whoever is over is in none."""
    found: dict[str, dict[str, Tally]] = {name: {} for name in sizes}
    for question in QUESTIONS:
        people = [person for leaf in leaves if leaf.at for person in _people(leaf.tallies[question.id])]
        for name, n in sizes.items():
            mine, people = people[:n], people[n:]
            counts = tuple(sum(option == at for option, _ in mine) for at in range(len(question.options)))
            found[name][question.id] = Tally(counts, 0, sum(old for _, old in mine))
    return Lens(PATTERN, found)


def _people(tally: Tally) -> list[tuple[int, bool]]:
    answers = [option for option, n in enumerate(tally.counts) for _ in range(n)]
    return [(option, i < tally.established) for i, option in enumerate(answers)]


def names(groups: Sequence[Group]) -> list[str]:
    return ["+".join(group.categories) for group in groups]


def seen(units: Sequence[FrozenUnit], leaves: Sequence[Leaf], lens: Lens | None, k: int = 5) -> Release:
    return release(units, leaves, QUESTIONS, STRAIN, k, lens)


def divide(leaves: Sequence[Leaf], seed: int, weights: Sequence[int] = (6, 3, 1, 0)) -> tuple[Lens, Truth]:
    """Deals the answers of staff out to the categories, and to none of them, leaf by leaf and question by question.

    Every leaf has a leaning of its own: some wards work by day only.
    """
    dice = random.Random(seed)
    held = {name: {q.id: [[0] * len(q.options), 0] for q in QUESTIONS} for name in (*CATEGORIES, NOBODY)}
    truth: Truth = {}
    for leaf in leaves:
        if leaf.at is None:
            continue
        leaning = [weight * dice.choice((0, 1, 1, 4)) + (i == 0) for i, weight in enumerate(weights)]
        for question, tally in leaf.tallies.items():
            answers = [option for option, n in enumerate(tally.counts) for _ in range(n)]
            dice.shuffle(answers)
            for i, option in enumerate(answers):
                name = dice.choices((*CATEGORIES, NOBODY), leaning)[0]
                held[name][question][0][option] += 1
                held[name][question][1] += i < tally.established
                truth.setdefault((leaf.key, name), {q.id: 0 for q in QUESTIONS})[question] += 1
    lens = Lens(
        PATTERN,
        {name: {q: Tally(tuple(n), 0, old) for q, (n, old) in held[name].items()} for name in CATEGORIES},
    )
    return lens, truth


def organisation(
    seed: int, divisions: int, teams: tuple[int, int], sizes: tuple[int, int], straggler: int = 0
) -> tuple[list[FrozenUnit], list[Leaf]]:
    """Divisions of `teams` teams in which between `sizes` people answered; a tenth of them skipped a question. A
    straggler is one more team, of so many, alone in its division."""
    dice = random.Random(seed)
    units: list[FrozenUnit] = [unit("org", headcount=0)]
    leaves: list[Leaf] = []
    for division in range(divisions + bool(straggler)):
        units.append(unit(f"d{division}", "org", headcount=0))
        for team in range(dice.randint(*teams) if division < divisions else 1):
            key = f"d{division}t{team}"
            units.append(unit(key, f"d{division}"))
            n = dice.randint(*sizes) if division < divisions else straggler
            answers = {q.id: answered(dice, n, len(q.options)) for q in QUESTIONS}
            leaves.append(Leaf(UnitKey(key), key, (key,), n + dice.randint(0, 9), n, answers))
    if dice.random() < 0.5:
        n = dice.randint(2, 12)
        answers = {q.id: answered(dice, n, len(q.options)) for q in QUESTIONS}
        leaves.append(Leaf(ROLES, None, (), n + 2, n, answers))
    return units, leaves


def answered(dice: random.Random, n: int, options: int) -> Tally:
    valid = n - sum(dice.random() < 0.1 for _ in range(n))
    return Tally(spread_out(valid, options, dice.randint(0, options)), n - valid, round(0.9 * valid))
