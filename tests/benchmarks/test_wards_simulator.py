"""The simulated staff are who they are said to be: by seed, in how they answer, in what befalls them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.wards.answering import CUTS, POINTS, USUAL_SCORES, Scale, best_weights, normal
from benchmarks.wards.simulator import FIVE_ITEMS, OWN_PACK, Organisation, Plan, simulate
from benchmarks.wards.world import ITEMS, LEVELS, Dealt, Fate, World

NOBODY = Dealt(0.0, (0.8,))
CALM = replace(World(), step=NOBODY, drift=NOBODY, chronic=NOBODY, silence=NOBODY, split=NOBODY, better=NOBODY)
STILL = replace(CALM, shocks=0.0, division_shocks=0.0, season=0.0, quiet_spells=0.0, response_drift=(0.0, 0.0))


@cache
def organisation(world: World, seed: int = 100, plan: Plan = FIVE_ITEMS) -> Organisation:
    return simulate(world, seed, plan)


def hit(world: World) -> Organisation:
    """The changes of a world, all of them at wave 20."""
    return organisation(replace(world, teams=150, waves=46, earliest=20, lasts=26))


def before_and_after(o: Organisation, values: np.ndarray) -> tuple[float, float]:
    teams = o.course.fates.kind != Fate.NONE
    assert set(o.course.fates.onset[teams]) == {20}
    return float(np.nanmean(values[8:20, teams])), float(np.nanmean(values[30:46, teams]))


def test_a_seed_is_an_organisation() -> None:
    small = replace(World(), teams=20, waves=15)
    assert np.array_equal(simulate(small, 5).counts, organisation(small, 5).counts)
    assert not np.array_equal(simulate(small, 6).counts, organisation(small, 5).counts)


def test_people_answer_alike_whatever_else_is_asked() -> None:
    small = replace(World(), teams=20, waves=15)
    five, two = organisation(small, 5), organisation(small, 5, OWN_PACK)
    assert np.array_equal(five.counts, two.counts)
    assert [OWN_PACK.asked(wave) for wave in (0, 1, 4)] == [(0, 1), (0, 2), (0, 1)]


def test_nobody_answers_twice_and_only_who_works_there() -> None:
    o = organisation(World(teams=60, waves=30))
    assert (o.answered <= o.people).all()
    assert (o.counts.sum(axis=3) <= o.answered[:, :, None]).all()
    assert o.counts.shape == (30, 60, len(ITEMS), LEVELS)


def test_a_population_answers_each_item_in_the_shares_it_is_said_to() -> None:
    o = organisation(replace(STILL, teams=400, waves=20, silenced=0.0))
    answers = o.counts.sum(axis=(0, 1))
    shares = answers / answers.sum(axis=1, keepdims=True)
    assert shares == pytest.approx(np.array([item.shares for item in ITEMS]), abs=0.02)


def test_as_many_answer_and_leave_as_are_said_to() -> None:
    o = organisation(replace(STILL, teams=300, waves=52, novelty=0.0, silenced=0.0))
    share = o.answered.sum() / o.people.sum()
    assert share == pytest.approx(STILL.response, abs=0.02)
    # vacancies: as many leave in a wave as come back, after six waves on average
    empty = 1 - o.people[20:].sum() / (o.people[0].sum() * 32)
    assert empty == pytest.approx(STILL.turnover / 52 * STILL.refill, abs=0.01)


def test_teams_differ_as_much_as_they_are_said_to() -> None:
    o = organisation(replace(STILL, teams=400, waves=30, icc=0.20, size_ends=(40, 60), size_median=50.0))
    between = (o.oracle.level[10:].mean(axis=0) / o.oracle.slope.mean(axis=0)).var()
    assert between == pytest.approx(0.20 / 0.80, rel=0.2)


def test_what_is_expected_is_what_comes() -> None:
    o = organisation(replace(CALM, teams=300, waves=30, weather=0.0))
    seen = o.answered >= 5
    sd = np.sqrt(o.oracle.variance / np.maximum(o.answered, 1))
    z = (o.oracle.surprise / sd)[seen]
    assert z.mean() == pytest.approx(0.0, abs=0.2)
    assert z.std() == pytest.approx(1.0, abs=0.1)
    assert o.answered.sum() == pytest.approx(o.expected_answers.sum(), rel=0.05)


def test_a_rise_lifts_scores_by_its_size_and_nothing_else_does() -> None:
    o = hit(replace(STILL, step=Dealt(0.9, (0.8,))))
    before, after = before_and_after(o, o.oracle.surprise / o.oracle.slope)
    assert after - before == pytest.approx(0.8, abs=0.08)
    calm = o.course.fates.kind == Fate.NONE
    assert abs(np.nanmean(o.oracle.surprise[30:46, calm]) - np.nanmean(o.oracle.surprise[8:20, calm])) < 2.0


def test_a_drift_takes_its_time_and_an_improvement_goes_down() -> None:
    drift = hit(replace(STILL, drift=Dealt(0.9, (0.8,))))
    moved = np.nanmean((drift.oracle.surprise / drift.oracle.slope)[:, drift.course.fates.kind == Fate.DRIFT], axis=1)
    assert moved[20] - moved[8:20].mean() < 0.3
    assert moved[30:].mean() - moved[8:20].mean() == pytest.approx(0.8, abs=0.08)
    better = hit(replace(STILL, better=Dealt(0.9, (0.8,))))
    before, after = before_and_after(better, better.oracle.surprise / better.oracle.slope)
    assert after - before == pytest.approx(-0.8, abs=0.08)


def test_who_falls_silent_answers_less_and_no_worse() -> None:
    o = hit(replace(STILL, silence=Dealt(0.9, (1.5,))))
    before, after = before_and_after(o, o.answered / o.people)
    assert after < 0.55 * before
    before, after = before_and_after(o, np.where(o.withheld, np.nan, o.oracle.surprise))
    assert abs(after - before) < 2.0


def test_a_split_pulls_answers_apart_around_the_same_mean() -> None:
    o = hit(replace(STILL, silenced=0.0, turnover_strain=0.0, split=Dealt(0.9, (1.2,))))
    n = np.maximum(o.counts.sum(axis=3), 1)
    first, second = (POINTS**power * (o.counts @ np.arange(LEVELS) ** power) / n for power in (1, 2))
    before, after = before_and_after(o, (second - first**2).mean(axis=2))
    assert after > 1.3 * before
    before, after = before_and_after(o, o.oracle.surprise)
    assert abs(after - before) < 2.0


def test_every_fate_is_dealt_to_its_share_of_teams() -> None:
    fates = organisation(World(waves=30)).course.fates
    dealt = {fate: int((fates.kind == fate).sum()) for fate in Fate}
    assert dealt == {"none": 468, "step": 36, "drift": 30, "chronic": 18, "silence": 18, "split": 18, "better": 12}
    assert sorted(set(fates.size[fates.kind == Fate.STEP])) == [0.3, 0.5, 0.8, 1.2]
    assert (fates.onset[fates.kind == Fate.NONE] == -1).all()


def test_the_normal_distribution_and_the_scale_are_right() -> None:
    assert normal(np.array([-1.96, 0.0, 1.0])) == pytest.approx(np.array([0.0250, 0.5, 0.8413]), abs=1e-4)
    assert USUAL_SCORES[0] == pytest.approx(25 * (0.20 + 2 * 0.38 + 3 * 0.24 + 4 * 0.10))
    assert best_weights((0, 2)).tolist() == pytest.approx([0.7313, 0, 0.2687, 0, 0], abs=1e-3)
    assert CUTS.shape == (len(ITEMS), LEVELS - 1)


def test_a_persons_scores_vary_from_week_to_week_as_drawn() -> None:
    """The tables of expected scores against people who answer a thousand times."""
    rng, lasting, item_lasting = np.random.default_rng(1), 0.6, 0.5
    scale, weights = Scale(lasting, item_lasting), best_weights((0, 1, 2, 3, 4))
    loading = np.array([item.loading for item in ITEMS])
    own = np.sqrt(1 - loading**2)
    stable = own * np.sqrt(item_lasting) * rng.standard_normal((300, 1, 5)) + loading * 0.5
    passing = loading * np.sqrt(1 - lasting) * rng.standard_normal((300, 1000, 1))
    noise = own * np.sqrt(1 - item_lasting) * rng.standard_normal((300, 1000, 5))
    drawn = POINTS * ((stable + passing + noise)[..., None] > CUTS).sum(axis=3)
    assert scale.means(stable[:, 0]) == pytest.approx(drawn.mean(axis=1), abs=5.0)
    within = float((drawn @ weights).var(axis=1).mean())
    assert float(scale.within(np.array([0.5]), weights)[0]) == pytest.approx(within, rel=0.03)
