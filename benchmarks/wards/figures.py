"""The numbers of the table, from what was watched: plain values, worded elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.baselines import RULES
from benchmarks.wards.oracles import ORACLES
from benchmarks.wards.scorer import bar_for, delays, episodes, false_alarms, worth
from benchmarks.wards.study import Watched, scored
from benchmarks.wards.truth import Truth
from benchmarks.wards.world import Fate
from insights.hotspot_kinds import FlagKind

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OURS = "ours"
MIDDLE = (8.0, 13.0)
"""Answers of the team that is spoken of most: about 20 people of whom half answer."""
ANSWERS = ((4.0, 7.0), (7.0, 10.0), MIDDLE, (10.0, 14.0), (14.0, 20.0), (20.0, np.inf), (0.0, np.inf))
QUICKLY = 8
"""Waves within which a change should be known."""
FEWEST = 3
"""Changes below which a mean delay is not told."""


@dataclass(frozen=True, slots=True)
class Change:
    """Changes of one kind and size in teams with so many answers."""

    kind: Fate
    size: float
    answers: tuple[float, float] = MIDDLE


@dataclass(frozen=True, slots=True)
class Delay:
    """How late changes are found, in waves: the mean, restricted at 27, and which share within 4, 8 and 12."""

    waves: Array

    @property
    def mean(self) -> float:
        """NaN where there are too few to tell."""
        return float(self.waves.mean()) if len(self.waves) >= FEWEST else float("nan")

    def within(self, waves: int) -> float:
        """Which share was found in time."""
        return float((self.waves <= waves).mean()) if len(self.waves) >= FEWEST else float("nan")

    def ratio(self, other: Delay) -> tuple[float, float, float]:
        """This mean over another one, and a 90 % bootstrap interval."""
        if min(len(self.waves), len(other.waves)) < FEWEST:
            return (float("nan"),) * 3
        rng = np.random.default_rng(0)
        drawn = [rng.choice(each.waves, (1000, len(each.waves))).mean(axis=1) for each in (self, other)]
        low, high = np.quantile(drawn[0] / drawn[1], (0.05, 0.95))
        return self.mean / other.mean, float(low), float(high)


@dataclass(frozen=True, slots=True)
class Method:
    """Flags of rises that count, by the size of change they are tuned to: 0 stands for all."""

    name: str
    setting: str
    counted: dict[float, Mask]

    def delay(self, truth: Truth, change: Change) -> Delay:
        """How late it finds such changes; an oracle only those of a size that this world deals out."""
        counted = self.counted.get(change.size, self.counted.get(0.0))
        hit = truth.hit_by(change.kind, change.size, change.answers)
        return Delay(delays(truth, counted, hit) if counted is not None else np.zeros(0))

    def false(self, truth: Truth) -> float:
        """False alarms per 100 team-years."""
        return float(np.mean([false_alarms(truth, counted) for counted in self.counted.values()]))

    def is_oracle(self) -> bool:
        """Whether nobody can build it."""
        return self.name in ORACLES


def methods(watched: Watched) -> list[Method]:
    """Ours; the rules as they are used and as noisy as ours; the oracles, as noisy as ours."""
    truth, learning = watched.truth, watched.truth.world.learning
    ours = episodes(watched.flags.said[FlagKind.RISE], learning)
    rate = max(false_alarms(truth, ours), 0.05)
    found = [Method(OURS, "as shipped", {0.0: ours})]
    for setting in ("as used", "as noisy as ours"):
        for rule in RULES:
            score = watched.scores[rule.name]
            bar = rule.bar if setting == "as used" else bar_for(truth, score, rate)
            found.append(Method(rule.name, setting, {0.0: episodes(score > bar, learning)}))
    for oracle in ORACLES:
        counted = {}
        for size in truth.world.step.sizes:
            score = watched.scores[scored(oracle, size)]
            counted[size] = episodes(score > bar_for(truth, score, rate), learning)
        found.append(Method(oracle, "as noisy as ours", counted))
    return found


def named(found: list[Method], name: str) -> Method:
    """The method of this name, as noisy as ours."""
    return next(method for method in found if method.name == name and method.setting != "as used")


def precision_recall(truth: Truth, method: Method) -> tuple[float, float]:
    """Of a digest of its flags."""
    value = worth(truth, method.counted[0.0])
    return value.precision, value.recall
