"""What has been told stays open while it lasts, says how it goes on, and goes when it is over."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from insights.hotspot_change import Array
from insights.hotspots import Course, Flag, FlagKind, Tier, history
from insights.policy import LEARNING_ROUNDS, SILENT_ROUNDS, START_WINDOW
from tests.insights.hotspot_ledgers import BURNING, NAN, burning, coded, ledger, ordinary, readings

ORDER = [Course.HOT, Course.EASING, Course.OVER]


def courses(strain: Array, flag: Flag) -> dict[int, Course]:
    """How the flag stands, by the rounds in which it is open."""
    every = {t: reading for t, (_, reading) in enumerate(readings(ledger(strain)), 1)}
    return {t: one.state for t, reading in every.items() for one in reading.open_flags if one.flag == flag}


def alert(strain: Array) -> Flag:
    return next(f for f in history(ledger(strain)) if f.unit == BURNING and f.tier is Tier.ALERT)


def test_a_flag_stays_open_through_its_silent_rounds_and_is_still_hot() -> None:
    strain = burning(30, step=25.0)
    raised = alert(strain)
    open_in = courses(strain, raised)
    for later in range(raised.round + 1, raised.round + SILENT_ROUNDS + 1):
        assert open_in[later] is Course.HOT


def test_a_flag_that_lasts_stays_open_for_half_a_year_and_is_then_told_anew() -> None:
    strain = np.full((50, 14), 40.0)
    strain[14:, 4] = 60.0
    raised = alert(strain)
    open_in = courses(strain, raised)
    assert list(open_in) == list(range(raised.round + 1, raised.round + START_WINDOW))
    assert {Course.HOT} == set(open_in.values())
    later = [f.round for f in history(ledger(strain)) if f.kind is FlagKind.RISE and f.round > raised.round]
    assert later == [raised.round + START_WINDOW]


def test_a_flag_that_passes_is_easing_and_then_over_and_then_gone() -> None:
    strain = burning(32, step=25.0)
    raised = alert(strain)
    strain[raised.round :, 4] = coded(strain[raised.round :, 4] - 25)
    open_in = courses(strain, raised)
    ranks = [ORDER.index(open_in[t]) for t in range(raised.round + 1, raised.round + SILENT_ROUNDS + 1)]
    assert ranks[0] < ranks[-1]
    assert ORDER[ranks[-1]] is Course.OVER
    # what is over is told through the silent rounds, and not again
    assert max(open_in) == raised.round + SILENT_ROUNDS


def test_a_change_that_halves_is_easing() -> None:
    strain = np.full((30, 14), 40.0)
    strain[14:, 4] = 70.0
    raised = alert(strain)
    strain[raised.round :, 4] = 40 + 0.4 * raised.effect
    open_in = courses(strain, raised)
    assert open_in[raised.round + 4] is Course.EASING


def test_weeks_that_show_nothing_leave_a_flag_as_it_was() -> None:
    strain = np.full((30, 14), 40.0)
    strain[14:, 4] = 65.0
    raised = alert(strain)
    strain[raised.round :, 4] = NAN
    assert set(courses(strain, raised).values()) == {Course.HOT}


def test_a_flag_of_the_last_round_is_new_and_not_open() -> None:
    for t, (_, reading) in enumerate(readings(ledger(burning(30))), 1):
        assert all(flag.round == t for flag in reading.flags)
        assert all(t - START_WINDOW <= still.flag.round < t for still in reading.open_flags)


def test_of_a_team_and_a_kind_only_the_newest_flag_is_open_and_the_newest_come_first() -> None:
    strain = ordinary(40, 14, seed=4)
    for column, begins in ((4, 14), (7, 20), (9, 26)):
        strain[begins:, column] = coded(strain[begins:, column] + 16)
    most = 0
    for t, (detector, reading) in enumerate(readings(ledger(strain)), 1):
        told = [(still.flag.unit, still.flag.kind) for still in reading.open_flags]
        assert len(told) == len(set(told))
        rounds = [still.flag.round for still in reading.open_flags]
        assert rounds == sorted(rounds, reverse=True)
        assert detector.round == t
        most = max(most, len(told))
    assert most >= 3


def test_an_alert_takes_the_place_of_its_watch() -> None:
    strain = burning(40, step=12.0)
    flags = [f for f in history(ledger(strain)) if f.unit == BURNING and f.kind is FlagKind.RISE]
    watch, louder = next((a, b) for a, b in pairwise(flags) if (a.tier, b.tier) == (Tier.WATCH, Tier.ALERT))
    assert max(courses(strain, watch), default=watch.round) < louder.round + 1
    assert louder.round + 1 in courses(strain, louder)


def test_nothing_is_open_while_nobody_is_judged() -> None:
    for t, (_, reading) in enumerate(readings(ledger(burning(16, step=30.0, begins=6))), 1):
        if t <= LEARNING_ROUNDS:
            assert (reading.flags, reading.open_flags, reading.unjudged, reading.usual) == ((), (), (), {})
            assert reading.learning == LEARNING_ROUNDS + 1 - t


def test_silence_is_still_hot_while_it_lasts_and_over_when_they_are_back() -> None:
    strain, answered = ordinary(34, 14), np.full((34, 14), 12.0)
    answered[:, 9] = 6.0
    strain[14:24, 4] = answered[14:24, 4] = NAN
    pages = ledger(strain, answered)
    states = {
        t: still.state
        for t, (_, reading) in enumerate(readings(pages), 1)
        for still in reading.open_flags
        if still.flag.kind is FlagKind.SILENCE and still.flag.unit == BURNING
    }
    assert states[22] is Course.HOT
    assert states.get(27, Course.OVER) is Course.OVER
    assert Course.HOT not in {state for t, state in states.items() if t >= 27}
