"""The engine against arithmetic done another way: dense likelihoods, leave-one-out means, one step after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from insights.hotspot_change import Array, Numbers
from insights.hotspot_evidence import RISE_ODDS
from insights.hotspot_filter import ChangeFilter, Model, Seen, Step
from insights.hotspot_models import STRAIN
from insights.hotspot_shared import shared_movement
from insights.policy import CLIP_SD, DIVISION_FEWEST, START_WINDOW, USUAL_ROUNDS
from tests.insights.hotspot_ledgers import NAN, ordinary

ALONE = Model(drift=0.09, spread=36.0, weather=5.3, carry=0.5, load=0.0, shared=0.0, steps=(5.5, 9.0, 15.0, 22.0))
NOISE = 20.0


def run(
    model: Model,
    y: Array,
    noise: float = NOISE,
    group: Numbers | None = None,
    within: Numbers | None = None,
    fill: Callable[[Array], Array] | None = None,
) -> tuple[ChangeFilter, list[Step]]:
    """The engine over an array of shape (rounds, teams)."""
    teams = y.shape[1]
    engine, nobody = ChangeFilter.of(teams), np.zeros(teams)
    of = np.zeros(teams, dtype=np.int64) if group is None else group
    seen = [Seen(row, np.full(teams, noise), nobody, of, fill=fill, within=within) for row in y]
    return engine, [engine.step(model, one) for one in seen]


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
        assert engine.bank.a_sum[start, 0] == pytest.approx(a)
        assert engine.bank.b_sum[start, 0] == pytest.approx(b)
        total += np.exp(d * a - d**2 * b / 2).mean()
    assert steps[-1].up.score[0] == pytest.approx(np.log(total))


def test_up_and_down_are_mirror_images() -> None:
    y = gently(20)
    steps, mirrored = run(ALONE, y)[1], run(ALONE, 80 - y)[1]
    for step, other in zip(steps, mirrored, strict=True):
        assert step.up.score == pytest.approx(other.down.score)
        assert (step.up.ago == other.down.ago).all()


@pytest.mark.parametrize("rounds", [1, USUAL_ROUNDS, USUAL_ROUNDS + 1])
def test_no_change_begins_before_the_usual_is_known(rounds: int) -> None:
    score = run(ALONE, np.full((rounds, 1), 40.0))[1][-1].up.score[0]
    assert np.isfinite(score) == (rounds > USUAL_ROUNDS)


def test_a_start_is_never_older_than_the_window() -> None:
    y = np.full((60, 1), 40.0)
    y[20:] = 70.0
    for t, step in enumerate(run(ALONE, y)[1]):
        if np.isfinite(step.up.score[0]):
            assert 0 <= step.up.ago[0] < START_WINDOW
            assert step.up.ago[0] <= t


def test_the_start_is_the_round_in_which_it_began() -> None:
    y = np.full((24, 1), 40.0)
    y[15:] = 60.0
    assert [t - int(step.up.ago[0]) for t, step in enumerate(run(ALONE, y)[1])][16:] == [15] * 8


def test_one_surprise_counts_for_three_and_a_half_deviations_at_most() -> None:
    y = np.full((20, 2), 40.0)
    y[15] = [40 + 60.0, 40 + 4000.0]
    engine, _ = run(ALONE, y)
    assert engine.bank.a_sum[15, 0] == engine.bank.a_sum[15, 1]
    assert engine.x[0, 0] == engine.x[0, 1]
    assert engine.bank.a_sum[15, 1] <= CLIP_SD / np.sqrt(NOISE)


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
    assert engine.x[0] == pytest.approx(shorter.x[0])
    assert engine.p[0, 0, 0] == pytest.approx(shorter.p[0, 0, 0] + 5 * ALONE.drift)
    assert not steps[-1].observed[0]
    assert (engine.bank.a_sum[:15] == shorter.bank.a_sum[:15]).all()


def test_a_team_starts_where_the_others_are() -> None:
    y = np.column_stack([np.full(12, 30.0), np.full(12, 50.0), np.full(12, 52.0)])
    y[:10, 2] = NAN
    engine, _ = run(ALONE, y[:10])
    engine.step(ALONE, Seen(y[10], np.full(3, NOISE), np.zeros(3), np.zeros(3, dtype=np.int64)))
    assert engine.shown[2] == 1
    weight = ALONE.spread / (ALONE.spread + ALONE.weather + NOISE)
    assert engine.x[0, 2] == pytest.approx(40 + weight * (52 - 40), abs=0.5)


def test_a_change_is_measured_from_the_usual_before_it() -> None:
    y = np.full((24, 1), 40.0)
    y[15:] = 60.0
    assert run(ALONE, y)[1][-1].up.usual[0] == pytest.approx(40.0)


def test_starts_that_are_not_looked_at_do_not_speak() -> None:
    y = np.full((22, 1), 40.0)
    y[15:] = 60.0
    late = run(ALONE, y, within=np.array([3]))[1][-1].up
    every, none = (run(ALONE, y, within=np.array([n]))[1][-1].up for n in (START_WINDOW, 0))
    assert every.score[0] == run(ALONE, y)[1][-1].up.score[0]
    assert late.ago[0] < 3 <= every.ago[0]
    assert late.score[0] < every.score[0]
    assert none.score[0] == -np.inf


# --- what is shared ---------------------------------------------------------------------------


def test_a_teams_own_surprise_does_not_move_its_own_f() -> None:
    surprise = np.array([2.0, 3.0, 4.0, 2.0, 3.0])
    louder = surprise.copy()
    louder[0] = 3.4
    before, after = (shared_movement(x, np.full(5, 25.0), 36.0).f for x in (surprise, louder))
    assert after[0] == pytest.approx(before[0])
    assert after[1] > before[1]


def test_f_of_equals_is_the_shrunk_mean_of_the_others() -> None:
    moved = shared_movement(np.full(9, 6.0), np.full(9, 24.0), 36.0)
    assert moved.variance == pytest.approx(np.full(9, 1 / (1 / 36 + 8 / 24)))
    assert moved.f == pytest.approx(6 * (8 / 24) * moved.variance)


def test_a_team_in_trouble_hardly_moves_what_is_shared() -> None:
    surprise = np.zeros(14)
    surprise[3] = 40.0
    f = shared_movement(surprise, np.full(14, 25.0), 36.0).f
    assert 0 < f[0] < 0.7
    assert f[3] == pytest.approx(0.0)


@pytest.mark.parametrize("teams", [1, 3])
def test_where_nothing_is_shown_nothing_is_shared(teams: int) -> None:
    moved = shared_movement(np.full(teams, NAN), np.full(teams, 25.0), 36.0)
    assert (moved.f == 0).all()
    assert (moved.variance == 36.0).all()


def test_a_lone_team_knows_nothing_of_others() -> None:
    moved = shared_movement(np.array([20.0]), np.array([25.0]), 36.0)
    assert (moved.f[0], moved.variance[0]) == (0.0, pytest.approx(36.0))


def test_what_everybody_goes_through_is_nobodys_rise() -> None:
    model = Model(0.09, 36.0, 5.3, 0.5, 0.0625, 36.0, (5.5, 9.0, 15.0, 22.0))
    y = np.full((24, 14), 40.0)
    y[15:] = 55.0
    assert max(run(model, y)[1][-1].up.score) < RISE_ODDS.bar
    assert max(run(ALONE, y)[1][-1].up.score) > RISE_ODDS.alert_bar


def test_a_divisions_movement_is_learnt_from_its_other_teams() -> None:
    y = np.full((24, 12), 40.0)
    y[15:, :6] = 52.0
    group = np.repeat(np.array([0, 1], dtype=np.int64), 6)
    apart = run(STRAIN, y, group=group)[0]
    assert (apart.division.m[:6] > 0).all()
    assert np.ptp(apart.division.m[:6]) == pytest.approx(0.0)
    assert max(run(STRAIN, y, group=group)[1][17].up.score) < max(run(STRAIN, y)[1][17].up.score)


def test_one_team_in_trouble_is_no_trouble_of_its_division() -> None:
    y = np.full((24, 12), 40.0)
    y[15:, 0] = 75.0
    group = np.repeat(np.array([0, 1], dtype=np.int64), 6)
    engine, steps = run(STRAIN, y, group=group)
    assert np.abs(engine.division.m[:6]).max() < 3
    assert steps[-1].up.score[0] > RISE_ODDS.alert_bar


@pytest.mark.parametrize("others", [DIVISION_FEWEST - 1, DIVISION_FEWEST])
def test_a_movement_of_a_division_begins_where_enough_of_its_teams_say_so(others: int) -> None:
    teams = others + 1
    y = np.full((17, 3 * teams), 40.0)
    y[15:, :teams] = 60.0
    group = np.repeat(np.array([0, 1, 2], dtype=np.int64), teams)
    moved = run(STRAIN, y, group=group)[0].division.m[0]
    assert bool(moved > 8.0) is (others >= DIVISION_FEWEST)


def test_who_is_censored_counts_in_what_everybody_goes_through() -> None:
    model = Model(0.09, 36.0, 5.3, 0.5, 0.0, 36.0, (5.5, 9.0, 15.0, 22.0))
    y = np.full((16, 12), 40.0)
    y[15, :6], y[15, 6:] = 46.0, NAN
    censored = np.arange(12) >= 6
    told = run(model, y, fill=lambda predicted: np.where(censored, predicted - 6, NAN))[1][-1]
    left_out = run(model, y)[1][-1]
    assert np.abs(told.shared).max() < 1.0
    assert left_out.shared.min() > 3.0
    assert told.observed.all()
    assert not left_out.observed[6:].any()


def test_one_division_is_no_division() -> None:
    engine, _ = run(STRAIN, ordinary(12, 6))
    assert not engine.division.m.any()
    assert not engine.division.p_m.any()


def test_who_feels_more_of_what_is_shared_is_learnt_to_do_so() -> None:
    rng = np.random.default_rng(7)
    f = 8 * np.tile([1.0, -1.0], 30)
    y = 40 + f[:, None] * np.ones(14) + rng.standard_normal((60, 14))
    y[:, 0] += 0.6 * f
    engine, steps = run(STRAIN, y, noise=2.0)
    felt = engine.x[2]
    assert felt[0] > 0.3
    assert np.abs(felt[1:]).max() < 0.2
    assert steps[-1].shared[0] < steps[-1].shared[1:].min() - 2


def test_no_team_feels_more_than_another_before_anything_was_shared() -> None:
    engine, _ = run(STRAIN, np.full((1, 6), 40.0))
    assert not engine.x[2].any()
    assert engine.p[2, 2] == pytest.approx(STRAIN.load)


def test_what_was_known_before_is_believed_as_far_as_it_was_sure() -> None:
    engine, nothing = ChangeFilter.of(3), np.full(3, 1e12)
    before = np.array([-8.0, 6.0, NAN]), np.array([4.0, 16.0, NAN])
    y, none = np.full(3, 40.0), np.zeros(3, dtype=np.int64)
    engine.step(ALONE, Seen(y, nothing, np.full(3, 10.0), none, before=before))
    assert engine.p[0, 0] == pytest.approx([4.0, 16.0, ALONE.spread + 10.0])
    # what they show is what they always showed beside the others
    assert engine.x[0] - engine.x[0, 2] == pytest.approx([-8.0, 6.0, 0.0])
