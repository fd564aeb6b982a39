"""What a lead is told, and what a lead must never be told, by ledgers written for the purpose."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from insights.cells import Kind, Line, Reason
from insights.hotspots import FlagKind, Reading, Tier, detect, history
from insights.policy import JUDGED_SHOWN, LEARNING_ROUNDS, SILENT_ROUNDS
from tests.insights.hotspot_ledgers import (
    BURNING,
    NAN,
    TRUST,
    burning,
    coded,
    ledger,
    of,
    ordinary,
    readings,
    without,
)

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


def test_alerts_come_first_and_then_who_has_the_most_evidence() -> None:
    strain = np.full((19, 20), 40.0)
    strain[14:, :7] += np.array([9.0, 10.0, 12.0, 14.0, 16.0, 18.0, 30.0])
    told = [[(f.tier, -f.score) for f in reading.flags] for _, reading in readings(ledger(strain))]
    assert {Tier.ALERT, Tier.WATCH} == {tier for flags in told for tier, _ in flags}
    assert any({tier for tier, _ in flags} == {Tier.ALERT, Tier.WATCH} for flags in told)
    assert all(flags == sorted(flags) for flags in told)


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


@pytest.mark.parametrize(("published", "is_told"), [(JUDGED_SHOWN - 1, False), (JUDGED_SHOWN, True)])
def test_a_team_is_silent_only_if_it_was_published_before(published: int, is_told: bool) -> None:
    strain, answered = np.full((26, 14), 40.0), np.full((26, 14), 12.0)
    answered[:, 9] = 6.0
    strain[:, 4] = answered[:, 4] = NAN
    strain[8 : 8 + published, 4], answered[8 : 8 + published, 4] = 40.0, 18.0
    silent = {flag.unit for flag in of(history(ledger(strain, answered)), FlagKind.SILENCE)}
    assert silent == ({BURNING} if is_told else set())


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
    reading = detect(ledger(strain))
    assert reading == Reading(LEARNING_ROUNDS + 1 - rounds, (), (), (), {}, reading.mirror)
    assert history(ledger(strain)) == ()


def test_from_the_thirteenth_round_on_it_is_flagged() -> None:
    reading = detect(ledger(burning(LEARNING_ROUNDS + 1, step=40.0, begins=8)))
    assert reading.learning == 0
    (rise,) = of(reading.flags, FlagKind.RISE)
    assert (rise.unit, rise.tier, rise.since) == (BURNING, Tier.ALERT, 8)


def test_a_withheld_round_flags_no_rise() -> None:
    strain = burning(step=30.0)
    strain[14::2, 4] = NAN
    shown = {t + 1 for t in range(24) if not np.isnan(strain[t, 4])}
    rises = [flag for flag in history(ledger(strain)) if flag.unit == BURNING and flag.kind is FlagKind.RISE]
    assert rises
    assert {flag.round for flag in rises} <= shown


@pytest.mark.parametrize("worse", [60.0, 80.0])
def test_a_single_bad_week_is_never_an_alert(worse: float) -> None:
    strain = np.full((30, 14), 40.0)
    strain[18, 4] = worse
    flags = history(ledger(strain))
    assert {flag.unit for flag in flags} <= {BURNING}
    assert {flag.tier for flag in flags} <= {Tier.WATCH}
    assert len(flags) <= 1


@pytest.mark.parametrize("back", [10, 11, 12])
def test_what_was_over_before_anybody_was_judged_is_no_news(back: int) -> None:
    strain = np.full((20, 14), 40.0)
    strain[6:, 4] = 65.0
    rises = of(history(ledger(strain)), FlagKind.RISE)
    strain[back:, 4] = 40.0
    assert [(flag.unit, flag.round) for flag in rises] == [(BURNING, LEARNING_ROUNDS + 1)]
    flags = history(ledger(strain))
    assert of(flags, FlagKind.RISE) == []
    # a level is high until its last rounds have shown otherwise
    assert bool(of(flags, FlagKind.CHRONIC)) is (back == 12)


def test_what_has_mostly_passed_is_no_news_though_the_last_week_was_worse_again() -> None:
    strain = np.full((LEARNING_ROUNDS + 1, 14), 40.0)
    strain[6:, 4] = 65.0
    strain[10:12, 4], strain[12, 4] = 40.0, 50.0
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
    closed = [*pages[:14], *(without(page, BURNING) for page in pages[14:])]
    assert BURNING in detect(pages[:14]).usual
    assert BURNING not in detect(closed).usual
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


def test_pools_own_people_and_role_holders_are_not_judged() -> None:
    pages = ledger(burning(step=40.0))
    other = [
        dataclasses.replace(
            page, lines=tuple(dataclasses.replace(x, kind=Kind.POOL) if x.key == BURNING else x for x in page.lines)
        )
        for page in pages
    ]
    assert BURNING not in {flag.unit for flag in history(other)}


@pytest.mark.parametrize(("shown", "judged"), [(JUDGED_SHOWN - 1, False), (JUDGED_SHOWN, True)])
def test_a_team_is_judged_from_three_shown_rounds_in_twelve(shown: int, judged: bool) -> None:
    strain = ordinary(20, 14)
    strain[: 20 - shown, 4] = NAN
    assert (BURNING not in detect(ledger(strain)).unjudged) is judged
