"""Organisations that no simulation thinks of: none of them makes the detector stumble, warn or make something up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from insights.cells import UnitKey
from insights.hotspot_change import Array
from insights.hotspot_series import shown_rounds
from insights.hotspot_state import unpack
from insights.hotspot_warm import Warm
from insights.hotspots import Course, Detector, Flag, FlagKind, Reading, detect, history
from insights.policy import SILENT_ROUNDS, START_WINDOW
from tests.insights.hotspot_ledgers import (
    BURNING,
    NAN,
    TRUST,
    below,
    burning,
    coded,
    ledger,
    names,
    of,
    ordinary,
    plain,
    readings,
    without,
)

KINDS_OF_STRAIN = (FlagKind.RISE, FlagKind.BETTER, FlagKind.CHRONIC)


def is_nothing(reading: Reading) -> bool:
    assert (reading.learning, reading.flags, reading.open_flags) == (0, (), ())
    return True


# --- few or none ------------------------------------------------------------------------------


def test_one_team_alone_is_judged_with_care() -> None:
    strain = ordinary(30, 1)
    quiet = history(ledger(strain))
    strain[16:, 0] = coded(strain[16:, 0] + 35)
    assert of(quiet, FlagKind.RISE) == []
    assert {"t00"} == {flag.unit for flag in of(history(ledger(strain)), FlagKind.RISE)}


def test_an_organisation_that_is_one_team_has_no_whole() -> None:
    strain = ordinary(20, 1)
    alone = [
        dataclasses.replace(page, lines=(dataclasses.replace(page.lines[-1], parent=None),))
        for page in ledger(strain)
    ]
    reading = detect(alone)
    assert reading.unjudged == ()
    assert set(reading.usual) == {"t00"}
    assert history(alone) == ()


def test_a_ledger_without_teams_is_empty() -> None:
    pages = [dataclasses.replace(page, lines=page.lines[:1]) for page in ledger(ordinary(20, 1))]
    reading = detect(pages)
    assert is_nothing(reading)
    assert (reading.unjudged, reading.usual) == ((), {})


def test_a_ledger_without_lines_is_empty() -> None:
    pages = [dataclasses.replace(page, lines=(), cells={}) for page in ledger(ordinary(20, 1))]
    assert is_nothing(detect(pages))
    assert detect(pages).unjudged == ()


def test_the_only_team_may_come_after_many_empty_rounds() -> None:
    pages = ledger(ordinary(40, 1))
    late = [*(without(page, UnitKey("t00")) for page in pages[:30]), *pages[30:]]
    assert set(detect(late).usual) == {"t00"}
    assert of(history(late), *KINDS_OF_STRAIN) == []


# --- nothing to see ---------------------------------------------------------------------------


def test_all_withheld_says_nothing_but_who_cannot_be_judged() -> None:
    reading = detect(ledger(np.full((20, 14), NAN)))
    assert is_nothing(reading)
    assert (reading.unjudged, reading.usual) == (names(14), {})


@pytest.mark.parametrize("level", [20.0, 40.0, 80.0])
def test_the_same_answer_everywhere_is_nothing(level: float) -> None:
    pages = ledger(np.full((30, 14), level), whole=np.full(30, level), spread=np.zeros((30, 14)))
    *_, last = said = [reading for _, reading in readings(pages)]
    assert [reading.flags for reading in said] == [()] * 30
    assert last.usual == pytest.approx(dict.fromkeys(names(14), level))


def test_nobody_was_asked() -> None:
    assert history(ledger(np.full((20, 14), NAN), people=0)) == ()


def test_everybody_leaving_is_no_flag_for_strain_and_leaves_nobody_named() -> None:
    strain = burning(36)
    strain[20:] = NAN
    pages = ledger(strain)
    gone = [*pages[:20], *(without(page, *names(14)) for page in pages[20:])]
    silent, empty = ([reading for _, reading in readings(left)] for left in (pages, gone))
    assert of([flag for reading in (*silent[20:], *empty[20:]) for flag in reading.flags], *KINDS_OF_STRAIN) == []
    assert silent[-1].unjudged == names(14)
    assert is_nothing(empty[-1])
    assert (empty[-1].unjudged, empty[-1].usual) == ((), {})


def test_everybody_falling_silent_at_once_is_nobodys_silence() -> None:
    strain = ordinary(24, 14)
    strain[16:] = NAN
    answered = np.where(np.isnan(strain), NAN, 9.0)
    answered[:, 9] = 6.0
    answered[16:, 9] = NAN
    silent = of(history(ledger(strain, answered)), FlagKind.SILENCE)
    assert len(silent) <= 2


# --- the tree moves ---------------------------------------------------------------------------


def test_a_team_without_a_parent_is_judged_like_the_others() -> None:
    pages = [below(page, BURNING, None) for page in ledger(burning(step=20.0), divisions=3)]
    assert BURNING in {flag.unit for flag in of(history(pages), FlagKind.RISE)}
    assert "" not in {flag.unit for flag in history(pages)}


def test_teams_below_nothing_are_no_division() -> None:
    strain = np.full((26, 14), 40.0)
    strain[16:, :5] = 60.0
    pages = ledger(strain, divisions=2)
    for top in (None, TRUST):
        moved = [dataclasses.replace(page) for page in pages]
        for unit in names(5):
            moved = [below(page, unit, top) for page in moved]
        told = {flag.unit for flag in history(moved) if flag.kind in (FlagKind.SHARED, FlagKind.BETTER)}
        assert told.isdisjoint({"", TRUST})


def test_the_only_division_is_the_organisation() -> None:
    strain, whole = np.full((26, 4), 40.0), np.full(26, 40.0)
    strain[16:], whole[16:] = 65.0, 64.0
    shared = of(history(ledger(strain, whole=whole, divisions=1)), FlagKind.SHARED, FlagKind.BETTER)
    assert {TRUST} == {flag.unit for flag in shared}


def test_divisions_that_appear_and_vanish_flag_nobody() -> None:
    strain = np.full((36, 18), 40.0)
    pages = ledger(strain, divisions=3)
    for number, unit in enumerate(names(18)):
        pages = [below(page, unit, UnitKey(f"n{number % 4}")) if 15 < page.round < 26 else page for page in pages]
    assert history(pages) == ()


def test_a_division_that_comes_back_is_the_same() -> None:
    strain = ordinary(40, 18, seed=6)
    pages = ledger(strain, divisions=3)
    away = [p if not 15 < p.round < 24 else without(p, *names(18)[::3]) for p in pages]
    again = [f for f in history(away) if f.round >= 24]
    assert of(again, FlagKind.SHARED) == []
    assert len(of(again, FlagKind.RISE)) <= 2


@pytest.mark.parametrize("moves", [names(18)[:1], names(18)[:6]])
def test_teams_that_move_to_another_division_keep_what_is_usual_for_them(moves: tuple[UnitKey, ...]) -> None:
    strain = 40 + 2 * np.random.default_rng(3).standard_normal((36, 18))
    strain[:, 0] += 10
    pages = ledger(coded(strain), divisions=3)
    for unit in moves:
        pages = [below(page, unit, UnitKey("d2")) if page.round > 18 else page for page in pages]
    assert of(history(pages), FlagKind.RISE, FlagKind.SHARED) == []
    assert detect(pages).usual[UnitKey("t00")] == pytest.approx(50, abs=2)


def test_who_leaves_a_division_in_trouble_and_stays_in_trouble_is_told() -> None:
    strain = np.full((40, 24), 40.0)
    strain[12:, ::3] = 54.0
    pages = ledger(strain, divisions=3)
    moved = [below(page, UnitKey("t03"), UnitKey("d1")) if page.round > 20 else page for page in pages]
    before, after = ({f.unit for f in of(history(one), FlagKind.RISE) if f.round > 20} for one in (pages, moved))
    assert "t03" not in before
    assert "t03" in after


# --- odd times --------------------------------------------------------------------------------


def test_rounds_need_not_be_consecutive() -> None:
    strain, numbers = burning(24, step=25.0), [3 + 2 * t + t // 7 for t in range(24)]
    pages = ledger(strain)
    apart = [dataclasses.replace(page, round=n) for page, n in zip(pages, numbers, strict=True)]
    number = {page.round: n for page, n in zip(pages, numbers, strict=True)}
    renumbered = [dataclasses.replace(f, round=number[f.round], since=number[f.since]) for f in history(pages)]
    assert renumbered
    assert list(history(apart)) == renumbered


@pytest.mark.parametrize("then", [4, 3, 1, 0, -1])
def test_rounds_in_the_wrong_order_are_refused(then: int) -> None:
    detector, row = Detector(), np.full(5, 40.0)
    detector.step(plain(2, row))
    detector.step(plain(4, row))
    with pytest.raises(ValueError, match="ascending"):
        detector.step(plain(then, row))
    assert detector.round == 4
    detector.step(plain(5, row))


def test_pages_in_the_wrong_order_are_refused() -> None:
    pages = ledger(ordinary(4, 4))
    with pytest.raises(ValueError, match="ascending"):
        detect([pages[0], pages[2], pages[1], pages[3]])


def test_a_first_round_may_have_any_number() -> None:
    detector = Detector()
    detector.step(plain(0, np.full(5, 40.0)))
    with pytest.raises(ValueError, match="ascending"):
        detector.step(plain(0, np.full(5, 40.0)))


# --- many -------------------------------------------------------------------------------------


def crowd(rounds: int, teams: int = 10_000) -> Iterator[Array]:
    rng = np.random.default_rng(9)
    levels = rng.normal(45, 5, teams)
    for _ in range(rounds):
        row = coded(levels + rng.normal(0, 6, teams))
        row[rng.random(teams) < 0.2] = NAN
        yield row


def test_ten_thousand_teams_are_as_good_as_ten() -> None:
    detector, flags = Detector(Warm({}, 26)), list[Flag]()
    for t, row in enumerate(crowd(7)):
        if t >= 4:
            row[77] = 80.0
        flags += detector.step(plain(t + 1, row, divisions=300))
    rises = of(flags, FlagKind.RISE)
    assert "t00077" in {flag.unit for flag in rises}
    # four judged rounds of 10,000 teams are 770 team-years
    assert len(rises) < 0.15 * 770
    numbers = [getattr(flag, name) for flag in flags for name in ("effect", "lo", "hi", "p_real", "score", "shared")]
    assert np.isfinite(numbers).all()
    for name, value in unpack(detector.dump())[1].items():
        if name != "teams.noise.y" and not name.endswith("recent.level"):
            assert np.isfinite(value.astype(float)).all(), name
    assert len(detector.reading().usual) > 9_000


def test_a_closed_team_is_named_no_more_even_where_its_flag_would_still_be_open() -> None:
    pages = ledger(burning(44, step=25.0))
    closed = [*pages[:19], *(without(page, BURNING) for page in pages[19:])]
    named = [
        {one.flag.unit for one in reading.open_flags if one.state is Course.HOT} for _, reading in readings(closed)
    ]
    assert BURNING in named[18]
    assert not any(BURNING in units for units in named[19:])
    assert SILENT_ROUNDS < START_WINDOW
    assert shown_rounds(closed)[-1].units == tuple(unit for unit in names(14) if unit != BURNING)
