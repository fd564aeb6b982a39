"""Who sits in which box: on the boundary of k, below inner units, and apart from role-holders."""

from __future__ import annotations

import pytest

from insights.seating import Member, Place, Scope, seat

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
