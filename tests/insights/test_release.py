"""The release, told as teams: what is shown of them, what is withheld and why, and who is in which number."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from insights.cells import ROLES, WHOLE, Bound, Reason, Released, Stat, UnitKey, Withheld
from insights.release import Release, Tally, release, strain_of
from tests.insights.orgs import (
    DRIVER,
    FIXED,
    HOSPITAL,
    QUESTIONS,
    ROTATING,
    STRAIN,
    cell,
    has_number,
    leaf,
    line,
    released,
    tallies,
    unit,
    ward,
    why,
)


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True), (6, True)])
def test_a_team_is_shown_from_k_answers_on(n: int, shown: bool):
    assert has_number(ward(n), "ward") is shown


@pytest.mark.parametrize(("n", "shown"), [(10, False), (11, True), (12, True)])
def test_a_larger_k_holds_for_every_number(n: int, shown: bool):
    round = ward(n, k=11)
    cells = [
        found for (_, _, stat), found in round.cells.items() if not stat.startswith("share") and stat != Stat.TOP
    ]
    assert {isinstance(found, Released) for found in cells} == {shown}


@pytest.mark.parametrize(("established", "shown"), [(4, False), (5, True), (6, True)])
def test_k_of_the_answers_must_come_from_established_people(established: int, shown: bool):
    assert has_number(ward(12, established=established), "ward") is shown


def test_newcomers_are_the_reason_only_where_there_were_answers_enough():
    assert why(ward(12, established=4), "ward") is Reason.TOO_NEW
    assert why(ward(4, established=0), "ward") is Reason.TOO_FEW


@pytest.mark.parametrize("k", [4, 0, -1])
def test_k_is_never_below_the_floor(k: int):
    with pytest.raises(ValueError, match="at least 5"):
        ward(20, k=k)


def test_a_round_without_questions_is_refused():
    with pytest.raises(ValueError, match="question"):
        release([unit("ward")], [leaf("ward", 9)], [], [], 5)


@pytest.mark.parametrize("strain", [["driver"], ["q12d"]])
def test_strain_is_made_of_scored_questions_that_were_asked(strain: list[str]):
    with pytest.raises(ValueError, match="strain"):
        release([unit("ward")], [leaf("ward", 9)], QUESTIONS, strain, 5)


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True), (11, True)])
def test_spread_needs_ten_answers(n: int, shown: bool):
    round = released([unit("ward")], [leaf("ward", n, people=12)])
    assert isinstance(cell(round, "ward", Stat.SPREAD, "q12b"), Released) is shown


@pytest.mark.parametrize(("n", "shown"), [(19, False), (20, True), (21, True)])
def test_distributions_need_twenty_answers(n: int, shown: bool):
    for question in QUESTIONS:
        for option in range(len(question.options)):
            assert isinstance(cell(ward(n), "ward", Stat.share(option), question.id), Released) is shown


@pytest.mark.parametrize(("n", "kind"), [(9, Withheld), (10, Released), (19, Released)])
def test_the_top_driver_stands_for_ten_to_nineteen_answers(n: int, kind: type):
    answers = {**tallies(n), "driver": Tally((n - 2, 1, 1), 0, n)}
    shown = released([unit("ward")], [leaf("ward", n, people=n + 2, answers=answers)])
    assert type(cell(shown, "ward", Stat.TOP, "driver")) is kind


def test_shares_take_the_place_of_the_top_driver_from_twenty_on():
    assert (UnitKey("ward"), "driver", Stat.TOP) not in ward(20).cells


def test_drivers_have_no_score_and_no_spread():
    assert {stat for _, question, stat in ward(20).cells if question == "driver"} == {
        Stat.share(option) for option in range(3)
    }


def test_the_score_is_the_mean_as_shown_by_the_number_of_answers():
    answers = {**tallies(8), "q12b": Tally((0, 0, 1, 3, 4), 0, 8)}
    shown = released([unit("ward")], [leaf("ward", 8, answers=answers)])
    assert cell(shown, "ward", Stat.SCORE, "q12b") == Released(80, "5-9", Bound.AT_LEAST)


def test_skips_count_for_nothing():
    answers = {**tallies(9), "q12b": Tally((0, 0, 6, 0, 0), 3, 6)}
    shown = released([unit("ward")], [leaf("ward", 9, answers=answers)])
    assert cell(shown, "ward", Stat.SCORE, "q12b") == Released(50, "5-9")


def test_strain_is_the_mean_of_the_two_scores_as_shown():
    answers = {**tallies(12), "q12b": Tally((0, 0, 6, 6, 0), 0, 12), "q12c": Tally((0, 0, 3, 9, 0), 0, 12)}
    shown = released([unit("ward")], [leaf("ward", 12, answers=answers)])
    assert cell(shown, "ward", Stat.STRAIN) == Released(67.5, "10-19")


def test_strain_takes_the_smaller_band_and_a_bound_that_both_share():
    high, higher = Released(80, "5-9", Bound.AT_LEAST), Released(90, "10-19", Bound.AT_LEAST)
    assert strain_of([higher, high]) == Released(85, "5-9", Bound.AT_LEAST)
    assert strain_of([higher, Released(50, "5-9")]) == Released(70, "5-9", Bound.ABOUT)
    assert strain_of([Released(50, "50-99"), Released(51, "100-199")]) == Released(50.5, "50-99")
    assert strain_of([Released(50, "20-49"), Released(60, "10-19")]) == Released(55, "10-19")


def test_strain_is_withheld_with_any_of_its_items_and_unasked_without_any():
    assert strain_of([Released(50, "5-9"), Withheld(Reason.TOO_NEW)]) == Withheld(Reason.TOO_NEW)
    assert strain_of([]) == Withheld(Reason.NOT_ASKED)


def test_participation_stands_beside_the_people_who_were_asked():
    shown = released([unit("ward", headcount=31)], [leaf("ward", 10, people=25)])
    assert cell(shown, "ward", Stat.ANSWERED) == Released(9, "5-9")
    assert (line(shown, "ward").people, line(shown, "ward").headcount) == (25, 31)


def test_every_line_has_an_explicit_cell_for_each_of_its_numbers():
    shown = released(HOSPITAL, [leaf("ward-a", 30), leaf("ward-b", 2)])
    for of in shown.lines:
        for question in (FIXED, ROTATING):
            stats = [Stat.SCORE, Stat.SPREAD, *map(Stat.share, range(5))]
            assert all((of.key, question.id, stat) in shown.cells for stat in stats)
        assert all((of.key, DRIVER.id, Stat.share(option)) in shown.cells for option in range(3))
        assert all((of.key, WHOLE, stat) in shown.cells for stat in (Stat.STRAIN, Stat.ANSWERED))


def test_the_order_of_the_input_changes_nothing():
    leaves = [leaf("med~own", 4), leaf("ward-a", 3), leaf("ward-b", 30), leaf("ward-c", 11), leaf(ROLES, 9)]
    units, questions, strain = [*HOSPITAL], [*QUESTIONS], [*STRAIN]
    expected = release(units, leaves, questions, strain, 5)
    for seed in range(5):
        for part in (units, leaves, questions, strain):
            random.Random(seed).shuffle(part)
        found = release(units, leaves, questions, strain, 5)
        assert found == expected
        assert [*found.cells] == [*expected.cells]
        assert [*found.atoms.items()] == [*expected.atoms.items()]


def test_a_refusal_says_which_leaf_and_question_and_nothing_of_what_was_answered():
    answers = {**tallies(9), "driver": Tally((4321, 1), 0, 9)}
    with pytest.raises(ValueError) as refusal:
        released([unit("ward")], [leaf("ward", 9, answers=answers)])
    assert str(refusal.value) == "leaf ward: the tally of driver does not fit the question"


@pytest.mark.parametrize(("n", "band"), [(9, "5-9"), (10, "5-9"), (11, "10-19"), (20, "20-49"), (100, "50-99")])
def test_no_band_says_more_than_the_number_of_people_beside_it(n: int, band: str):
    shown = released(HOSPITAL, [leaf("ward-a", n, people=4 * n)])
    assert [cell(shown, "ward-a", stat).n for stat in (Stat.STRAIN, Stat.ANSWERED)] == [band, band]


def by_tier(shown: Release) -> set[tuple[bool, bool]]:
    """Whether the ward's spread and its distribution are there."""
    stats = (Stat.SPREAD, Stat.share(0))
    return {tuple(isinstance(cell(shown, "ward", stat, q), Released) for stat in stats) for q in STRAIN}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("n", "people", "k", "there"),
    [
        (10, 40, 5, (False, False)),  # "about 9" is 8 to 10: a spread would say ten
        (11, 40, 5, (True, False)),
        (10, 12, 5, (True, False)),  # "9 or more" is 8 to 12: ten leaves three
        (10, 11, 5, (False, False)),  # ... of 11: it would say that more than nine in ten answered
        (20, 60, 5, (True, True)),  # "about 21" is 20 to 22
        (20, 60, 6, (True, False)),  # "about 19" is 18 to 20
        (20, 0, 5, (True, True)),  # an audit knows no roster
    ],
)
def test_no_number_is_there_that_would_narrow_the_people_beside_it(
    n: int, people: int, k: int, there: tuple[bool, bool]
):
    one = leaf("ward", n, people=people)
    shown = released([unit("ward")], [replace(one, respondents=n if people else 0)], k)
    assert by_tier(shown) == {there}


def test_a_score_is_no_finer_than_the_people_beside_it():
    answers = {**tallies(10), "q12b": Tally((0, 0, 0, 0, 10), 0, 10)}
    beside = [released([unit("ward")], [leaf("ward", 10, people=people, answers=answers)]) for people in (12, 40)]
    assert [cell(shown, "ward", Stat.SCORE, "q12b") for shown in beside] == [
        Released(90, "10-19", Bound.AT_LEAST),
        Released(80, "5-9", Bound.AT_LEAST),
    ]
