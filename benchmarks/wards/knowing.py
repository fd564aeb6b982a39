"""What somebody who knew everybody would expect of a wave: the yardstick that the oracles measure against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.answering import LOADINGS, OWN, Scale
from benchmarks.wards.staff import ATTENUATION, Staff, logistic

Array = NDArray[np.float64]

_NUDGE = 0.5
"""SD by which strain is moved to see by how many points the score follows."""


@dataclass(frozen=True, slots=True)
class Expected:
    """By team: the weighted `score` in points if nothing is wrong, its `slope` in points per SD of strain, the
    `variance` of one answer around it in squared points, and how many `answers` there will be."""

    score: Array
    slope: Array
    variance: Array
    answers: Array


def expected(staff: Staff, scale: Scale, t: int, willing: Array, weights: Array) -> Expected:
    """From everything but the team's weather, its change and this week's luck; `weights` by item."""
    world, team = staff.world, staff.team
    lasting = staff.known(t)[team] + np.sqrt(world.lasting) * staff.lasting
    own = OWN * np.sqrt(world.item_lasting) * staff.items
    scores = scale.means(LOADINGS * lasting[:, None] + own) @ weights
    raised = scale.means(LOADINGS * (lasting + _NUDGE)[:, None] + own) @ weights
    # the state of the week is not known: the logit is averaged over it
    passing = 1 - world.lasting
    shrink = 1 / np.sqrt(1 + ATTENUATION * world.silenced**2 * passing)
    logit = willing - world.silenced * (lasting - staff.level[team])
    chance = staff.working * logistic(shrink * logit)
    chance_raised = staff.working * logistic(shrink * (logit - world.silenced * _NUDGE))
    # who answers is on average a little less strained this week than who does not
    selected = -world.silenced * passing * (1 - chance) * (raised - scores) / _NUDGE
    scores, raised = scores + selected, raised + selected

    def total(values: Array) -> Array:
        return np.bincount(team, values, minlength=world.teams).astype(float)

    answers, answers_raised = (np.maximum(total(each), 1e-6) for each in (chance, chance_raised))
    mean = total(chance * scores) / answers
    between = chance * (1 - chance) * (scores - mean[team]) ** 2
    within = chance * scale.within(lasting, weights)
    return Expected(
        score=mean,
        slope=(total(chance_raised * raised) / answers_raised - mean) / _NUDGE,
        variance=total(between + within) / answers,
        answers=answers,
    )
