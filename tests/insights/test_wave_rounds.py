"""Past surveys are coded as the product codes its own: what the release would have shown, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.cells import Page, UnitKey
from insights.hotspot_round import Shown
from insights.hotspot_series import shown_rounds
from insights.pack import Question
from insights.policy import K_FLOOR, SHARES_FLOOR
from insights.release import FrozenUnit, Leaf, Tally, release
from insights.tally_rounds import equal_steps
from insights.wave_rounds import read_surveys
from tests.insights.surveys import Line, meta, tally, withheld, written

MONDAY = date(2026, 1, 5)
Counts = tuple[int, ...]
Wave = list[tuple[str, int, int, list[Counts]]]
"""Teams: id, answered, roster, answers to each question by option, the highest being what the polarity says."""


@st.composite
def waves(draw: st.DrawFn, scale: int, questions: int, least: int) -> list[Wave]:
    dice = random.Random(draw(st.integers(0, 10**6)))
    teams = [f"t{number}" for number in range(dice.randint(1, 5))]
    return [[_team(dice, id, scale, questions, least) for id in teams] for _ in range(draw(st.integers(1, 3)))]


def _team(dice: random.Random, id: str, scale: int, questions: int, least: int) -> tuple[str, int, int, list[Counts]]:
    most = dice.choice((14, 24, 60, 110, 230))
    answered = dice.randint(min(least, most), max(least, most))
    counts = []
    for _ in range(questions):
        leaning = [dice.random() ** dice.choice((1, 6)) for _ in range(scale)]
        skipped = dice.choice((0, 0, 1, 2)) if answered - 2 >= least else 0
        picks = dice.choices(range(scale), leaning, k=max(answered - skipped, 0))
        counts.append(tuple(picks.count(option) for option in range(scale)))
    return id, answered, answered + dice.choice((0, 1, 5, 40)), counts


def lines_of(wave: Wave, number: int, asked: Sequence[str]) -> list[Line]:
    return [
        tally(id, counts, question, number, answered, roster)
        for id, answered, roster, all_counts in wave
        for question, counts in zip(asked, all_counts, strict=True)
    ]


def published(wave: Wave, number: int, polarities: dict[str, int], scale: int, k: int) -> Page:
    """The ledger's page, had the product asked."""
    up = equal_steps(scale)
    options = tuple(map(str, range(scale)))
    questions = [Question(id, options, up if sign > 0 else up[::-1]) for id, sign in polarities.items()]
    units = [FrozenUnit("org", None, "Org", 0), *(FrozenUnit(id, "org", id, 0) for id, *_ in wave)]
    leaves = []
    for id, answered, roster, all_counts in wave:
        tallies = {
            question: Tally(counts, answered - sum(counts), sum(counts))
            for question, counts in zip(polarities, all_counts, strict=True)
        }
        leaves.append(Leaf(UnitKey(id), id, (id,), roster, answered, tallies))
    shown = release(units, leaves, questions, [*polarities], k)
    return Page(number, MONDAY, tuple(polarities), shown.lines, shown.cells, k)


def fields(shown: Shown) -> dict[str, object]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in asdict(shown).items()}


def surveys_and_ledger(
    found: list[Wave], signs: Sequence[int], scale: int, k: int
) -> tuple[list[Shown], list[Shown]]:
    polarities = {f"q{at}": sign for at, sign in enumerate(signs)}
    units = [("org", None), *((id, "org") for id, *_ in found[0])]
    lines = [line for number, wave in enumerate(found, 1) for line in lines_of(wave, number, [*polarities])]
    head = meta(units, [*polarities.items()], scale, k)
    pages = [published(wave, number, polarities, scale, k) for number, wave in enumerate(found, 1)]
    return [*read_surveys(written(head, *lines)).rounds], shown_rounds(pages)


signs = st.lists(st.sampled_from((1, -1)), min_size=1, max_size=3)
thorough = settings(max_examples=60, derandomize=True, deadline=None)


@thorough
@given(st.data(), signs, st.sampled_from((2, 4, 5, 7, 12)), st.integers(K_FLOOR, 11))
def test_a_team_is_shown_as_the_release_shows_it(data: st.DataObject, signs: list[int], scale: int, k: int) -> None:
    found = data.draw(waves(scale, len(signs), least=0))
    for ours, theirs in zip(*surveys_and_ledger(found, signs, scale, k), strict=True):
        one, other = fields(ours), fields(theirs)
        # what the release pools of small teams, a file that withholds them cannot tell
        for name in ("whole", "parents"):
            del one[name], other[name]
        np.testing.assert_equal(one, other)


@thorough
@given(st.data(), signs, st.sampled_from((2, 5)), st.integers(K_FLOOR, 11))
def test_where_no_team_is_small_the_organisation_is_as_the_release_shows_it(
    data: st.DataObject, signs: list[int], scale: int, k: int
) -> None:
    found = data.draw(waves(scale, len(signs), least=SHARES_FLOOR + 5))
    for ours, theirs in zip(*surveys_and_ledger(found, signs, scale, k), strict=True):
        np.testing.assert_equal(fields(ours), fields(theirs))


@pytest.mark.parametrize(("n", "is_shown"), [(4, False), (5, True), (6, True)])
def test_fewer_than_k_are_withheld_whether_the_file_says_so_or_not(n: int, is_shown: bool) -> None:
    [one] = read_surveys(written(meta(), tally("ward-a", (0, 0, n, 0, 0), roster=9))).rounds
    assert bool(np.isfinite(one.strain[0])) is is_shown
    assert bool(one.silent[0]) is not is_shown
    assert one.people.tolist() == [9.0]


@pytest.mark.parametrize(("n", "is_shown"), [(9, False), (10, False), (11, True), (12, True)])
def test_a_spread_needs_ten_answers_and_must_not_say_that_it_were_exactly_ten(n: int, is_shown: bool) -> None:
    [one] = read_surveys(written(meta(), tally("ward-a", (2, 1, n - 6, 1, 2), roster=40))).rounds
    assert bool(np.isfinite(one.spread[0])) is is_shown


def test_what_is_withheld_is_silent_and_has_no_number() -> None:
    [one] = read_surveys(written(meta(), withheld("ward-a", roster=14), tally("ward-b", (0, 1, 9, 2, 1)))).rounds
    assert (one.silent.tolist(), one.people.tolist()) == ([True, False], [14.0, 13.0])
    for array in (one.strain, one.answers, one.coding, one.answered, one.spread):
        assert np.isnan(array).tolist() == [True, array is one.spread and np.isnan(array[1])]


def test_a_question_that_too_few_answered_withholds_the_team() -> None:
    lines = [
        tally("ward-a", (0, 0, 9, 0, 0), answered=9),
        tally("ward-a", (0, 0, 4, 0, 0), "energy", answered=9, roster=9),
    ]
    [one] = read_surveys(written(meta(), *lines)).rounds
    assert (bool(np.isnan(one.strain[0])), bool(one.silent[0])) == (True, True)


def test_what_no_line_counts_is_nought() -> None:
    lines = [
        tally("ward-a", (0, 0, 9, 0, 0)),
        tally("ward-b", (0, 0, 9, 0, 0)),
        tally("ward-b", (0, 0, 9, 0, 0), "energy"),
    ]
    [one] = read_surveys(written(meta(), *lines)).rounds
    assert np.isnan(one.strain).tolist() == [True, False]
    assert (one.items, one.spread_items) == (2, 2)


def test_a_team_without_a_line_is_not_in_that_wave() -> None:
    lines = [
        tally("ward-a", (0, 0, 9, 0, 0)),
        tally("ward-b", (0, 0, 9, 0, 0)),
        tally("ward-b", (0, 0, 9, 0, 0), wave=1),
    ]
    surveys = read_surveys(written(meta(), *lines))
    assert [one.units for one in surveys.rounds] == [("ward-a", "ward-b"), ("ward-b",)]
    assert surveys.teams == {"ward-a", "ward-b"}


def test_a_high_option_that_is_good_is_turned_about() -> None:
    lines = [tally("ward-a", (8, 4, 0, 0, 0), question) for question in ("worn", "energy")]
    worn, energy = (
        read_surveys(written(meta(questions=(("worn", 1), ("energy", -1))), line)).rounds[0].strain[0]
        for line in lines
    )
    assert (worn, energy) == (10.0, 90.0)


def test_the_organisation_is_told_on_what_the_first_two_waves_ask() -> None:
    asked = [("worn", "energy"), ("worn", "calm"), ("worn", "energy"), ("energy", "calm")]
    questions = (("worn", 1), ("energy", 1), ("calm", 1))
    counts = {"worn": (0, 0, 30, 0, 0), "energy": (0, 0, 0, 30, 0), "calm": (0, 30, 0, 0, 0)}
    lines = [
        tally(unit, counts[question], question, wave)
        for wave, pair in enumerate(asked)
        for unit in ("ward-a", "ward-c")
        for question in pair
    ]
    wholes = [one.whole for one in read_surveys(written(meta(questions=questions), *lines)).rounds]
    assert [one and one.items for one in wholes] == [2, 1, 1, 1]
    np.testing.assert_equal([one and one.score for one in wholes], [63.0, 50.0, 50.0, np.nan])
    assert {one and (one.unit, one.people) for one in wholes} == {("org", 60.0)}


def test_a_wave_in_which_nobody_is_shown_asks_nothing() -> None:
    lines = [withheld("ward-a"), tally("ward-a", (0, 0, 30, 0, 0), wave=1), tally("ward-a", (0, 0, 30, 0, 0), wave=2)]
    first, *later = read_surveys(written(meta(), *lines)).rounds
    assert (first.whole, first.items, first.silent.tolist()) == (None, 1, [True])
    assert [one.whole and one.whole.score for one in later] == [50.0, 50.0]


def test_an_organisation_that_is_one_team_has_no_score_beside_it() -> None:
    [one] = read_surveys(written(meta(units=(("ward", None),)), tally("ward", (0, 0, 9, 0, 0)))).rounds
    assert (one.whole, one.parents) == (None, (None,))


def test_earlier_waves_do_not_depend_on_later_ones() -> None:
    lines = [tally("ward-a", (wave % 3, 2, 9, 2, 1), "energy" if wave > 1 else "worn", wave) for wave in range(5)]
    whole = read_surveys(written(meta(), *lines)).rounds
    for last in range(1, 5):
        part = read_surveys(written(meta(), *lines[:last])).rounds
        np.testing.assert_equal([fields(one) for one in part], [fields(one) for one in whole[:last]])


def test_exact_numbers_are_those_that_were_answered() -> None:
    lines = [
        tally("ward-a", (0, 1, 4, 5, 3), roster=21),
        tally("ward-b", (0, 0, 0, 0, 7)),
        tally("ward-c", (4, 0, 0, 0, 0)),
    ]
    [one] = read_surveys(written(meta(), *lines), is_exact=True).rounds
    np.testing.assert_allclose(one.strain, [100 * (1 + 8 + 15 + 12) / (4 * 13), 100.0, np.nan])
    np.testing.assert_equal(one.answers, [13.0, 7.0, np.nan])
    np.testing.assert_equal(one.answered, [13.0, 7.0, np.nan])
    np.testing.assert_equal(one.coding, [0.0, 0.0, np.nan])
    assert one.silent.tolist() == [False, False, True]
    assert one.spread[0] < 0
    assert np.isnan(one.spread[1])
    assert one.whole is not None
    assert (one.whole.answers, one.whole.people, one.whole.coding) == (20.0, 28.0, 0.0)


def test_exactly_those_who_took_part_are_counted_even_where_a_question_was_skipped() -> None:
    lines = [tally("ward-a", (0, 0, 4, 0, 0), answered=9)]
    [one] = read_surveys(written(meta(), *lines), is_exact=True).rounds
    assert (one.answered.tolist(), one.silent.tolist(), bool(np.isnan(one.strain[0]))) == ([9.0], [False], True)
