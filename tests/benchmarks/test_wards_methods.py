"""Rules and oracles say what they are meant to, on series made by hand and on small hospitals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from benchmarks.wards import baselines
from benchmarks.wards.oracles import knows_everything, learns_the_usual
from benchmarks.wards.scorer import bar_for, delays, episodes
from benchmarks.wards.simulator import FIVE_ITEMS, Organisation, simulate
from benchmarks.wards.truth import truth_of
from benchmarks.wards.world import Dealt, Fate, World

HIT = replace(World(), teams=160, step=Dealt(0.25, (0.8,)))


@cache
def hospital() -> Organisation:
    return simulate(HIT, 100)


def series(*teams: Sequence[float]) -> Organisation:
    """Teams that show these means in turn, of ten people; NaN where withheld."""
    points = np.array(teams).T
    answered = np.where(np.isnan(points), 0, 10)
    low, over = np.divmod(np.round(np.nan_to_num(points) / 2.5).astype(np.int64), 10)
    option = np.arange(5)
    few = (option == low[..., None]) * (10 - over)[..., None] + (option == low[..., None] + 1) * over[..., None]
    made = SimpleNamespace(
        world=SimpleNamespace(waves=len(points), teams=len(teams)),
        plan=FIVE_ITEMS,
        counts=np.repeat(few[:, :, None, :], 5, axis=2) * (answered > 0)[:, :, None, None],
        answered=answered,
        withheld=answered < 5,
        course=SimpleNamespace(division=np.zeros(len(teams), dtype=np.int64)),
    )
    return cast("Organisation", made)


NAN = float("nan")
WAVY = [47.5, 52.5] * 6
"""A mean of 50 and ranges of 5: one sigma is 4.4 points."""


def test_a_mean_is_the_mean_and_a_jump_is_over_the_last_one_shown() -> None:
    made = series((50.0, NAN, 60.0))
    assert baselines.level(made)[:, 0].tolist() == [50.0, -np.inf, 60.0]
    assert baselines.jump(made)[:, 0].tolist() == [-np.inf, -np.inf, 10.0]


@pytest.mark.parametrize(
    ("more", "is_signal"),
    [
        ((75.0,), True),
        ((55.0,), False),
        ((52.5,) * 6, True),  # with the last of the waves before, seven above the mean
        ((52.5,) * 5, False),
        ((65.0, 55.0, 65.0), True),
        ((40.0, 42.5, 45.0, 47.5, 50.0, 52.5, 55.0), True),
        ((42.5, 45.0, 47.5, 50.0, 52.5, 55.0), False),
        ((25.0,), False),
    ],
)
def test_an_xmr_chart_signals_by_the_rules_of_making_data_count(more: tuple[float, ...], is_signal: bool) -> None:
    said = baselines.xmr(series((*WAVY, *more)))[:, 0]
    assert (said[-1] > baselines.RULES[2].bar) == is_signal
    assert (said[: len(WAVY)] < 3.0).all()


def test_an_ewma_rises_with_what_lasts_and_forgets_what_does_not() -> None:
    lasting = baselines.ewma(series((*WAVY, 57.5, 57.5, 57.5, 57.5)))[:, 0]
    passing = baselines.ewma(series((*WAVY, 57.5, 47.5, 52.5, 47.5)))[:, 0]
    assert (np.diff(lasting[-4:-1]) > 0).all()
    assert lasting[-1] > 3.0 > passing[-1]


def test_what_all_teams_share_is_taken_out() -> None:
    shared = (62.5, 62.5, 62.5)
    made = series(*[(*WAVY, *shared), (*WAVY[::-1], *shared)] * 4)
    assert baselines.ewma(made)[-1].min() > 3.0
    assert np.abs(baselines.ewma_shared(made)[-1]).max() < 1.0


def test_a_withheld_team_is_never_spoken_of() -> None:
    o = hospital()
    for rule in baselines.RULES:
        assert (rule.score(o)[o.withheld] == -np.inf).all()
    for oracle in (knows_everything, learns_the_usual):
        assert (oracle(o, 0.8)[o.withheld] == -np.inf).all()


def test_no_rule_and_no_oracle_looks_ahead() -> None:
    o = hospital()
    later = np.arange(o.world.waves) >= 40
    changed = replace(
        o,
        counts=np.where(later[:, None, None, None], o.counts[::-1], o.counts),
        answered=np.where(later[:, None], o.answered[::-1], o.answered),
        oracle=replace(o.oracle, surprise=np.where(later[:, None], 30.0, o.oracle.surprise)),
    )
    for rule in baselines.RULES:
        assert np.array_equal(rule.score(o)[:40], rule.score(changed)[:40])
    assert np.array_equal(knows_everything(o, 0.8)[:40], knows_everything(changed, 0.8)[:40])


def test_who_knows_more_is_quicker_at_the_same_noise() -> None:
    o = hospital()
    truth = truth_of(o)
    steps = truth.hit_by(Fate.STEP, 0.8)
    scores = [knows_everything(o, 0.8), learns_the_usual(o, 0.8), baselines.ewma_shared(o), baselines.level(o)]
    late = [delays(truth, episodes(score > bar_for(truth, score, 10.0), 12), steps).mean() for score in scores]
    assert late == sorted(late)
    assert late[0] < 7.0 < 12.0 < late[-1]
