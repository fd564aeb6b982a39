"""Ledgers for the detector's tests: strain and turnout given as arrays, one row a round, one column a team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.hotspot_filter import Array

TRUST = UnitKey("trust")
FIRST_DAY = date(2026, 1, 6)


def names(count: int) -> tuple[UnitKey, ...]:
    """t00, t01, ..."""
    return tuple(UnitKey(f"t{i:02d}") for i in range(count))


def ordinary(rounds: int, teams: int, seed: int = 1) -> Array:
    """Strain of teams where nothing happens: levels around 40, weeks that differ by 6 points, shown to 2.5 points."""
    rng = np.random.default_rng(seed)
    levels = rng.normal(40, 5, teams)
    return coded(levels + rng.normal(0, 6, (rounds, teams)))


def coded(strain: Array) -> Array:
    """To the nearest 2.5 points within the clamps, as the mean of two shown scores is."""
    return np.clip(2.5 * np.floor(strain / 2.5 + 0.5), 20.0, 80.0)


def ledger(
    strain: Array,
    answered: Array | None = None,
    *,
    people: int = 20,
    units: Sequence[UnitKey] | None = None,
    divisions: int = 1,
    whole: Array | None = None,
    reason: Reason = Reason.TOO_FEW,
) -> list[Page]:
    """Pages from round 1 on. NaN in `strain` or `answered` (10 people unless given) is withheld for `reason`.

    `whole` is the organisation's score of the fixed question, one a round (40 unless given).
    """
    rounds, teams = strain.shape
    units = units or names(teams)
    turnout = np.where(np.isnan(strain), np.nan, 10.0) if answered is None else answered
    scores = np.full(rounds, 40.0) if whole is None else whole
    pages = []
    for t in range(rounds):
        asked = ("fixed", f"turn{t % 6}", "driver")
        lines = [Line(TRUST, None, "Trust", Kind.GROUP, teams, teams, people * teams, people * teams)]
        lines += [Line(UnitKey(f"d{d}"), TRUST, "Division", Kind.GROUP, 0, 0, 0, 0) for d in range(divisions)]
        cells: dict[CellKey, Cell] = {
            (TRUST, question, Stat.SCORE): Released(float(scores[t]), "100-199") for question in asked[:2]
        }
        for i, unit in enumerate(units):
            lines.append(Line(unit, UnitKey(f"d{i % divisions}"), "Ward", Kind.TEAM, 1, 1, people, people))
            n = band(float(turnout[t, i]))
            for stat, value in ((Stat.STRAIN, strain[t, i]), (Stat.ANSWERED, turnout[t, i])):
                cells[unit, WHOLE, stat] = Withheld(reason) if np.isnan(value) else Released(float(value), n)
        opened_on = FIRST_DAY + timedelta(weeks=t)
        pages.append(Page(t + 1, opened_on, asked, tuple(lines), cells))
    return pages


def band(n: float) -> str:
    """The band a number of answers is shown in."""
    return "20-49" if n >= 20 else "10-19" if n >= 10 else "5-9"
