"""The change-point engine: a team's usual level, and how strongly its last rounds speak for a step away from it.

A linear Gaussian state-space model per team (Kalman 1960) with a generalised likelihood ratio for steps of
unknown start (Willsky and Jones 1976), averaged over sizes instead of maximised; vectorised over teams,
strictly causal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.policy import CLIP_SD, HUBER_SD, START_WINDOW, USUAL_ROUNDS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Model:
    """y = b + w + l f + e. Variances in squared units of y; `steps` are the sizes d a change may have."""

    drift: float
    """of the usual level b, a random walk, per round"""
    spread: float
    """of b between teams, before anything is known"""
    weather: float
    """of w, the team's short weather, AR(1)"""
    carry: float
    """phi: how much of w is left a round later"""
    load: float
    """of the sensitivity l around 1"""
    shared: float
    """of f, what everybody goes through in a round; 0: there is nothing shared"""
    steps: tuple[float, ...]
    """d"""
    division: float = 0.0
    """of what a division goes through beyond f, AR(1)"""
    division_carry: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One round as shown: one entry a team.

    `y` is NaN where withheld; `noise` is the variance R of e; `own` is added to `spread` at a team's start;
    `group` numbers the division from 0; `fill` gives expectations for censored teams from predictions (NaN:
    none).
    """

    y: Array
    noise: Array
    own: Array
    group: NDArray[np.int64]
    fill: Callable[[Array], Array] | None = None


@dataclass(frozen=True, slots=True)
class Strength:
    """Evidence for a step in one direction, one entry a team: `score` Lambda, `start` index of the likeliest
    round of its start, `a` and `b` the sums A and B of that start."""

    score: Array
    start: NDArray[np.int64]
    a: Array
    b: Array


@dataclass(frozen=True, slots=True)
class Step:
    """What one round taught: who was `observed`, the level before it (`usual`), the `level` shown with f
    taken out, f itself as each team sees it, and the evidence up and down."""

    observed: Mask
    usual: Array
    level: Array
    shared: Array
    up: Strength
    down: Strength


class ChangeFilter:
    """The state of all teams between rounds.

    >>> model = Model(0.09, 36.0, 5.3, 0.5, 0.0, 0.0, (5.5, 9.0, 15.0, 22.0))
    >>> engine, one = ChangeFilter(model, 1), np.ones(1)
    >>> rounds = [Seen(y * one, 20 * one, 0 * one, np.array([0])) for y in [40.0] * 12 + [60.0] * 3]
    >>> steps = [engine.step(seen) for seen in rounds]
    >>> [round(float(step.up.score[0]), 1) for step in steps[-4:]], int(steps[-1].up.start[0])
    ([-0.3, 5.4, 10.2, 14.0], 12)
    """

    def __init__(self, model: Model, teams: int) -> None:
        self.model = model
        self.round = 0
        self.shown = np.zeros(teams, dtype=np.int64)
        self.b, self.w = np.zeros(teams), np.zeros(teams)
        self.p_bb, self.p_bw, self.p_ww = np.zeros(teams), np.zeros(teams), np.zeros(teams)
        self.m, self.p_m = np.zeros(teams), np.full(teams, model.division)
        bank = (START_WINDOW, teams)
        self.open = np.zeros(bank, dtype=bool)
        self.a_sum, self.b_sum = np.zeros(bank), np.zeros(bank)
        self.learnt_b, self.learnt_w = np.zeros(bank), np.zeros(bank)

    def step(self, seen: Seen) -> Step:
        """Take one round in."""
        self._predict()
        y, noise = seen.y, seen.noise
        self._start(y, noise, seen.own)
        # S = h'P h + R with h = (1, 1); surprise nu = y - h'x
        variance = self.p_bb + 2 * self.p_bw + self.p_ww + noise
        forecast = self.b + self.w
        f, f_variance = shared_movement(y - forecast, variance, self.model.shared)
        self._feel_division(y - forecast - f, variance + f_variance, seen.group)
        f, f_variance = f + self.m, f_variance + self.p_m
        if seen.fill is not None:
            y = np.where(np.isnan(y) & (self.shown > 0), seen.fill(forecast + f), y)
        observed = ~np.isnan(y)
        variance = variance + f_variance + self.model.load * f**2
        limit = CLIP_SD * np.sqrt(variance)
        nu = np.where(observed, np.clip(np.nan_to_num(y) - forecast - f, -limit, limit), 0.0)
        usual = self.b.copy()
        self._update(nu, variance, observed)
        self.round += 1
        return Step(observed, usual, y - f, f, self._strength(1.0), self._strength(-1.0))

    def _predict(self) -> None:
        """x <- F x, P <- F P F' + Q with F = diag(1, phi); so for every start's learnt part beta."""
        phi = self.model.carry
        self.w *= phi
        self.p_bb += np.where(self.shown > 0, self.model.drift, 0.0)
        self.p_bw *= phi
        self.p_ww = phi**2 * self.p_ww + (1 - phi**2) * self.model.weather
        self.learnt_w *= phi

    def _start(self, y: Array, noise: Array, own: Array) -> None:
        """A team shown for the first time starts at the organisation's mean: empirical-Bayes shrinkage."""
        new, known = ~np.isnan(y) & (self.shown == 0), self.shown > 0
        if not new.any():
            return
        level, weight = np.where(known, self.b, y), self.model.spread + np.where(known, self.p_bb, noise)
        among = known if known.any() else new
        mean = np.average(level[among], weights=1 / weight[among])
        self.b[new], self.w[new] = mean, 0.0
        self.p_bb[new], self.p_bw[new] = self.model.spread + own[new], 0.0
        self.p_ww[new] = self.model.weather

    def _feel_division(self, surprise: Array, variance: Array, group: NDArray[np.int64]) -> None:
        """m, the division's own movement as each team sees it: from the *other* teams of its division, AR(1).

        Precisions add: 1/P <- 1/P + sum 1/S_j, m <- P (m/P + sum nu_j/S_j), beyond `HUBER_SD` with Huber's
        weights. Where all teams are in one division, f says it already.
        """
        there = ~np.isnan(surprise)
        if self.model.division == 0.0 or len(np.unique(group[there])) < 2:
            self.m, self.p_m = np.zeros(len(group)), np.zeros(len(group))
            return
        carry = self.model.division_carry
        prior, p_prior = carry * self.m, carry**2 * self.p_m + (1 - carry**2) * self.model.division
        nu = np.where(there, surprise, 0.0)
        sds = np.abs(nu) / np.sqrt(variance)
        weight = np.where(there, HUBER_SD / np.maximum(sds, HUBER_SD) / variance, 0.0)
        others = np.bincount(group, weight)[group] - weight
        pull = np.bincount(group, weight * nu)[group] - weight * nu
        self.p_m = 1 / (1 / p_prior + np.maximum(others, 0.0))
        self.m = self.p_m * (prior / p_prior + pull)

    def _update(self, nu: Array, variance: Array, observed: Mask) -> None:
        """Kalman gain K = P h / S; a unit step since s shows as g = 1 - h'beta_s and is learnt by K g."""
        row = self.round % START_WINDOW
        self.open[row] = observed & (self.shown >= USUAL_ROUNDS)
        for bank in (self.a_sum, self.b_sum, self.learnt_b, self.learnt_w):
            bank[row] = 0.0
        h_b, h_w = self.p_bb + self.p_bw, self.p_bw + self.p_ww
        k_b, k_w = np.where(observed, h_b / variance, 0.0), np.where(observed, h_w / variance, 0.0)
        g = np.where(self.open & observed, 1 - self.learnt_b - self.learnt_w, 0.0)
        self.a_sum += g * nu / variance
        self.b_sum += g**2 / variance
        self.learnt_b += k_b * g
        self.learnt_w += k_w * g
        self.b += k_b * nu
        self.w += k_w * nu
        self.p_bb -= k_b * h_b
        self.p_bw -= k_b * h_w
        self.p_ww -= k_w * h_w
        self.shown += observed

    def _strength(self, sign: float) -> Strength:
        """Lambda = ln sum_s mean_d exp(d A_s - d^2 B_s / 2), the likelihood ratio against no change at
        all."""
        d = np.array(self.model.steps)[:, None, None]
        exponent = sign * d * self.a_sum - d**2 * self.b_sum / 2
        top = exponent.max(axis=0)
        by_start = top + np.log(np.exp(exponent - top).mean(axis=0))
        by_start = np.where(self.open, by_start, -np.inf)
        row = by_start.argmax(axis=0)
        best = np.take_along_axis(by_start, row[None], axis=0)[0]
        base = np.where(np.isfinite(best), best, 0.0)
        with np.errstate(divide="ignore"):
            score = base + np.log(np.exp(by_start - base).sum(axis=0))
        start = self.round - 1 - (self.round - 1 - row) % START_WINDOW
        pick = (row, np.arange(len(row)))
        return Strength(score, start, self.a_sum[pick], self.b_sum[pick])


def shared_movement(surprise: Array, variance: Array, prior: float) -> tuple[Array, Array]:
    """f as each team sees it, and its variance: a Huber mean (Huber 1964) of the *other* teams' surprises.

    `surprise` (units of y) is NaN where nothing was shown; `prior` is the variance of f around 0, so that few
    teams claim little and a lone team nothing. A team in trouble moves neither its own f nor, being clipped,
    the others'.

    >>> f, spread = shared_movement(np.array([4.0, 4.0, 4.0, 40.0]), np.full(4, 16.0), 1000.0)
    >>> [round(float(x), 1) for x in f]
    [6.9, 6.9, 6.9, 4.0]
    """
    there = ~np.isnan(surprise)
    if prior == 0.0 or not there.any():
        return np.zeros(len(surprise)), np.full(len(surprise), prior)
    nu = np.where(there, surprise, 0.0)
    centre = float(np.median(surprise[there]))
    for _ in range(2):
        # Huber's weights: 1 within c sd of the centre, c sd / |distance| beyond
        far = np.maximum(np.abs(nu - centre) / np.sqrt(variance), HUBER_SD)
        weight = np.where(there, HUBER_SD / far / variance, 0.0)
        centre = float((weight * nu).sum() / weight.sum())
    precision = 1 / prior + np.maximum(weight.sum() - weight, 0.0)
    return ((weight * nu).sum() - weight * nu) / precision, 1 / precision
