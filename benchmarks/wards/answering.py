"""From latent strain to a tapped option, and back to what a score is expected to be: the graded response model.

A latent response `lambda theta + sqrt(1 - lambda^2) own` falls between cut points (Samejima 1969, normal ogive).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.world import ITEMS, LEVELS, World

Array = NDArray[np.float64]
POINTS: Final = 100.0 / (LEVELS - 1)
LOADINGS: Final = np.array([item.loading for item in ITEMS])
OWN: Final = np.sqrt(1 - LOADINGS**2)
"""What an item measures beyond strain, on the latent scale."""
CUTS: Final = np.array([[NormalDist().inv_cdf(p) for p in np.cumsum(item.shares)[:-1]] for item in ITEMS])
USUAL_SCORES: Final = np.array([POINTS * np.dot(range(LEVELS), item.shares) for item in ITEMS])
"""What a whole population scores, by item."""

_FINE: Final = np.linspace(-9.0, 9.0, 3601)
_NORMAL: Final = np.array([NormalDist().cdf(float(x)) for x in _FINE])
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def normal(x: Array) -> Array:
    """The normal distribution function, by interpolation: right to five places."""
    return np.asarray(np.interp(x, _FINE, _NORMAL))


def expected_score(centre: Array, sd: float, item: int) -> Array:
    """The mean score of answers whose latent response is N(centre, sd^2)."""
    steps = np.array([normal((centre - cut) / sd) for cut in CUTS[item]])
    return np.asarray(POINTS * steps.sum(axis=0))


def best_weights(asked: Sequence[int]) -> Array:
    """How much each item tells of strain: lambda / (1 - lambda^2), to sum 1; 0 for items that are not asked."""
    weights = np.zeros(len(ITEMS))
    chosen = LOADINGS[list(asked)]
    weights[list(asked)] = chosen / (1 - chosen**2)
    return np.asarray(weights / weights.sum())


class Scale:
    """What a person of known lasting strain scores, and how much that varies from week to week."""

    def __init__(self, lasting: float, item_lasting: float) -> None:
        state, passing = np.sqrt(1 - lasting), np.sqrt(1 - item_lasting)
        self._sds = np.sqrt((LOADINGS * state) ** 2 + (OWN * passing) ** 2)
        self._grid = np.linspace(-6.0, 6.0, 1201)
        self._means = [expected_score(self._grid, sd, item) for item, sd in enumerate(self._sds)]
        self._strain = np.linspace(-3.0, 3.0, 25)
        self._within = np.array([self._covariance(x, state, float(np.sqrt(item_lasting))) for x in self._strain])

    def means(self, lasting: Array) -> Array:
        """Expected scores, shape (people, items), from the lasting part of each latent response."""
        return np.stack([np.interp(lasting[:, k], self._grid, mean) for k, mean in enumerate(self._means)], axis=1)

    def within(self, strain: Array, weights: Array) -> Array:
        """Variance from week to week of a person's weighted score, by the person's strain."""
        table = np.einsum("xkl,k,l->x", self._within, weights, weights)
        return np.asarray(np.interp(np.clip(strain, -3.0, 3.0), self._strain, table))

    def _covariance(self, strain: float, state: float, own: float) -> Array:
        """Of a person's item scores within the person: items share the week's state, all else is their own."""
        items = range(len(ITEMS))
        by_state = np.array([expected_score(LOADINGS[k] * (strain + state * _NODES), OWN[k], k) for k in items])
        found = np.cov(by_state, aweights=_WEIGHTS, bias=True)
        for k in items:
            centre = LOADINGS[k] * strain + OWN[k] * own * _NODES
            above = np.array([normal((centre - cut) / self._sds[k]) for cut in CUTS[k]])
            # E[s^2] of a sum of steps: step j of the four adds (2j + 1) squared points
            squares = POINTS**2 * sum((2 * j + 1) * p for j, p in enumerate(above))
            found[k, k] = _WEIGHTS @ (squares - (POINTS * above.sum(axis=0)) ** 2)
        return found


@cache
def scale(lasting: float, item_lasting: float) -> Scale:
    """The scale of a world, made once."""
    return Scale(lasting, item_lasting)


def scale_of(world: World) -> Scale:
    """The scale that a world's people answer on."""
    return scale(world.lasting, world.item_lasting)
