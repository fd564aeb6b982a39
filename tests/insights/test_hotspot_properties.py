"""What a flag may depend on and what not: in a hospital where everything happens, and in what chance makes up."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.cells import WHOLE, Page, Released, Stat, UnitKey
from insights.hotspot_change import Array, Numbers
from insights.hotspot_filter import Seen
from insights.hotspot_models import STRAIN
from insights.hotspot_round import Shown
from insights.hotspot_series import shown_rounds
from insights.hotspot_tracks import take
from insights.hotspots import Detector, Flag, FlagKind, detect, history
from insights.policy import LEARNING_ROUNDS
from tests.insights.hotspot_golden import SEEDS, TEAMS, hospital
from tests.insights.hotspot_ledgers import (
    BURNING,
    NAN,
    burning,
    coded,
    evidence,
    ledger,
    names,
    of,
    plain,
    taught,
    without,
    without_numbers,
)

BY_TEAM = (FlagKind.RISE, FlagKind.BETTER, FlagKind.SPLIT, FlagKind.CHRONIC)


def raised(rounds: list[Shown]) -> list[Flag]:
    detector = Detector()
    return [flag for shown in rounds for flag in detector.step(shown)]


def are_alike(some: list[Flag], others: list[Flag]) -> bool:
    """The same flags, with numbers as near as sums in another order come."""
    assert [without_numbers(flag) for flag in some] == [without_numbers(flag) for flag in others]
    for flag, other in zip(some, others, strict=True):
        assert evidence(flag) == pytest.approx(evidence(other), rel=1e-6, abs=1e-6)
    return bool(some)


# --- shift ------------------------------------------------------------------------------------


def shifted(shown: Shown, by: float) -> Shown:
    whole = dataclasses.replace(shown.whole, score=shown.whole.score + by) if shown.whole else None
    return dataclasses.replace(shown, strain=shown.strain + by, whole=whole)


@pytest.mark.parametrize("by", [-15.0, 5.0, 20.0])
def test_more_strain_everywhere_from_the_first_round_on_changes_no_flag(by: float) -> None:
    rounds = shown_rounds(hospital(1))
    here, there = raised(rounds), raised([shifted(shown, by) for shown in rounds])
    assert are_alike(here, there)
    levels = {FlagKind.SILENCE: 0.0, FlagKind.SPLIT: 0.0}
    for flag, same in zip(here, there, strict=True):
        if flag.usual is None or same.usual is None:
            assert flag.usual is same.usual
        else:
            assert same.usual - flag.usual == pytest.approx(levels.get(flag.kind, by), abs=1e-6)


def test_evidence_of_shown_numbers_does_not_depend_on_the_level_of_the_organisation() -> None:
    strain = np.clip(burning(), 25.0, 70.0)
    assert are_alike(list(history(ledger(strain))), list(history(ledger(strain + 10.0))))


# --- order and names --------------------------------------------------------------------------


def test_the_order_of_lines_does_not_matter() -> None:
    pages = hospital(2, 30)
    turned = [dataclasses.replace(page, lines=(page.lines[0], *page.lines[:0:-1])) for page in pages]
    assert detect(turned) == detect(pages)
    assert history(turned) == history(pages)


def test_the_order_of_teams_in_a_round_does_not_matter() -> None:
    rng, rounds = np.random.default_rng(6), shown_rounds(hospital(2, 30))
    assert raised([permuted(shown, rng.permutation(len(shown.units))) for shown in rounds]) == raised(rounds)


def permuted(shown: Shown, order: Numbers) -> Shown:
    said = {one.name: getattr(shown, one.name) for one in dataclasses.fields(shown)}
    for name, value in said.items():
        if isinstance(value, np.ndarray):
            said[name] = value[order]
        elif isinstance(value, tuple):
            said[name] = tuple(value[i] for i in order)
    return Shown(**said)


@pytest.mark.parametrize("seed", [5, 6])
def test_the_names_of_teams_do_not_matter(seed: int) -> None:
    rounds = shown_rounds(hospital(3))
    order = np.random.default_rng(seed).permutation(TEAMS)
    other = {unit: UnitKey(f"x{place:02d}") for unit, place in zip(names(TEAMS), order, strict=True)}
    renamed = [dataclasses.replace(shown, units=tuple(other[unit] for unit in shown.units)) for shown in rounds]
    back = {new: unit for unit, new in other.items()}
    found = [dataclasses.replace(flag, unit=back.get(flag.unit, flag.unit)) for flag in raised(renamed)]
    assert are_alike(sorted(raised(rounds), key=without_numbers), sorted(found, key=without_numbers))


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [LEARNING_ROUNDS + 1, 21, 29])
def test_what_follows_changes_no_earlier_flag(until: int) -> None:
    pages, other = hospital(1), hospital(2)
    known = history(pages[:until])
    for future in (pages, [*pages[:until], *other[until:]]):
        assert tuple(flag for flag in history(future) if flag.round <= until) == known
    assert detect(pages[:until]).flags == tuple(flag for flag in known if flag.round == until)


def test_the_history_is_what_the_readings_said_one_after_the_other() -> None:
    detector, said, pages = Detector(), list[Flag](), hospital(3, 30)
    for shown in shown_rounds(pages):
        flags = detector.step(shown)
        assert detector.reading().flags == flags
        said += flags
    assert tuple(said) == history(pages)
    assert detector.reading() == detect(pages)


def test_a_team_that_joins_later_changes_nothing_before() -> None:
    strain = np.hstack([burning(30), np.full((30, 1), 50.0)])
    strain[:20, 14] = NAN
    pages = ledger(strain)
    before = [without(page, UnitKey("t14")) for page in pages[:20]]
    early = [flag for flag in history([*before, *pages[20:]]) if flag.round <= 20]
    assert early == list(history(before))


def test_the_same_ledger_gives_the_same_reading() -> None:
    assert detect(hospital(1, 20)) == detect(hospital(1, 20))


# --- evidence ---------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), rounds=st.integers(4, 18), step=st.floats(0.0, 25.0))
def test_a_worse_last_round_is_never_weaker_evidence(seed: int, rounds: int, step: float) -> None:
    y = 40 + 6 * np.random.default_rng(seed).standard_normal((rounds, 12))
    y[-3:, 4] += step
    tracks, _ = taught([plain(t, row) for t, row in enumerate(y[:-1], 1)])
    group, apart = np.zeros(12, dtype=np.int64), dataclasses.replace(STRAIN, shared=0.0)
    engine, seen = tracks.teams.strain.engine, Seen(y[-1], np.full(12, 40.0), np.zeros(12), group)
    alone, together = [], []
    for last in (20.0, 30.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 80.0):
        seen.y[4] = last
        alone.append(float(copy.deepcopy(engine).step(apart, seen).up.score[4]))
        taken = take(copy.deepcopy(tracks), rounds - 1, plain(rounds, seen.y.copy()), group, None)
        together.append(float(taken.strain.up.score[4]))
    assert alone == sorted(alone)
    assert alone[0] < alone[-1]
    # what is worse than the clip only makes the organisation look noisier and its shared movement less sure: a hair
    assert together == pytest.approx(sorted(together), abs=0.05)


def test_a_larger_rise_is_never_weaker_evidence() -> None:
    likely = []
    for step in (10.0, 15.0, 20.0, 30.0):
        rises = of(history(ledger(burning(20, step=step, seed=2))), FlagKind.RISE)
        likely.append(max((f.p_real for f in rises if f.unit == BURNING), default=0.0))
    assert likely == sorted(likely)
    assert likely[0] < likely[-1]


@pytest.mark.parametrize("seed", range(3))
def test_more_answers_are_stronger_evidence(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = 40 + 2 * rng.standard_normal((17, 12))
    y[14:, 4] = 54.0
    rounds = [plain(t + 1, row) for t, row in enumerate(y)]
    scores = []
    for n in (5.0, 10.0, 20.0):
        told = [dataclasses.replace(one, answers=np.full(12, n), people=np.full(12, 2 * n)) for one in rounds]
        scores.append(float(taught(told)[1][-1].strain.up.score[4]))
    assert scores == sorted(scores)
    assert scores[-1] > scores[0] + 1


# --- direction --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_hotspots_are_worse_and_improvements_are_better(seed: int) -> None:
    worse, better = (FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC, FlagKind.SHARED), (FlagKind.BETTER,)
    flags = history(hospital(seed))
    assert all(flag.effect > 0 for flag in of(flags, *worse))
    assert all(flag.effect < 0 for flag in of(flags, *better, FlagKind.SILENCE))
    for flag in flags:
        assert flag.lo < flag.effect < flag.hi
        assert flag.since <= flag.round
        assert 0 < flag.p_real < 1
        assert 1 <= flag.once_in_team_years <= 1000


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), gain=st.floats(8.0, 20.0), begins=st.integers(LEARNING_ROUNDS, 18))
def test_an_improvement_never_flags_as_rise(seed: int, gain: float, begins: int) -> None:
    rng = np.random.default_rng(seed)
    strain = 45 + 4 * rng.standard_normal((26, 14))
    strain[begins - 1 :, 4] -= gain
    flags = [f for f in history(ledger(coded(strain))) if f.unit == BURNING and f.round >= begins]
    assert of(flags, FlagKind.RISE, FlagKind.CHRONIC) == []


def test_the_mirror_image_of_a_rise_is_an_improvement() -> None:
    strain = 40 + 5 * np.random.default_rng(3).standard_normal((24, 14))
    strain[15:, 4] += 16
    up, down = ([plain(t + 1, row) for t, row in enumerate(y)] for y in (strain, 80 - strain))
    rises, better = of(raised(up), FlagKind.RISE), of(raised(down), FlagKind.BETTER)
    assert rises[0].unit == better[0].unit == "t00004"
    # their bars differ by what the mirror has counted of either
    assert [f.round for f in rises] == [f.round for f in better]
    assert [f.effect for f in rises] == pytest.approx([-f.effect for f in better])


# --- what is not shown ------------------------------------------------------------------------


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), hidden=st.floats(0.1, 0.7))
def test_a_withheld_round_flags_nobody_but_the_silent(seed: int, hidden: float) -> None:
    rng = np.random.default_rng(seed)
    strain = eventful(rng)
    strain[rng.random(strain.shape) < hidden] = NAN
    spread = np.where(np.isnan(strain), NAN, 25.0 * rng.integers(0, 6, strain.shape))
    spread[18:, 6] = np.where(np.isnan(strain[18:, 6]), NAN, 175.0)
    pages = ledger(strain, spread=spread)
    shown = {(page.round, unit) for page in pages for unit in names(16) if is_shown(page, unit)}
    flags = of(history(pages), *BY_TEAM)
    assert {(flag.round, flag.unit) for flag in flags if flag.unit in names(16)} <= shown


def eventful(rng: np.random.Generator) -> Array:
    strain = 40 + 5 * rng.standard_normal((32, 16))
    strain[15:, 4] += 20
    strain[15:, 5] -= 18
    strain[:, 7] += 20
    return coded(strain)


def is_shown(page: Page, unit: UnitKey) -> bool:
    return isinstance(page.cell(unit, Stat.STRAIN, WHOLE), Released)


def test_hidden_rounds_leave_enough_to_flag_so_that_the_rule_above_is_tried() -> None:
    rng = np.random.default_rng(1)
    strain = eventful(rng)
    strain[rng.random(strain.shape) < 0.3] = NAN
    assert {FlagKind.RISE, FlagKind.BETTER, FlagKind.CHRONIC} <= {flag.kind for flag in history(ledger(strain))}
