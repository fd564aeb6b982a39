"""The coding of shown numbers, on each of its boundaries."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights import display
from insights.cells import Bound, Reason, Released, Withheld

SCALE = (0, 25, 50, 75, 100)
thorough = settings(derandomize=True, deadline=None)


BANDS = {5: "5-9", 9: "5-9", 10: "10-19", 19: "10-19", 20: "20-49", 49: "20-49", 50: "50-99"}
BANDS |= {99: "50-99", 100: "100-199", 199: "100-199", 200: "200+", 9999: "200+"}


@pytest.mark.parametrize(("n", "band"), BANDS.items())
def test_numbers_of_answers_are_shown_in_bands(n: int, band: str):
    assert display.band(n) == band


def test_there_is_no_band_below_five():
    with pytest.raises(ValueError, match="too few"):
        display.band(4)


@pytest.mark.parametrize(
    ("mean", "n", "shown"),
    [
        (Fraction(52), 9, 50),
        (Fraction(105, 2), 9, 55),
        (Fraction(95, 2), 49, 50),
        (Fraction(51), 50, 52),
        (Fraction(52) - Fraction(1, 1000), 50, 52),
        (Fraction(51) - Fraction(1, 1000), 50, 50),
        (Fraction(101, 2), 199, 50),
        (Fraction(101, 2), 200, 51),
    ],
)
def test_scores_are_shown_to_the_nearest_step_halves_upwards(mean: Fraction, n: int, shown: int):
    assert display.score(mean, n).value == shown


@pytest.mark.parametrize(
    ("mean", "n", "shown", "bound"),
    [
        (Fraction(0), 9, 20, Bound.AT_MOST),
        (Fraction(22), 9, 20, Bound.AT_MOST),
        (Fraction(23), 9, 25, Bound.ABOUT),
        (Fraction(77), 9, 75, Bound.ABOUT),
        (Fraction(78), 9, 80, Bound.AT_LEAST),
        (Fraction(100), 9, 80, Bound.AT_LEAST),
        (Fraction(0), 10, 10, Bound.AT_MOST),
        (Fraction(13), 10, 15, Bound.ABOUT),
        (Fraction(100), 10, 90, Bound.AT_LEAST),
        (Fraction(88), 50, 88, Bound.ABOUT),
        (Fraction(100), 1000, 90, Bound.AT_LEAST),
    ],
)
def test_scores_at_the_ends_are_shown_as_or_more_and_or_less(mean: Fraction, n: int, shown: int, bound: Bound):
    assert display.score(mean, n) == Released(shown, display.band(n), bound)


@pytest.mark.parametrize(
    ("count", "n", "shown", "bound"),
    [
        (0, 20, 20, Bound.AT_MOST),
        (4, 20, 20, Bound.AT_MOST),
        (5, 20, 30, Bound.ABOUT),
        (20, 20, 80, Bound.AT_LEAST),
        (49, 49, 80, Bound.AT_LEAST),
        (0, 50, 10, Bound.AT_MOST),
        (7, 50, 15, Bound.ABOUT),
        (50, 50, 90, Bound.AT_LEAST),
        (41, 200, 21, Bound.ABOUT),
        (0, 200, 10, Bound.AT_MOST),
    ],
)
def test_shares_are_rounded_by_the_number_of_answers_and_their_ends_coded(
    count: int, n: int, shown: int, bound: Bound
):
    assert display.share(count, n) == Released(shown, display.band(n), bound)


def test_shares_need_twenty_answers():
    with pytest.raises(ValueError, match="shares"):
        display.share(10, 19)


def test_answers_that_lie_as_expected_have_a_spread_of_nothing():
    # Binomial over four steps at one half: 1 4 6 4 1 of 16.
    assert display.spread((1, 4, 6, 4, 1), SCALE).value == 0


def test_a_split_team_has_a_large_spread():
    assert display.spread((2, 4, 0, 4, 2), SCALE).value == 100


def test_agreement_is_never_shown():
    assert display.spread((0, 0, 12, 0, 0), SCALE).value == 0


def test_a_scale_of_two_options_cannot_be_split_beyond_its_mean():
    assert display.spread((6, 6), (0, 100)).value == 0


@pytest.mark.parametrize("counts", [(12, 0, 0, 0, 0), (0, 0, 0, 0, 12), (19, 0, 0, 0, 1), (0, 1, 0, 0, 19)])
def test_beside_an_extreme_mean_no_odd_answer_stands_out(counts: tuple[int, ...]):
    assert display.spread(counts, SCALE).value == 0


def test_the_spread_index_goes_in_steps_and_ends_open():
    assert display.spread((5, 1, 0, 1, 5), SCALE) == Released(200, "10-19", Bound.AT_LEAST)
    assert display.spread((3, 3, 0, 3, 3), SCALE) == Released(150, "10-19")


def test_spread_needs_no_order_of_the_scores():
    assert display.spread((2, 4, 0, 4, 2), SCALE[::-1]) == display.spread((2, 4, 0, 4, 2), SCALE)


@pytest.mark.parametrize(
    ("counts", "cell"),
    [
        ((4, 3, 3), Released(0, "10-19")),
        ((3, 3, 4), Released(2, "10-19")),
        ((6, 5, 4), Released(0, "10-19")),
        ((5, 5, 5), Withheld(Reason.NOT_CLEAR)),
        ((7, 6, 6), Withheld(Reason.NOT_CLEAR)),
        ((8, 6, 5), Released(0, "10-19")),
        ((5, 5, 0), Withheld(Reason.NOT_CLEAR)),
        ((9, 0, 0), Withheld(Reason.TOO_FEW)),
    ],
)
def test_the_top_driver_needs_forty_per_cent_and_nobody_beside_it(counts: tuple[int, ...], cell: object):
    assert display.top_driver(counts) == cell


@pytest.mark.parametrize("n", range(10, 20))
def test_forty_per_cent_is_counted_exactly(n: int):
    most = -(-2 * n // 5)
    rest = [most - 1, n - 2 * most + 1, 0] if n - 2 * most + 1 >= 0 else [n - most, 0, 0]
    assert isinstance(display.top_driver([most, *rest]), Released)
    spread_thin = [most - 1, *(1 for _ in range(n - most + 1))]
    assert display.top_driver(spread_thin) == Withheld(Reason.NOT_CLEAR)


@pytest.mark.parametrize(("n", "shown"), [(5, 6), (6, 6), (7, 6), (8, 9), (10, 9), (11, 12)])
def test_participation_is_shown_to_the_nearest_three_people(n: int, shown: int):
    assert display.participation(n, 40, 5) == Released(shown, display.band(shown))


def test_fewer_than_k_answered_is_all_that_is_said_below_k():
    assert [display.participation(n, 40, 5) for n in (0, 4)] == [Withheld(Reason.TOO_FEW)] * 2
    assert isinstance(display.participation(10, 40, 11), Withheld)
    assert display.participation(11, 40, 11) == Released(12, "10-19")


def test_everybody_answered_is_never_said():
    shown = {display.participation(n, 20, 5) for n in (17, 18, 19, 20)}
    assert shown == {Released(18, "10-19", Bound.AT_LEAST)}


def test_the_band_of_participation_does_not_narrow_its_value():
    assert display.participation(10, 40, 5) == display.participation(8, 40, 5) == Released(9, "5-9")


@pytest.mark.parametrize(("n", "k", "band"), [(10, 6, "5-9"), (9, 6, "5-9"), (19, 10, "10-19"), (20, 10, "10-19")])
def test_the_band_of_participation_is_that_of_the_lowest_number_it_means(n: int, k: int, band: str):
    assert display.participation(n, 90, k).n == band  # type: ignore[union-attr]


@thorough
@given(data=st.data(), people=st.integers(7, 400), k=st.integers(5, 12))
def test_what_is_coded_beside_a_participation_leaves_as_many_numbers_open(data: st.DataObject, people: int, k: int):
    """Readers know which respondents a participation may stand for, and that this many answered at least."""
    n = data.draw(st.integers(k, people))
    told = display.participation(n, people, k)
    meant = [m for m in range(k, people + 1) if display.participation(m, people, k) == told]
    tier = display.band(min(n, display.coded_up_to(n, people, k)))
    least = min(m for m in range(5, people + 1) if display.band(m) == tier)
    open_ = [m for m in meant if m >= least]
    assert n in open_
    assert len(open_) >= min(3, len(meant))
    assert least <= max(0.9 * people, meant[0])


def test_nothing_is_coded_by_people_where_none_are_told():
    assert display.coded_up_to(0, 0, 5) == display.coded_up_to(4, 9, 5) == display.NO_LIMIT


def test_a_capped_number_of_answers_codes_everything():
    assert display.share(60, 60, 49) == Released(80, "20-49", Bound.AT_LEAST)
    assert display.spread((2, 4, 0, 4, 2), SCALE, 9) == display.top_driver((8, 1, 1), 9) == Withheld(Reason.TOO_FEW)
    assert display.top_driver((20, 1, 1), 19) == Released(0, "10-19")
    assert display.spread((20, 10, 0, 10, 20), SCALE, 49).n == "20-49"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="shares"):
        display.share(10, 20, 19)


@thorough
@given(people=st.integers(7, 400), k=st.integers(5, 12))
def test_each_shown_participation_stands_for_three_numbers_or_more(people: int, k: int):
    shown: dict[tuple[float, Bound], list[int]] = {}
    for n in range(k, people + 1):
        cell = display.participation(n, people, k)
        assert isinstance(cell, Released)
        assert cell.value <= 0.9 * people
        shown.setdefault((cell.value, cell.bound), []).append(n)
    whole = max(people - k + 1, 0)
    assert all(len(numbers) >= min(3, whole) for numbers in shown.values())


@thorough
@given(counts=st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(lambda counts: sum(counts) >= 10))
def test_what_is_shown_lies_on_its_grid_and_within_its_ends(counts: list[int]):
    n = sum(counts)
    score = display.score(display.mean(counts, SCALE), n)
    spread = display.spread(counts, SCALE)
    assert 10 <= score.value <= 90
    assert 0 <= spread.value <= 200
    assert spread.value % 25 == 0
    assert score.n == spread.n == display.band(n)


@thorough
@given(first=st.integers(0, 400), second=st.integers(0, 400), n=st.integers(5, 300))
def test_a_higher_mean_is_never_shown_lower(first: int, second: int, n: int):
    low, high = sorted((Fraction(first, 4), Fraction(second, 4)))
    assert display.score(low, n).value <= display.score(high, n).value


@thorough
@given(value=st.fractions(0, 100), step=st.sampled_from([1, 2, 3, 5, 10, 25]))
def test_rounding_goes_to_the_nearest_step(value: Fraction, step: int):
    shown = display.nearest(value, step)
    assert shown % step == 0
    assert -Fraction(step, 2) < shown - value <= Fraction(step, 2)
