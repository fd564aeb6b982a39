"""How far a shown number may lie from the truth: sampling, what is learnt of it, what "fewer than k" stands for."""

from __future__ import annotations

import dataclasses
from math import comb

import numpy as np
import pytest

from insights.hotspot_change import Array
from insights.hotspot_models import STRAIN, TURNOUT
from insights.hotspot_noise import (
    SCALE_LEAST,
    SCALE_MOST,
    SPREAD_SAMPLING,
    STRAIN_SAMPLING,
    NoiseScale,
    Sampling,
    expectation_below,
)
from insights.hotspot_series import shown_rounds
from tests.insights.hotspot_ledgers import NAN, ledger, ordinary, plain, taught


def learn(scale: NoiseScale, y: Array, sampling: float = 40.0) -> None:
    teams = len(y)
    scale.learn(y, np.full(teams, sampling), np.zeros(teams), STRAIN.weather, STRAIN.carry)


# --- sampling ---------------------------------------------------------------------------------


def test_more_answers_of_the_same_people_are_less_noise() -> None:
    sampling = Sampling(400.0, 200.0, 180.0, 120.0)
    noise = sampling.variance(np.array([5.0, 10.0, 20.0]), np.full(3, 20.0), 2)
    assert list(noise) == [500 / 5 - 12, 500 / 10 - 12, 500 / 20 - 12]


def test_people_are_never_fewer_than_answers() -> None:
    noise = STRAIN_SAMPLING.variance(np.array([21.0]), np.array([20.0]), 1)[0]
    assert noise == pytest.approx((STRAIN_SAMPLING.alpha(1) - STRAIN_SAMPLING.beta(1)) / 21)


@pytest.mark.parametrize("sampling", [STRAIN_SAMPLING, SPREAD_SAMPLING])
def test_more_items_are_less_noise_but_never_none(sampling: Sampling) -> None:
    noise = [float(sampling.variance(np.array([10.0]), np.array([20.0]), items)[0]) for items in (1, 2, 5, 1000)]
    assert noise == sorted(noise, reverse=True)
    assert noise[-1] > 0


def test_a_spread_is_never_taken_for_exact() -> None:
    assert SPREAD_SAMPLING.variance(np.array([900.0]), np.array([900.0]), 2)[0] == SPREAD_SAMPLING.least


# --- the organisation's own noise -------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "least", "most"), [(0.1, 0.5, 0.6), (1.0, 0.85, 1.15), (1.8, 1.5, 2.1), (9, 2.5, 2.5)]
)
def test_the_scale_of_noise_is_learnt_within_its_ends(factor: float, least: float, most: float) -> None:
    teams, sampling = 40, 40.0
    scale, rng = NoiseScale.of(teams), np.random.default_rng(11)
    weather = rng.normal(0, np.sqrt(STRAIN.weather), teams)
    for _ in range(40):
        fresh = rng.normal(0, np.sqrt((1 - STRAIN.carry**2) * STRAIN.weather), teams)
        weather = STRAIN.carry * weather + fresh
        learn(scale, 40 + weather + rng.normal(0, np.sqrt(factor * sampling), teams), sampling)
    assert least <= scale.value <= most
    assert SCALE_LEAST <= scale.value <= SCALE_MOST


def test_few_teams_keep_the_starting_noise() -> None:
    scale = NoiseScale.of(5)
    for row in 10 * ordinary(20, 5):
        learn(scale, row)
    assert scale.value == 1.0


def test_what_all_teams_do_together_is_not_noise() -> None:
    scale = NoiseScale.of(14)
    for t in range(20):
        learn(scale, np.full(14, 40.0 + 20 * (t % 2)))
    assert scale.value < 1.0


def test_rounds_apart_say_nothing_of_noise() -> None:
    scale, apart = NoiseScale.of(14), 40 + 30 * np.random.default_rng(2).standard_normal((20, 14))
    apart[1::2] = NAN
    for row in apart:
        learn(scale, row)
    assert scale.value == 1.0


def test_a_noisier_organisation_needs_more_to_be_believed() -> None:
    rng, scores = np.random.default_rng(4), []
    for sd in (3.0, 12.0):
        strain = 40 + sd * rng.standard_normal((24, 30))
        strain[:, 4] = 40.0
        strain[20:, 4] = 56.0
        _, taken = taught([plain(t + 1, row) for t, row in enumerate(strain)])
        scores.append(float(taken[-1].strain.up.score[4]))
    assert scores[1] < scores[0] - 2


# --- taking part ------------------------------------------------------------------------------


def test_fewer_than_k_counts_as_its_expectation_and_no_more() -> None:
    answered = np.full((20, 8), 12.0)
    answered[:, 0] = 6.0
    answered[15:, 4] = NAN
    step = taught(shown_rounds(ledger(ordinary(20, 8), answered)))[1][15].turnout
    p = 0.5
    weights = [comb(20, j) * p**j * (1 - p) ** (20 - j) for j in range(5)]
    expected = sum(w * np.arcsin(np.sqrt(j / 20)) for j, w in enumerate(weights)) / sum(weights)
    level = step.level[4] + step.shared[4]
    assert level == pytest.approx(expected, abs=0.03)
    assert level < np.arcsin(np.sqrt(4 / 20))


@pytest.mark.parametrize("k", [5, 10, 11])
@pytest.mark.parametrize("p", [0.15, 0.4, 0.8])
def test_the_expectation_is_that_of_the_binomial(k: int, p: float) -> None:
    n = 20
    fill = expectation_below(np.array([float(n), float(n)]), np.array([True, False]), k)
    found = fill(np.full(2, np.arcsin(np.sqrt(p))))
    weights = [comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k)]
    expected = sum(w * np.arcsin(np.sqrt(j / n)) for j, w in enumerate(weights)) / sum(weights)
    assert found[0] == pytest.approx(expected)
    assert np.isnan(found[1])


def test_turnout_is_followed_on_the_arcsine_scale() -> None:
    step = taught(shown_rounds(ledger(ordinary(6, 2), np.array([[6.0, 12.0]] * 6))))[1][0].turnout
    assert step.level + step.shared == pytest.approx(np.arcsin(np.sqrt([0.3, 0.6])))


def test_a_team_that_was_never_shown_has_no_turnout() -> None:
    answered = np.full((15, 4), 12.0)
    answered[:, 2] = NAN
    _, taken = taught(shown_rounds(ledger(ordinary(15, 4), answered)))
    assert not any(one.turnout.observed[2] for one in taken)


@pytest.mark.parametrize(("people", "is_censored"), [(4.0, False), (5.0, True), (20.0, True)])
def test_a_team_of_fewer_than_k_people_is_small_and_not_silent(people: float, is_censored: bool) -> None:
    rounds = [plain(t + 1, np.full(6, NAN if t == 9 else 40.0)) for t in range(10)]
    rounds[9] = dataclasses.replace(rounds[9], people=np.full(6, people))
    last = taught(rounds)[1][9]
    assert last.turnout.observed.tolist() == [is_censored] * 6
    assert not last.strain.observed.any()


def test_steps_of_turnout_are_shares_that_people_would_call_silence() -> None:
    usual = np.arcsin(np.sqrt(0.45))
    left = [round(float(np.sin(usual - d) ** 2), 2) for d in TURNOUT.steps]
    assert left == [0.35, 0.29, 0.22, 0.11]


def test_an_organisation_without_a_column_has_no_step_to_tell() -> None:
    _, taken = taught(shown_rounds(ledger(np.zeros((3, 0)))))
    assert [len(one.strain.observed) for one in taken] == [0, 0, 0]


def test_the_whole_of_few_teams_is_believed_less() -> None:
    whole = np.where(np.arange(24) < 16, 40.0, 46.0)
    scores = []
    for teams in (3, 100):
        rounds = [plain(t + 1, np.full(teams, 40.0), whole=score) for t, score in enumerate(whole)]
        scores.append(float(taught(rounds)[1][-1].whole.up.score[0]))
    assert scores[0] < scores[1]
