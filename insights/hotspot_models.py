"""What the engine is told about strain, spread, taking part, and the scores of the organisation and its divisions.

Variances come from simulated staff (benchmarks/wards: answers to five NHS-like items, 60 % of a person's state
lasting from week to week); the noise of strain is then re-estimated from the organisation's own differences.
"""

from __future__ import annotations

from insights.hotspot_filter import Model
from insights.hotspot_shared import DivisionModel

STRAIN = Model(
    drift=0.07,  # a usual level wanders 0.26 points a week
    spread=36.0,  # teams differ by 6 points
    weather=6.5,  # good and bad weeks of 2.5 points
    carry=0.5,
    load=0.0625,  # teams feel what is shared with a sensitivity of 1 +- 0.25
    shared=36.0,  # shocks of 5 to 10 points, and rotating items that differ as much
    steps=(7.0, 11.0, 16.0, 22.0),  # 0.4, 0.6, 0.9 and 1.2 standard deviations of a person
    division=DivisionModel(variance=6.0, carry=0.97, jump=60.0, jump_sd=2.0),  # its shocks are 5 to 11 points
)
WHOLE = Model(drift=0.2, spread=100.0, weather=0.5, carry=0.5, load=0.0, shared=0.0, steps=(3.0, 5.0, 8.0, 12.0))
"""The organisation's own score: its usual moves with the season, its weather is small."""

DIVISION = Model(drift=0.05, spread=4.0, weather=1.0, carry=0.5, load=0.0, shared=0.0, steps=(4.0, 6.0, 9.0, 12.0))
"""A division's movement beside the organisation's: its teams' own usual levels are out of it already."""

TURNOUT = Model(
    drift=0.0001,  # the slow loss of interest differs between teams by 0.3 logits a year
    spread=0.02,  # usual shares from 30 to 60 % on the arcsine scale
    weather=0.0015,
    carry=0.5,
    load=0.0625,
    shared=0.004,  # bank holidays, novelty, a bot that was down
    shared_carry=1.0,  # interest that has waned stays so
    steps=(0.1, 0.17, 0.25, 0.4),
)
TURNOUT_SPARE = 0.0015
"""Variance of a team's response share from week to week beyond counting: rosters, leave (0.15 logits)."""

SPREAD = Model(drift=0.3, spread=40.0, weather=8.0, carry=0.5, load=0.0, shared=20.0, steps=(12.0, 20.0, 30.0, 45.0))
"""The spread index of a team: 100 would be as far apart as two camps at opposite ends of half the scale."""
