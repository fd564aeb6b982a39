"""Which shared words may be read: five sharers among ten respondents, pooled upwards, else nowhere."""

from __future__ import annotations

from datetime import date

import pytest

from insights.cells import ROLES, UnitKey
from insights.comments.sharing import Wanted, kept_until
from insights.release import Leaf, release
from tests.insights.orgs import QUESTIONS, STRAIN, leaf, unit

TRUST = (unit("trust", headcount=0), unit("a", "trust"), unit("b", "trust"))


def words(n: int, about: str = "tea", established: int | None = None) -> list[Wanted]:
    old = n if established is None else established
    return [Wanted(f"{about} {i}", i < old) for i in range(n)]


def read(leaves: list[Leaf], wanted: dict[str, list[Wanted]], k: int = 5) -> dict[str, int]:
    """How many may be read, by unit."""
    given = {UnitKey(key): texts for key, texts in wanted.items()}
    return {
        unit: len(texts) for unit, texts in release(TRUST, leaves, QUESTIONS, STRAIN, k, None, given).shared.items()
    }


@pytest.mark.parametrize(("sharers", "read_of_a"), [(4, {}), (5, {"a": 5}), (6, {"a": 6})])
def test_five_sharers_are_enough_and_four_are_not(sharers: int, read_of_a: dict[str, int]) -> None:
    assert read([leaf("a", 20), leaf("b", 20)], {"a": words(sharers)}) == read_of_a


@pytest.mark.parametrize(("respondents", "read_of_a"), [(9, {}), (10, {"a": 5})])
def test_ten_respondents_are_enough_and_nine_are_not(respondents: int, read_of_a: dict[str, int]) -> None:
    assert read([leaf("a", respondents)], {"a": words(5)}) == read_of_a


@pytest.mark.parametrize(("asked", "read_of_a"), [(11, {}), (12, {"a": 10})])
def test_cards_that_could_be_counted_up_to_nearly_everybody_are_read_by_nobody(
    asked: int, read_of_a: dict[str, int]
) -> None:
    assert read([leaf("a", 11, people=asked)], {"a": words(10)}) == read_of_a


def test_a_higher_k_asks_for_as_many_sharers() -> None:
    assert read([leaf("a", 20)], {"a": words(10)}, k=11) == {}
    assert read([leaf("a", 20)], {"a": words(11)}, k=11) == {"a": 11}


def test_newcomers_alone_cannot_corner_one_sharer() -> None:
    assert read([leaf("a", 20)], {"a": words(8, established=4)}) == {}
    assert read([leaf("a", 20)], {"a": words(8, established=5)}) == {"a": 8}


def test_too_few_are_read_together_with_the_neighbours_at_the_unit_above() -> None:
    assert read([leaf("a", 20), leaf("b", 20)], {"a": words(3), "b": words(2, "coffee")}) == {"trust": 5}


def test_what_is_left_at_the_top_is_nowhere() -> None:
    assert read([leaf("a", 20), leaf("b", 20)], {"a": words(6), "b": words(4)}) == {"a": 6}


def test_role_holders_are_not_read_with_staff() -> None:
    assert read([leaf("a", 20), leaf(ROLES, 20)], {"a": words(3), ROLES: words(3)}) == {}
    assert read([leaf("a", 20), leaf(ROLES, 20)], {ROLES: words(5)}) == {ROLES: 5}


def test_the_order_in_which_words_came_is_not_kept() -> None:
    came = [Wanted(text, True) for text in ("zeal", "apples", "middle", "beds", "yawn")]
    given = {UnitKey("a"): came}
    shared = release(TRUST, [leaf("a", 20)], QUESTIONS, STRAIN, 5, None, given).shared
    assert shared[UnitKey("a")] == ("apples", "beds", "middle", "yawn", "zeal")


def test_words_are_kept_a_year_and_to_the_end_of_a_quarter() -> None:
    days = [date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31)]
    assert [kept_until(day).isoformat() for day in days] == ["2027-03-31", "2027-03-31", "2027-06-30", "2027-12-31"]


def test_a_repr_does_not_tell_what_somebody_wrote() -> None:
    shown = release(TRUST, [leaf("a", 20)], QUESTIONS, STRAIN, 5, None, {UnitKey("a"): words(5, "secret")})
    assert "secret" not in repr(shown) + repr(words(1, "secret"))
