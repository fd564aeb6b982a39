"""What a round publishes of comments: boundaries of ten and of k, pooling upwards, a third lattice of whole atoms."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.cells import ROLES, Bound, Cell, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import MARKS, TONES, CommentTally, Tone, marks_of
from insights.comments.published import THEMES, TONE, comment_atoms
from insights.comments.sharing import Wanted
from insights.comments.themes import Theme
from insights.lattice import Atom, FrozenUnit, Leaf, Tree
from insights.release import Release, release
from tests.insights.orgs import QUESTIONS, STRAIN, leaf, released, unit

TWO_WARDS = (unit("trust", headcount=0), unit("a", "trust"), unit("b", "trust"))


def tally(n: int, negative: int = 0, themed: int = 0, established: int | None = None) -> CommentTally:
    """n comments: so many negative, the others neutral; so many of them about staffing."""
    marks = [0] * MARKS
    marks[TONES.index(Tone.NEGATIVE)], marks[TONES.index(Tone.NEUTRAL)] = negative, n - negative
    marks[len(TONES)] = themed
    return CommentTally(n, n if established is None else established, tuple(marks))


def commented(key: str, n: int, comments: CommentTally, people: int = 60) -> Leaf:
    return replace(leaf(key, n, people=people), comments=comments)


def one_ward(comments: CommentTally, k: int = 5, people: int = 60) -> Release:
    return released([unit("ward")], [commented("ward", 40, comments, people)], k)


def told(shown: Release, unit_key: str, question: str, stat: str) -> Cell:
    return shown.cells[UnitKey(unit_key), question, stat]


@pytest.mark.parametrize(("n", "is_told"), [(9, False), (10, True), (11, True)])
def test_ten_commenters_are_enough_and_nine_are_not(n: int, is_told: bool) -> None:
    assert isinstance(told(one_ward(tally(n, n, n)), "ward", TONE, Stat.TOP), Released) is is_told


@pytest.mark.parametrize(("n", "is_told"), [(11, False), (12, True), (13, True)])
def test_a_higher_k_counts_for_comments_too(n: int, is_told: bool) -> None:
    assert isinstance(told(one_ward(tally(n, n, n), k=12), "ward", TONE, Stat.TOP), Released) is is_told


@pytest.mark.parametrize(("old", "is_told"), [(4, False), (5, True), (6, True)])
def test_k_of_the_commenters_have_to_be_established(old: int, is_told: bool) -> None:
    shown = one_ward(tally(12, 12, 12, established=old))
    assert isinstance(told(shown, "ward", TONE, Stat.TOP), Released) is is_told


@pytest.mark.parametrize(("people", "is_told"), [(11, False), (12, True)])
def test_ten_commenters_are_not_told_where_they_are_nearly_everybody(people: int, is_told: bool) -> None:
    ward = replace(leaf("ward", 11, people=people), comments=tally(10, 10, 10))
    assert isinstance(told(released([unit("ward")], [ward]), "ward", TONE, Stat.TOP), Released) is is_told


def test_below_twenty_only_what_is_in_front_is_told() -> None:
    shown = one_ward(tally(19, negative=12, themed=8))
    assert told(shown, "ward", TONE, Stat.TOP) == Released(0, "10-19")
    assert told(shown, "ward", THEMES, Stat.TOP) == Released(0, "10-19")
    assert (UnitKey("ward"), TONE, Stat.share(0)) not in shown.cells


def test_a_theme_that_few_wrote_of_is_not_in_front() -> None:
    shown = one_ward(tally(19, negative=12, themed=7))
    assert told(shown, "ward", THEMES, Stat.TOP) == Withheld(Reason.NOT_CLEAR)


def test_from_twenty_on_every_tone_and_theme_has_a_coded_share() -> None:
    shown = one_ward(tally(20, negative=9, themed=20))
    assert told(shown, "ward", TONE, Stat.share(0)) == Released(50, "20-49")
    assert told(shown, "ward", TONE, Stat.share(2)) == Released(20, "20-49", Bound.AT_MOST)
    assert told(shown, "ward", THEMES, Stat.share(0)) == Released(80, "20-49", Bound.AT_LEAST)
    assert len([key for key in shown.cells if key[1] == THEMES]) == len(Theme)


@pytest.mark.parametrize(
    ("shared", "is_told"), [(0, True), (4, True), (11, True), (12, False), (20, False), (21, True)]
)
def test_what_cards_leave_of_a_count_is_nobody_or_ten(shared: int, is_told: bool) -> None:
    wanted = {UnitKey("ward"): [Wanted(f"words {i}", True) for i in range(shared)]}
    ward = commented("ward", 40, tally(21, 21))
    shown = release([unit("ward")], [ward], QUESTIONS, STRAIN, 5, None, wanted)
    found = [cell for (_, asked, _), cell in shown.cells.items() if asked == TONE]
    assert any(isinstance(cell, Released) for cell in found) is is_told


def test_cards_of_one_team_leave_enough_of_a_count_with_its_neighbour() -> None:
    leaves = [commented("a", 20, tally(8, 8)), commented("b", 20, tally(6, 6))]
    wanted = {UnitKey("a"): [Wanted(f"words {i}", True) for i in range(5)]}
    shown = release(TWO_WARDS, leaves, QUESTIONS, STRAIN, 5, None, wanted)
    assert shown.shared.keys() == {"a"}
    assert isinstance(told(shown, "trust", TONE, Stat.TOP), Withheld)


def test_a_team_with_few_comments_is_counted_with_its_neighbours_above() -> None:
    shown = released(TWO_WARDS, [commented("a", 20, tally(14, 14)), commented("b", 20, tally(8, 8))])
    assert isinstance(told(shown, "a", TONE, Stat.TOP), Released)
    assert told(shown, "b", TONE, Stat.TOP) == Withheld(Reason.TOO_FEW)
    assert told(shown, "trust", TONE, Stat.TOP) == Released(0, "10-19")


def test_two_teams_with_few_comments_are_told_together_and_neither_alone() -> None:
    shown = released(TWO_WARDS, [commented("a", 20, tally(6, 6)), commented("b", 20, tally(6, 6))])
    assert told(shown, "a", TONE, Stat.TOP) == told(shown, "b", TONE, Stat.TOP) == Withheld(Reason.POOLED)
    assert told(shown, "trust", TONE, Stat.TOP) == Released(0, "10-19")


def test_role_holders_words_are_never_counted_with_staff() -> None:
    leaves = [commented("ward", 20, tally(9, 9)), commented(ROLES, 20, tally(9, 9))]
    shown = released([unit("ward")], leaves)
    assert told(shown, "ward", TONE, Stat.TOP) == Withheld(Reason.TOO_FEW)


def test_a_release_without_comments_has_no_cell_of_them() -> None:
    shown = released([unit("ward")], [leaf("ward", 20)])
    assert not [key for key in shown.cells if key[1] in (TONE, THEMES)]


def test_comments_change_no_other_number() -> None:
    plain = released(TWO_WARDS, [leaf("a", 20, people=60), leaf("b", 7, people=60)])
    shown = released(TWO_WARDS, [commented("a", 20, tally(14, 3, 9)), commented("b", 7, tally(30, 30))])
    assert plain.lines == shown.lines
    assert plain.cells == {key: cell for key, cell in shown.cells.items() if key[1] not in (TONE, THEMES)}


@pytest.mark.parametrize("wrong", [(5, 6, 0), (5, 5, 6)])
def test_a_tally_that_nobody_can_have_written_is_refused(wrong: tuple[int, int, int]) -> None:
    n, established, themed = wrong
    with pytest.raises(ValueError, match="nobody can have written"):
        one_ward(tally(n, n, themed, established))


def test_the_counters_of_a_comment_are_one_tone_and_each_theme_once() -> None:
    twice = marks_of(Tone.OTHER_LANGUAGE, [Theme.TEAM, Theme.TEAM])
    assert twice == (TONES.index(Tone.OTHER_LANGUAGE), len(TONES) + list(Theme).index(Theme.TEAM))


@st.composite
def organisations(draw: st.DrawFn) -> tuple[tuple[FrozenUnit, ...], tuple[Leaf, ...], int]:
    """Two levels of wards, each with some answers and some comments."""
    dice = random.Random(draw(st.integers(0, 10_000)))
    units, leaves = [unit("trust", headcount=0)], []
    for division in range(dice.randint(1, 3)):
        units.append(unit(f"d{division}", "trust", headcount=0))
        for ward in range(dice.randint(1, 4)):
            key, n, wrote = f"d{division}w{ward}", dice.randint(0, 30), dice.randint(0, 25)
            units.append(unit(key, f"d{division}"))
            old = dice.randint(0, wrote)
            leaves.append(commented(key, n, tally(wrote, dice.randint(0, wrote), old, old), people=n + wrote))
    return tuple(units), tuple(leaves), draw(st.sampled_from([5, 11]))


def nested(shown: Release, leaves: Sequence[Leaf]) -> list[Atom]:
    found = {keys for atoms in shown.nested.values() for keys in atoms}
    stands = {one.key: one.at or ROLES for one in leaves}
    return [Atom(stands[keys[0]] if len(keys) == 1 else _above(keys), keys, len(keys) > 1) for keys in sorted(found)]


def _above(keys: Sequence[str]) -> str:
    divisions = {key.partition("w")[0] for key in keys}
    return divisions.pop() if len(divisions) == 1 else "trust"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(organisations())
def test_every_set_of_comments_is_made_of_whole_disjoint_atoms_that_are_large_enough(
    org: tuple[tuple[FrozenUnit, ...], tuple[Leaf, ...], int],
) -> None:
    units, leaves, k = org
    shown = released(units, leaves, k)
    below = nested(shown, leaves)
    held = {one.key: one for one in leaves}
    atoms = comment_atoms(Tree(units), below, held, k)
    counted = [key for atom in atoms for key in atom.leaves]
    assert len(counted) == len(set(counted))
    for atom in atoms:
        inside = [one for one in below if set(one.leaves) <= set(atom.leaves)]
        assert sorted(key for one in inside for key in one.leaves) == sorted(atom.leaves)
        comments = [one for key in atom.leaves if (one := held[key].comments)]
        assert sum(one.commenters for one in comments) >= max(10, k)
        assert sum(one.established for one in comments) >= k
        assert sum(one.commenters for one in comments) >= 10
