"""When a flag speaks and when it keeps silent; and how an organisation's own noise moves the bars."""

from __future__ import annotations

import math

import numpy as np
import pytest

from insights.hotspot_change import Strength
from insights.hotspot_evidence import BETTER_ODDS, RISE_ODDS, once_in_team_years, p_real
from insights.hotspot_kinds import Flag, FlagKind, Mirror, Tier
from insights.hotspot_telling import NEVER, MirrorCount, Recent, Teller
from insights.hotspots import Detector
from insights.policy import (
    LEARNING_ROUNDS,
    MIRROR_BAR,
    MIRROR_HIGHEST,
    MIRROR_LOWEST,
    MIRROR_RATE,
    RECENT_ROUNDS,
    SILENT_ROUNDS,
    START_WINDOW,
)
from tests.insights.hotspot_ledgers import coded, of, plain

BAR, ALERT_BAR = 5.0, 7.0
WATCH, ALERT = 6.0, 8.0


def strength(score: float, ago: int = 0) -> Strength:
    none = np.zeros(1)
    return Strength(np.array([score]), np.array([ago]), none, none, none)


class Told:
    """One team and what it is told, round after round; the change is said to have begun in round `since`."""

    def __init__(self) -> None:
        self.teller = Teller.of(1)

    def hears(self, t: int, score: float, since: int, *, judged: bool = True, turned: int | None = None) -> str:
        other = None if turned is None else np.array([turned])
        flagged, alert = self.teller.speak(t, np.array([judged]), strength(score, t - since), BAR, ALERT_BAR, other)
        return "alert" if alert[0] else "watch" if flagged[0] else ""


# --- the teller -------------------------------------------------------------------------------


def test_a_flag_speaks_above_its_bar_and_not_at_it() -> None:
    assert [Told().hears(12, score, 12) for score in (BAR, BAR + 1e-9, ALERT_BAR, ALERT_BAR + 1e-9)] == [
        "",
        "watch",
        "watch",
        "alert",
    ]


def test_who_is_not_judged_is_not_told() -> None:
    team = Told()
    assert team.hears(12, ALERT, 12, judged=False) == ""
    assert team.hears(13, ALERT, 12) == "alert"


def test_after_a_flag_a_team_is_left_alone_for_eight_rounds() -> None:
    team = Told()
    team.hears(12, WATCH, 12)
    heard = [team.hears(t, WATCH, t) for t in range(13, 13 + SILENT_ROUNDS + 1)]
    assert heard == [""] * SILENT_ROUNDS + ["watch"]


def test_what_was_told_is_not_told_again_while_it_lasts() -> None:
    team = Told()
    team.hears(12, WATCH, 11)
    assert [team.hears(t, WATCH, 11) for t in range(13, 12 + START_WINDOW + 1)] == [""] * START_WINDOW
    assert team.hears(12 + START_WINDOW + 1, WATCH, 11) == "watch"


def test_a_change_that_began_with_the_flag_is_the_one_that_was_told() -> None:
    for since, heard in ((12, ""), (13, "watch")):
        team = Told()
        team.hears(12, WATCH, 10)
        assert team.hears(12 + SILENT_ROUNDS + 1, WATCH, since) == heard


def test_a_watch_that_becomes_an_alert_is_told_once_within_its_silence() -> None:
    team = Told()
    assert team.hears(12, WATCH, 12) == "watch"
    assert team.hears(13, ALERT, 12) == "alert"
    assert [team.hears(t, ALERT, 12) for t in range(14, 13 + START_WINDOW + 1)] == [""] * START_WINDOW


def test_a_watch_may_become_an_alert_long_after_but_not_for_ever() -> None:
    for later, heard in ((START_WINDOW, "alert"), (SILENT_ROUNDS + 1, "alert")):
        team = Told()
        team.hears(12, WATCH, 12)
        assert team.hears(12 + later, ALERT, 12) == heard


def test_an_alert_is_not_followed_by_a_watch_of_the_same_change() -> None:
    team = Told()
    assert team.hears(12, ALERT, 12) == "alert"
    assert [team.hears(t, WATCH, 12) for t in range(13, 30)] == [""] * 17


def test_after_a_new_watch_there_may_be_a_new_alert() -> None:
    team, again = Told(), 12 + SILENT_ROUNDS + 1
    team.hears(12, ALERT, 12)
    assert team.hears(again, WATCH, again) == "watch"
    assert team.hears(again + 1, ALERT, again) == "alert"


def test_the_opposite_makes_a_change_new_at_once() -> None:
    team = Told()
    assert team.hears(12, WATCH, 12, turned=NEVER) == "watch"
    assert team.hears(15, WATCH, 15, turned=NEVER) == ""
    assert team.hears(16, WATCH, 14, turned=14) == ""
    assert team.hears(16, WATCH, 15, turned=14) == "watch"


def test_the_opposite_of_long_ago_changes_nothing() -> None:
    team = Told()
    team.hears(12, WATCH, 12, turned=10)
    assert team.hears(15, WATCH, 15, turned=10) == ""


# --- the mirror -------------------------------------------------------------------------------


def counted(improvements: int, team_years: float) -> float:
    return MirrorCount(Teller.of(0), improvements, 0, round(team_years * 52.18)).shift()


def test_bars_stand_where_the_count_is_as_reckoned_and_follow_it() -> None:
    shifts = [counted(round(factor * MIRROR_RATE * 100), 100.0) for factor in (0.0, 0.5, 1.0, 2.0, 3.0, 50.0)]
    assert shifts[2] == 0.0
    assert shifts == sorted(shifts)
    assert (shifts[0], shifts[-1]) == (MIRROR_LOWEST, MIRROR_HIGHEST)
    assert 0.4 < shifts[3] < shifts[4] < MIRROR_HIGHEST


def test_a_few_improvements_move_little() -> None:
    assert counted(0, 0.0) == 0.0
    assert 0 < counted(2, 2.0) < 0.3


def test_improvements_are_counted_in_quiet_teams_alone_and_once_for_each_change() -> None:
    count, quiet, lasting = (
        MirrorCount.of(4),
        np.array([True, True, False, True]),
        np.array([True, True, True, False]),
    )
    zero, now = np.zeros(4), np.zeros(4, dtype=np.int64)
    down = Strength(MIRROR_BAR + np.array([1.0, 0.0, 1.0, 1.0]), now, zero, zero, zero)
    count.count(12, quiet, lasting, down)
    count.count(13, quiet, lasting, down)
    assert (count.counted, count.team_rounds) == (1, 6)


def mirror(sd: float, seed: int, rounds: int = 40, teams: int = 60) -> Mirror:
    rng, detector = np.random.default_rng(seed), Detector()
    levels = rng.normal(45, 5, teams)
    for t in range(rounds):
        detector.step(plain(t + 1, coded(levels + rng.normal(0, sd, teams))))
    found = detector.reading().mirror
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_an_organisation_that_is_twice_as_noisy_has_higher_bars(seed: int) -> None:
    calm, noisy = mirror(6.5, seed), mirror(13.0, seed)
    assert abs(calm.bar - RISE_ODDS.bar) <= 0.2 + 1e-9
    assert noisy.bar > RISE_ODDS.bar + 0.3
    assert noisy.bar > calm.bar + 0.5
    assert noisy.alert_bar - noisy.bar == pytest.approx(RISE_ODDS.alert_bar - RISE_ODDS.bar)


def test_the_mirror_tells_of_the_time_that_it_has_seen() -> None:
    rounds, teams = 30, 20
    found = mirror(3.0, 3, rounds, teams)
    assert found.team_years == pytest.approx((rounds - LEARNING_ROUNDS) * teams / 52.18, rel=0.1)


def test_who_burns_is_not_asked_whether_things_get_better() -> None:
    rng, detector, quiet = np.random.default_rng(5), Detector(), Detector()
    strain = 40 + 3 * rng.standard_normal((40, 10))
    for t, row in enumerate(strain):
        quiet.step(plain(t + 1, row))
        worse = row.copy()
        worse[4] += 25 if t >= 15 else 0
        detector.step(plain(t + 1, worse))
    here, there = quiet.reading().mirror, detector.reading().mirror
    assert here is not None
    assert there is not None
    assert 20 / 52.18 < here.team_years - there.team_years < 27 / 52.18


@pytest.mark.parametrize("sd", [6.5, 10.0])
def test_false_rises_are_no_more_than_twice_the_promise_while_noise_can_be_learnt(sd: float) -> None:
    rng, detector, flags = np.random.default_rng(8), Detector(), list[Flag]()
    levels = rng.normal(45, 5, 100)
    for t in range(52):
        flags += detector.step(plain(t + 1, coded(levels + rng.normal(0, sd, 100))))
    team_years = 100 * 40 / 52.18
    assert len(of(flags, FlagKind.RISE)) <= 2 * 0.10 * team_years


def test_an_improvement_that_is_told_twice_is_counted_once() -> None:
    detector, tiers = Detector(), []
    for t in range(20):
        row = np.full(14, 60.0)
        row[4] -= 20 if t >= 14 else 0
        tiers += [flag.tier for flag in detector.step(plain(t + 1, row))]
    found = detector.reading().mirror
    assert found is not None
    assert tiers == [Tier.WATCH, Tier.ALERT]
    assert (found.counted, found.told) == (1, 1)
    assert found.reckoned == pytest.approx(MIRROR_RATE * found.team_years)


def test_flags_speak_at_the_bars_that_this_organisation_has_earned() -> None:
    rng, detector, told = np.random.default_rng(1), Detector(), list[Flag]()
    levels, bar = rng.normal(45, 5, 60), RISE_ODDS.bar
    odds = {FlagKind.RISE: RISE_ODDS, FlagKind.BETTER: BETTER_ODDS}
    for t in range(60):
        flags = of(detector.step(plain(t + 1, coded(levels + rng.normal(0, 14, 60)))), *odds)
        mirror = detector.reading().mirror
        assert mirror is not None
        bar, shift = mirror.bar, mirror.bar - RISE_ODDS.bar
        for flag in flags:
            assert flag.score > mirror.bar
            assert (flag.tier is Tier.ALERT) == (flag.score > mirror.alert_bar)
            assert flag.p_real == pytest.approx(p_real(odds[flag.kind], flag.score - shift))
            assert flag.once_in_team_years == pytest.approx(once_in_team_years(odds[flag.kind], flag.score - shift))
        told += flags
    assert bar > RISE_ODDS.bar + 0.5
    assert len(told) > 5


# --- what was shown last ----------------------------------------------------------------------


def test_only_the_last_shown_levels_since_a_round_are_remembered() -> None:
    recent = Recent.of(2)
    for t, level in enumerate([50.0, 10.0, 20.0, 30.0]):
        recent.note(t, np.array([True, t < 2]), np.array([level, level]))
    assert recent.since(0, 0) == pytest.approx(20.0)
    assert recent.since(2, 0) == pytest.approx(25.0)
    assert recent.since(0, 1) == pytest.approx(30.0)
    assert math.isnan(recent.since(2, 1))
    assert recent.level.shape == (RECENT_ROUNDS, 2)
