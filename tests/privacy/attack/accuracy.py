"""What the rule costs: teams that could be shown and are not, points by which scores are off, seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from insights.cells import Kind, Released, Stat, UnitKey
from insights.display import mean
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.pack import Question
from insights.release import release
from tests.insights.orgs import SCORES
from tests.privacy.attack.organisations import QUESTIONS
from tests.privacy.attack.rules import Ours


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Teams that are admissible on their own, over rounds; those of them that are shown; how far scores are off."""

    admissible: int = 0
    shown: int = 0
    scores: int = 0
    off: float = 0.0

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def shown_share(self) -> float:
        """The share of admissible team-rounds that are shown."""
        return self.shown / self.admissible

    @property
    def error(self) -> float:
        """Mean distance of a shown score from the exact mean, in points."""
        return self.off / self.scores


def accuracy(ours: Ours) -> Accuracy:
    """Of one round: every team with k valid answers and k established ones to every question should be shown."""
    found = Accuracy()
    leaves = {leaf.key: leaf for leaf in ours.leaves}
    for line in ours.page.lines:
        leaf = leaves.get(line.key)
        if line.kind is not Kind.TEAM or leaf is None:
            continue
        tallies = leaf.tallies.values()
        is_admissible = min(min(sum(tally.counts), tally.established) for tally in tallies) >= ours.k
        found += Accuracy(admissible=int(is_admissible))
        for question in QUESTIONS:
            cell = ours.page.cells.get((line.key, question.id, Stat.SCORE))
            if isinstance(cell, Released) and question.scores:
                exact = float(mean(leaf.tallies[question.id].counts, question.scores))
                found += Accuracy(scores=1, off=abs(cell.value - exact))
        found += Accuracy(shown=int(is_admissible and ours.has(line.key, QUESTIONS[0].id, Stat.SCORE)))
    return found


def seconds(units: int, questions: int) -> float:
    """How long one release of so many units and questions takes."""
    rng = np.random.default_rng(units)
    asked = [Question(f"q{i}", ("a", "b", "c", "d", "e"), SCORES) for i in range(questions)]
    tree = [FrozenUnit("org", None, "Organisation", 0)]
    tree += [FrozenUnit(f"d{i}", "org", f"Division {i}", 0) for i in range(units // 12)]
    teams = [f"t{i}" for i in range(units - len(tree))]
    tree += [FrozenUnit(team, f"d{i % (units // 12)}", team, 20) for i, team in enumerate(teams)]
    leaves = []
    for team in teams:
        n = int(rng.integers(0, 20))
        counts = [rng.multinomial(n, [0.2] * 5) for _ in asked]
        tallies = {q.id: Tally(tuple(map(int, c)), 0, n) for q, c in zip(asked, counts, strict=True)}
        leaves.append(Leaf(UnitKey(team), team, (team,), 20, n, tallies))
    began = time.perf_counter()
    release(tree, leaves, asked, [asked[0].id], 5)
    return time.perf_counter() - began
