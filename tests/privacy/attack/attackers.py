"""Every attacker against every rule, organisation by organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tests.privacy.attack import interval, lens_sums
from tests.privacy.attack.accuracy import Accuracy, accuracy
from tests.privacy.attack.coding import as_shown, exactly
from tests.privacy.attack.organisations import QUESTIONS, Kind, Week, organisation
from tests.privacy.attack.rules import Ours, hide_next_smallest, naive
from tests.privacy.attack.scenes import (
    WINDOW,
    Rule,
    closing,
    guessed_unchanged,
    live,
    reorganisation,
    twice,
    two_thresholds,
    unchanged,
    windows,
)
from tests.privacy.attack.trials import Outcome

K = 5

OURS, LENS = Rule("ours"), Rule("ours, with a lens", with_lens=True)
NAIVE, NEXT = Rule("naive", naive), Rule("hide the next smallest", hide_next_smallest)
NAIVE_LENS, NEXT_LENS = Rule("naive", naive, True), Rule("hide the next smallest", hide_next_smallest, True)
TWICE = "ours, run twice"

AT_CLOSING = "rank: one closing"
CROSSED = "rank: one closing, units crossed with the lens"
REORGANISED = "rank: reorganisation"
WINDOWS = "rank: rolling windows"
THRESHOLDS = "rank: two thresholds"
LIVE = "rank: live totals"
INTERVAL = "interval"
LENS_SUMS = "lens sums: every unit x category"
GUESS = "guess: the same people answered the same"

Job = Callable[[], Outcome | dict[str, Outcome]]
"""What to run: an outcome, or several by what was found out."""


@dataclass
class Findings:
    """Outcomes by attacker and rule, what the rule costs with the lens off and on, and how often GUESS is right."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    costs: dict[bool, Accuracy] = field(default_factory=dict)
    same_people: int = 0
    same_answers: int = 0

    def add(self, other: Findings) -> None:
        """Take over what was found elsewhere."""
        for key, outcome in other.outcomes.items():
            self.outcomes[key] = self.outcomes.get(key, Outcome()) + outcome
        for is_on, cost in other.costs.items():
            self.costs[is_on] = self.costs.get(is_on, Accuracy()) + cost
        self.same_people += other.same_people
        self.same_answers += other.same_answers


def attacked(kind: Kind, seed: int, rounds: int, interval_rounds: int) -> Findings:
    """One organisation under every attack; `interval_rounds` of its rounds under the slow one."""
    weeks, found = organisation(kind, seed, rounds), Findings()
    for attacker, rule, job in jobs(weeks, seed, interval_rounds):
        outcome = job()
        parts = outcome if isinstance(outcome, dict) else {"": outcome}
        for part, one in parts.items():
            found.add(Findings({(f"{attacker}: {part}" if part else attacker, rule): one}))
    for week in weeks:
        found.add(Findings(costs={is_on: accuracy(Ours(week, K, is_on)) for is_on in (False, True)}))
    for week, after in pairwise(weeks):
        same_people, same_answers = unchanged(week, after)
        found.add(Findings(same_people=same_people, same_answers=same_answers))
    return found


def jobs(weeks: Sequence[Week], seed: int, interval_rounds: int) -> Iterator[tuple[str, str, Job]]:
    """(attacker, name of the rule, what to run)."""
    stride = 1 if len(weeks[0].tree) < SMALL_TREE else STRIDE
    for week in weeks:
        yield from of_ours(week, seed)
    for week in weeks[::stride]:
        yield from of_others(week, seed)
    for week, after in [*pairwise(weeks)][::stride]:
        yield from of_two_rounds(week, after, seed)
    for start in range(0, len(weeks) - WINDOW, WINDOW):
        some = weeks[start : start + WINDOW + 1]
        for rule in (OURS, NAIVE, NEXT):
            yield WINDOWS, rule.name, lambda rule=rule, some=some: windows(rule, some, K).attacked([seed, 3])
    for week in weeks[:: max(len(weeks) // max(interval_rounds, 1), 1)][:interval_rounds]:
        yield INTERVAL, OURS.name, lambda week=week: interval.attacked(as_shown(Ours(week, K)), K)
    if len(weeks[0].tree) < SMALL_TREE:
        yield from slow_on_others(weeks[0])


SMALL_TREE, STRIDE = 100, 4
"""In large trees every fourth round is enough for other rules and for what takes long; no programs for others."""


def slow_on_others(week: Week) -> Iterator[tuple[str, str, Job]]:
    """Programs against the rules of others."""
    for rule, name in ((naive, NAIVE.name), (hide_next_smallest, NEXT.name)):
        yield INTERVAL, name, lambda rule=rule: interval.attacked(exactly(rule, week, K), K)
        yield (
            LENS_SUMS,
            name,
            lambda rule=rule: lens_sums.attacked(lens_sums.of_rule(rule, week, QUESTIONS[0].id, K), K),
        )


def of_ours(week: Week, seed: int) -> Iterator[tuple[str, str, Job]]:
    """What is tried on every round of ours."""
    yield AT_CLOSING, OURS.name, lambda: closing(OURS, week, K).attacked([seed, 1])
    yield CROSSED, LENS.name, lambda: closing(LENS, week, K).attacked([seed, 2])
    ours = Ours(week, K, True)
    for question in [question.id for question in QUESTIONS]:
        yield LENS_SUMS, LENS.name, lambda q=question: lens_sums.attacked(lens_sums.of_ours(ours, q), K)


def of_others(week: Week, seed: int) -> Iterator[tuple[str, str, Job]]:
    """The same on the rules of others, and what is tried on all of them."""
    for rule in (NAIVE, NEXT):
        yield AT_CLOSING, rule.name, lambda rule=rule: closing(rule, week, K).attacked([seed, 1])
    for rule in (NAIVE_LENS, NEXT_LENS):
        yield CROSSED, rule.name, lambda rule=rule: closing(rule, week, K).attacked([seed, 2])
    for rule in (OURS, NAIVE, NEXT):
        yield THRESHOLDS, rule.name, lambda rule=rule: two_thresholds(rule, week, K).attacked([seed, 4])
        yield LIVE, rule.name, lambda rule=rule: live(rule, week, K, dice(week, seed)).attacked([seed, 5])
    yield THRESHOLDS, TWICE, lambda: twice(week, K).attacked([seed, 4])


def of_two_rounds(week: Week, after: Week, seed: int) -> Iterator[tuple[str, str, Job]]:
    """What is tried on a round and the one after it."""
    for rule in (OURS, LENS, NAIVE, NEXT):
        yield (
            REORGANISED,
            rule.name,
            lambda rule=rule: reorganisation(rule, week, after, K, dice(week, seed)).attacked([seed, 6]),
        )
    for rule in (OURS, NAIVE, NEXT):
        yield GUESS, rule.name, lambda rule=rule: guessed_unchanged(rule, week, after, K).attacked([seed, 7])


def dice(week: Week, seed: int) -> np.random.Generator:
    """The same throws for every rule."""
    return np.random.default_rng([seed, week.number])
