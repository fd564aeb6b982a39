"""How often flags are wrong, and how late they are right, against the truth of one or many organisations.

Flags while everybody is learnt do not count, nor does a team's flag within 8 waves of its last one that did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.truth import Truth
from benchmarks.wards.world import WAVES_A_YEAR, Fate

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

ONE_EPISODE = 8
"""Waves after a flag in which another one says nothing new."""

PATIENCE = 26
"""Waves after which a change counts as missed; it is then reckoned as found one wave later."""

CLEARLY_HIGH = 0.60
"""SD above the organisation from which a team's usual level is chronic strain."""

HARDLY_HIGH = 0.35
"""... and below which calling it so, or flagging a rise of it, is false. Between the two nobody is judged."""


def episodes(said: Mask, learning: int) -> Mask:
    """The flags that count; (waves, teams)."""
    counted = np.zeros_like(said)
    quiet_until = np.full(said.shape[1], learning)
    for t in range(learning, len(said)):
        counted[t] = said[t] & (t >= quiet_until)
        quiet_until[counted[t]] = t + 1 + ONE_EPISODE
    return counted


def team_years(truth: Truth, teams: Mask) -> float:
    """Years in which so many teams could be flagged."""
    return float(teams.sum()) * (truth.world.waves - truth.world.learning) / WAVES_A_YEAR


def false_alarms(truth: Truth, counted: Mask, teams: Mask | None = None) -> float:
    """Flags per 100 team-years of teams (of those given) that were in control all the time."""
    calm = truth.calm if teams is None else truth.calm & teams
    return 100 * float(counted[:, calm].sum()) / max(team_years(truth, calm), 1e-9)


def false_alarms_when(truth: Truth, counted: Mask, when: Mask) -> float:
    """The same over certain waves of certain teams, (waves, teams)."""
    there = when & truth.calm
    there[: truth.world.learning] = False
    return 100 * float(counted[there].sum()) / max(float(there.sum()) / WAVES_A_YEAR, 1e-9)


def delays(truth: Truth, counted: Mask, teams: Mask) -> Array:
    """Waves until the first flag of each team, 1 being the first wave of the change, at most PATIENCE + 1. A team
    that was flagged within the 8 waves before says nothing about delay and is left out."""
    found = []
    for team in np.flatnonzero(teams):
        onset = int(truth.onset[team])
        if counted[max(0, onset - ONE_EPISODE) : onset, team].any():
            continue
        after = np.flatnonzero(counted[onset : onset + PATIENCE, team])
        found.append(float(after[0] + 1) if len(after) else PATIENCE + 1.0)
    return np.array(found)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a digest of rises is worth: `found` of `events`, and `false` flags beside; what the first flags of real
    steps say of them, how often their interval holds the truth; bins of P(real) with how often it was."""

    events: int
    found: int
    false: int
    cover: float
    bins: tuple[tuple[float, float, int], ...]

    @property
    def precision(self) -> float:
        """Share of flags that were right."""
        return self.found / max(self.found + self.false, 1)

    @property
    def recall(self) -> float:
        """Share of changes for the worse that were flagged while they lasted."""
        return self.found / max(self.events, 1)


def worth(
    truth: Truth, counted: Mask, lo: Array | None = None, hi: Array | None = None, p: Array | None = None
) -> Worth:
    """Score rises. A flag is right if it is the first one within a rise; further ones there are neither right nor
    wrong, nor are those of an improvement that ends, nor of teams whose level is high for good. `bins` compare the
    first flags of rises with the false ones of teams that have none."""
    rising = np.isin(truth.kind, (Fate.STEP, Fate.DRIFT))
    wave = np.arange(len(counted))[:, None]
    within = counted & rising & (wave >= truth.onset) & (wave < truth.end)
    hit = np.flatnonzero(within.any(axis=0))
    first = within[:, hit].argmax(axis=0)
    early = counted & rising & (wave < truth.onset)
    relief = (truth.kind == Fate.BETTER) & (wave >= truth.end)
    elsewhere = counted & ~rising & (truth.usual < HARDLY_HIGH) & ~relief
    pairs = [*zip(first.tolist(), hit.tolist(), strict=True)]
    cover = _cover(truth, lo, hi, pairs) if lo is not None and hi is not None else float("nan")
    told = np.concatenate([p[first, hit], p[elsewhere]]) if p is not None else np.zeros(0)
    bins = _bins(told, np.arange(len(told)) < len(hit))
    return Worth(int(rising.sum()), len(hit), int(early.sum() + elsewhere.sum()), cover, bins)


def _cover(truth: Truth, lo: Array, hi: Array, first: list[tuple[int, int]]) -> float:
    """Whether the interval holds the step, in points as the team's people would have shown it until the flag."""
    held = []
    for wave, team in first:
        if truth.kind[team] == Fate.STEP and np.isfinite(lo[wave, team]):
            points = truth.size[team] * truth.slope[truth.onset[team] : wave + 1, team].mean()
            held.append(bool(lo[wave, team] <= points <= hi[wave, team]))
    return float(np.mean(held)) if held else float("nan")


def _bins(told: Array, real: Mask) -> tuple[tuple[float, float, int], ...]:
    """(mean P told, share that was real, flags) for P below 0.5, 0.7, 0.9 and above; of at least five flags."""
    found = []
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (told >= low) & (told < high)
        if inside.sum() >= 5:
            found.append((float(told[inside].mean()), float(real[inside].mean()), int(inside.sum())))
    return tuple(found)


def chronic(truth: Truth, counted: Mask, by: int = 26) -> tuple[float, float, int]:
    """Share of chronically strained teams flagged by a wave, share of such flags that are false, and how many such
    teams there are; among teams shown at least half the time until then."""
    flagged = counted[: by + 1].any(axis=0)
    seen = truth.withheld[: by + 1].mean(axis=0) <= 0.5
    high, low = seen & (truth.usual > CLEARLY_HIGH), seen & (truth.usual < HARDLY_HIGH)
    recall = float((flagged & high).sum() / max(high.sum(), 1))
    return recall, float((flagged & low).sum() / max((flagged & seen).sum(), 1)), int(high.sum())


@dataclass(frozen=True, slots=True)
class SharedTold:
    """Shocks for the worse of at least 0.25 SD that were told, of the organisation and of divisions, and flags of
    divisions with no shock anywhere near, per 100 division-years."""

    organisation: tuple[int, int]
    division: tuple[int, int]
    false: float


def shared_told(truth: Truth, shared: tuple[Mask, ...]) -> SharedTold:
    """Score flags of the organisation (last column) and its divisions; a division's shock may be told by either."""
    told = {False: [0, 0], True: [0, 0]}
    false, quiet_waves = 0, 0
    for said, shocks, divisions in zip(shared, truth.shocks, truth.divisions, strict=True):
        busy = np.zeros_like(said)
        for shock in shocks:
            own = shock.division >= 0
            where = [shock.division, divisions] if own else [divisions]
            busy[max(0, shock.begins - 2) : shock.ends + 3, where[0] if own else slice(None)] = True
            if shock.size >= 0.25 and shock.begins >= truth.world.learning + 2:
                told[own][0] += bool(said[shock.begins - 1 : shock.ends][:, where].any())
                told[own][1] += 1
        calm = ~busy[:, :divisions]
        false += int((episodes(said, truth.world.learning)[:, :divisions] & calm).sum())
        quiet_waves += int(calm[truth.world.learning :].sum())
    rate = 100 * false / max(quiet_waves / WAVES_A_YEAR, 1e-9)
    return SharedTold((told[False][0], told[False][1]), (told[True][0], told[True][1]), rate)


def bar_for(truth: Truth, score: Array, rate: float, floor: float = -50.0, ceiling: float = 200.0) -> float:
    """The bar above which a score (waves, teams; -inf: nothing to say) makes no more false alarms than `rate`."""
    calm = score[:, truth.calm]
    per_flag = 100 / max(team_years(truth, truth.calm), 1e-9)

    def falsely(bar: float) -> float:
        return per_flag * float(episodes(calm > bar, truth.world.learning).sum())

    return _lowest(falsely, rate, floor, ceiling)


def _lowest(falsely: Callable[[float], float], rate: float, low: float, high: float) -> float:
    """By halving; false alarms fall as the bar rises, but for the odd episode."""
    for _ in range(30):
        middle = (low + high) / 2
        if falsely(middle) > rate:
            low = middle
        else:
            high = middle
    return high
