"""Everything the simulated hospital is made of, in one place: each number with its meaning, its unit and why.

Strain is measured on a latent scale on which people within a team differ by a standard deviation of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

WAVES_A_YEAR: Final = 52.18
LEVELS: Final = 5
"""Options of an item, scored 0, 25, 50, 75, 100."""


class Item(NamedTuple):
    """A question: `polarity` -1 if a high option is good, `loading` is its correlation with the latent strain,
    `shares` how a whole population answers, least strained option first."""

    id: str
    polarity: int
    loading: float
    shares: tuple[float, ...]


ITEMS: Final = (
    Item("exhaustion", 1, 0.85, (0.08, 0.20, 0.38, 0.24, 0.10)),
    Item("recovery", -1, 0.75, (0.10, 0.27, 0.33, 0.22, 0.08)),
    Item("workload", 1, 0.65, (0.06, 0.18, 0.34, 0.29, 0.13)),
    Item("mood", -1, 0.75, (0.10, 0.30, 0.36, 0.18, 0.06)),
    Item("support", -1, 0.50, (0.18, 0.36, 0.28, 0.13, 0.05)),
)
"""Five items of the kind that weekly surveys ask: core ones load highly, what surrounds strain (support) less."""


class Fate(StrEnum):
    """What befalls a team. Only `NONE` is in control from the first wave to the last."""

    NONE = "none"
    STEP = "step"
    DRIFT = "drift"
    CHRONIC = "chronic"
    SILENCE = "silence"
    SPLIT = "split"
    BETTER = "better"


class Dealt(NamedTuple):
    """How many teams a fate befalls (share of all) and the sizes that are dealt out in turn."""

    share: float
    sizes: tuple[float, ...]


_STEP: Final = Dealt(0.06, (0.3, 0.5, 0.8, 1.2))
_DRIFT: Final = Dealt(0.05, (0.3, 0.5, 0.8, 1.2))
_CHRONIC: Final = Dealt(0.03, (0.6, 0.9, 1.2))
_SILENCE: Final = Dealt(0.03, (1.0, 1.5, 2.0))
_SPLIT: Final = Dealt(0.03, (0.9, 1.2))
_BETTER: Final = Dealt(0.02, (0.3, 0.5, 0.8, 1.2))


@dataclass(frozen=True, slots=True)
class World:
    """One setting of the simulation. The defaults are the world of the table; shifted worlds replace some."""

    # --- who works here
    teams: int = 600
    waves: int = 78  # a year and a half, weekly: a season and a half, and room for changes of half a year
    division_teams: float = 12.0  # teams in a division, on average; divisions are at least two
    size_median: float = 22.0  # people in a ward team, log-normal ...
    size_spread: float = 0.50  # ... with this standard deviation of the logarithm ...
    size_ends: tuple[int, int] = (8, 60)  # ... within these ends
    turnover: float = 0.14  # share of staff that leaves in a year; NHS trusts lose 10 to 15 %
    turnover_strain: float = 0.4  # log hazard of leaving per SD of strain: the strained leave first
    refill: float = 6.0  # waves until a vacancy is filled, on average, by somebody new

    # --- how teams differ and people are themselves
    icc: float = 0.08  # share of the variance of strain that lies between teams; surveys find 5 to 12 %
    division_share: float = 0.30  # share of that which lies between divisions
    lasting: float = 0.60  # share of a person's strain that is the person and comes back each week
    item_lasting: float = 0.50  # the same for what an item measures beyond strain

    # --- what everybody goes through, in SD
    season: float = 0.12  # half the swing between mid-January and mid-July
    shocks: float = 1.5  # a year, that the whole organisation feels for 4 to 8 waves (a surge, a scandal)
    shock_sizes: tuple[float, float] = (0.25, 0.50)
    shock_waves: tuple[int, int] = (4, 8)
    shock_worse: float = 0.8  # share of them that are for the worse
    division_shocks: float = 0.35  # a year and division
    division_shock_sizes: tuple[float, float] = (0.30, 0.60)
    division_shock_waves: tuple[int, int] = (4, 10)
    division_shock_worse: float = 0.7
    sensitivity: float = 0.25  # SD of how strongly teams feel what is shared, around 1

    # --- what teams go through that is no hotspot, in SD
    weather: float = 0.12  # good and bad weeks, AR(1) ...
    weather_carry: float = 0.50  # ... of which so much is left a wave later
    wander: float = 0.08  # slow change of the usual level, AR(1) ...
    wander_carry: float = 0.98
    incidents: float = 0.005  # chance a team and wave of something that is over in a week ...
    incident: float = 0.50  # ... of this SD

    # --- who answers, in logits unless said otherwise
    response: float = 0.45  # median team's share of people who answer
    response_spread: float = 0.40  # between teams
    response_ends: tuple[float, float] = (0.20, 0.72)  # shares beyond which no team's usual lies
    habit: float = 1.0  # SD between people: some always answer
    novelty: float = 0.5  # more in the first wave, fading ...
    novelty_waves: float = 6.0  # ... with this time constant
    response_drift: tuple[float, float] = (-0.30, 0.30)  # a year: mean and SD between teams
    response_wave: float = 0.15  # SD from wave to wave, everybody alike
    response_team: float = 0.15  # SD from wave to wave, each team for itself
    quiet_spells: float = 0.7  # a year: a bank holiday, an app that was down; 1 or 2 waves ...
    quiet: float = 0.9  # ... in which everybody answers less by this
    silenced: float = 0.22  # fewer answers per SD of strain now: who burns answers less (odds ratio 0.80)
    skip: float = 0.01  # chance that who answers skips an item
    fewest: int = 5  # answers below which nothing of a team is published

    # --- what is to be found
    step: Dealt = _STEP  # SD, at once
    drift: Dealt = _DRIFT  # SD, reached over `drift_waves`
    chronic: Dealt = _CHRONIC  # SD, from the first wave to the last
    silence: Dealt = _SILENCE  # logits less response
    split: Dealt = _SPLIT  # SD: half go up, half go down, the mean stays
    better: Dealt = _BETTER  # SD down: must never be told as a rise
    drift_waves: int = 8
    lasts: int = 26  # waves until a change is over again
    earliest: int = 20  # first wave (from 0) in which one may begin
    learning: int = 12  # waves at the start in which nobody is judged
