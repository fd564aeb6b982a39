"""What happens to teams, wave by wave: who is dealt which fate, what is shared, what is merely weather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.world import WAVES_A_YEAR, Dealt, Fate, World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_JANUARY = 2
"""The week of the year in which the season is at its worst."""


@dataclass(frozen=True, slots=True)
class Shock:
    """Something shared: felt from wave `begins` to before `ends`, by `size` SD; `division` -1 is everybody."""

    division: int
    begins: int
    ends: int
    size: float


@dataclass(frozen=True, slots=True)
class Fates:
    """Per team: what befalls it, how much (SD, logits for silence), from which wave to before which (-1: never)."""

    kind: NDArray[np.str_]
    size: Array
    onset: Ints
    end: Ints

    def felt(self, world: World) -> Array:
        """Shape (waves, teams): which part of its size a fate has reached, 0 to 1."""
        wave = np.arange(world.waves)[:, None]
        climb = np.where(self.kind == Fate.DRIFT, world.drift_waves, 1)
        there = (self.onset >= 0) & (wave >= self.onset) & (wave < self.end)
        return np.where(there, np.minimum((wave - self.onset + 1) / climb, 1.0), 0.0)


@dataclass(frozen=True, slots=True)
class Course:
    """Shapes (waves, teams) in SD unless said otherwise. `shared` is season, shocks and division shocks as each team
    feels them; `weather`, `wander` and `incidents` are each team's own; `quiet` (waves,) is in logits."""

    division: Ints
    fates: Fates
    season: Array
    organisation: Array
    divisions: Array
    shocks: tuple[Shock, ...]
    shared: Array
    weather: Array
    wander: Array
    incidents: Array
    quiet: Array


def course(world: World, rng: np.random.Generator) -> Course:
    """Draw one."""
    shape = world.waves, world.teams
    division = _divide(world, rng)
    fates = _deal(world, rng)
    season = world.season * np.cos(2 * np.pi * (np.arange(world.waves) + rng.integers(52) - _JANUARY) / WAVES_A_YEAR)
    sort = (world.shocks, world.shock_sizes, world.shock_worse, world.shock_waves)
    organisation, shocks = _shocks(world, rng, -1, *sort)
    count = int(division[-1]) + 1
    divisions = np.zeros((world.waves, count))
    sort = (
        world.division_shocks,
        world.division_shock_sizes,
        world.division_shock_worse,
        world.division_shock_waves,
    )
    for number in range(count):
        divisions[:, number], more = _shocks(world, rng, number, *sort)
        shocks += more
    sensitivity = np.clip(rng.normal(1, world.sensitivity, world.teams), 0.2, 2.5)
    return Course(
        division=division,
        fates=fates,
        season=season,
        organisation=organisation,
        divisions=divisions,
        shocks=tuple(shocks),
        shared=sensitivity * ((season + organisation)[:, None] + divisions[:, division]),
        weather=autoregression(rng, shape, world.weather, world.weather_carry),
        wander=autoregression(rng, shape, world.wander, world.wander_carry),
        incidents=(rng.random(shape) < world.incidents) * rng.normal(0, world.incident, shape),
        quiet=_quiet(world, rng),
    )


def autoregression(rng: np.random.Generator, shape: tuple[int, int], sd: float, carry: float) -> Array:
    """AR(1) down the first axis, stationary with this standard deviation from the first row on."""
    rows = rng.normal(0, sd, shape)
    rows[1:] *= np.sqrt(1 - carry**2)
    for t in range(1, shape[0]):
        rows[t] += carry * rows[t - 1]
    return rows


def _divide(world: World, rng: np.random.Generator) -> Ints:
    """Divisions of unequal size, numbered from 0 in the order of teams, none of them empty."""
    count = max(2, round(world.teams / world.division_teams))
    spread = rng.integers(0, count, max(world.teams - count, 0))
    return np.sort(np.concatenate([np.arange(count), spread]))[: world.teams]


def _deal(world: World, rng: np.random.Generator) -> Fates:
    kind = np.full(world.teams, str(Fate.NONE), dtype="U8")
    size, onset, end = np.zeros(world.teams), np.full(world.teams, -1), np.full(world.teams, -1)
    waiting = rng.permutation(world.teams)
    dealt: dict[Fate, Dealt] = {
        Fate.STEP: world.step,
        Fate.DRIFT: world.drift,
        Fate.CHRONIC: world.chronic,
        Fate.SILENCE: world.silence,
        Fate.SPLIT: world.split,
        Fate.BETTER: world.better,
    }
    latest = max(world.earliest, world.waves - world.lasts)
    for fate, (share, sizes) in dealt.items():
        many = round(share * world.teams)
        hit, waiting = waiting[:many], waiting[many:]
        kind[hit], size[hit] = fate, np.resize(sizes, many)
        onset[hit] = 0 if fate is Fate.CHRONIC else rng.integers(world.earliest, latest + 1, many)
        end[hit] = world.waves if fate is Fate.CHRONIC else np.minimum(onset[hit] + world.lasts, world.waves)
    return Fates(kind, size, onset, end)


def _shocks(
    world: World,
    rng: np.random.Generator,
    division: int,
    yearly: float,
    sizes: tuple[float, float],
    worse: float,
    waves: tuple[int, int],
) -> tuple[Array, list[Shock]]:
    """Shocks of one division or (-1) of everybody: at full size at once, after a wave in which half is felt."""
    felt, found = np.zeros(world.waves), []
    for _ in range(rng.poisson(yearly * world.waves / WAVES_A_YEAR)):
        begins, lasts = int(rng.integers(4, world.waves)), int(rng.integers(waves[0], waves[1] + 1))
        size = float(rng.uniform(*sizes)) * (1 if rng.random() < worse else -1)
        felt[begins - 1] += size / 2
        felt[begins : begins + lasts] += size
        found.append(Shock(division, begins, min(begins + lasts, world.waves), size))
    return felt, found


def _quiet(world: World, rng: np.random.Generator) -> Array:
    fewer = np.zeros(world.waves)
    for _ in range(rng.poisson(world.quiet_spells * world.waves / WAVES_A_YEAR)):
        begins = int(rng.integers(4, world.waves))
        fewer[begins : begins + int(rng.integers(1, 3))] = world.quiet
    return fewer
