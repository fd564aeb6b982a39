"""Split, long-lasting, shared, silent among small teams, and a warm start: what each needs to be told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from insights.cells import Page
from insights.hotspot_change import Array
from insights.hotspot_chronic import Level, chronic, is_due
from insights.hotspot_warm import Warm, WarmLevel, learning_rounds
from insights.hotspots import Detector, Flag, FlagKind, Tier, history
from insights.policy import (
    CHRONIC_EARLY,
    CHRONIC_EVERY,
    CHRONIC_LEAST,
    DIVISION_FEWEST,
    LEARNING_ROUNDS,
    SILENT_ROUNDS,
    WARM_ROUNDS,
)
from tests.insights.hotspot_ledgers import BURNING, NAN, TRUST, burning, coded, ledger, names, of, ordinary, readings

# --- split ------------------------------------------------------------------------------------


def spreads(seed: int, rounds: int = 30) -> Array:
    rng = np.random.default_rng(seed)
    return np.clip(25 * np.round(rng.normal(25, 20, (rounds, 14)) / 25), 0, 200)


@pytest.mark.parametrize("seed", range(4))
def test_a_team_whose_answers_come_apart_is_told_as_split_and_nobody_else(seed: int) -> None:
    spread = spreads(seed)
    spread[15:, 4] = 25 * np.round((spread[15:, 4] + 90) / 25)
    split = of(history(ledger(ordinary(30, 14, seed), spread=spread)), FlagKind.SPLIT)
    assert {BURNING} == {flag.unit for flag in split}
    assert 16 <= split[0].round <= 20
    assert abs(split[0].since - 16) <= 1
    assert split[0].usual == pytest.approx(25, abs=12)
    assert split[0].lo < 90 < split[0].hi + 30


def test_a_team_that_comes_together_or_was_always_apart_is_not_split() -> None:
    spread = spreads(5)
    spread[:, 3] = 25 * np.round((spread[:, 3] + 30) / 25)
    spread[15:, 4] = 0.0
    assert of(history(ledger(ordinary(30, 14, 5), spread=spread)), FlagKind.SPLIT) == []


def test_where_no_spread_is_shown_nobody_is_split() -> None:
    strain = ordinary(30, 14)
    strain[15:, 4] = coded(strain[15:, 4] + 25)
    assert of(history(ledger(strain, spread=np.full((30, 14), NAN))), FlagKind.SPLIT) == []


# --- long-lasting -----------------------------------------------------------------------------


def test_a_long_lasting_level_is_told_once_a_quarter_from_the_thirteenth_round_on() -> None:
    strain = ordinary(56, 14)
    strain[:, 4] = coded(strain[:, 4] + 22)
    told = of(history(ledger(strain)), FlagKind.CHRONIC)
    assert [f.round for f in told if f.unit == BURNING] == [LEARNING_ROUNDS + 1 + CHRONIC_EVERY * i for i in range(4)]
    for flag in (f for f in told if f.unit == BURNING):
        assert flag.tier is Tier.ALERT
        assert flag.lo > CHRONIC_LEAST
        assert flag.effect == pytest.approx(22, abs=6)
        assert flag.usual == pytest.approx(float(np.delete(strain, 4, 1).mean()), abs=3)
    assert of([f for f in history(ledger(strain)) if f.unit == BURNING], FlagKind.RISE) == []


def test_a_level_is_looked_at_again_when_it_is_shown_again() -> None:
    strain = np.full((34, 14), 40.0)
    strain[:, 4] = 65.0
    strain[24:28, 4] = NAN
    assert [f.round for f in of(history(ledger(strain)), FlagKind.CHRONIC)] == [13, 29]


def test_a_level_that_has_come_down_is_not_told_as_lasting() -> None:
    strain = np.full((LEARNING_ROUNDS + 1, 14), 40.0)
    strain[:, 4] = 70.0
    high = of(history(ledger(strain)), FlagKind.CHRONIC)
    strain[10:, 4] = 42.5
    assert {BURNING} == {flag.unit for flag in high}
    assert of(history(ledger(strain)), FlagKind.CHRONIC) == []


def test_a_level_just_above_the_others_is_not_told() -> None:
    strain = np.full((44, 14), 40.0)
    strain[:, 4] = 40.0 + CHRONIC_LEAST - 2.5
    assert of(history(ledger(strain)), FlagKind.CHRONIC) == []


def test_in_the_first_quarter_a_level_has_to_be_surer() -> None:
    judged = np.array([True, True, False])
    level = Level(np.full(3, CHRONIC_LEAST + 2.5), np.full(3, 2.5), 40.0)
    assert CHRONIC_EARLY > 0.85
    assert chronic(level, judged, LEARNING_ROUNDS).tolist() == [False, False, False]
    assert chronic(level, judged, LEARNING_ROUNDS + CHRONIC_EVERY).tolist() == [True, True, False]
    at = Level(np.array([CHRONIC_LEAST, CHRONIC_LEAST + 0.01, 99.0]), np.full(3, 2.5), 40.0)
    assert chronic(at, judged, 99).tolist() == [False, True, False]


@pytest.mark.parametrize(("rounds", "due"), [(CHRONIC_EVERY - 1, False), (CHRONIC_EVERY, True)])
def test_a_quarter_is_thirteen_rounds(rounds: int, due: bool) -> None:
    assert is_due(12 + rounds, np.array([12])).tolist() == [due]


# --- shared -----------------------------------------------------------------------------------


def shocks(spans: Sequence[tuple[int, int]], teams: Array | None = None, size: float = 12.0) -> list[Flag]:
    """24 teams in three divisions; `teams` (all unless given) are `size` points worse in the spans of rounds."""
    rounds = 46
    strain, there = ordinary(rounds, 24, seed=1), np.zeros((rounds, 1))
    for first, last in spans:
        there[first - 1 : last] = size
    hit = np.ones(24) if teams is None else teams
    whole = 40 + there[:, 0] if teams is None else np.full(rounds, 40.0)
    return list(history(ledger(coded(strain + there * hit), whole=whole, divisions=3)))


def test_a_second_shock_soon_after_the_first_is_told_again() -> None:
    told = [(f.round, f.kind) for f in shocks([(17, 21), (27, 31)]) if f.unit == TRUST]
    first, relief, second = (
        [n for n, kind in told if kind is which and low <= n <= high]
        for which, low, high in (
            (FlagKind.SHARED, 17, 21),
            (FlagKind.BETTER, 22, 26),
            (FlagKind.SHARED, 27, 31),
        )
    )
    assert first
    assert relief
    assert second


def test_right_after_relief_a_second_shock_is_told_within_the_silence_of_the_first() -> None:
    told = [(f.round, f.kind, f.since) for f in shocks([(17, 20), (24, 27)], size=16.0) if f.unit == TRUST]
    (relief, since) = next((n, s) for n, kind, s in told if kind is FlagKind.BETTER)
    assert (relief, since) == (22, 21)
    first = [n for n, kind, _ in told if kind is FlagKind.SHARED and n < relief]
    second = next((n, s) for n, kind, s in told if kind is FlagKind.SHARED and n > relief)
    assert second == (24, 24)
    assert second[0] - first[-1] <= SILENT_ROUNDS


@pytest.mark.parametrize("spans", [[(17, 19), (23, 26)], [(17, 26), (29, 30)], [(17, 20), (24, 26)]])
def test_of_what_comes_and_goes_every_flag_is_of_a_change_since_the_last_one(spans: list[tuple[int, int]]) -> None:
    flags = [f for f in shocks(spans, size=10.0) if f.unit == TRUST]
    assert len(flags) > 1
    assert all(later.since > earlier.round for earlier, later in pairwise(flags))


def test_a_division_in_trouble_is_told_by_its_name_and_a_second_time_soon_after() -> None:
    flags = shocks([(17, 21), (27, 31)], (np.arange(24) % 3 == 1).astype(float))
    shared = [(f.round, f.unit) for f in of(flags, FlagKind.SHARED)]
    assert {unit for n, unit in shared if 17 <= n <= 20} == {"d1"}
    assert "d1" in {unit for n, unit in shared if 27 <= n <= 31}
    assert len({f.unit for f in of(flags, FlagKind.RISE)}) <= 2
    one = next(f for f in of(flags, FlagKind.SHARED) if f.unit == "d1")
    assert one.usual is None
    assert one.lo < 12 < one.hi + 4


@pytest.mark.parametrize(("teams", "is_told"), [(DIVISION_FEWEST - 1, False), (DIVISION_FEWEST, True)])
def test_a_division_is_told_from_three_shown_teams_on(teams: int, is_told: bool) -> None:
    strain = np.full((26, 12), 40.0)
    strain[16:, ::4] = 58.0
    # division d0 has every fourth team: 3 of 12
    strain[:, [0, 4, 8][teams:]] = NAN
    flags = of(history(ledger(strain, divisions=4)), FlagKind.SHARED)
    assert ("d0" in {flag.unit for flag in flags}) is is_told


def test_what_befalls_all_divisions_is_told_of_the_organisation_alone() -> None:
    flags = [f for f in shocks([(17, 46)]) if 17 <= f.round <= 22]
    assert {TRUST} == {f.unit for f in of(flags, FlagKind.SHARED)}
    assert len(of(flags, FlagKind.RISE)) <= 1


# --- silent among small teams -----------------------------------------------------------------


@pytest.mark.parametrize(("seed", "share"), [(0, 0.5), (1, 0.4), (2, 0.35)])
def test_small_teams_that_are_often_withheld_are_not_silent(seed: int, share: float) -> None:
    """Their movement is not that of the teams that did well enough to be shown."""
    rng, (rounds, teams, people) = np.random.default_rng(seed), (30, 40, 10)
    willing = np.where(np.arange(rounds) < 15, 0.6, share)[:, None] * np.ones(teams)
    answering = rng.binomial(people, willing).astype(float)
    answered = np.where(answering < 5, NAN, np.minimum(3 * np.round(answering / 3), 0.9 * people))
    strain = np.where(answering < 5, NAN, 40.0)
    assert np.isnan(answered[15:]).mean() > 0.3
    assert len(of(history(ledger(strain, answered, people=people)), FlagKind.SILENCE)) <= 3


# --- a warm start -----------------------------------------------------------------------------


def after(pages: Sequence[Page]) -> Detector:
    return [detector for detector, _ in readings(pages)][-1]


def warm(rounds: int, **offsets: float) -> Warm:
    return Warm({unit: WarmLevel(offsets.get(unit, 0.0), 4.0, rounds) for unit in names(14)}, rounds)


def test_a_team_known_to_be_far_above_is_no_rise_from_the_first_round_on() -> None:
    strain = ordinary(14, 14)
    strain[:, 4] = coded(strain[:, 4] + 22)
    known = warm(26, t04=22.0)
    assert of(history(ledger(strain), known), FlagKind.RISE) == []
    (_, first), *_ = list(readings(ledger(strain), known))[WARM_ROUNDS:]
    assert first.learning == 0
    assert first.usual[BURNING] > np.median(list(first.usual.values())) + 15


def test_what_was_usual_in_earlier_surveys_lets_a_team_stand_out_at_once() -> None:
    strain = burning(8, step=25.0, begins=3)
    rises = of(history(ledger(strain), warm(26)), FlagKind.RISE)
    assert rises[0].unit == BURNING
    assert rises[0].round <= 5
    assert history(ledger(strain)) == ()


@pytest.mark.parametrize(
    ("waves", "learning"), [(0, 12), (4, 8), (8, 4), (9, WARM_ROUNDS), (10, WARM_ROUNDS), (99, WARM_ROUNDS)]
)
def test_surveys_of_before_shorten_the_learning(waves: int, learning: int) -> None:
    assert learning_rounds(warm(waves)) == learning
    assert Detector(warm(waves)).reading().learning == learning + 1
    told = [reading.learning for _, reading in readings(ledger(ordinary(14, 14)), warm(waves))]
    assert told == [max(0, learning - t) for t in range(14)]


def test_what_a_detector_has_learnt_warms_the_next_one() -> None:
    strain = ordinary(40, 14, seed=2)
    strain[:, 4] = coded(strain[:, 4] + 22)
    found = after(ledger(strain[:26])).warm()
    assert found.rounds == 26
    assert set(found.levels) == set(names(14))
    apart = strain[:26, 4].mean() - strain[:26].mean()
    assert found.levels[BURNING].offset == pytest.approx(apart, abs=3)
    assert all(0 < level.variance < 20 for level in found.levels.values())
    assert of(history(ledger(strain[26:]), found), FlagKind.RISE) == []


def test_a_team_shown_too_seldom_warms_nothing() -> None:
    strain = ordinary(20, 14)
    strain[:18, 4] = NAN
    assert BURNING not in after(ledger(strain)).warm().levels
