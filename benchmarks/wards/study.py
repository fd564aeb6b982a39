"""Runs organisations through display coding and the detector, beside rules and oracles, two processes at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.baselines import RULES
from benchmarks.wards.coding import shown
from benchmarks.wards.flags import Flags, as_arrays, beside
from benchmarks.wards.oracles import ORACLES
from benchmarks.wards.simulator import Organisation, Plan, simulate
from benchmarks.wards.truth import Truth, side_by_side, truth_of
from benchmarks.wards.world import World
from insights.hotspot_kinds import Mirror
from insights.hotspots import Detector

Scores = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Job:
    """One organisation to be watched; `beside` also by the rules and the oracles."""

    world: World
    plan: Plan
    seed: int
    beside: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """Organisations of one world: what was true, what we said, what `scores` (by rule, or oracle and size) were,
    (waves, teams), and the bars that each organisation has earned."""

    truth: Truth
    flags: Flags
    scores: Scores
    mirrors: tuple[Mirror, ...]


def watch(job: Job) -> Watched:
    """One organisation, start to end."""
    organisation = simulate(job.world, job.seed, job.plan)
    flags, mirror = detected(organisation)
    scores: Scores = {}
    if job.beside:
        scores = {rule.name: rule.score(organisation) for rule in RULES}
        for name, oracle in ORACLES.items():
            for size in job.world.step.sizes:
                scores[scored(name, size)] = oracle(organisation, size)
    return Watched(truth_of(organisation), flags, scores, (mirror,) if mirror else ())


def scored(oracle: str, size: float) -> str:
    """Under which name the score of an oracle for changes of this size stands."""
    return f"{oracle} {size:g}"


def detected(organisation: Organisation) -> tuple[Flags, Mirror | None]:
    """What the product's detector says of an organisation, from what the product shows."""
    detector = Detector()
    flags = [flag for seen in shown(organisation) for flag in detector.step(seen)]
    world, divisions = organisation.world, int(organisation.course.division[-1]) + 1
    return as_arrays(flags, world.waves, world.teams, divisions), detector.reading().mirror


def watch_all(world: World, plan: Plan, seeds: Sequence[int], what: str, beside_us: bool) -> Watched:
    """Organisations of one world by seed, in the order of seeds; progress on standard error."""
    begun, done = time.monotonic(), dict[int, Watched]()
    with ProcessPoolExecutor(2) as pool:
        waiting = {pool.submit(watch, Job(world, plan, seed, beside_us)): seed for seed in seeds}
        for each in as_completed(waiting):
            done[waiting[each]] = each.result()
            print(f"\r{what}: {len(done)} of {len(seeds)} organisations", end="", file=sys.stderr, flush=True)
    print(f", {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return together([done[seed] for seed in seeds])


def together(parts: Sequence[Watched]) -> Watched:
    """Organisations of one world side by side."""
    return Watched(
        truth=side_by_side([part.truth for part in parts]),
        flags=beside([part.flags for part in parts]),
        scores={name: np.concatenate([part.scores[name] for part in parts], axis=1) for name in parts[0].scores},
        mirrors=tuple(mirror for part in parts for mirror in part.mirrors),
    )


def seconds_a_wave(teams: int = 10_000, waves: int = 40, seed: int = 0) -> float:
    """CPU seconds that the detector takes for a wave of so many teams once all its memory is full; coding aside."""
    rounds = shown(simulate(World(teams=teams, waves=waves), seed))
    detector, took = Detector(), []
    for seen in rounds:
        begun = time.process_time()
        detector.step(seen)
        took.append(time.process_time() - begun)
    return float(np.mean(took[-10:]))
