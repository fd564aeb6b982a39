"""How often the detector cries wolf, and how late it comes, on organisations of simulated staff.

    python -m benchmarks.hotspots_null [--organisations 3] [--teams 200] [--rounds 78]

The constants in insights/hotspot_evidence.py are what this prints. People have a lasting state (60 %) and a
weekly one; teams have lasting levels (ICC 0.08), weather, slow wandering and one-week incidents; everybody
shares a season and shocks, felt with unequal sensitivity; who answers depends on habit, novelty and strain.
Sizes are in standard deviations of people within a team, about 19 points of strain.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.display import participation, score
from insights.hotspot_evidence import ROUNDS_PER_YEAR
from insights.hotspots import FlagKind, Tier, history
from insights.policy import K_FLOOR, LEARNING_ROUNDS

Array = NDArray[np.float64]
ROOT = UnitKey("org")
CUTS = np.array([NormalDist().inv_cdf(p) for p in (0.10, 0.32, 0.70, 0.92)])
LOADING, PERSON, ITEM = 0.8, 0.6, 0.5
"""Loading of an item on the state; lasting share of the state; lasting share of what is the item's own."""
ROTATION = (0.15, 0.3, -0.15, 0.35, -0.4, -0.1)
"""How much harder or easier than the fixed item the six rotating ones are."""


@dataclass(frozen=True, slots=True)
class Change:
    """What befalls every `every`-th team from round `begins` on: a `step` of strain, a fall of response by
    `logits`."""

    begins: int = 10**6
    step: float = 0.0
    logits: float = 0.0
    every: int = 10
    shocks: float = 1.5
    """Shocks a year that everybody feels; a division has a quarter as many of its own."""

    def hits(self, team: int) -> bool:
        """Whether this team is one of them."""
        return team % self.every == 0


class Staff:
    """People in teams, answering week after week."""

    def __init__(self, rng: np.random.Generator, teams: int, rounds: int, change: Change) -> None:
        self.rng, self.teams, self.change = rng, teams, change
        sizes = np.clip(np.exp(math.log(22) + 0.5 * rng.standard_normal(teams)), 8, 60).astype(int)
        self.people, self.team = sizes, np.repeat(np.arange(teams), sizes)
        crowd = len(self.team)
        self.lasting = math.sqrt(PERSON) * rng.standard_normal(crowd)
        self.own = math.sqrt(ITEM) * rng.standard_normal((crowd, 7))
        self.habit = rng.standard_normal(crowd)
        self.level = rng.normal(0, math.sqrt(0.08 / 0.92), teams)
        self.wander, self.weather = rng.normal(0, 0.08, teams), rng.normal(0, 0.12, teams)
        self.load = np.clip(rng.normal(1, 0.25, teams), 0.2, 2.5)
        self.turnout = np.clip(-0.2 + 0.4 * rng.standard_normal(teams), -1.4, 0.9) * 1.16
        self.fading = rng.normal(-0.3, 0.3, teams) / 52
        self.season = 0.12 * np.cos(2 * np.pi * (np.arange(rounds) + rng.integers(52)) / 52)
        self.season += self.shocks(change.shocks, rounds)
        self.division = np.arange(teams) // division_size(teams)
        self.local = np.array([self.shocks(change.shocks / 4, rounds) for _ in range(self.division[-1] + 1)])

    def shocks(self, yearly: float, rounds: int) -> Array:
        """What all those concerned feel for four to eight weeks at a time, four times in five for the
        worse."""
        felt = np.zeros(rounds)
        for _ in range(self.rng.poisson(yearly * rounds / 52)):
            begins = int(self.rng.integers(4, rounds))
            size = self.rng.uniform(0.25, 0.5) * (1 if self.rng.random() < 0.8 else -1)
            felt[begins : begins + int(self.rng.integers(4, 9))] += size
        return felt

    def week(self, t: int) -> tuple[Array, Array]:
        """Respondents a team, and their mean scores on the fixed and the rotating item, shape (2, teams)."""
        rng, crowd = self.rng, len(self.team)
        hit = np.array([self.change.hits(i) for i in range(self.teams)]) & (t >= self.change.begins)
        self.weather = 0.5 * self.weather + rng.normal(0, 0.12 * math.sqrt(0.75), self.teams)
        self.wander = 0.98 * self.wander + rng.normal(0, 0.08 * math.sqrt(1 - 0.98**2), self.teams)
        incident = (rng.random(self.teams) < 0.005) * rng.normal(0, 0.5, self.teams)
        shared = self.load * (self.season[t] + self.local[self.division, t])
        moved = self.wander + self.weather + incident + shared + hit * self.change.step
        state = (self.level + moved)[self.team] + self.lasting
        state += math.sqrt(1 - PERSON) * rng.standard_normal(crowd)
        will = self.turnout + self.fading * t + 0.5 * math.exp(-t / 6) + rng.normal(0, 0.15, self.teams)
        will += rng.normal(0, 0.15) - hit * self.change.logits
        leaning = will[self.team] + self.habit - 0.22 * (state - self.level[self.team])
        answers = rng.random(crowd) < 1 / (1 + np.exp(-leaning))
        count = np.bincount(self.team[answers], minlength=self.teams).astype(float)
        means = []
        for item, shift in ((0, 0.0), (1 + t % 6, ROTATION[t % 6])):
            noise = self.own[:, item] + math.sqrt(1 - ITEM) * rng.standard_normal(crowd)
            felt = LOADING * state + math.sqrt(1 - LOADING**2) * noise + shift
            points = 25.0 * (felt[:, None] > CUTS).sum(axis=1)
            total = np.bincount(self.team[answers], points[answers], minlength=self.teams)
            means.append(total / np.maximum(count, 1))
        return count, np.array(means)


def division_size(teams: int) -> int:
    """Teams in a division: five in a small organisation, twelve in a large one."""
    return 5 if teams < 50 else 12


def strain(means: Array, n: int) -> Cell:
    """The mean of the two items as shown, or too few answers."""
    if n < K_FLOOR:
        return Withheld(Reason.TOO_FEW)
    fixed, turn = (score(float(mean), n) for mean in means)
    return Released((fixed.value + turn.value) / 2, fixed.n)


def ledger(seed: int, teams: int, rounds: int, change: Change) -> list[Page]:
    """An organisation's ledger, k = 5."""
    staff = Staff(np.random.default_rng(seed), teams, rounds, change)
    units = [UnitKey(f"t{i:03d}") for i in range(teams)]
    pages = []
    for t in range(rounds):
        count, means = staff.week(t)
        asked = ("fixed", f"turn{t % 6}")
        whole = int(staff.people.sum())
        lines = [Line(ROOT, None, "Organisation", Kind.GROUP, teams, teams, whole, whole)]
        divisions = [UnitKey(f"d{j:02d}") for j in range(staff.division[-1] + 1)]
        lines += [Line(unit, ROOT, unit, Kind.GROUP, 0, 0, 0, 0) for unit in divisions]
        cells: dict[CellKey, Cell] = {}
        everyone = int(count.sum())
        for question, mean in zip(asked, means, strict=True):
            cells[ROOT, question, Stat.SCORE] = score(float(mean @ count) / everyone, everyone)
        cells[ROOT, WHOLE, Stat.ANSWERED] = participation(everyone, whole, K_FLOOR)
        for i, unit in enumerate(units):
            n, people = int(count[i]), int(staff.people[i])
            lines.append(Line(unit, divisions[staff.division[i]], unit, Kind.TEAM, 1, 1, people, people))
            cells[unit, WHOLE, Stat.ANSWERED] = participation(n, people, K_FLOOR)
            cells[unit, WHOLE, Stat.STRAIN] = strain(means[:, i], n)
        pages.append(Page(t + 1, date(2024, 1, 2) + timedelta(weeks=t), asked, tuple(lines), cells))
    return pages


def delay(pages: list[Page], unit: UnitKey, kind: FlagKind, change: Change) -> int:
    """Rounds until the flag, the first changed one being 1; 27 when it does not come within half a year."""
    found = [flag.round for flag in history(pages) if (flag.unit, flag.kind) == (unit, kind)]
    return min([r - change.begins for r in found if change.begins < r <= change.begins + 26], default=27)


def alarms(organisations: int, teams: int, rounds: int, change: Change) -> dict[FlagKind, tuple[float, float]]:
    """How often flags rise where nothing happened, and alerts among them, per 100 team-years.

    A watch that grows into an alert counts twice. `SHARED`, and nothing else, is about the organisation: per 100
    organisation-years.
    """
    years = organisations * (rounds - LEARNING_ROUNDS) / ROUNDS_PER_YEAR / 100
    flags = [f for seed in range(organisations) for f in history(ledger(seed, teams, rounds, change))]
    told = {}
    for kind in (FlagKind.RISE, FlagKind.BETTER, FlagKind.SILENCE, FlagKind.SHARED):
        ours = [f for f in flags if f.kind is kind and (f.unit == ROOT) == (kind is FlagKind.SHARED)]
        exposed = years * (1 if kind is FlagKind.SHARED else teams)
        told[kind] = len(ours) / exposed, sum(f.tier is Tier.ALERT for f in ours) / exposed
    return told


def delays(organisations: int, teams: int, rounds: int, change: Change, kind: FlagKind) -> list[int]:
    """How many rounds it takes to find a change in every tenth team."""
    hit = [UnitKey(f"t{i:03d}") for i in range(teams) if change.hits(i)]
    waits = []
    for seed in range(organisations):
        pages = ledger(seed, teams, rounds, change)
        waits += [delay(pages, unit, kind, change) for unit in hit]
    return waits


def main() -> None:
    """Print both tables."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--organisations", type=int, default=3)
    ask.add_argument("--teams", type=int, default=200)
    ask.add_argument("--rounds", type=int, default=78)
    told = ask.parse_args()
    large, small = (told.organisations, told.teams), (10 * told.organisations, 14)
    for (organisations, teams), shocks in ((large, 1.5), (small, 1.5), (small, 0.0)):
        print(f"{organisations} x {teams} teams, {told.rounds} rounds, {shocks:g} shocks a year; per 100 team-years:")
        for kind, (flags, alerts) in alarms(organisations, teams, told.rounds, Change(shocks=shocks)).items():
            print(f"  {kind:8} {flags:6.1f}, of which alerts {alerts:5.1f}")
    for kind, change in (
        (FlagKind.RISE, Change(begins=26, step=0.8)),
        (FlagKind.RISE, Change(begins=26, step=1.2)),
        (FlagKind.SILENCE, Change(begins=26, logits=1.5)),
    ):
        for organisations, teams in (large, small):
            waits = delays(organisations, teams, 52, change, kind)
            early = sum(wait <= 8 for wait in waits) / len(waits)
            size = f"{change.step:+g} SD" if change.step else f"{-change.logits:+g} logits"
            print(f"{teams} teams, {size}: median {np.median(waits):g} rounds, {early:.0%} within 8")


if __name__ == "__main__":
    main()
