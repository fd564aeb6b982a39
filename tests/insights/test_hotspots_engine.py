"""The engine against arithmetic done another way: dense likelihoods, leave-one-out means, counted binomials."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray

from insights.hotspot_evidence import STRAIN_ODDS, TURNOUT_ODDS, WHOLE_ODDS, Odds, once_in_team_years, p_real, size
from insights.hotspot_filter import Array, ChangeFilter, Model, Seen, Step, shared_movement
from insights.hotspot_models import STRAIN, TURNOUT, NoiseScale, noise_of, turnout_steps, whole_steps
from insights.hotspot_series import teams_of, whole_of
from insights.policy import ALERT_BAR, CLIP_SD, START_WINDOW, USUAL_ROUNDS, WATCH_BAR
from tests.insights.hotspot_ledgers import ledger, ordinary

NAN = float("nan")
ALONE = Model(drift=0.09, spread=36.0, weather=5.3, carry=0.5, load=0.0, shared=0.0, steps=(5.5, 9.0, 15.0, 22.0))
NOISE = 20.0


def run(
    model: Model, y: Array, noise: float = NOISE, group: NDArray[np.int64] | None = None
) -> tuple[ChangeFilter, list[Step]]:
    """The engine over an array of shape (rounds, teams)."""
    teams = y.shape[1]
    engine = ChangeFilter(model, teams)
    of = np.zeros(teams, dtype=np.int64) if group is None else group
    return engine, [engine.step(Seen(row, np.full(teams, noise), np.zeros(teams), of)) for row in y]


def gently(rounds: int, seed: int = 3) -> Array:
    """One team whose surprises stay far below the clip."""
    return 40 + 3 * np.random.default_rng(seed).standard_normal((rounds, 1))


# --- the change statistic against a dense Gaussian likelihood ----------------------------------


@pytest.mark.parametrize("gap", [None, 6, 9])
def test_the_bank_of_starts_is_the_exact_likelihood_ratio(gap: int | None) -> None:
    y = gently(14)
    if gap is not None:
        y[gap] = NAN
    engine, steps = run(ALONE, y)
    shown = np.flatnonzero(~np.isnan(y[:, 0]))
    i, j = np.meshgrid(shown, shown, indexing="ij")
    covariance = ALONE.spread + ALONE.drift * np.minimum(i, j) + ALONE.weather * ALONE.carry ** np.abs(i - j)
    inverse = np.linalg.inv(covariance + NOISE * np.eye(len(shown)))
    apart = y[shown, 0] - y[0, 0]
    d, total = np.array(ALONE.steps), 0.0
    for start in shown[USUAL_ROUNDS:]:
        since = (shown >= start).astype(float)
        a, b = since @ inverse @ apart, since @ inverse @ since
        assert engine.a_sum[start, 0] == pytest.approx(a)
        assert engine.b_sum[start, 0] == pytest.approx(b)
        total += np.exp(d * a - d**2 * b / 2).mean()
    assert steps[-1].up.score[0] == pytest.approx(np.log(total))


def test_up_and_down_are_mirror_images() -> None:
    y = gently(20)
    steps, mirrored = run(ALONE, y)[1], run(ALONE, 80 - y)[1]
    for step, other in zip(steps, mirrored, strict=True):
        assert step.up.score == pytest.approx(other.down.score)
        assert (step.up.start == other.down.start).all()


@pytest.mark.parametrize("rounds", [1, USUAL_ROUNDS, USUAL_ROUNDS + 1])
def test_no_change_begins_before_the_usual_is_known(rounds: int) -> None:
    score = run(ALONE, np.full((rounds, 1), 40.0))[1][-1].up.score[0]
    assert np.isfinite(score) == (rounds > USUAL_ROUNDS)


def test_a_start_is_never_older_than_the_window() -> None:
    y = np.full((60, 1), 40.0)
    y[20:] = 70.0
    for t, step in enumerate(run(ALONE, y)[1]):
        if np.isfinite(step.up.score[0]):
            assert t - START_WINDOW < step.up.start[0] <= t


def test_the_start_is_the_round_in_which_it_began() -> None:
    y = np.full((24, 1), 40.0)
    y[15:] = 60.0
    assert [int(step.up.start[0]) for step in run(ALONE, y)[1][16:]] == [15] * 8


def test_one_surprise_counts_for_three_and_a_half_deviations_at_most() -> None:
    y = np.full((20, 2), 40.0)
    y[15] = [40 + 60.0, 40 + 4000.0]
    engine, _ = run(ALONE, y)
    assert engine.a_sum[15, 0] == engine.a_sum[15, 1]
    assert engine.b[0] == engine.b[1]
    assert engine.a_sum[15, 1] <= CLIP_SD / np.sqrt(NOISE)


def test_evidence_for_a_step_grows_while_it_lasts() -> None:
    y = np.full((22, 1), 40.0)
    y[15:] = 55.0
    scores = [float(step.up.score[0]) for step in run(ALONE, y)[1][15:]]
    assert scores == sorted(scores)


def test_a_withheld_round_adds_nothing_and_makes_less_sure() -> None:
    y = gently(20)
    y[15:] = NAN
    engine, steps = run(ALONE, y)
    shorter, _ = run(ALONE, y[:15])
    assert engine.b == pytest.approx(shorter.b)
    assert engine.p_bb[0] == pytest.approx(shorter.p_bb[0] + 5 * ALONE.drift)
    assert not steps[-1].observed[0]
    assert (engine.a_sum[:15] == shorter.a_sum[:15]).all()


def test_a_team_starts_where_the_others_are() -> None:
    y = np.column_stack([np.full(12, 30.0), np.full(12, 50.0), np.full(12, 90.0)])
    y[:10, 2] = NAN
    _, steps = run(ALONE, y)
    assert steps[10].usual[2] == pytest.approx(40.0, abs=2.0)


# --- what is shared ---------------------------------------------------------------------------


def test_a_teams_own_surprise_does_not_move_its_own_f() -> None:
    surprise = np.array([2.0, 3.0, 4.0, 2.0, 3.0])
    louder = surprise.copy()
    louder[0] = 3.4
    before, after = (shared_movement(x, np.full(5, 25.0), 36.0)[0] for x in (surprise, louder))
    assert after[0] == pytest.approx(before[0])
    assert after[1] > before[1]


def test_f_of_equals_is_the_shrunk_mean_of_the_others() -> None:
    f, variance = shared_movement(np.full(9, 6.0), np.full(9, 24.0), 36.0)
    assert variance == pytest.approx(np.full(9, 1 / (1 / 36 + 8 / 24)))
    assert f == pytest.approx(6 * (8 / 24) * variance)


def test_a_team_in_trouble_hardly_moves_what_is_shared() -> None:
    surprise = np.zeros(14)
    surprise[3] = 40.0
    f, _ = shared_movement(surprise, np.full(14, 25.0), 36.0)
    assert 0 < f[0] < 0.7
    assert f[3] == pytest.approx(0.0)


@pytest.mark.parametrize("teams", [1, 3])
def test_where_nothing_is_shown_nothing_is_shared(teams: int) -> None:
    f, variance = shared_movement(np.full(teams, NAN), np.full(teams, 25.0), 36.0)
    assert (f == 0).all()
    assert (variance == 36.0).all()


def test_a_lone_team_knows_nothing_of_others() -> None:
    f, variance = shared_movement(np.array([20.0]), np.array([25.0]), 36.0)
    assert (f[0], variance[0]) == (0.0, pytest.approx(36.0))


def test_what_everybody_goes_through_is_nobodys_rise() -> None:
    model = Model(0.09, 36.0, 5.3, 0.5, 0.0625, 36.0, (5.5, 9.0, 15.0, 22.0))
    y = np.full((24, 14), 40.0)
    y[15:] = 55.0
    assert max(run(model, y)[1][-1].up.score) < WATCH_BAR
    assert max(run(ALONE, y)[1][-1].up.score) > ALERT_BAR


def test_a_divisions_movement_is_learnt_from_its_other_teams() -> None:
    y = np.full((24, 12), 40.0)
    y[15:, :6] = 52.0
    group = np.repeat(np.array([0, 1], dtype=np.int64), 6)
    apart = run(STRAIN, y, group=group)[0]
    assert (apart.m[:6] > 0).all()
    assert np.ptp(apart.m[:6]) == pytest.approx(0.0)
    assert max(run(STRAIN, y, group=group)[1][17].up.score) < max(run(STRAIN, y)[1][17].up.score)


def test_one_division_is_no_division() -> None:
    engine, _ = run(STRAIN, ordinary(12, 6))
    assert not engine.m.any()
    assert not engine.p_m.any()


# --- noise ------------------------------------------------------------------------------------


def test_more_answers_of_the_same_people_are_less_noise() -> None:
    noise = noise_of(np.array([5.0, 10.0, 20.0]), np.full(3, 20.0), 500.0, 240.0)
    assert list(noise) == [500 / 5 - 12, 500 / 10 - 12, 500 / 20 - 12]


def test_people_are_never_fewer_than_answers() -> None:
    assert noise_of(np.array([21.0]), np.array([20.0]), 500.0, 240.0)[0] == pytest.approx(260 / 21)


@pytest.mark.parametrize(
    ("factor", "least", "most"), [(0.1, 0.5, 0.6), (1.0, 0.85, 1.15), (1.8, 1.5, 2.1), (9, 2.5, 2.5)]
)
def test_the_scale_of_noise_is_learnt_within_its_ends(factor: float, least: float, most: float) -> None:
    scale, teams, sampling = NoiseScale(), 40, 40.0
    rng = np.random.default_rng(11)
    weather = rng.normal(0, np.sqrt(STRAIN.weather), teams)
    for _ in range(40):
        fresh = rng.normal(0, np.sqrt((1 - STRAIN.carry**2) * STRAIN.weather), teams)
        weather = STRAIN.carry * weather + fresh
        y = 40 + weather + rng.normal(0, np.sqrt(factor * sampling), teams)
        scale.learn(y, np.full(teams, sampling), np.zeros(teams))
    assert least <= scale.value <= most


def test_few_teams_keep_the_starting_noise() -> None:
    scale = NoiseScale()
    for row in 10 * ordinary(20, 5):
        scale.learn(row, np.full(5, 40.0), np.zeros(5))
    assert scale.value == 1.0


def test_what_all_teams_do_together_is_not_noise() -> None:
    scale = NoiseScale()
    for t in range(20):
        scale.learn(np.full(14, 40.0 + 20 * (t % 2)), np.full(14, 40.0), np.zeros(14))
    assert scale.value < 1.0


# --- taking part ------------------------------------------------------------------------------


def test_fewer_than_k_counts_as_its_expectation_and_no_more() -> None:
    answered = np.full((20, 8), 12.0)
    answered[:, 0] = 6.0
    answered[15:, 4] = NAN
    series = teams_of(ledger(ordinary(20, 8), answered))
    level = turnout_steps(series)[15].level[4] + turnout_steps(series)[15].shared[4]
    p = 0.5
    weights = [comb(20, j) * p**j * (1 - p) ** (20 - j) for j in range(5)]
    expected = sum(w * np.arcsin(np.sqrt(j / 20)) for j, w in enumerate(weights)) / sum(weights)
    assert level == pytest.approx(expected, abs=0.03)
    assert level < np.arcsin(np.sqrt(4 / 20))


def test_turnout_is_followed_on_the_arcsine_scale() -> None:
    series = teams_of(ledger(ordinary(6, 2), np.array([[6.0, 12.0]] * 6)))
    step = turnout_steps(series)[0]
    assert step.level + step.shared == pytest.approx(np.arcsin(np.sqrt([0.3, 0.6])))


def test_a_team_that_was_never_shown_has_no_turnout() -> None:
    answered = np.full((15, 4), 12.0)
    answered[:, 2] = NAN
    steps = turnout_steps(teams_of(ledger(ordinary(15, 4), answered)))
    assert not any(step.observed[2] for step in steps)


def test_steps_of_turnout_are_shares_that_people_would_call_silence() -> None:
    usual = np.arcsin(np.sqrt(0.45))
    left = [round(float(np.sin(usual - d) ** 2), 2) for d in TURNOUT.steps]
    assert left == [0.35, 0.29, 0.22, 0.11]


def test_an_organisation_without_a_column_has_no_steps_to_tell() -> None:
    series = teams_of(ledger(np.zeros((3, 0))))
    assert [len(step.observed) for step in whole_steps(series, np.zeros(3, dtype=np.int64))] == [0, 0, 0]


def test_the_whole_of_few_teams_is_believed_less() -> None:
    series = whole_of(ledger(ordinary(24, 4), whole=np.where(np.arange(24) < 16, 40.0, 46.0)))
    few, many = (whole_steps(series, np.full(24, teams))[-1].up.score[0] for teams in (3, 100))
    assert few < many


# --- evidence ---------------------------------------------------------------------------------


@pytest.mark.parametrize("odds", [STRAIN_ODDS, WHOLE_ODDS, TURNOUT_ODDS])
def test_without_evidence_the_size_is_the_prior(odds: Odds) -> None:
    mean, low, high = size(odds, 1, 0.0, 0.0)
    assert [mean, (high - low) / 2] == pytest.approx([odds.size, 1.645 * odds.size_sd])


def test_much_evidence_outweighs_the_prior() -> None:
    mean, low, high = size(STRAIN_ODDS, 1, 20 * 15.0, 20.0)
    assert mean == pytest.approx(15.0, abs=0.01)
    assert high - low == pytest.approx(2 * 1.645 / np.sqrt(20), rel=0.01)


def test_a_fall_is_the_mirror_image_of_a_rise() -> None:
    up, down = size(STRAIN_ODDS, 1, 1.2, 0.1), size(STRAIN_ODDS, -1, -1.2, 0.1)
    assert list(down) == pytest.approx([-up[0], -up[2], -up[1]])


@pytest.mark.parametrize("odds", [STRAIN_ODDS, WHOLE_ODDS, TURNOUT_ODDS])
def test_stronger_evidence_is_more_real_and_rarer(odds: Odds) -> None:
    scores = [WATCH_BAR, 6.0, ALERT_BAR, 8.0, 12.0, 1000.0]
    real, rare = [p_real(odds, x) for x in scores], [once_in_team_years(odds, x) for x in scores]
    assert real == sorted(real)
    assert rare == sorted(rare)
    assert (real[-1], rare[-1]) == (0.95, 1000.0)


def test_a_watch_on_strain_comes_by_chance_once_in_ten_team_years() -> None:
    assert once_in_team_years(STRAIN_ODDS, WATCH_BAR) == pytest.approx(10.0)
