"""The ledger's pages as the detector takes them in: arrays by team, NaN where nothing may be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from insights.cells import Kind, Ledger, Line, Page, Reason, Released, Stat
from insights.hotspot_round import Shown, Whole
from insights.policy import N_BANDS, SCORE_STEPS

_LOWS = tuple(low for low, _ in N_BANDS)


def shown_rounds(ledger: Ledger, after: int = 0) -> list[Shown]:
    """The pages of all rounds after the given one, oldest first: all lines of `Kind.TEAM` in the order of their keys.

    What is read from a page depends on itself and the first two: which questions every round asks.

    >>> shown_rounds([])
    []
    """
    fixed = _fixed(ledger)
    return [
        _shown(page, fixed if page is not ledger[0] else _scored_at_root(page))
        for page in ledger
        if page.round > after
    ]


def _shown(page: Page, fixed: Sequence[str]) -> Shown:
    teams = sorted((line for line in page.lines if line.kind is Kind.TEAM), key=lambda line: line.key)
    strain, answers, coding, answered, spread = (np.full(len(teams), np.nan) for _ in range(5))
    silent = np.zeros(len(teams), dtype=bool)
    scored = _scored(page, teams)
    items = max(len(scored), 1)
    for i, line in enumerate(teams):
        turnout = page.cell(line.key, Stat.ANSWERED)
        if isinstance(turnout, Released):
            answered[i] = turnout.value if line.people else np.nan
        else:
            silent[i] = turnout.reason in (Reason.TOO_FEW, Reason.POOLED)
        shown = page.cell(line.key, Stat.STRAIN)
        if isinstance(shown, Released):
            strain[i] = shown.value
            answers[i], step = behind(shown.n, answered[i])
            # rounding error is uniform, step^2 / 12; strain is the mean of such scores
            coding[i] = step**2 / 12 / items
        spreads = [page.cell(line.key, Stat.SPREAD, question) for question in scored]
        values = [cell.value for cell in spreads if isinstance(cell, Released)]
        if values and len(values) == len(spreads):
            spread[i] = sum(values) / len(values)
    return Shown(
        number=page.round,
        units=tuple(line.key for line in teams),
        parents=tuple(line.parent for line in teams),
        strain=strain,
        answers=answers,
        coding=coding,
        items=items,
        people=np.array([float(line.people) for line in teams]),
        answered=answered,
        silent=silent,
        spread=spread,
        spread_items=items,
        k=page.k,
        whole=_whole(page, fixed),
    )


def _scored(page: Page, teams: Sequence[Line]) -> list[str]:
    """The scored questions of a page: strain is their mean."""
    return [q for q in page.questions if any((line.key, q, Stat.SCORE) in page.cells for line in teams)]


def _whole(page: Page, fixed: Sequence[str]) -> Whole | None:
    """The top unit on the scored questions that the first two rounds share.

    A rotating question is harder or easier than its predecessor; only what every round asks can rise. Without
    such a question, or where the top unit is itself a team, there is nothing to tell.
    """
    root = _root(page)
    if root is None or root.kind is not Kind.GROUP or not fixed:
        return None
    cells = [page.cell(root.key, Stat.SCORE, question) for question in fixed]
    shown = [cell for cell in cells if isinstance(cell, Released)]
    if len(shown) < len(cells):
        return Whole(root.key, float("nan"), float("nan"), float(root.people), 0.0, len(fixed))
    turnout = page.cell(root.key, Stat.ANSWERED)
    answers, step = behind(shown[0].n, turnout.value if isinstance(turnout, Released) else float("nan"))
    score = sum(cell.value for cell in shown) / len(shown)
    return Whole(root.key, score, answers, float(root.people), step**2 / 12 / len(shown), len(shown))


def _fixed(ledger: Ledger) -> list[str]:
    asked = [set(_scored_at_root(page)) for page in ledger[:2]]
    return sorted(set.intersection(*asked)) if asked else []


def _scored_at_root(page: Page) -> list[str]:
    root = _root(page)
    return [q for q in page.questions if root and (root.key, q, Stat.SCORE) in page.cells]


def _root(page: Page) -> Line | None:
    return next((line for line in page.lines if line.parent is None and line.kind in (Kind.GROUP, Kind.TEAM)), None)


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
