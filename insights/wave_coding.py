"""What of a team's answers would have been shown: the product's own display coding, on the tallies of past surveys.

As `insights/release.py` decides and codes for a team that stands for itself; `exact` is there for comparison only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from insights import display
from insights.cells import Cell, Released
from insights.hotspot_series import behind
from insights.policy import SHARES_FLOOR
from insights.release import strain_of

Counts: TypeAlias = tuple[int, ...]
"""Answers by option."""

_KEPT: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class Tallied:
    """The answers of some people, by question, all of them scored by `scores`: `answered` of `people` took part."""

    counts: tuple[Counts, ...]
    scores: tuple[int, ...]
    answered: int
    people: int

    def is_shown(self, k: int) -> bool:
        """Whether every question has `k` answers: else nothing is shown, as in the release.

        >>> Tallied(((2, 3), (2, 2)), (0, 100), 5, 9).is_shown(5)
        False
        """
        return bool(self.counts) and min(map(sum, self.counts)) >= k


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is shown of a group of people, NaN where nothing is: as the arrays of `insights.hotspot_round.Shown`.

    `strain` in points (0-100, up is worse); `answers` reckoned behind it; `coding` the variance that rounding adds,
    in squared points; `answered` people as shown; `spread` the mean spread index.
    """

    strain: float = math.nan
    answers: float = math.nan
    coding: float = math.nan
    answered: float = math.nan
    spread: float = math.nan


NOTHING: Final = Numbers()

Coding: TypeAlias = Callable[[Tallied, int], Numbers]
"""What is shown of some people, with k."""


def coded(tallied: Tallied, k: int) -> Numbers:
    """What the product would have shown.

    Rounding errors are uniform: `step**2 / 12` each, and strain is the mean of so many.

    >>> shown = coded(Tallied(((0, 1, 4, 5, 3),), (0, 25, 50, 75, 100), 13, 24), k=5)
    >>> shown.strain, shown.answers, round(shown.coding, 2), shown.answered, shown.spread
    (70.0, 12.0, 2.08, 12.0, 0.0)
    """
    if not tallied.is_shown(k):
        return NOTHING
    answered, most = _turnout(tallied.answered, tallied.people, k)
    scores = tallied.scores
    strain = strain_of([_score(counts, scores, most) for counts in tallied.counts])
    if not isinstance(strain, Released):
        return NOTHING
    answers, step = behind(strain.n, answered)
    spread = math.nan
    if min(map(sum, tallied.counts)) >= max(SHARES_FLOOR, k):
        spread = _mean_shown([_spread(counts, scores, most) for counts in tallied.counts])
    return Numbers(float(strain.value), answers, step**2 / 12 / len(tallied.counts), answered, spread)


def exact(tallied: Tallied, k: int) -> Numbers:
    """What was answered, to the last bit, wherever `k` people did: more than would ever be shown.

    The spread index is neither rounded nor kept from falling below 0 or rising above its ceiling; NaN where all chose
    the same end.

    >>> exact(Tallied(((0, 3, 6, 3, 0),), (0, 25, 50, 75, 100), 12, 24), k=5)
    Numbers(strain=50.0, answers=12.0, coding=0.0, answered=12.0, spread=-50.0)
    """
    if tallied.answered < k:
        return NOTHING
    if not tallied.is_shown(k):
        return Numbers(answered=float(tallied.answered))
    scores = tallied.scores
    means = [float(display.mean(counts, scores)) for counts in tallied.counts]
    spreads = [_index(counts, scores) for counts in tallied.counts]
    told = [index for index in spreads if not math.isnan(index)]
    n = float(tallied.answered)
    return Numbers(_mean(means), n, 0.0, n, _mean(told) if told else math.nan)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _mean_shown(cells: Sequence[Cell]) -> float:
    shown = [cell.value for cell in cells if isinstance(cell, Released)]
    return _mean(shown) if len(shown) == len(cells) else math.nan


@lru_cache(_KEPT)
def _score(counts: Counts, scores: tuple[int, ...], most: int) -> Released:
    return display.score(display.mean(counts, scores), min(sum(counts), most))


@lru_cache(_KEPT)
def _spread(counts: Counts, scores: tuple[int, ...], most: int) -> Cell:
    return display.spread(counts, scores, most)


@lru_cache(_KEPT)
def _turnout(n: int, people: int, k: int) -> tuple[float, int]:
    """How many took part, as shown, and by how many answers at most their scores are coded."""
    cell = display.participation(n, people, k)
    return float(cell.value) if isinstance(cell, Released) else math.nan, display.coded_up_to(n, people, k)


@lru_cache(_KEPT)
def _index(counts: Counts, scores: tuple[int, ...]) -> float:
    """100 (v / e - 1), as in `display.spread`."""
    n, mean = sum(counts), float(display.mean(counts, scores))
    v = math.fsum(c * (s - mean) ** 2 for c, s in zip(counts, scores, strict=True)) / n
    e = mean * (100 - mean) / (len(scores) - 1)
    return 100 * (v / e - 1) if e > 0 else math.nan
