"""What a lead is told, and what a lead must never be told, by ledgers written for the purpose."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from insights.cells import Kind, Line, Page, Reason, UnitKey
from insights.hotspot_filter import Array
from insights.hotspots import Course, Flag, FlagKind, Reading, Tier, detect, history
from insights.policy import JUDGED_SHOWN, LEARNING_ROUNDS, SILENT_ROUNDS
from tests.insights.hotspot_ledgers import TRUST, coded, ledger, names, ordinary

BURNING = UnitKey("t04")
NAN = float("nan")


def burning(rounds: int = 24, step: float = 15.0, begins: int = 15, seed: int = 1) -> Array:
    """14 teams; t04 is `step` points worse from the `begins`-th round on."""
    strain = ordinary(rounds, 14, seed)
    strain[begins - 1 :, 4] = coded(strain[begins - 1 :, 4] + step)
    return strain


def of(flags: tuple[Flag, ...], kind: FlagKind) -> list[Flag]:
    return [flag for flag in flags if flag.kind is kind]


def evidence(flag: Flag) -> list[float]:
    return [flag.effect, flag.lo, flag.hi, flag.p_real, flag.once_in_team_years]


# --- what is found ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_team_that_gets_fifteen_points_worse_is_found_within_five_rounds(seed: int) -> None:
    rises = of(history(ledger(burning(seed=seed))), FlagKind.RISE)
    first = next(flag for flag in rises if flag.unit == BURNING)
    assert 15 <= first.round <= 19


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_quiet_teams_beside_it_are_hardly_ever_flagged(seed: int) -> None:
    rises = of(history(ledger(burning(seed=seed))), FlagKind.RISE)
    assert len({flag.unit for flag in rises} - {BURNING}) <= 1


def test_nobody_is_flagged_where_nothing_happens() -> None:
    false = [flag for seed in range(20) for flag in history(ledger(ordinary(24, 14, seed)))]
    assert len([flag for flag in false if flag.kind in (FlagKind.RISE, FlagKind.SILENCE)]) <= 12


def test_the_flag_says_how_much_and_since_when() -> None:
    flag = next(f for f in history(ledger(burning(step=20.0))) if f.unit == BURNING and f.tier is Tier.ALERT)
    assert abs(flag.since - 15) <= 1
    assert flag.lo < 20 < flag.hi
    assert flag.lo < flag.effect < flag.hi
    assert 0.5 < flag.p_real <= 0.95
    assert flag.once_in_team_years > 50


def test_an_alert_speaks_within_the_silence_of_a_watch_and_then_nothing_does() -> None:
    flags = [f for f in history(ledger(burning(40, step=12.0))) if f.unit == BURNING and f.kind is FlagKind.RISE]
    for earlier, later in pairwise(flags):
        louder = earlier.tier is Tier.WATCH and later.tier is Tier.ALERT
        assert louder or later.round - earlier.round > SILENT_ROUNDS


def test_alerts_come_first() -> None:
    strain = burning(17, step=30.0)
    strain[15:, 9] = coded(strain[15:, 9] + 16.0)
    tiers = [f.tier for t in range(13, 18) for f in detect(ledger(strain[:t])).flags]
    per_round = [[f.tier for f in detect(ledger(strain[:t])).flags] for t in range(13, 18)]
    assert Tier.ALERT in tiers
    assert all(told == sorted(told) for told in per_round)


@pytest.mark.parametrize("usual", [9.0, 12.0, 15.0])
def test_a_team_that_falls_silent_is_flagged_as_silent(usual: float) -> None:
    strain, answered = ordinary(24, 14), np.full((24, 14), usual)
    answered[:, 9] = 6.0
    strain[15:, 4] = answered[15:, 4] = NAN
    flags = history(ledger(strain, answered))
    silent = of(flags, FlagKind.SILENCE)
    assert {BURNING} == {flag.unit for flag in silent}
    assert 16 <= silent[0].round <= 21
    assert silent[0].effect < -10
    assert silent[0].lo <= silent[0].effect <= silent[0].hi
    assert BURNING not in {flag.unit for flag in of(flags, FlagKind.RISE)}


def test_a_team_that_answers_less_but_is_still_shown_may_be_silent_too() -> None:
    answered = np.full((24, 14), 15.0)
    answered[15:, 4] = 6.0
    silent = of(history(ledger(ordinary(24, 14), answered)), FlagKind.SILENCE)
    assert {BURNING} == {flag.unit for flag in silent}


def test_a_bank_holiday_silences_nobody() -> None:
    answered = np.full((24, 14), 15.0)
    answered[18:20] = 6.0
    assert of(history(ledger(ordinary(24, 14), answered)), FlagKind.SILENCE) == []


def test_what_everybody_goes_through_is_told_once_for_the_whole_organisation() -> None:
    strain, whole = ordinary(26, 14), np.full(26, 40.0)
    strain[16:], whole[16:] = coded(strain[16:] + 10), 50.0
    flags = history(ledger(strain, whole=whole))
    assert {TRUST} == {flag.unit for flag in of(flags, FlagKind.SHARED)}
    assert of(flags, FlagKind.SHARED)[0].effect > 5
    assert len(of(flags, FlagKind.RISE)) <= 1


def test_an_organisation_that_gets_better_is_told_so() -> None:
    whole = np.where(np.arange(26) < 16, 50.0, 38.0)
    flags = history(ledger(ordinary(26, 14), whole=whole))
    assert TRUST in {flag.unit for flag in of(flags, FlagKind.BETTER)}
    assert of(flags, FlagKind.SHARED) == []


def test_a_division_in_trouble_does_not_flag_each_of_its_teams() -> None:
    strain = ordinary(26, 24, seed=3)
    strain[16:, ::2] = coded(strain[16:, ::2] + 8)
    told = [len(of(history(ledger(strain, divisions=d)), FlagKind.RISE)) for d in (1, 2)]
    assert told[1] < told[0]


# --- what must never be said ------------------------------------------------------------------


def test_an_improvement_is_better_and_never_a_rise() -> None:
    flags = [flag for flag in history(ledger(burning(step=-18.0))) if flag.unit == BURNING]
    assert {FlagKind.BETTER} == {flag.kind for flag in flags}
    assert all(flag.effect < 0 for flag in flags)


@pytest.mark.parametrize("rounds", [0, 1, 2, LEARNING_ROUNDS - 1, LEARNING_ROUNDS])
def test_no_team_is_flagged_in_the_first_twelve_rounds(rounds: int) -> None:
    strain = burning(rounds, step=40.0, begins=8)
    assert detect(ledger(strain)) == Reading(LEARNING_ROUNDS + 1 - rounds, (), (), ())
    assert history(ledger(strain)) == ()


def test_from_the_thirteenth_round_on_it_is_flagged() -> None:
    reading = detect(ledger(burning(LEARNING_ROUNDS + 1, step=40.0, begins=8)))
    assert reading.learning == 0
    assert reading.flags[0].unit == BURNING
    assert reading.flags[0].since == 8


def test_a_withheld_round_flags_no_rise() -> None:
    strain = burning(step=30.0)
    strain[14::2, 4] = NAN
    shown = {t + 1 for t in range(24) if not np.isnan(strain[t, 4])}
    rises = [flag for flag in history(ledger(strain)) if flag.unit == BURNING and flag.kind is FlagKind.RISE]
    assert rises
    assert {flag.round for flag in rises} <= shown


def test_a_single_bad_week_is_no_hotspot() -> None:
    strain = np.full((24, 14), 40.0)
    strain[18, 4] = 80.0
    assert of(history(ledger(strain)), FlagKind.RISE) == []


@pytest.mark.parametrize("reason", [Reason.TOO_NEW, Reason.NOT_ASKED])
def test_withheld_for_another_reason_is_not_silence(reason: Reason) -> None:
    strain, answered = ordinary(24, 14), np.full((24, 14), 12.0)
    strain[15:, 4] = answered[15:, 4] = NAN
    assert of(history(ledger(strain, answered, reason=reason)), FlagKind.SILENCE) == []


def test_a_team_that_was_never_shown_is_not_silent_but_cannot_be_judged() -> None:
    strain = ordinary(20, 14)
    strain[:, 4] = NAN
    reading = detect(ledger(strain))
    assert reading.unjudged == (BURNING,)
    assert [f for f in history(ledger(strain)) if f.unit == BURNING] == []


def test_a_team_that_was_closed_is_no_longer_named() -> None:
    pages = ledger(ordinary(24, 14))
    closed = [*pages[:14], *(dataclasses.replace(page, lines=_without(page, BURNING)) for page in pages[14:])]
    assert detect(closed).unjudged == ()
    assert [flag for flag in history(closed) if flag.unit == BURNING and flag.round > 14] == []


def test_a_team_too_small_to_be_shown_is_not_silent() -> None:
    strain = ordinary(24, 14)
    pages = ledger(strain)
    small = [
        dataclasses.replace(page, lines=tuple(_shrunk(line, page.round) for line in page.lines)) for page in pages
    ]
    strain[15:, 4] = NAN
    withheld = ledger(strain)
    mixed = [dataclasses.replace(p, lines=s.lines) for p, s in zip(withheld, small, strict=True)]
    assert of(history(mixed), FlagKind.SILENCE) == []


def _shrunk(line: Line, number: int) -> Line:
    return dataclasses.replace(line, people=4) if line.key == BURNING and number > 15 else line


# --- what stays open --------------------------------------------------------------------------


def test_a_flag_stays_open_through_its_silent_rounds_and_is_still_hot() -> None:
    strain = burning(30, step=25.0)
    raised = next(flag for flag in history(ledger(strain)) if flag.unit == BURNING and flag.tier is Tier.ALERT)
    for later in range(raised.round + 1, raised.round + SILENT_ROUNDS + 1):
        held = [still for still in detect(ledger(strain[:later])).open_flags if still.flag.unit == BURNING]
        assert [(raised, Course.HOT)] == [(still.flag, still.state) for still in held]


def test_a_flag_that_passes_is_easing_and_then_over() -> None:
    strain = burning(26, step=25.0)
    raised = next(flag for flag in history(ledger(strain)) if flag.unit == BURNING and flag.tier is Tier.ALERT)
    strain[raised.round :, 4] = coded(strain[raised.round :, 4] - 25)
    states = [
        still.state
        for later in range(raised.round + 1, raised.round + SILENT_ROUNDS + 1)
        for still in detect(ledger(strain[:later])).open_flags
        if still.flag == raised
    ]
    assert states[-1] is Course.OVER
    order = [Course.HOT, Course.EASING, Course.OVER]
    ranks = [order.index(state) for state in states]
    assert ranks[0] < ranks[-1]


def test_a_flag_of_the_last_round_is_new_and_not_open() -> None:
    strain = burning()
    for t in range(LEARNING_ROUNDS + 1, 25):
        reading = detect(ledger(strain[:t]))
        assert all(flag.round == t for flag in reading.flags)
        assert all(t - SILENT_ROUNDS <= still.flag.round < t for still in reading.open_flags)


# --- what the answer may depend on ------------------------------------------------------------


def test_what_follows_changes_no_earlier_flag() -> None:
    strain, answered = burning(30), np.full((30, 14), 12.0)
    answered[20:, 7] = 6.0
    pages = ledger(strain, answered, divisions=3)
    whole = history(pages)
    for t in range(LEARNING_ROUNDS + 1, 31):
        assert history(pages[:t]) == tuple(flag for flag in whole if flag.round <= t)


def test_the_history_is_what_the_readings_said_one_after_the_other() -> None:
    pages = ledger(burning())
    said = tuple(flag for t in range(1, 25) for flag in detect(pages[:t]).flags)
    assert said == history(pages)


def test_a_team_that_joins_later_changes_nothing_before() -> None:
    strain = np.hstack([burning(30), np.full((30, 1), 50.0)])
    strain[:20, 14] = NAN
    pages = ledger(strain)
    before = [dataclasses.replace(page, lines=_without(page, "t14")) for page in pages[:20]]
    early = [flag for flag in history([*before, *pages[20:]]) if flag.round <= 20]
    for flag, same in zip(early, history(before), strict=True):
        assert (flag.round, flag.unit, flag.kind, flag.tier) == (same.round, same.unit, same.kind, same.tier)
        assert evidence(flag) == pytest.approx(evidence(same))


def _without(page: Page, unit: str) -> tuple[Line, ...]:
    return tuple(line for line in page.lines if line.key != unit)


def test_the_order_of_lines_does_not_matter() -> None:
    pages = ledger(burning(), divisions=2)
    turned = [dataclasses.replace(page, lines=(page.lines[0], *page.lines[:0:-1])) for page in pages]
    assert detect(turned) == detect(pages)
    assert history(turned) == history(pages)


def test_the_names_of_teams_do_not_matter() -> None:
    strain = burning()
    units = names(14)
    order = np.random.default_rng(5).permutation(14)
    renamed = ledger(strain[:, order], units=[units[i] for i in order])
    assert history(renamed) == history(ledger(strain))


def test_evidence_does_not_depend_on_the_level_of_the_organisation() -> None:
    strain = np.clip(burning(), 25.0, 70.0)
    here, there = history(ledger(strain)), history(ledger(strain + 10.0))
    assert [(f.round, f.unit, f.kind) for f in here] == [(f.round, f.unit, f.kind) for f in there]
    for flag, same in zip(here, there, strict=True):
        assert evidence(flag) == pytest.approx(evidence(same))


def test_a_larger_rise_is_never_weaker_evidence() -> None:
    rarest = []
    for step in (10.0, 15.0, 20.0, 30.0):
        flags = [f for f in history(ledger(burning(20, step=step, seed=2))) if f.unit == BURNING]
        rarest.append(max((f.p_real for f in flags), default=0.0))
    assert rarest == sorted(rarest)


def test_the_same_ledger_gives_the_same_reading() -> None:
    assert detect(ledger(burning())) == detect(ledger(burning()))


def test_pools_own_people_and_role_holders_are_not_judged() -> None:
    pages = ledger(burning(step=40.0))
    other = [
        dataclasses.replace(
            page, lines=tuple(dataclasses.replace(x, kind=Kind.POOL) if x.key == BURNING else x for x in page.lines)
        )
        for page in pages
    ]
    assert BURNING not in {flag.unit for flag in history(other)}


# --- odd ledgers ------------------------------------------------------------------------------


def test_one_team_alone_is_judged_with_care() -> None:
    strain = ordinary(30, 1)
    quiet = history(ledger(strain))
    strain[16:, 0] = coded(strain[16:, 0] + 35)
    assert of(quiet, FlagKind.RISE) == []
    assert {"t00"} == {flag.unit for flag in of(history(ledger(strain)), FlagKind.RISE)}


def test_an_organisation_that_is_one_team_has_no_whole() -> None:
    strain = ordinary(20, 1)
    alone = [
        dataclasses.replace(page, lines=(dataclasses.replace(page.lines[-1], parent=None),))
        for page in ledger(strain)
    ]
    assert detect(alone).unjudged == ()
    assert history(alone) == ()


def test_all_withheld_says_nothing_but_who_cannot_be_judged() -> None:
    assert detect(ledger(np.full((20, 14), NAN))) == Reading(0, (), (), names(14))


@pytest.mark.parametrize("level", [20.0, 40.0, 80.0])
def test_the_same_answer_everywhere_is_nothing(level: float) -> None:
    assert detect(ledger(np.full((30, 14), level))) == Reading(0, (), (), ())


def test_a_ledger_without_teams_is_empty() -> None:
    pages = [dataclasses.replace(page, lines=page.lines[:1]) for page in ledger(ordinary(20, 1))]
    assert detect(pages) == Reading(0, (), (), ())


def test_a_ledger_without_lines_is_empty() -> None:
    pages = [dataclasses.replace(page, lines=(), cells={}) for page in ledger(ordinary(20, 1))]
    assert detect(pages) == Reading(0, (), (), ())


def test_everybody_leaving_is_no_flag_for_rise() -> None:
    strain = burning(30)
    strain[20:] = NAN
    assert of(tuple(f for f in history(ledger(strain)) if f.round > 20), FlagKind.RISE) == []


@pytest.mark.parametrize(("shown", "judged"), [(JUDGED_SHOWN - 1, False), (JUDGED_SHOWN, True)])
def test_a_team_is_judged_from_six_shown_rounds_in_twelve(shown: int, judged: bool) -> None:
    strain = ordinary(20, 14)
    strain[: 20 - shown, 4] = NAN
    assert (BURNING not in detect(ledger(strain)).unjudged) is judged
