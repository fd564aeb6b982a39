"""Who sits in which box: on the boundary of k, below inner units, and apart from role-holders."""

from __future__ import annotations

from collections import Counter

import pytest

from insights.cells import Released, Stat, UnitKey
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.pack import Question
from insights.policy import FELL_TO, POOLED_ROUNDS
from insights.release import release
from insights.seating import Member, Place, Scope, has_fallen, pooled_for, seat

TREE = [
    Place("trust", None, False),
    Place("med", "trust", False),
    Place("w1", "med", True),
    Place("w2", "med", True),
    Place("w3", "med", True),
    Place("sur", "trust", False),
    Place("w9", "sur", False),
]


def people(unit: str, number: int, holds_role: bool = False) -> list[Member]:
    return [Member(f"{unit}-{holds_role}-{one}", unit, holds_role) for one in range(number)]


@pytest.mark.parametrize(("size", "key"), [(4, "med~small"), (5, "w1"), (6, "w1")])
def test_a_unit_of_k_gets_a_box_of_its_own(size: int, key: str) -> None:
    seating = seat(TREE, people("w1", size), k=5)
    assert seating.scopes == (Scope(key, key.removesuffix("~small"), ("w1",), size),)
    assert set(seating.seats.values()) == {key}


def test_small_units_share_their_parents_box() -> None:
    seating = seat(TREE, people("w1", 2) + people("w2", 4) + people("w3", 8), k=5)
    assert [(one.key, one.units, one.people) for one in seating.scopes] == [
        ("med~small", ("w1", "w2"), 6),
        ("w3", ("w3",), 8),
    ]


def test_role_holders_share_a_box_that_stands_nowhere() -> None:
    seating = seat(TREE, people("w1", 6) + people("w1", 2, holds_role=True) + people("w2", 1, holds_role=True), k=5)
    assert Scope("~roles", None, (), 3) in seating.scopes
    assert Scope("w1", "w1", ("w1",), 6) in seating.scopes


def test_role_holders_do_not_help_a_unit_over_k() -> None:
    seating = seat(TREE, people("w1", 4) + people("w1", 3, holds_role=True), k=5)
    assert {one.key for one in seating.scopes} == {"med~small", "~roles"}


def test_people_of_an_inner_unit_are_a_leaf_below_it() -> None:
    places = [Place("trust", None, False), Place("med", "trust", True), Place("w1", "med", True)]
    assert seat(places, people("med", 5), k=5).scopes == (Scope("med~own", "med", ("med",), 5),)
    assert seat(places, people("med", 4), k=5).scopes == (Scope("med~small", "med", ("med",), 4),)


def test_an_inner_unit_whose_teams_are_not_launched_is_a_team() -> None:
    places = [Place("trust", None, False), Place("med", "trust", True), Place("w1", "med", False)]
    assert seat(places, people("med", 5), k=5).scopes == (Scope("med", "med", ("med",), 5),)


def test_an_organisation_that_is_one_team_keeps_its_box_however_small() -> None:
    assert seat([Place("trust", None, True)], people("trust", 3), k=5).scopes == (
        Scope("trust", "trust", ("trust",), 3),
    )


def test_the_tree_is_what_is_launched_and_what_stands_above_it() -> None:
    assert seat(TREE, people("w1", 5), k=5).tree == ("trust", "med", "w1", "w2", "w3")


def test_nobody_is_named_by_a_repr() -> None:
    assert "w1-" not in repr(seat(TREE, people("w1", 5), k=5)) + repr(people("w1", 1))


@pytest.mark.parametrize(
    ("before", "now", "is_fall"),
    [
        ([20], 11, False),
        ([20], 10, True),
        ([20], 9, True),
        ([21], 11, False),
        ([21], 10, True),
        ([2], 1, True),
        ([1], 0, True),
        ([0], 0, False),
        ([], 0, False),
        ([], 8, False),
        ([8], 18, False),
    ],
)
def test_a_unit_has_fallen_when_half_or_less_is_left(before: list[int], now: int, is_fall: bool) -> None:
    assert has_fallen(before, now) is is_fall
    assert FELL_TO == 0.5


@pytest.mark.parametrize(("place", "counts"), [(1, True), (POOLED_ROUNDS, True), (POOLED_ROUNDS + 1, False)])
def test_only_the_last_openings_count(place: int, counts: bool) -> None:
    before = [11] * (POOLED_ROUNDS + 1)
    before[-place] = 20
    assert has_fallen(before, 10) is counts


def test_a_slow_decline_is_a_fall_only_when_it_halves_within_those_openings() -> None:
    assert not has_fallen([20, 18, 16, 14], 12)
    assert has_fallen([20, 16, 13, 11], 10)


def test_a_unit_is_pooled_for_so_many_rounds_and_again_when_it_falls_again() -> None:
    left, story = 0, []
    before: list[int] = []
    for now in (20, 20, 8, 8, 8, 8, 8, 4, 4):
        left = pooled_for(before, now, left)
        before = [now] if left == POOLED_ROUNDS else [*before, now]
        story.append(left)
    assert story == [0, 0, 4, 3, 2, 1, 0, 4, 3]


POOLED_TREE = [Place("trust", None, False), Place("w1", "trust", True, is_pooled=True), Place("w2", "trust", True)]


def test_a_pooled_unit_is_seated_as_if_it_were_small() -> None:
    seating = seat(POOLED_TREE, people("w1", 9) + people("w2", 4) + people("w1", 1, holds_role=True), k=5)
    assert [(one.key, one.at, one.units, one.people) for one in seating.scopes] == [
        ("trust~small", "trust", ("w1", "w2"), 13),
        ("~roles", None, (), 1),
    ]
    assert seating.pooled == {"w1"}


def test_a_pooled_unit_without_anybody_is_in_no_box() -> None:
    assert seat(POOLED_TREE, people("w2", 9), k=5).pooled == frozenset()


def test_people_of_a_pooled_inner_unit_share_the_small_box_below_it() -> None:
    places = [Place("trust", None, False), Place("med", "trust", True, is_pooled=True), Place("w1", "med", True)]
    seating = seat(places, people("med", 9) + people("w1", 2), k=5)
    assert seating.scopes == (Scope("med~small", "med", ("med", "w1"), 11),)
    assert seating.pooled == {"med"}


def test_an_organisation_that_is_one_team_has_nobody_to_be_pooled_with() -> None:
    seating = seat([Place("trust", None, True, is_pooled=True)], people("trust", 8), k=5)
    assert seating.scopes == (Scope("trust", "trust", ("trust",), 8),)
    assert seating.pooled == frozenset()


def test_people_of_the_top_unit_itself_are_pooled_when_there_are_units_below() -> None:
    places = [Place("trust", None, True, is_pooled=True), Place("w1", "trust", True)]
    seating = seat(places, people("trust", 8) + people("w1", 8), k=5)
    assert [one.key for one in seating.scopes] == ["trust~small", "w1"]
    assert seating.pooled == {"trust"}


def released(*small: int, fallen: int = 9) -> list[str]:
    """Which lines have a number beside a large ward and small teams of these sizes, when everybody answers."""
    teams = {"w1": fallen, "w2": 9} | {f"s{number}": size for number, size in enumerate(small)}
    places = [Place("trust", None, False), *(Place(one, "trust", True, is_pooled=one == "w1") for one in teams)]
    asked = [one for unit, size in teams.items() for one in people(unit, size)]
    seating = seat(places, asked, k=5)
    established = Counter(seating.seats[one.key] for one in asked if one.unit not in seating.pooled)
    leaves = [
        Leaf(UnitKey(one.key), one.at, one.units, n, n, {"q": Tally((n, 0), 0, established[one.key])})
        for one in seating.scopes
        for n in [one.people]
    ]
    units = [FrozenUnit("trust", None, "Trust", 0), *(FrozenUnit(one, "trust", one, 20) for one in teams)]
    shown = release(units, leaves, [Question("q", ("no", "yes"), (0, 100))], ["q"], 5).cells
    return [unit for (unit, _, stat), cell in shown.items() if stat == Stat.SCORE and isinstance(cell, Released)]


@pytest.mark.parametrize(("small", "is_shown"), [((), False), ((4,), False), ((2, 2), False), ((3, 2), True)])
def test_a_unit_that_has_fallen_is_in_a_number_only_beside_k_established_people_of_other_teams(
    small: tuple[int, ...], is_shown: bool
) -> None:
    assert released(*small) == ["trust", "w2", *(["trust~small"] if is_shown else [])]


def test_without_the_fall_the_same_ward_is_shown_by_itself() -> None:
    places = [Place("trust", None, False), Place("w1", "trust", True), Place("w2", "trust", True)]
    assert {one.key for one in seat(places, people("w1", 9) + people("w2", 9), k=5).scopes} == {"w1", "w2"}
