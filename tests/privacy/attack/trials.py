"""One trial is an organisation, a round, a target group of fewer than k people, and an attacker.

Targets are those that somebody would think of; a sweep over every other set of fewer than k people follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tests.privacy.attack.equations import distinct, equations
from tests.privacy.attack.organisations import Mask
from tests.privacy.attack.rank import determined, is_determined, null_vectors
from tests.privacy.attack.rules import Sets


@dataclass(frozen=True, slots=True)
class Outcome:
    """What attackers tried, and what they got.

    `trials` are targets, of which `determined` were found out; `swept` are further sets, of which `found` were;
    `broken` of the `rounds` gave way.
    """

    trials: int = 0
    determined: int = 0
    swept: int = 0
    found: int = 0
    rounds: int = 0
    broken: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Scene:
    """What one attacker knows: sets by question over a row of people, who of them gave a valid answer, targets.

    A person who is asked in two rounds stands in the row twice: answers of different rounds are different unknowns.
    """

    sets: Sets
    valid: Mapping[str, Mask]
    targets: Sequence[Mask]
    k: int

    def attacked(self, seed: Sequence[int]) -> Outcome:
        """Every target, question by question; then every set of fewer than k people that sums can tell apart."""
        rng = np.random.default_rng(seed)
        targets = [*self.targets, *self.differences()]
        tried, lost, found, swept = set[bytes](), set[bytes](), 0, 0
        for question, valid in self.valid.items():
            known = equations(self.sets[question], valid)
            null = null_vectors(known.matrix, self.k - 1, rng)
            got, looked = determined(known, null, self.k, rng)
            found, swept = found + len(got), swept + looked
            for target in targets:
                group = target & valid
                if 0 < group.sum() < self.k:
                    name = np.packbits(target).tobytes()
                    tried.add(name)
                    if is_determined(known, null, group):
                        lost.add(name)
        return Outcome(len(tried), len(lost), swept, found, 1, int(bool(lost or found)))

    def differences(self) -> Iterator[Mask]:
        """Who is in one published set and not in another one inside it, where they are fewer than k."""
        for question, valid in self.valid.items():
            sets = distinct(self.sets[question])
            answers = (sets & valid).astype(np.float32)
            both = answers @ answers.T
            n = both.diagonal()
            rest = n[:, None] - n
            inside = (both == n) & (rest > 0) & (rest < self.k)
            yield from (sets[i] & ~sets[j] for i, j in np.argwhere(inside))


def small_groups(groups: Sequence[Mask], valid: Mapping[str, Mask], k: int) -> Iterator[Mask]:
    """Groups with fewer than k answers to some question, and pairs of such."""
    small = [group for group in groups if any(0 < (group & answered).sum() < k for answered in valid.values())]
    yield from small
    for one, other in combinations(small, 2):
        yield one | other


def left_over(people: Mask, sets: Sets) -> Iterator[Mask]:
    """Those of these people who are in no smaller published set that lies within them."""
    for rows in sets.values():
        inside = rows[(rows <= people).all(axis=1) & (rows != people).any(axis=1)]
        yield people & ~inside.any(axis=0)
