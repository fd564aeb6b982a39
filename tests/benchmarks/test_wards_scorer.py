"""The scorer, on flags made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.wards.course import Shock
from benchmarks.wards.flags import as_arrays, beside
from benchmarks.wards.scorer import (
    PATIENCE,
    bar_for,
    chronic,
    delays,
    episodes,
    false_alarms,
    false_alarms_when,
    shared_told,
    worth,
)
from benchmarks.wards.truth import Truth, side_by_side
from benchmarks.wards.world import Fate, World
from insights.cells import UnitKey
from insights.hotspot_kinds import Flag, FlagKind, Tier

WAVES = 64
YEARS = (WAVES - 12) / 52.18
"""Nearly a year in which each team can be flagged."""


def truth(*fates: tuple[Fate, float, int], **more: Any) -> Truth:
    """Teams with a fate, its size and onset; all changes last 26 waves; 20 points to the SD."""
    kinds, sizes, onsets = zip(*fates, strict=True)
    onset, teams = np.array(onsets), len(fates)
    plain: dict[str, Any] = {
        "world": replace(World(), teams=teams, waves=WAVES),
        "kind": np.array([str(kind) for kind in kinds]),
        "size": np.array(sizes),
        "onset": onset,
        "end": np.where(onset < 0, -1, onset + 26),
        "usual": np.zeros(teams),
        "answers": np.full(teams, 10.0),
        "mean_answers": np.full(teams, 10.0),
        "withheld": np.zeros((WAVES, teams), dtype=bool),
        "slope": np.full((WAVES, teams), 20.0),
        "shaken": np.zeros((WAVES, teams), dtype=bool),
        "division": np.zeros(teams, dtype=np.int64),
        "shocks": ((),),
        "divisions": (2,),
    }
    return Truth(**{**plain, **more})


CALM = (Fate.NONE, 0.0, -1)
STEP = (Fate.STEP, 0.8, 30)


def said(teams: int, *flags: tuple[int, int]) -> np.ndarray:
    """Flags as (wave, team)."""
    array = np.zeros((WAVES, teams), dtype=bool)
    for wave, team in flags:
        array[wave, team] = True
    return array


def test_a_flag_soon_after_another_says_nothing_new() -> None:
    counted = episodes(said(2, (11, 0), (20, 0), (28, 0), (29, 0), (20, 1)), 12)
    assert [*zip(*(each.tolist() for each in np.nonzero(counted)), strict=True)] == [(20, 0), (20, 1), (29, 0)]


def test_false_alarms_are_those_of_teams_that_nothing_befell() -> None:
    counted = said(4, (20, 0), (40, 0), (20, 2), (20, 3))
    calm = truth(CALM, CALM, CALM, STEP)
    assert false_alarms(calm, counted) == pytest.approx(100 * 3 / (3 * YEARS))
    assert false_alarms(calm, counted, np.array([False, False, True, True])) == pytest.approx(100 / YEARS)
    when = np.zeros((WAVES, 4), dtype=bool)
    when[0:25] = True
    assert false_alarms_when(calm, counted, when) == pytest.approx(100 * 2 / (3 * 13 / 52.18))


def test_the_first_wave_of_a_change_is_one_and_missing_it_is_one_more_than_patience() -> None:
    changes = truth(STEP, STEP, STEP, STEP, CALM)
    counted = said(5, (30, 0), (34, 1), (30 + PATIENCE, 2), (25, 3), (31, 3))
    teams = changes.hit_by(Fate.STEP, 0.8)
    # the fourth was flagged shortly before and says nothing about delay
    assert delays(changes, counted, teams).tolist() == [1.0, 5.0, PATIENCE + 1.0]
    assert not changes.hit_by(Fate.STEP, 0.5).any()
    assert not changes.hit_by(Fate.STEP, 0.8, (12.0, 20.0)).any()


def test_a_digest_is_right_once_a_rise_and_wrong_elsewhere() -> None:
    fates = (STEP, STEP, CALM, (Fate.BETTER, 0.8, 20), CALM, (Fate.DRIFT, 0.5, 30))
    changes = truth(*fates, usual=np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.0]))
    # right, again within it, too early, wrong, an improvement that ended, high for good, after it was over
    flags = ((32, 0), (45, 0), (15, 1), (20, 2), (50, 3), (20, 4), (60, 5))
    value = worth(changes, said(6, *flags))
    assert (value.events, value.found, value.false) == (3, 1, 2)
    assert value.precision == pytest.approx(1 / 3)
    assert value.recall == pytest.approx(1 / 3)


def test_an_interval_holds_the_step_in_points() -> None:
    changes, flags = truth(STEP, STEP), said(2, (32, 0), (32, 1))
    lo, hi = np.full((WAVES, 2), 10.0), np.full((WAVES, 2), 20.0)
    hi[:, 1] = 15.9
    # 0.8 SD of 20 points are 16
    assert worth(changes, flags, lo, hi).cover == 0.5


def test_what_was_told_as_likely_is_compared_with_what_was_real() -> None:
    changes = truth(*[STEP] * 6, *[CALM] * 6)
    flags = said(12, *((32, team) for team in range(12)))
    told = np.full((WAVES, 12), 0.6)
    ((p_told, real, many),) = worth(changes, flags, p=told).bins
    assert (round(p_told, 6), real, many) == (0.6, 0.5, 12)


def test_chronic_strain_is_told_by_wave_26_where_it_can_be_seen() -> None:
    usual = np.array([0.9, 0.9, 0.9, 0.1, 0.5])
    withheld = np.zeros((WAVES, 5), dtype=bool)
    withheld[:, 2] = True
    world = truth(*[CALM] * 5, usual=usual, withheld=withheld)
    flags = said(5, (20, 0), (27, 1), (20, 2), (20, 3), (20, 4))
    recall, false, many = chronic(world, flags)
    assert (recall, many) == (0.5, 2)
    assert false == pytest.approx(1 / 3)


def test_shocks_are_told_by_those_who_feel_them() -> None:
    shocks = (Shock(-1, 20, 26, 0.4), Shock(1, 40, 46, 0.3), Shock(0, 50, 56, 0.3), Shock(0, 30, 36, -0.5))
    world = truth(CALM, shocks=(shocks,))
    shared = np.zeros((WAVES, 3), dtype=bool)
    shared[22, 2] = shared[41, 1] = shared[60, 1] = shared[44, 0] = True
    told = shared_told(world, (shared,))
    assert told.organisation == (1, 1)
    assert told.division == (1, 2)
    # from two waves before to two after; the first division's own two shocks share a wave with the organisation's
    calm = 2 * (WAVES - 12 - 11) - (11 + 11 - 1) - 11
    assert told.false == pytest.approx(100 * 2 / (calm / 52.18))


def test_a_bar_is_as_low_as_the_false_alarms_allow() -> None:
    rng = np.random.default_rng(3)
    world = truth(*[CALM] * 400)
    score = rng.normal(size=(WAVES, 400))
    bar = bar_for(world, score, 20.0)
    assert false_alarms(world, episodes(score > bar, 12)) == pytest.approx(20.0, abs=0.3)
    assert false_alarms(world, episodes(score > bar - 0.1, 12)) > 20.0


def flag(wave: int, unit: str, kind: FlagKind, tier: Tier = Tier.WATCH) -> Flag:
    return Flag(wave, UnitKey(unit), kind, tier, wave, 10.0, 5.0, 15.0, 0.6, 20.0)


def test_flags_become_arrays_and_stand_beside_each_other() -> None:
    first = as_arrays(
        [
            flag(3, "t00001", FlagKind.RISE, Tier.ALERT),
            flag(4, "org", FlagKind.SHARED),
            flag(5, "d001", FlagKind.SHARED),
        ],
        waves=6,
        teams=2,
        divisions=2,
    )
    second = as_arrays([flag(2, "t00000", FlagKind.SILENCE), flag(2, "t00000", FlagKind.BETTER)], 6, 2, 1)
    both = beside([first, second])
    assert np.argwhere(both.said[FlagKind.RISE]).tolist() == [[3, 1]]
    assert np.argwhere(both.alerts).tolist() == [[3, 1]]
    assert np.argwhere(both.said[FlagKind.SILENCE]).tolist() == [[2, 2]]
    assert both.p_real[3, 1] == 0.6
    assert [np.argwhere(each).tolist() for each in both.shared] == [[[4, 2], [5, 1]], []]


def test_organisations_side_by_side_are_counted_together() -> None:
    both = side_by_side([truth(CALM, STEP), truth(CALM, CALM)])
    assert both.calm.tolist() == [True, False, True, True]
    assert len(both.shocks) == len(both.divisions) == 2
