"""The detector on simulated hospitals, small enough for every run; and the page that says what came of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from benchmarks.wards.aims import Aim, aims
from benchmarks.wards.figures import OURS, Change, Delay, Method, methods, named
from benchmarks.wards.picture import DelayPicture
from benchmarks.wards.report import Shifted, limits, number, page, percent
from benchmarks.wards.scorer import delays, episodes, false_alarms
from benchmarks.wards.simulator import FIVE_ITEMS, OWN_PACK, Plan
from benchmarks.wards.study import Job, Watched, together, watch
from benchmarks.wards.world import Dealt, Fate, World
from insights.hotspot_kinds import FlagKind
from tests.house.source import ROOT

SMALL = replace(World(), teams=150, step=Dealt(0.15, (0.8, 1.2)), silence=Dealt(0.06, (1.5,)))
"""More is found in it than in the table's world, so that a few organisations are enough to count."""


@cache
def watched(plan: Plan = FIVE_ITEMS, beside: bool = True) -> Watched:
    return together([watch(Job(SMALL, plan, seed, beside)) for seed in (100, 101)])


@cache
def found() -> list[Method]:
    return methods(watched())


def test_false_alarms_stay_where_they_are_promised() -> None:
    """About 250 team-years in control: ten in 100 make 25, give or take 5."""
    truth, said = watched().truth, watched().flags.said
    rises, silences = (episodes(said[kind], SMALL.learning) for kind in (FlagKind.RISE, FlagKind.SILENCE))
    assert false_alarms(truth, rises) <= 15.0
    assert false_alarms(truth, silences) <= 9.0


def test_most_large_rises_and_silences_are_found_within_two_months() -> None:
    truth, said = watched().truth, watched().flags.said
    for kind, fate, size in ((FlagKind.RISE, Fate.STEP, 1.2), (FlagKind.SILENCE, Fate.SILENCE, 1.5)):
        counted = episodes(said[kind], SMALL.learning)
        waves = delays(truth, counted, truth.hit_by(fate, size, (7.0, np.inf)))
        assert np.mean(waves <= 8) >= 0.75


def test_we_come_between_the_oracles_and_the_charts() -> None:
    change = Change(Fate.STEP, 0.8, (0.0, np.inf))
    late = [
        named(found(), name).delay(watched().truth, change).mean for name in ("A", OURS, "XmR (Making Data Count)")
    ]
    assert late == sorted(late)


def test_as_noisy_as_ours_is_as_noisy_as_ours() -> None:
    ours, *others = (method.false(watched().truth) for method in found() if method.setting != "as used")
    assert others == pytest.approx([ours] * len(others), abs=1.0)


def test_the_page_has_a_line_for_every_method_aim_and_world() -> None:
    reached = aims(watched(), found(), seconds=0.25)
    pack = watched(OWN_PACK)
    text = page(
        "Two small ones.",
        watched(),
        found(),
        reached,
        [Shifted("a stormy one", watched(beside=False))],
        (pack, methods(pack), aims(pack, methods(pack), float("nan"))),
    )
    for method in found():
        assert method.name in text
    for aim in reached:
        assert f"| {aim.what} |" in text
    for heading in ("Whether P(real) is", "By size and by answers", "a stormy one", "product's own pack"):
        assert heading in text
    assert "nan" not in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 120


def test_the_same_run_makes_the_same_page() -> None:
    again = together([watch(Job(SMALL, FIVE_ITEMS, seed, beside=True)) for seed in (100, 101)])
    pages = (page("x", one, methods(one), aims(one, methods(one), 0.0), [], None) for one in (again, watched()))
    assert len(set(pages)) == 1


def test_the_picture_fits_a_phone() -> None:
    picture = DelayPicture(watched().truth, found()).draw().png()
    size = Image.open(BytesIO(picture)).size
    assert size[0] == 1170
    assert size[1] < 2600


def test_an_aim_is_reached_between_its_limits() -> None:
    assert Aim("x", 1.6, high=1.6).is_reached
    assert not Aim("x", 1.61, high=1.6).is_reached
    assert not Aim("x", float("nan"), high=1.6).is_reached
    some = Aim("x", 1.0, high=2.0), Aim("x", 1.0, low=0.5), Aim("x", 1.0, low=0.5, high=2.2), Aim("x", 1.0)
    assert [limits(aim) for aim in some] == ["at most 2", "at least 0.5", "0.5 to 2.2", ""]


def test_few_changes_tell_no_mean() -> None:
    few, more = Delay(np.array([1.0, 2.0])), Delay(np.array([1.0, 2.0, 6.0]))
    assert (number(few.mean), percent(few.within(8))) == ("-", "-")
    assert more.mean == 3.0
    assert more.within(2) == pytest.approx(2 / 3)
    ratio, low, high = more.ratio(more)
    assert ratio == 1.0
    assert low < 1.0 < high


def test_the_command_explains_itself_and_refuses_nonsense() -> None:
    command = [sys.executable, "-m", "benchmarks.hotspots"]
    told = subprocess.run([*command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "python -m benchmarks.hotspots --quick" in told.stdout
    refused = subprocess.run(
        [*command, "--organisations", "0"], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert refused.returncode == 2
