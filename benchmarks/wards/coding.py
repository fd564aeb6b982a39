"""The product's display coding for all teams of a wave at once: what `insights/display.py` says, by tables.

Small helpers of `insights/display.py` fill the tables, so that there is one rule; tests compare every cell.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.lines import ROOT, division_name, team_names
from benchmarks.wards.simulator import Organisation
from benchmarks.wards.world import LEVELS
from insights import display
from insights.cells import Released, UnitKey
from insights.hotspot_round import Shown, Whole
from insights.hotspot_series import behind
from insights.policy import N_BANDS, SCORE_STEPS, SHARES_FLOOR, SPREAD_CEILING, SPREAD_STEP

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_OPTIONS = np.arange(LEVELS)
_SCORES = tuple(100 * option // (LEVELS - 1) for option in range(LEVELS))
_TOP = LEVELS - 1
_LOWS = np.array([least for least, _ in N_BANDS])
_HIGHS = np.array([*(least - 1 for least, _ in N_BANDS[1:]), np.inf])


def shown(organisation: Organisation) -> list[Shown]:
    """Every wave as the detector may see it, rounds numbered as the waves are: from 0."""
    division = organisation.course.division
    units = tuple(UnitKey(name) for name in team_names(len(division)))
    parents = tuple(UnitKey(division_name(j)) for j in division.tolist())
    return [_wave(organisation, t, units, parents) for t in range(organisation.world.waves)]


def _wave(o: Organisation, t: int, units: tuple[UnitKey, ...], parents: tuple[UnitKey, ...]) -> Shown:
    asked, k, people = o.plan.asked(t), o.world.fewest, o.people[t]
    counts = o.counts[t][:, list(asked)]
    given = counts.sum(axis=2)
    # one lattice for all questions of a round: a team is shown whole or not at all
    is_shown = ~o.withheld[t] & (given.min(axis=1) >= k)
    reach = o.world.size_ends[1] + 1
    turnout, most = (table[o.answered[t], people] for table in _turnout_tables(reach, k))
    coded = np.minimum(given, most[:, None])
    score, _ = scores(counts, coded)
    has_spread = is_shown & (given.min(axis=1) >= max(SHARES_FLOOR, k)) & (coded.min(axis=1) >= SHARES_FLOOR)
    least = coded.min(axis=1)
    band = np.maximum(np.searchsorted(_LOWS, least, side="right") - 1, 0)
    step = _by_answers(_LOWS[band], SCORE_STEPS)
    hidden = np.where(is_shown, 0.0, np.nan)
    return Shown(
        number=t,
        units=units,
        parents=parents,
        strain=score.mean(axis=1) + hidden,
        answers=np.clip(turnout, _LOWS[band], _HIGHS[band]) + hidden,
        coding=step**2 / 12 / len(asked) + hidden,
        items=len(asked),
        people=people.astype(float),
        answered=turnout + hidden,
        silent=~is_shown,
        spread=np.where(has_spread, spreads(counts, coded).mean(axis=1), np.nan),
        spread_items=len(asked),
        k=k,
        whole=_whole(o, t, is_shown),
    )


def scores(counts: Ints, coded: Ints) -> tuple[Array, Mask]:
    """Score cells in points, and whether they lie within the ends that are shown; `counts` by option in the last
    axis, `coded` the answers to code by. Where there are fewer than any band has, the values mean nothing."""
    n, total = np.maximum(counts.sum(axis=-1), 1), counts @ _OPTIONS
    step, low, high = _by_answers(coded, SCORE_STEPS), *_ends(coded)
    # nearest(100 total / (4 n), step) in whole numbers: halves go upwards
    value = (200 * total + _TOP * n * step) // (2 * _TOP * n * step) * step
    inside = (value > low) & (value < high)
    return np.clip(value, low, high).astype(float), inside


def spreads(counts: Ints, coded: Ints) -> Array:
    """Spread index cells, shapes as in `scores`."""
    n, total, squares = np.maximum(counts.sum(axis=-1), 1), counts @ _OPTIONS, counts @ _OPTIONS**2
    # 100 (v / e - 1) with v / e = 4 (n squares - total^2) / (total (4 n - total)), to the nearest step
    over, under = _TOP * (n * squares - total**2), total * (_TOP * n - total)
    base = np.maximum(under, 1)
    value = (2 * 100 // SPREAD_STEP * (over - under) + base) // (2 * base) * SPREAD_STEP
    _, inside = scores(counts, coded)
    return np.where(inside, np.clip(value, 0, SPREAD_CEILING), 0).astype(float)


def _by_answers(n: Ints, steps: tuple[tuple[int, int], ...]) -> Ints:
    """Which value of a descending table is in force from this many answers on."""
    return np.select([n >= least for least, _ in steps], [value for _, value in steps], steps[-1][1])


def _ends(n: Ints) -> tuple[Ints, Ints]:
    wide, narrow = display.score_ends(SHARES_FLOOR), display.score_ends(0)
    low, high = (np.where(n >= SHARES_FLOOR, one, other) for one, other in zip(wide, narrow, strict=True))
    return low, high


@cache
def _turnout_tables(reach: int, k: int) -> tuple[Array, Ints]:
    """By answers and people: participation as shown (NaN: withheld), and the most answers to code by."""
    turnout = np.full((reach, reach), np.nan)
    most = np.full((reach, reach), display.NO_LIMIT, dtype=np.int64)
    for people in range(reach):
        for n in range(people + 1):
            cell = display.participation(n, people, k)
            turnout[n, people] = cell.value if isinstance(cell, Released) else np.nan
            most[n, people] = display.coded_up_to(n, people, k)
    return turnout, most


def _whole(o: Organisation, t: int, seen: Mask) -> Whole:
    """The organisation's own score on what every wave asks, over the teams that are shown."""
    people, n, k = int(o.people[t][seen].sum()), int(o.answered[t][seen].sum()), o.world.fewest
    # every wave asks what the first two do: in the first one nobody knows yet what the second will leave out
    fixed = [item for item in o.plan.asked(0) if item in o.plan.asked(min(t, 1))]
    if not seen.any():
        nothing = float("nan")
        return Whole(UnitKey(ROOT), nothing, nothing, 0.0, 0.0, len(fixed))
    turnout, most = display.participation(n, people, k), display.coded_up_to(n, people, k)
    answered = turnout.value if isinstance(turnout, Released) else float("nan")
    cells = []
    for item in fixed:
        counts = o.counts[t, seen, item].sum(axis=0).tolist()
        cells.append(display.score(display.mean(counts, _SCORES), min(sum(counts), most)))
    answers, step = behind(cells[0].n, answered)
    return Whole(
        unit=UnitKey(ROOT),
        score=sum(cell.value for cell in cells) / len(cells),
        answers=answers,
        people=float(people),
        coding=step**2 / 12 / len(cells),
        items=len(cells),
    )
