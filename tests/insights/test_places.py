"""The lines of a release: who is in which number, what pools are called, and why a line may have none."""

from __future__ import annotations

import pytest

from insights.cells import ROLES, Kind, Reason, Stat, Withheld
from tests.insights.orgs import HOSPITAL, has_number, leaf, line, released, unit, why


def test_a_unit_without_anybody_has_a_line_and_no_number():
    shown = released(HOSPITAL, [])
    assert [of.key for of in shown.lines] == ["org", "med", "ward-a", "ward-b", "surg", "ward-c", "ward-d"]
    assert {found.reason for found in shown.cells.values() if isinstance(found, Withheld)} == {Reason.TOO_FEW}
    assert {(of.people, of.teams_in, of.teams) for of in shown.lines} == {(0, 0, 0)}
    assert shown.atoms == shown.nested == {}


def test_a_division_is_the_sum_of_its_atoms_and_says_how_many_teams_are_in_it():
    shown = released(HOSPITAL, [leaf("ward-a", 12), leaf("ward-b", 3), leaf("ward-c", 20), leaf("ward-d", 9)])
    assert shown.atoms["med"] == (("ward-a",),)
    assert shown.atoms["org"] == (("ward-a",), ("ward-c",), ("ward-d",))
    assert (line(shown, "med").teams_in, line(shown, "med").teams, line(shown, "med").people) == (1, 2, 24)
    assert (line(shown, "org").teams_in, line(shown, "org").teams, line(shown, "org").people) == (3, 4, 82)
    assert why(shown, "ward-b") is Reason.TOO_FEW


def test_a_team_that_nobody_was_asked_in_is_none_of_the_teams():
    shown = released(HOSPITAL, [leaf("ward-a", 12), leaf("ward-b", 0)])
    assert (line(shown, "med").teams_in, line(shown, "med").teams) == (1, 1)


def test_leftover_teams_are_pooled_and_the_pool_has_a_line_without_a_name():
    shown = released(HOSPITAL, [leaf("ward-a", 3, people=9), leaf("ward-b", 4, people=8)])
    pooled = line(shown, "med~pool")
    assert (pooled.kind, pooled.name, pooled.parent, pooled.teams_in, pooled.teams) == (Kind.POOL, "", "med", 2, 2)
    assert (pooled.people, pooled.headcount) == (17, 40)
    assert shown.atoms["med~pool"] == shown.atoms["med"] == (("ward-a", "ward-b"),)
    assert why(shown, "ward-a") is why(shown, "ward-b") is Reason.POOLED
    assert line(shown, "ward-a").people == 9


def test_a_division_whose_people_were_pooled_higher_up_says_so():
    shown = released(HOSPITAL, [leaf("ward-a", 3), leaf("ward-c", 4)])
    assert shown.atoms["org~pool"] == shown.atoms["org"]
    assert why(shown, "med") is why(shown, "ward-a") is Reason.POOLED
    assert (line(shown, "med").teams_in, line(shown, "med").teams) == (0, 1)


def test_a_box_of_small_teams_is_a_pool_of_its_own():
    shown = released(HOSPITAL, [leaf("med~small", 6, people=7, units=("ward-a", "ward-b")), leaf("ward-c", 9)])
    box = line(shown, "med~small")
    assert (box.kind, box.name, box.parent, box.teams, box.people) == (Kind.POOL, "", "med", 2, 7)
    assert why(shown, "ward-a") is Reason.POOLED
    assert line(shown, "ward-a").people == 0
    assert (line(shown, "med").teams_in, line(shown, "med").teams) == (2, 2)
    assert "med~pool" not in shown.atoms


def test_a_box_of_small_teams_that_stays_too_small_has_no_line():
    shown = released(HOSPITAL, [leaf("med~small", 4, units=("ward-a", "ward-b")), leaf("ward-c", 9)])
    assert "med~small" not in {of.key for of in shown.lines}
    assert why(shown, "ward-a") is why(shown, "med") is Reason.TOO_FEW


def test_teams_in_a_small_box_are_too_few_even_where_the_box_is_too_new():
    shown = released(HOSPITAL, [leaf("med~small", 6, established=3, units=("ward-a", "ward-b"))])
    assert (why(shown, "ward-a"), why(shown, "med")) == (Reason.TOO_FEW, Reason.TOO_NEW)


def test_a_small_box_joins_the_leftovers_beside_it():
    shown = released(
        (*HOSPITAL, unit("ward-e", "med")), [leaf("med~small", 4, units=("ward-a", "ward-b")), leaf("ward-e", 4)]
    )
    assert shown.atoms["med~pool"] == (("med~small", "ward-e"),)
    assert line(shown, "med~pool").teams == 3


def test_people_who_sit_in_a_division_are_a_line_below_it():
    shown = released(HOSPITAL, [leaf("med~own", 7, people=9), leaf("ward-a", 12)])
    own = line(shown, "med~own")
    assert (own.kind, own.parent, own.name, own.people, own.headcount) == (Kind.OWN, "med", "Medicine", 9, 3)
    assert shown.atoms["med"] == (("med~own",), ("ward-a",))
    assert (line(shown, "med").teams_in, line(shown, "med").teams) == (1, 1)


def test_people_who_sit_in_a_division_can_be_in_its_small_box():
    shown = released(HOSPITAL, [leaf("med~small", 6, units=("med", "ward-a"))])
    assert why(shown, "med~own") is Reason.POOLED
    assert line(shown, "med~own").people == 0
    assert line(shown, "med~small").teams == 2
    assert (line(shown, "med").teams_in, line(shown, "med").teams) == (1, 1)


def test_an_inner_unit_with_nothing_launched_below_it_is_a_team():
    shown = released([unit("org"), unit("med", "org", "Medicine")], [leaf("med~own", 8)])
    assert [of.key for of in shown.lines] == ["org", "med"]
    assert line(shown, "med").kind is Kind.TEAM
    assert shown.atoms["med"] == (("med~own",),)


def test_the_units_of_role_holders_are_no_matter_of_their_teams():
    shown = released(HOSPITAL, [leaf("ward-a", 12), leaf(ROLES, 6, units=("ward-b", "med"))])
    assert (line(shown, "org").teams_in, line(shown, "org").teams) == (1, 1)
    assert why(shown, "ward-b") is Reason.TOO_FEW
    assert "med~own" not in {of.key for of in shown.lines}


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True), (6, True)])
def test_role_holders_are_in_the_number_of_the_organisation_when_there_are_k(n: int, shown: bool):
    round = released(HOSPITAL, [leaf("ward-a", 12), leaf(ROLES, n, people=8)])
    assert has_number(round, ROLES) is shown
    assert ((ROLES,) in round.atoms["org"]) is shown
    assert (line(round, ROLES).kind, line(round, ROLES).parent, line(round, ROLES).people) == (Kind.ROLES, "org", 8)
    assert line(round, "org").people == 24 + 8 * shown


def test_too_few_role_holders_are_never_pooled_with_staff():
    shown = released(HOSPITAL, [leaf("ward-a", 4), leaf(ROLES, 4)])
    assert shown.atoms == {}
    assert (why(shown, ROLES), why(shown, "org")) == (Reason.TOO_FEW, Reason.TOO_FEW)


def test_shares_rest_on_atoms_of_ten_built_of_the_atoms_of_the_scores():
    shown = released(HOSPITAL, [leaf("ward-a", 6), leaf("ward-b", 7), leaf("ward-c", 20), leaf("ward-d", 5)])
    assert shown.nested["med"] == (("ward-a", "ward-b"),)
    assert shown.nested["surg"] == (("ward-c",),)
    assert shown.atoms["surg"] == (("ward-c",), ("ward-d",))
    assert why(shown, "ward-a", Stat.SPREAD, "q12b") is Reason.POOLED
    assert why(shown, "ward-d", Stat.SPREAD, "q12b") is Reason.TOO_FEW
    assert has_number(shown, "ward-d")


def test_shares_that_were_pooled_higher_up_leave_their_division():
    shown = released(HOSPITAL, [leaf("ward-a", 6), leaf("ward-b", 12), leaf("ward-c", 7), leaf("ward-d", 12)])
    assert shown.nested["org"] == (("ward-a", "ward-c"), ("ward-b",), ("ward-d",))
    assert shown.nested["med"] == (("ward-b",),)
    assert why(shown, "ward-a", Stat.SPREAD, "q12c") is Reason.POOLED


def test_lines_follow_the_tree_and_pools_come_after_what_is_below_their_unit():
    leaves = [leaf("med~own", 9), leaf("ward-a", 3), leaf("ward-b", 3), leaf("surg~small", 6, units=("ward-c",))]
    shown = released(HOSPITAL, [*leaves, leaf(ROLES, 9)])
    assert [of.key for of in shown.lines] == [
        "org",
        "med",
        "med~own",
        "ward-a",
        "ward-b",
        "med~pool",
        "surg",
        "ward-c",
        "ward-d",
        "surg~small",
        ROLES,
    ]


def test_a_deep_chain_of_units_has_its_lines_in_order():
    units = [unit("u0"), *(unit(f"u{n}", f"u{n - 1}") for n in range(1, 300))]
    shown = released(units, [leaf("u298~own", 3), leaf("u299", 4)])
    assert [of.key for of in shown.lines] == [*(f"u{n}" for n in range(299)), "u298~own", "u299", "u298~pool"]
