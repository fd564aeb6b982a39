"""How strongly the last rounds speak for a step away from the usual: one sum for every round it may have begun in.

The generalised likelihood ratio for steps of unknown start (Willsky and Jones 1976), averaged over sizes and summed
over starts instead of maximised, as Shiryaev and Roberts do for a known step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.policy import START_WINDOW

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Strength:
    """Evidence for a step in one direction, one entry a team.

    `score` is Lambda in nats, -inf where no start is open; `ago` says how many rounds before this one the
    likeliest start lies (0: this round); `a` and `b` are the sums A and B of that start, `usual` the usual level
    before it.
    """

    score: Array
    ago: Numbers
    a: Array
    b: Array
    usual: Array


@dataclass(slots=True)
class Bank:
    """The sums of every start in the last `START_WINDOW` rounds: rows are rounds, reused in turn.

    For a start s: A_s = sum g nu / S and B_s = sum g^2 / S over the rounds since, where g is how a unit step since
    s would show in this round's surprise nu of variance S: 1 less what the filter has taken for b, w and l by now
    (`learnt`, shape (START_WINDOW, 3, teams)).
    """

    row: int
    open: Mask
    a_sum: Array
    b_sum: Array
    learnt: Array
    usual: Array

    @staticmethod
    def of(teams: int) -> Bank:
        """Nothing has begun yet.

        >>> Bank.of(3).a_sum.shape
        (26, 3)
        """
        bank = (START_WINDOW, teams)
        learnt = np.zeros((START_WINDOW, 3, teams))
        return Bank(-1, np.zeros(bank, dtype=bool), np.zeros(bank), np.zeros(bank), learnt, np.zeros(bank))

    def begin(self, may_start: Mask, usual: Array, carry: float) -> None:
        """A round begins: a change may start in it (`may_start`), away from `usual`; the oldest start is dropped."""
        self.row = (self.row + 1) % START_WINDOW
        self.learnt[:, 1] *= carry
        for sums in (self.a_sum, self.b_sum, self.learnt):
            sums[self.row] = 0.0
        self.open[self.row], self.usual[self.row] = may_start, usual

    def take(self, nu: Array, variance: Array, gain: Array, h: Array, observed: Mask) -> None:
        """The surprise nu of variance S, met by the Kalman gain K, shape (3, teams), through h, shape (3, teams).

        g_s = 1 - h'beta_s; A_s += g nu / S; B_s += g^2 / S; beta_s += K g.
        """
        g = np.where(self.open & observed, 1 - np.einsum("sig,ig->sg", self.learnt, h), 0.0)
        self.a_sum += g * (nu / variance)
        self.b_sum += g**2 / variance
        self.learnt += gain[None] * g[:, None]

    def strength(self, steps: tuple[float, ...], sign: float, within: Numbers | None = None) -> Strength:
        """Lambda = ln sum_s mean_d exp(d A_s - d^2 B_s / 2): the likelihood ratio against no change at all.

        `steps` are the sizes d; `sign` -1 looks for a fall; `within` counts the last rounds whose starts are looked
        at, one entry a team.
        """
        d = np.array(steps)[:, None, None]
        exponent = sign * d * self.a_sum - d**2 * self.b_sum / 2
        top = exponent.max(axis=0)
        by_start = top + np.log(np.exp(exponent - top).mean(axis=0))
        ago = (self.row - np.arange(START_WINDOW)) % START_WINDOW
        is_open = self.open if within is None else self.open & (ago[:, None] < within)
        by_start = np.where(is_open, by_start, -np.inf)
        row = by_start.argmax(axis=0)
        pick = (row, np.arange(len(row)))
        best = by_start[pick]
        base = np.where(np.isfinite(best), best, 0.0)
        with np.errstate(divide="ignore"):
            score = base + np.log(np.exp(by_start - base).sum(axis=0))
        return Strength(score, ago[row], self.a_sum[pick], self.b_sum[pick], self.usual[pick])
