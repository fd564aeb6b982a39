"""One round as the detector sees it: what is shown and nothing else, whether it comes from the ledger or a file."""

from __future__ import annotations

from dataclasses import dataclass

from insights.cells import UnitKey
from insights.hotspot_change import Array, Mask


@dataclass(frozen=True, slots=True)
class Whole:
    """The organisation's own score in a round, on the questions that every round asks.

    `score` in points (0-100, up is worse; NaN where it is not shown), `answers` reckoned behind it, of `people`;
    `coding` is the variance that rounding adds, in squared points; `items` is how many questions are in it.
    """

    unit: UnitKey
    score: float
    answers: float
    people: float
    coding: float
    items: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One round: arrays have one entry a team, in the order of `units`; NaN where nothing is shown.

    `parents` are the units above the teams. `strain` in points (0-100, up is worse), the mean of `items` scores;
    `coding` the variance that rounding adds to it; `answers` the number reckoned behind it. `people` were asked
    (0: unknown), `answered` of them as shown; `silent`: withheld because fewer than `k` answered. `spread` is the
    mean spread index of the scored questions and `spread_items` how many those are.
    """

    number: int
    units: tuple[UnitKey, ...]
    parents: tuple[UnitKey | None, ...]
    strain: Array
    answers: Array
    coding: Array
    items: int
    people: Array
    answered: Array
    silent: Mask
    spread: Array
    spread_items: int
    k: int
    whole: Whole | None
