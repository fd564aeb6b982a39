"""The ledger's pages as arrays: one row a round, one column a team, NaN where nothing may be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.cells import Kind, Ledger, Line, Page, Reason, Released, Stat, UnitKey
from insights.hotspot_filter import Array, Mask
from insights.policy import K_CEILING, K_FLOOR, N_BANDS, SCORE_STEPS

_LOWS = tuple(low for low, _ in N_BANDS)


@dataclass(frozen=True, slots=True)
class Series:
    """Shape (rounds, teams) throughout. `strain` in points, `answers` the people behind it, `coding` the
    variance that rounding to `SCORE_STEPS` adds, `people` asked (0: unknown), `answered` of them; `silent`:
    fewer than k answered; `group` numbers the unit above."""

    units: tuple[UnitKey, ...]
    rounds: tuple[int, ...]
    strain: Array
    answers: Array
    coding: Array
    people: Array
    answered: Array
    silent: Mask
    group: NDArray[np.int64]


def teams_of(ledger: Ledger) -> Series:
    """All lines of `Kind.TEAM`, in the order of their keys.

    >>> teams_of([]).strain.shape
    (0, 0)
    """
    lines = [{line.key: line for line in page.lines if line.kind is Kind.TEAM} for page in ledger]
    units = tuple(sorted({key for there in lines for key in there}))
    shape = (len(ledger), len(units))
    strain, answers, coding, answered = (np.full(shape, np.nan) for _ in range(4))
    people, silent = np.zeros(shape), np.zeros(shape, dtype=bool)
    above = {line.parent for there in lines for line in there.values()}
    number = {parent: i for i, parent in enumerate(sorted(above, key=str))}
    group = np.zeros(shape, dtype=np.int64)
    for t, (page, there) in enumerate(zip(ledger, lines, strict=True)):
        for i, unit in enumerate(units):
            line = there.get(unit)
            if line is None:
                continue
            people[t, i], group[t, i] = line.people, number[line.parent]
            turnout = page.cell(unit, Stat.ANSWERED)
            if isinstance(turnout, Released):
                answered[t, i] = turnout.value if line.people else np.nan
            else:
                silent[t, i] = turnout.reason in (Reason.TOO_FEW, Reason.POOLED)
            shown = page.cell(unit, Stat.STRAIN)
            if isinstance(shown, Released):
                strain[t, i] = shown.value
                answers[t, i], step = behind(shown.n, answered[t, i])
                # rounding error is uniform, step^2 / 12; strain is the mean of two such scores
                coding[t, i] = step**2 / 24
    return Series(units, tuple(p.round for p in ledger), strain, answers, coding, people, answered, silent, group)


def whole_of(ledger: Ledger) -> Series:
    """The organisation's top unit as a series of one: the scored questions that the first two rounds share.

    A rotating question is harder or easier than its predecessor; only what every round asks can rise. Without
    such a question, or where the top unit is itself a team, there is no column.

    >>> whole_of([]).units
    ()
    """
    root = _root(ledger[-1]) if ledger else None
    asked = [_scored(page, root.key) for page in ledger[:2]] if root and root.kind is Kind.GROUP else []
    fixed = sorted(set.intersection(*asked)) if len(asked) == 2 else []
    units = (root.key,) if root and fixed else ()
    shape = (len(ledger), len(units))
    score, answers, coding, answered = (np.full(shape, np.nan) for _ in range(4))
    people = np.zeros(shape)
    for t, page in enumerate(ledger):
        for i, unit in enumerate(units):
            line = page.line(unit)
            cells = [page.cell(unit, Stat.SCORE, question) for question in fixed]
            shown = [cell for cell in cells if isinstance(cell, Released)]
            if line is None or len(shown) < len(cells):
                continue
            people[t, i] = line.people
            turnout = page.cell(unit, Stat.ANSWERED)
            if isinstance(turnout, Released):
                answered[t, i] = turnout.value
            score[t, i] = sum(cell.value for cell in shown) / len(shown)
            answers[t, i], step = behind(shown[0].n, answered[t, i])
            coding[t, i] = step**2 / 12
    rounds = tuple(page.round for page in ledger)
    silent, group = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
    return Series(units, rounds, score, answers, coding, people, answered, silent, group)


def _root(page: Page) -> Line | None:
    return next((line for line in page.lines if line.parent is None and line.kind in (Kind.GROUP, Kind.TEAM)), None)


def _scored(page: Page, unit: UnitKey) -> set[str]:
    return {question for question in page.questions if (unit, question, Stat.SCORE) in page.cells}


def behind(band: str, answered: float) -> tuple[float, int]:
    """How many answers to reckon with behind a band, and the step its scores are shown to.

    The participation cell's number (to 3 people) where it is shown and lies in the band; else the band's
    lower middle, the geometric mean of its ends rounded down, because precision is nearer to the mean of 1/n
    than to that of n.

    >>> behind("10-19", float("nan")), behind("10-19", 18.0), behind("10-19", 21.0), behind("200+", float("nan"))
    ((13.0, 5), (18.0, 5), (19.0, 5), (200.0, 1))
    """
    low = int(band.rstrip("+").split("-")[0])
    above = [other for other in _LOWS if other > low]
    high = above[0] - 1 if above else float("inf")
    middle = float(int((low * high) ** 0.5)) if above else float(low)
    n = middle if np.isnan(answered) else float(min(max(answered, low), high))
    return n, next(step for least, step in SCORE_STEPS if low >= least)


def k_in_force(answered: Array) -> int:
    """The k to reckon with when a round says "fewer than k answered": a page does not carry it.

    Nothing below k is shown, and what is shown is to the nearest 3 people. Where little teams are shown k is 5, the
    default; where they stop just short of one of the larger k that are in use, it is that. Where no team ever came
    near, it makes no difference to a fall, and it is 5.

    >>> [k_in_force(np.array([[30.0, least]])) for least in (6.0, 9.0, 12.0, 15.0)]
    [5, 10, 11, 5]
    """
    shown = answered[~np.isnan(answered)]
    least = float(shown.min()) if len(shown) else 0.0
    return int(min(least + 1, K_CEILING)) if K_FLOOR + 1 < least <= K_CEILING + 1 else K_FLOOR
