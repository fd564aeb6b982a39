"""Ledgers for the detector's tests: strain and turnout given as arrays, one row a round, one column a team."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from insights.cells import WHOLE, Cell, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.hotspot_change import Array
from insights.hotspot_kinds import Flag, FlagKind, Reading
from insights.hotspot_round import Shown, Whole
from insights.hotspot_series import shown_rounds
from insights.hotspot_tracks import Taken, Teams, Tracks, Watched, take
from insights.hotspot_warm import Warm
from insights.hotspots import Detector
from insights.policy import K_FLOOR

TRUST = UnitKey("trust")
FIRST_DAY = date(2026, 1, 6)
BURNING = UnitKey("t04")
NAN = float("nan")


def names(count: int) -> tuple[UnitKey, ...]:
    """t00, t01, ..."""
    return tuple(UnitKey(f"t{i:02d}") for i in range(count))


def ordinary(rounds: int, teams: int, seed: int = 1) -> Array:
    """Strain of teams where nothing happens: levels around 40, weeks that differ by 6 points, shown to 2.5 points."""
    rng = np.random.default_rng(seed)
    levels = rng.normal(40, 5, teams)
    return coded(levels + rng.normal(0, 6, (rounds, teams)))


def burning(rounds: int = 24, step: float = 15.0, begins: int = 15, seed: int = 1, teams: int = 14) -> Array:
    """t04 is `step` points worse from the `begins`-th round on."""
    strain = ordinary(rounds, teams, seed)
    strain[begins - 1 :, 4] = coded(strain[begins - 1 :, 4] + step)
    return strain


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
    spread: Array | None = None,
    k: int = K_FLOOR,
) -> list[Page]:
    """Pages from round 1 on. NaN in `strain` or `answered` (10 people unless given) is withheld for `reason`.

    `whole` is the organisation's score of the fixed question, one a round (40 unless given); `spread` the spread
    index of both questions (not shown unless given).
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
            shown = [(WHOLE, Stat.STRAIN, strain[t, i]), (WHOLE, Stat.ANSWERED, turnout[t, i])]
            shown += [(question, Stat.SCORE, strain[t, i]) for question in asked[:2]]
            if spread is not None:
                shown += [(question, Stat.SPREAD, spread[t, i]) for question in asked[:2]]
            n = band(float(turnout[t, i]))
            for question, stat, value in shown:
                cells[unit, question, stat] = Withheld(reason) if np.isnan(value) else Released(float(value), n)
        opened_on = FIRST_DAY + timedelta(weeks=t)
        pages.append(Page(t + 1, opened_on, asked, tuple(lines), cells, k))
    return pages


def band(n: float) -> str:
    """The band a number of answers is shown in."""
    return "20-49" if n >= 20 else "10-19" if n >= 10 else "5-9"


def without(page: Page, *units: UnitKey) -> Page:
    """The page of an organisation that never had these units."""
    return dataclasses.replace(page, lines=tuple(line for line in page.lines if line.key not in units))


def below(page: Page, unit: UnitKey, parent: UnitKey | None) -> Page:
    """The page with the unit in another place."""
    lines = tuple(dataclasses.replace(one, parent=parent) if one.key == unit else one for one in page.lines)
    return dataclasses.replace(page, lines=lines)


def plain(number: int, strain: Array, *, divisions: int = 1, whole: float = 40.0) -> Shown:
    """One round without pages, for organisations too large to write out; NaN in `strain` is withheld."""
    teams, silent = len(strain), np.isnan(strain)
    seen = np.where(silent, np.nan, 10.0)
    return Shown(
        number=number,
        units=tuple(UnitKey(f"t{i:05d}") for i in range(teams)),
        parents=tuple(UnitKey(f"d{i % divisions}") for i in range(teams)),
        strain=strain,
        answers=seen,
        coding=np.where(silent, np.nan, 25 / 24),
        items=2,
        people=np.full(teams, 20.0),
        answered=seen,
        silent=silent,
        spread=np.full(teams, np.nan),
        spread_items=2,
        k=5,
        whole=Whole(TRUST, whole, 10.0 * teams, 20.0 * teams, 4 / 12, 1),
    )


def readings(pages: Sequence[Page], warm: Warm | None = None) -> Iterator[tuple[Detector, Reading]]:
    """The detector and its reading after each page."""
    detector = Detector(warm)
    for shown in shown_rounds(pages):
        detector.step(shown)
        yield detector, detector.reading()


def taught(rounds: Sequence[Shown]) -> tuple[Tracks, list[Taken]]:
    """What every round taught, of teams that stay the same and are in one division."""
    teams = len(rounds[0].units)
    tracks, group = Tracks(Teams.of(teams), Watched.of(1), Watched.of(1)), np.zeros(teams, dtype=np.int64)
    return tracks, [take(tracks, t, one, group, None) for t, one in enumerate(rounds)]


def of(flags: Iterable[Flag], *kinds: FlagKind) -> list[Flag]:
    """The flags of these kinds."""
    return [flag for flag in flags if flag.kind in kinds]


def evidence(flag: Flag) -> list[float]:
    """What stands beside a flag in numbers, but for levels that it does not depend on."""
    return [flag.effect, flag.lo, flag.hi, flag.p_real, flag.once_in_team_years, flag.score, flag.shared]


def without_numbers(flag: Flag) -> tuple[int, UnitKey, FlagKind, str, int]:
    """What a flag says in words."""
    return flag.round, flag.unit, flag.kind, flag.tier, flag.since
