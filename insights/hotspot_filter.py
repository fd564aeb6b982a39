"""What is usual for each team: its level, its weather and how it feels what everybody goes through.

A linear Gaussian state-space model per team (Kalman 1960), vectorised over teams, strictly causal. What speaks
for a change is in `insights.hotspot_change`, what teams share in `insights.hotspot_shared`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from insights.hotspot_change import Array, Bank, Mask, Numbers, Strength
from insights.hotspot_shared import DivisionFactor, DivisionModel, Movement, shared_movement
from insights.policy import CLIP_SD, USUAL_ROUNDS


@dataclass(frozen=True, slots=True)
class Model:
    """y = b + w + (1 + l) f + e. Variances in squared units of y; `steps` are the sizes d a change may have."""

    drift: float
    """of the usual level b, a random walk, per round"""
    spread: float
    """of b between teams, before anything is known"""
    weather: float
    """of w, the team's short weather, AR(1)"""
    carry: float
    """phi: how much of w is left a round later"""
    load: float
    """of l: how differently teams feel what is shared"""
    shared: float
    """of f, what everybody goes through in a round, around what is left of the last one; 0: nothing is shared"""
    steps: tuple[float, ...]
    """d"""
    shared_carry: float = 0.0
    """how much of f is left a round later: nothing where questions rotate, all of it where interest wanes"""
    division: DivisionModel | None = None
    """of what a division goes through beyond f"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One round as shown: one entry a team.

    `y` is NaN where withheld; `noise` is the variance R of e; `own` is added to `spread` at a team's start;
    `group` numbers the division from 0; `fill` gives expectations for censored teams from predictions (NaN:
    none). `before`, from surveys before the first round: each team's offset from the mean, and the variance of
    that, NaN where nothing is known. `within`: in how many of the last rounds a change may have begun.
    """

    y: Array
    noise: Array
    own: Array
    group: Numbers
    fill: Callable[[Array], Array] | None = None
    before: tuple[Array, Array] | None = None
    within: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one round taught, one entry a team: who was `observed`, the `level` shown with what is shared taken out,
    what is `shared` as each team feels it, and the evidence up and down.

    `residual` and its `variance` are the surprises once the organisation's movement is out, before the division's:
    what divisions are read from (NaN where nothing was shown).
    """

    observed: Mask
    level: Array
    shared: Array
    residual: Array
    variance: Array
    up: Strength
    down: Strength


@dataclass(slots=True)
class ChangeFilter:
    """The state of all teams between rounds: x = (b, w, l), shape (3, teams), its covariance `p`, (3, 3, teams).

    >>> model = Model(0.09, 36.0, 5.3, 0.5, 0.0, 0.0, (5.5, 9.0, 15.0, 22.0))
    >>> engine, one = ChangeFilter.of(1), np.ones(1)
    >>> rounds = [Seen(y * one, 20 * one, 0 * one, np.array([0])) for y in [40.0] * 12 + [60.0] * 3]
    >>> steps = [engine.step(model, seen) for seen in rounds]
    >>> [round(float(step.up.score[0]), 1) for step in steps[-4:]], int(steps[-1].up.ago[0])
    ([-0.1, 5.4, 10.2, 14.0], 2)
    """

    shown: Numbers
    x: Array
    p: Array
    bank: Bank
    division: DivisionFactor
    moved: float = 0.0
    """f of the last round, as the middle team saw it"""

    @staticmethod
    def of(teams: int) -> ChangeFilter:
        """Nothing is known of any team."""
        state, covariance = np.zeros((3, teams)), np.zeros((3, 3, teams))
        return ChangeFilter(
            np.zeros(teams, dtype=np.int64), state, covariance, Bank.of(teams), DivisionFactor.of(teams)
        )

    def step(self, model: Model, seen: Seen) -> Step:
        """Take one round in."""
        self._predict(model)
        self._start(model, seen)
        forecast = self.x[0] + self.x[1]
        variance = self.p[0, 0] + 2 * self.p[0, 1] + self.p[1, 1] + seen.noise
        y = self._filled(seen, forecast)
        whole = shared_movement(y - forecast, variance, model.shared, model.shared_carry * self.moved)
        self.moved = float(np.median(whole.f)) if len(whole.f) else 0.0
        residual, spread = y - forecast - whole.f, variance + whole.variance
        part = self._of_division(model, residual, spread, seen.group)
        felt = Movement(whole.f + part.f, whole.variance + part.variance)
        predicted = forecast + felt.f * (1 + self.x[2])
        y = self._filled(seen, predicted)
        observed = ~np.isnan(y)
        self.bank.begin(observed & (self.shown >= USUAL_ROUNDS), self.x[0], model.carry)
        self._update(np.where(observed, y - predicted, 0.0), felt, seen.noise, observed)
        up, down = (self.bank.strength(model.steps, sign, seen.within) for sign in (1.0, -1.0))
        shared = predicted - forecast
        return Step(observed, y - shared, shared, residual, spread, up, down)

    def _filled(self, seen: Seen, predicted: Array) -> Array:
        """What is shown, and for censored teams what their censoring lets one expect: leaving them out would make
        everybody's movement that of those who did well enough to be shown."""
        if seen.fill is None:
            return seen.y
        return np.where(np.isnan(seen.y) & (self.shown > 0), seen.fill(predicted), seen.y)

    def _predict(self, model: Model) -> None:
        """x <- F x, P <- F P F' + Q with F = diag(1, phi, 1)."""
        by = np.array([1.0, model.carry, 1.0])
        self.x *= by[:, None]
        self.p *= (by[:, None] * by[None])[:, :, None]
        self.p[0, 0] += np.where(self.shown > 0, model.drift, 0.0)
        self.p[1, 1] += (1 - model.carry**2) * model.weather

    def _start(self, model: Model, seen: Seen) -> None:
        """A team shown for the first time starts at the organisation's mean: empirical-Bayes shrinkage."""
        new, known = ~np.isnan(seen.y) & (self.shown == 0), self.shown > 0
        if not new.any():
            return
        nothing = np.full(len(new), np.nan)
        offset, variance = seen.before or (nothing, nothing)
        has_before = ~np.isnan(offset)
        apart = np.where(has_before, offset, 0.0)
        own = np.where(has_before, variance, model.spread + seen.own)
        level = np.where(known, self.x[0], seen.y) - apart
        weight = np.where(has_before, variance, model.spread) + np.where(known, self.p[0, 0], seen.noise)
        among = known if known.any() else new
        mean = np.average(level[among], weights=1 / weight[among])
        self.x[:, new], self.p[:, :, new] = 0.0, 0.0
        self.x[0, new] = mean + apart[new]
        self.p[0, 0, new] = own[new]
        self.p[1, 1, new], self.p[2, 2, new] = model.weather, model.load

    def _of_division(self, model: Model, residual: Array, variance: Array, group: Numbers) -> Movement:
        if model.division is None:
            return Movement(np.zeros(len(group)), np.zeros(len(group)))
        return self.division.feel(model.division, residual, variance, group)

    def _update(self, nu: Array, felt: Movement, noise: Array, observed: Mask) -> None:
        """h = (1, 1, f), S = h'P h + R, gain K = P h / S; a surprise counts for at most `CLIP_SD` sd."""
        h = np.stack([np.ones(len(nu)), np.ones(len(nu)), felt.f])
        ph = np.einsum("ijg,jg->ig", self.p, h)
        variance = np.einsum("ig,ig->g", h, ph) + noise + felt.variance
        variance = np.where(variance > 0, variance, 1.0)
        limit = CLIP_SD * np.sqrt(variance)
        nu = np.clip(nu, -limit, limit)
        gain = np.where(observed, ph / variance, 0.0)
        self.bank.take(nu, variance, gain, h, observed)
        self.x += gain * nu
        self.p -= gain[:, None] * ph[None]
        self.shown += observed
