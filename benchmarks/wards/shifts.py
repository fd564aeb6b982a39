"""Worlds that are not as we thought: the detector keeps its one setting in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from benchmarks.wards.world import Dealt, World


@dataclass(frozen=True, slots=True)
class Shift:
    """A world and what it is called; `organisations` of it weigh as much as one of the table's."""

    name: str
    world: World
    organisations: int = 1


SHIFTS: Final = (
    Shift("as in the table", World()),
    Shift("teams hardly differ (ICC 0.03)", World(icc=0.03)),
    Shift("teams differ much (ICC 0.15)", World(icc=0.15)),
    Shift("33 % answer", World(response=0.33)),
    Shift("60 % answer", World(response=0.60, response_ends=(0.20, 0.85))),
    Shift("rough weather (0.18 SD, three times the incidents)", World(weather=0.18, wander=0.12, incidents=0.015)),
    Shift("churn (35 % leave in a year)", World(turnover=0.35, refill=4.0)),
    Shift("storms (three times the shocks)", World(shocks=4.5, division_shocks=1.05)),
    Shift("who burns is silent (0.6 logits per SD)", World(silenced=0.60)),
    Shift("small teams (median 13)", World(size_median=13.0, size_spread=0.35)),
    Shift("large teams (median 40)", World(size_median=40.0, size_spread=0.40, size_ends=(15, 120))),
    # so few teams that sizes would be dealt out no further than the first
    Shift("14 teams", World(teams=14, step=Dealt(0.1, (0.8,)), silence=Dealt(0.1, (1.5,))), organisations=20),
)
