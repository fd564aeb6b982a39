"""Atoms: who is counted together, where a pool comes to stand, and what does not fit is refused."""

from __future__ import annotations

import pytest

from insights.cells import ROLES, Reason, UnitKey
from insights.lattice import Atom, FrozenUnit, Keys, Leaf, Tally, Totals, Tree, join, leftovers, pool
from tests.insights.orgs import HOSPITAL, leaf, unit

SIZES = {question: len(counts.counts) for question, counts in leaf("x", 5).tallies.items()}


def block(at: str, *leaves: str) -> Atom:
    return Atom(at, tuple(UnitKey(key) for key in (leaves or (at,))))


def at_least(total: int, **sizes: int):
    """Admits leaves that have this many answers together."""
    return lambda keys: sum(sizes[key.replace("-", "_").replace("~", "__")] for key in keys) >= total


def atoms_of(found: tuple[Atom, ...]) -> list[tuple[str, Keys, bool]]:
    return [(atom.at, atom.leaves, atom.pooled) for atom in found]


def test_the_tree_is_walked_parents_first_and_siblings_by_name():
    units = [unit("z", "org", "Ambulance"), unit("a", "org", "Zoo"), unit("org"), unit("b", "z", "Night crew")]
    assert list(Tree(units).walk("org")) == ["org", "z", "b", "a"]


def test_siblings_of_one_name_are_walked_by_id():
    assert Tree([unit("b", "org", "Ward"), unit("a", "org", "Ward"), unit("org")]).children("org") == ["a", "b"]


@pytest.mark.parametrize(
    "units",
    [
        [],
        [unit("a"), unit("b")],
        [unit("a"), unit("a", "a")],
        [unit("a"), unit("b", "nowhere")],
        [unit("a"), unit("b", "c"), unit("c", "b")],
    ],
    ids=["none", "two roots", "one id twice", "unknown parent", "a circle"],
)
def test_units_that_are_no_tree_are_refused(units: list[FrozenUnit]):
    with pytest.raises(ValueError, match="unit"):
        Tree(units)


def test_blocks_that_are_admitted_stand_alone():
    found = pool(Tree(HOSPITAL), [block("ward-a"), block("ward-b")], lambda keys: True)
    assert atoms_of(found) == [("ward-a", ("ward-a",), False), ("ward-b", ("ward-b",), False)]


def test_leftovers_are_pooled_at_their_parent():
    admits = at_least(5, ward_a=3, ward_b=2)
    found = pool(Tree(HOSPITAL), [block("ward-b"), block("ward-a")], admits)
    assert atoms_of(found) == [("med", ("ward-a", "ward-b"), True)]


def test_a_pool_that_is_too_small_moves_up_as_one():
    admits = at_least(5, ward_a=2, ward_b=2, ward_c=1, ward_d=9)
    blocks = [block(f"ward-{letter}") for letter in "abcd"]
    assert atoms_of(pool(Tree(HOSPITAL), blocks, admits)) == [
        ("org", ("ward-a", "ward-b", "ward-c"), True),
        ("ward-d", ("ward-d",), False),
    ]


def test_what_is_left_at_the_top_is_in_no_atom():
    assert pool(Tree(HOSPITAL), [block("ward-a"), block("ward-c")], at_least(5, ward_a=2, ward_c=2)) == ()


def test_people_who_sit_in_an_inner_unit_are_pooled_with_the_leftovers_below_it():
    admits = at_least(5, med__own=3, ward_a=2, ward_b=7)
    blocks = [block("med", "med~own"), block("ward-a"), block("ward-b")]
    assert ("med", ("med~own", "ward-a"), True) in atoms_of(pool(Tree(HOSPITAL), blocks, admits))


def test_a_leftover_never_joins_an_atom_that_stands_without_it():
    admits = at_least(5, ward_a=9, ward_b=4)
    assert atoms_of(pool(Tree(HOSPITAL), [block("ward-a"), block("ward-b")], admits)) == [
        ("ward-a", ("ward-a",), False)
    ]


def test_role_holders_are_never_pooled_with_staff():
    blocks = [block(ROLES), block("ward-a")]
    assert pool(Tree(HOSPITAL), blocks, lambda keys: len(keys) >= 2) == ()
    assert [atom.at for atom in pool(Tree(HOSPITAL), blocks, lambda keys: ROLES in keys)] == [ROLES]


def test_the_nested_lattice_is_built_of_the_atoms_of_the_first():
    tree = Tree(HOSPITAL)
    sizes = {"ward_a": 3, "ward_b": 3, "ward_c": 6, "ward_d": 12}
    first = pool(tree, [block(f"ward-{letter}") for letter in "abcd"], at_least(5, **sizes))
    nested = pool(tree, first, at_least(10, **sizes))
    assert atoms_of(nested) == [
        ("org", ("ward-a", "ward-b", "ward-c"), True),
        ("ward-d", ("ward-d",), False),
    ]


def test_what_joins_an_atom_makes_it_a_pool_of_the_organisation():
    atoms = [block("ward-a"), Atom("med", (UnitKey("med~own"), UnitKey("ward-b")), pooled=True), block(ROLES)]
    sizes = {"ward-a": 9, "med~own": 4, "ward-b": 4, ROLES: 5}
    left = (UnitKey("ward-c"), UnitKey("ward-d"))
    found = join(Tree(HOSPITAL), atoms, left, lambda keys: sum(sizes[key] for key in keys), least=1)
    assert atoms_of(found) == [
        ("org", ("med~own", "ward-b", "ward-c", "ward-d"), True),
        ("ward-a", ("ward-a",), False),
        (ROLES, (ROLES,), False),
    ]


def test_the_smallest_atom_is_found_whatever_the_order():
    atoms = [block("ward-b"), block("ward-a"), block("ward-c")]
    left = (UnitKey("ward-d"),)
    one, other = (join(Tree(HOSPITAL), found, left, lambda keys: 7, least=1) for found in (atoms, atoms[::-1]))
    assert one == other
    assert ("ward-a", "ward-d") in {atom.leaves for atom in one}


def test_nobody_joins_role_holders():
    with pytest.raises(ValueError, match="staff"):
        join(Tree(HOSPITAL), [block(ROLES)], (UnitKey("ward-a"),), len, least=1)


def test_leftovers_are_the_staff_in_no_atom():
    blocks = [block("ward-c"), block("ward-a"), block("ward-b"), block(ROLES)]
    assert leftovers(blocks, [block("ward-b")]) == ("ward-a", "ward-c")


def test_a_tree_may_be_deeper_than_python_would_call():
    units = [unit("u0"), *(unit(f"u{n}", f"u{n - 1}") for n in range(1, 2000))]
    assert list(Tree(units).walk("u0"))[-1] == "u1999"


def test_only_valid_answers_are_answers():
    silent = leaf("ward-a", 3, answers={q: Tally((0,) * n, 3, 0) for q, n in SIZES.items()})
    totals = Totals(Tree(HOSPITAL), [silent, leaf("ward-b", 1), leaf(ROLES, 2)], SIZES)
    assert not totals.has_answers((UnitKey("ward-a"),))
    assert totals.has_answers(totals.staff)
    assert totals.staff == ("ward-a", "ward-b")
    assert totals.tally(totals.staff, "driver") == Tally((1, 0, 0), 3, 1)


def test_totals_are_sums_over_leaves():
    totals = Totals(Tree(HOSPITAL), [leaf("ward-a", 5), leaf("ward-b", 6, established=2)], SIZES)
    both = (UnitKey("ward-a"), UnitKey("ward-b"))
    assert totals.counts(both, "driver") == (4, 4, 3)
    assert (totals.least(both), totals.least_established(both)) == (11, 7)
    assert totals.counts((), "driver") == (0, 0, 0)


def answered(counts: dict[str, int], established: dict[str, int]) -> Leaf:
    answers = {q: Tally((n, *(0,) * (SIZES[q] - 1)), 0, established[q]) for q, n in counts.items()}
    return leaf("ward-a", max(counts.values()), answers=answered_all(answers))


def answered_all(answers: dict[str, Tally]) -> dict[str, Tally]:
    return {**leaf("x", 9).tallies, **answers}


@pytest.mark.parametrize(
    ("valid", "established", "why"),
    [
        (4, 4, Reason.TOO_FEW),
        (5, 5, None),
        (6, 6, None),
        (6, 5, None),
        (6, 4, Reason.TOO_NEW),
        (5, 4, Reason.TOO_NEW),
        (4, 0, Reason.TOO_FEW),
    ],
)
@pytest.mark.parametrize("question", ["q12b", "q12c", "driver"])
def test_one_question_with_too_few_answers_holds_back_the_whole_leaf(
    question: str, valid: int, established: int, why: Reason | None
):
    totals = Totals(Tree(HOSPITAL), [answered({question: valid}, {question: established})], SIZES)
    assert totals.shortfall((UnitKey("ward-a"),), 5) is why


@pytest.mark.parametrize("key", ["ward-a~pool", "med", "nowhere", "org~roles"])
def test_a_leaf_that_stands_nowhere_in_the_tree_is_refused(key: str):
    with pytest.raises(ValueError, match=f"leaf {key} "):
        Totals(Tree(HOSPITAL), [leaf(key, 5)], SIZES)


def test_a_leaf_that_holds_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="does not fit the tree"):
        Totals(Tree(HOSPITAL), [leaf("med~small", 5, units=("ward-a", "ward-z"))], SIZES)


def test_two_leaves_of_one_key_are_refused():
    with pytest.raises(ValueError, match="one key"):
        Totals(Tree(HOSPITAL), [leaf("ward-a", 5), leaf("ward-a", 6)], SIZES)


@pytest.mark.parametrize(
    "tally",
    [
        None,
        Tally((3, 3), 0, 0),
        Tally((3, -1, 3), 0, 0),
        Tally((3, 3, 3), -1, 0),
        Tally((3, 3, 3), 0, -1),
        Tally((3, 3, 3), 0, 10),
    ],
    ids=["missing", "an option short", "negative", "negative skips", "negative established", "more than answered"],
)
def test_a_tally_that_does_not_fit_its_question_is_refused(tally: Tally | None):
    answers = {q: t for q, t in answered_all({}).items() if q != "driver"}
    with pytest.raises(ValueError, match="driver"):
        Totals(
            Tree(HOSPITAL),
            [leaf("ward-a", 9, answers=answers if tally is None else {**answers, "driver": tally})],
            SIZES,
        )
