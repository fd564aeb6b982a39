"""Categories of a lens: how large each is, which are put together, and what lines they become."""

from __future__ import annotations

import pytest

from insights.cells import Bound, Kind, Released, Stat, UnitKey
from insights.lens import LENSES, PATTERN, Lens, groups
from insights.release import Tally
from tests.insights.lenses import category, cut, names, seen, staff_of
from tests.insights.orgs import HOSPITAL, QUESTIONS, cell, leaf, line, tallies


def test_the_working_pattern_is_the_lens_that_ships():
    assert LENSES == {PATTERN: ("days", "nights", "mixed")}


@pytest.mark.parametrize(("nights", "found"), [(19, ["days", "mixed+nights"]), (20, ["days", "mixed", "nights"])])
def test_a_category_stands_alone_from_twenty_answers_on(nights: int, found: list[str]):
    lens = category(days=60, nights=nights, mixed=30)
    assert names(groups(lens, staff_of(lens), 5)) == found


@pytest.mark.parametrize(("nights", "found"), [(24, ["days", "mixed+nights"]), (25, ["days", "mixed", "nights"])])
def test_a_larger_k_is_a_larger_category(nights: int, found: list[str]):
    lens = category(days=60, nights=nights, mixed=30)
    assert names(groups(lens, staff_of(lens), 25)) == found


@pytest.mark.parametrize(("old", "found"), [(4, ["days", "mixed+nights"]), (5, ["days", "mixed", "nights"])])
def test_a_category_needs_k_established_people(old: int, found: list[str]):
    lens = Lens(PATTERN, {"days": tallies(60), "nights": tallies(40, established=old), "mixed": tallies(30)})
    assert names(groups(lens, staff_of(lens), 5)) == found


@pytest.mark.parametrize("question", [question.id for question in QUESTIONS])
def test_one_question_with_too_few_answers_makes_the_whole_category_too_small(question: str):
    nights = tallies(25) | {question: tallies(19)[question]}
    enough = Lens(PATTERN, {"days": tallies(60), "nights": tallies(25), "mixed": tallies(30)})
    short = Lens(PATTERN, {**enough.categories, "nights": nights})
    assert "nights" in names(groups(enough, staff_of(enough), 5))
    assert "nights" not in names(groups(short, staff_of(short), 5))


def test_the_smallest_are_put_together_first_ties_by_name():
    lens = Lens("grade", {name: tallies(n) for name, n in {"a": 50, "b": 9, "c": 9, "d": 9, "e": 30}.items()})
    assert names(groups(lens, staff_of(lens), 5)) == ["a", "b+c+d", "e"]
    lens = Lens("grade", {name: tallies(n) for name, n in {"z": 12, "y": 12, "x": 12, "w": 12}.items()})
    assert names(groups(lens, staff_of(lens), 5)) == ["w+x", "y+z"]


def test_the_order_of_categories_changes_nothing():
    lens = category(days=40, nights=12, mixed=12)
    turned = Lens(PATTERN, dict(reversed(lens.categories.items())))
    assert groups(lens, staff_of(lens), 5) == groups(turned, staff_of(lens), 5)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        (0, ["days", "mixed", "nights"]),
        (1, ["days", "mixed", "nights+other"]),
        (19, ["days", "mixed", "nights+other"]),
        (20, ["days", "mixed", "nights", "other"]),
    ],
)
def test_what_is_left_of_the_total_is_nothing_or_twenty(rest: int, found: list[str]):
    lens = category(days=60, nights=25, mixed=30)
    assert names(groups(lens, staff_of(lens, rest), 5)) == found


def test_people_without_a_category_join_one_that_is_called_other():
    lens = category(days=60, other=12)
    assert names(groups(lens, staff_of(lens, 8), 5)) == ["days", "other"]


@pytest.mark.parametrize("sizes", [{"days": 60}, {"days": 60, "nights": 19}, {"days": 19, "nights": 19}, {}])
def test_without_two_groups_there_are_none(sizes: dict[str, int]):
    lens = category(**sizes)
    assert groups(lens, staff_of(lens), 5) == ()


def test_an_empty_category_is_not_told_to_be_empty():
    lens = category(days=60, nights=25, mixed=0)
    assert names(groups(lens, staff_of(lens), 5)) == ["days", "mixed+nights"]


@pytest.mark.parametrize(
    "nights",
    [
        tallies(31),
        tallies(30) | {"driver": Tally((30, 0, 0), 0, 30)},
        tallies(30) | {"driver": Tally((5, 5), 0, 10)},
        tallies(30) | {"driver": Tally((5, 5, 5), 0, 16)},
        {question: tally for question, tally in tallies(30).items() if question != "driver"},
    ],
    ids=["more people", "more of one option", "an option short", "more established than answers", "a question short"],
)
def test_a_lens_that_does_not_fit_the_staff_is_refused(nights: dict[str, Tally]):
    lens = Lens(PATTERN, {"days": tallies(60), "nights": nights})
    with pytest.raises(ValueError, match="lens"):
        groups(lens, tallies(90), 5)


def test_more_established_people_than_the_staff_has_are_refused():
    with pytest.raises(ValueError, match="more answers"):
        groups(category(days=60, nights=30), tallies(90, established=80), 5)


@pytest.mark.parametrize("name", ["", "a+b", "~a", "a.b"])
def test_names_that_would_be_ambiguous_in_a_key_are_refused(name: str):
    with pytest.raises(ValueError, match="names"):
        Lens(name, {})
    with pytest.raises(ValueError, match="names"):
        Lens(PATTERN, {name: tallies(20)})


WARDS = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 14), leaf("ward-d", 16)]


def test_a_lens_adds_lines_after_all_others_with_every_number_but_participation():
    plain = seen(HOSPITAL, [*WARDS, leaf("~roles", 9)], None)
    shown = seen(HOSPITAL, [*WARDS, leaf("~roles", 9)], cut(WARDS, days=70, nights=20, mixed=10))
    assert shown.lines[: len(plain.lines)] == plain.lines
    assert plain.cells.items() <= shown.cells.items()
    added = shown.lines[len(plain.lines) :]
    assert [of.key for of in added] == ["~pattern.days", "~pattern.mixed+nights"]
    assert {(of.kind, of.parent, of.teams_in, of.teams, of.people, of.headcount) for of in added} == {
        (Kind.LENS, "org", 0, 0, 0, 0)
    }
    assert line(shown, "~pattern.mixed+nights").name == "mixed+nights"
    stats = {(question, stat) for unit, question, stat in shown.cells if unit == "~pattern.days"}
    org = {(question, stat) for unit, question, stat in shown.cells if unit == "org"}
    assert org - stats == {("", Stat.ANSWERED)}
    assert stats <= org
    assert shown.categories == {"~pattern.days": ("days",), "~pattern.mixed+nights": ("mixed", "nights")}
    assert shown.atoms == plain.atoms


def test_numbers_of_a_group_are_coded_like_any_other():
    nights = tallies(20) | {"q12b": Tally((0, 0, 0, 2, 18), 0, 20)}
    wards = [leaf("ward-a", 40), leaf("ward-b", 20, answers=nights)]
    shown = seen(HOSPITAL, wards, Lens(PATTERN, {"days": tallies(40), "nights": nights}))
    assert cell(shown, "~pattern.nights", Stat.SCORE, "q12b") == Released(90, "20-49", Bound.AT_LEAST)
    assert cell(shown, "~pattern.nights", Stat.share(4), "q12b") == Released(80, "20-49", Bound.AT_LEAST)
    assert cell(shown, "~pattern.nights", Stat.share(0), "driver") == Released(40, "20-49")
    assert (UnitKey("~pattern.nights"), "driver", Stat.TOP) not in shown.cells


def test_a_lens_without_two_groups_adds_nothing_and_costs_nothing():
    leaves = [leaf("ward-a", 30), leaf("ward-b", 8), leaf("ward-c", 3)]
    assert seen(HOSPITAL, leaves, cut(leaves, days=30, nights=11)) == seen(HOSPITAL, leaves, None)


@pytest.mark.parametrize("left", [1, 4])
def test_what_is_left_over_at_the_top_joins_the_smallest_large_atom(left: int):
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 8), leaf("ward-d", left)]
    shown = seen(HOSPITAL, leaves, cut(leaves, days=50, nights=28 + left))
    assert shown.atoms["org~pool"] == (("ward-b", "ward-d"),)
    assert shown.atoms["org"] == (("ward-a",), ("ward-b", "ward-d"), ("ward-c",))
    assert (line(shown, "org~pool").teams, line(shown, "org").teams_in) == (2, 4)
    assert "org~pool" not in seen(HOSPITAL, leaves, None).atoms


def test_a_team_of_puppets_is_given_nobody_from_elsewhere():
    """Five of them, and somebody who is left over in another division."""
    leaves = [leaf("ward-a", 19), leaf("ward-b", 19), leaf("ward-c", 5), leaf("ward-d", 1)]
    shown = seen(HOSPITAL, leaves, cut(leaves, days=24, nights=20))
    assert shown.categories
    assert shown.atoms["org~pool"] == (("ward-a", "ward-c", "ward-d"),)


def test_what_is_left_for_want_of_established_people_joins_too():
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 9, established=2)]
    shown = seen(HOSPITAL, leaves, cut(leaves, days=50, nights=29))
    assert shown.atoms["org~pool"] == (("ward-b", "ward-c"),)


def test_what_can_be_pooled_on_the_way_up_joins_nobody():
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 3), leaf("ward-d", 3)]
    lens = cut(leaves, days=50, nights=26)
    assert seen(HOSPITAL, leaves, lens).atoms == seen(HOSPITAL, leaves, None).atoms


def test_leaves_without_any_answer_join_nobody():
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 0, people=9)]
    assert "org~pool" not in seen(HOSPITAL, leaves, cut(leaves, days=40, nights=30)).atoms


def test_nobody_of_staff_joins_the_role_holders_nor_they_staff():
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 2), leaf("~roles", 5)]
    shown = seen(HOSPITAL, leaves, cut(leaves, days=40, nights=32))
    assert shown.atoms["~roles"] == (("~roles",),)
    assert shown.atoms["org~pool"] == (("ward-b", "ward-c"),)
    few = seen(HOSPITAL, [*leaves[:3], leaf("~roles", 4)], cut(leaves, days=40, nights=32))
    assert "~roles" not in {key for atom in few.atoms["org"] for key in atom}


def test_shares_of_a_lens_rest_on_the_people_of_the_published_total():
    leaves = [leaf("ward-a", 40), leaf("ward-b", 30), leaf("ward-c", 7)]
    plain = seen(HOSPITAL, leaves, None)
    shown = seen(HOSPITAL, leaves, cut(leaves, days=40, nights=37))
    assert shown.atoms == plain.atoms
    assert plain.nested["org"] == (("ward-a",), ("ward-b",))
    assert shown.nested["org"] == (("ward-a",), ("ward-b", "ward-c"))
    assert shown.nested["med"] == (("ward-a",),)


def test_a_tie_of_smallest_atoms_goes_by_the_unit():
    leaves = [leaf("ward-a", 30), leaf("ward-d", 22), leaf("ward-b", 22), leaf("ward-c", 2)]
    shown = seen(HOSPITAL, leaves, cut(leaves, days=40, nights=36))
    assert shown.atoms["org~pool"] == (("ward-b", "ward-c"),)
