"""The attackers' arithmetic, on examples that fit on the back of an envelope."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from insights.cells import UnitKey
from tests.insights.orgs import HOSPITAL
from tests.privacy.attack.equations import equations
from tests.privacy.attack.interval import ANSWERED, Fact, Shown, pinned
from tests.privacy.attack.lens_sums import Part, attacked, crossing
from tests.privacy.attack.organisations import THIN, WIDE, Mask, Rows, organisation
from tests.privacy.attack.rank import compositions, determined, draw, is_determined, null_vectors, rank, singular
from tests.privacy.attack.rules import Ours, hide_next_smallest, naive
from tests.privacy.attack.trials import Scene

K = 5


def sets(*rows: str) -> Rows:
    return np.array([[letter != "." for letter in row] for row in rows])


def found(published: Rows, group: str) -> bool:
    known = equations(published, np.ones(published.shape[1], dtype=bool))
    return is_determined(known, null_vectors(known.matrix, K - 1, np.random.default_rng(1)), sets(group)[0])


def test_a_difference_of_two_sums_is_found():
    published = sets("aaaaaaaaa", "aaaaaaa..")
    assert found(published, ".......aa")
    assert not found(published, ".......a.")


def test_a_long_way_round_is_found_too():
    published = sets("aaabbb...", "...bbbccc", "aaa...ccc")
    assert found(published, "aaa......")
    assert not found(published[:2], "aaa......")
    assert found(sets("aaabbb..", "...bbbcc", "aaa....."), "......cc")


def test_a_difference_between_two_small_groups_tells_of_both():
    assert found(sets("aaaab", "aaaa."), "....b")
    assert found(sets("aaaaaab.", "aaaaaa.c"), "......bc")
    assert not found(sets("aaaaaab.", "aaaaaa.c"), "......b.")


def test_the_null_space_agrees_with_ranks_on_random_sets():
    rng = np.random.default_rng(5)
    agreed = 0
    for _ in range(60):
        published = rng.random((rng.integers(2, 6), 7)) < 0.5
        known = equations(published, np.ones(7, dtype=bool))
        null = null_vectors(known.matrix, K - 1, rng)
        for group in combinations(range(7), 2):
            inside = np.isin(np.arange(7), group)
            costs = rank(published[:, ~inside].astype(np.int64)) < rank(published.astype(np.int64))
            assert is_determined(known, null, inside) is costs
            agreed += costs
    assert agreed > 20


def test_a_sweep_finds_what_no_target_names():
    published = sets("aaaaaab.", "aaaaaa.c")
    known = equations(published, np.ones(8, dtype=bool))
    rng = np.random.default_rng(1)
    got, swept = determined(known, null_vectors(known.matrix, K - 1, rng), K, rng)
    assert (got, swept) == ([[1, 2]], 3)
    outcome = Scene({"q": published}, {"q": np.ones(8, dtype=bool)}, [], K).attacked([1])
    assert (outcome.found, outcome.broken) == (1, 1)


def test_a_sweep_takes_every_set_of_different_blocks_once():
    assert compositions(K)[-1] == (1, 1, 1, 1)
    drawn = draw({1: [3, 4, 5], 2: [7, 8]}, (1, 1, 2), np.random.default_rng(1))
    assert 6 == len({*map(tuple, drawn.tolist())}) == len(drawn)
    many = draw({1: list(range(500))}, (1, 1), np.random.default_rng(1))
    assert 2_000 < len({*map(tuple, many.tolist())}) == len(many) <= 4_000


def test_singular_squares_are_told_apart():
    squares = np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2, 3], [4, 5, 6], [7, 8, 10]]])
    assert singular(squares).tolist() == [True, False]


def test_silent_people_are_no_unknowns():
    known = equations(sets("aaab", "aaa."), np.array([True, True, False, True]))
    assert known.size.tolist() == [2, 1]


def one_each(n: int) -> tuple[np.ndarray, Mask]:
    unit = np.repeat([3, 4, 5, 6], [n, 6, 2, 7])
    return unit, np.ones(len(unit), dtype=bool)


def test_the_naive_rule_shows_whatever_has_k_and_hiding_the_next_smallest_hides_two():
    unit, valid = one_each(3)
    shown = [int(row.sum()) for row in naive(HOSPITAL, unit, valid, K)]
    assert shown == [18, 9, 9, 6, 7]
    assert [int(row.sum()) for row in hide_next_smallest(HOSPITAL, unit, valid, K)] == [18, 9, 9]


def shown(people: list[int], answered: list[int], *facts: Fact) -> Shown:
    truth = np.zeros((len(people), len(ANSWERED)), dtype=np.int64)
    truth[:, 0] = answered
    return Shown(np.array(people), truth, facts)


def test_a_number_is_pinned_when_all_that_fits_agrees():
    whole, one = np.array([True, True]), np.array([True, False])
    exact = [Fact(whole, ANSWERED, 9, 9), Fact(one, ANSWERED, 7, 7)]
    assert pinned(shown([12, 6], [7, 2], *exact), 1)


def test_everybody_having_answered_pins_who_is_in_it():
    whole = np.array([True, True])
    assert pinned(shown([3, 2], [3, 2], Fact(whole, ANSWERED, 5, 9)), 1)


def lens(*parts: tuple[str, tuple[int, ...]], category: str) -> tuple[int, int]:
    codes = np.array([int(letter) for letter in category])
    known = [Part(sets(row)[0], categories) for row, categories in parts]
    outcome = attacked(crossing(known, codes, np.ones(len(codes), dtype=bool)), K)
    return outcome.determined, outcome.trials


def test_a_cell_is_pinned_when_sums_leave_it_no_room():
    whole, category = ("aaaaaaaaaa", (0, 1)), "0000000111"
    beside = lens(whole, ("aaaaa.....", (0, 1)), ("aaaaaaaaaa", (0,)), category=category)
    assert beside == (0, 3)
    assert lens(whole, ("aaaaaaaaaa", (0,)), category=category) == (1, 1)


def test_organisations_are_what_they_are_called():
    for kind, teams, median in ((WIDE, (180, 300), (12, 16)), (THIN, (15, 45), (7, 11))):
        week = organisation(kind, 3, rounds=1)[0]
        inner = {unit.parent for unit in week.tree}
        sizes = [int((week.unit == i).sum()) for i, unit in enumerate(week.tree) if unit.id not in inner]
        assert teams[0] <= len(sizes) <= teams[1]
        assert median[0] <= np.median(sizes) <= median[1]
        assert 0.4 < week.answered.mean() < 0.6


def test_rounds_have_joiners_leavers_movers_skips_and_newcomers():
    first, *_, last = organisation(THIN, 3)
    assert {*last.person} - {*first.person}
    assert {*first.person} - {*last.person}
    before, after = (dict(zip(one.person, one.unit, strict=True)) for one in (first, last))
    assert any(before[one] != after[one] for one in before.keys() & after.keys())
    assert 0 < (last.answers[last.answered] < 0).mean() < 0.1
    assert first.established.all()
    assert not last.established.all()


def test_our_sets_are_read_off_the_cells_that_carry_numbers():
    ours = Ours(organisation(THIN, 3, rounds=1)[0], K)
    answers = ours.week.valid["q12b"]
    assert min((ours.of_units["q12b"] & answers).sum(axis=1)) >= K
    root = ours.of_line(UnitKey("org"), False)
    assert any((row == root).all() for row in ours.of_units["q12b"])
