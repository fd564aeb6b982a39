"""A sample of the attacks on what is published: ours holds, and every attacker breaks the rules it was made for.

`make attack` runs the same code on whole organisations; its table is docs/attacks.md.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.privacy.attack import interval, lens_sums
from tests.privacy.attack.accuracy import accuracy, seconds
from tests.privacy.attack.attackers import LENS, NAIVE, NAIVE_LENS, NEXT, NEXT_LENS, OURS, K
from tests.privacy.attack.coding import as_shown, exactly
from tests.privacy.attack.organisations import QUESTIONS, THIN, WIDE, Week, organisation
from tests.privacy.attack.rules import Ours, TreeRule, hide_next_smallest, naive
from tests.privacy.attack.scenes import (
    WINDOW,
    Rule,
    closing,
    guessed_unchanged,
    live,
    reorganisation,
    twice,
    two_thresholds,
    unchanged,
    windows,
)
from tests.privacy.attack.trials import Outcome, Scene


@pytest.fixture(scope="module")
def thin() -> list[Week]:
    return organisation(THIN, 0, rounds=WINDOW + 1)


@pytest.fixture(scope="module")
def wide() -> list[Week]:
    return organisation(WIDE, 0, rounds=2)


def attacked(*scenes: Scene) -> Outcome:
    return sum((scene.attacked([1]) for scene in scenes), Outcome())


def holds(outcome: Outcome) -> bool:
    return outcome.trials > 0 and not outcome.determined and not outcome.found


def gives_way(outcome: Outcome) -> bool:
    return outcome.determined > 0 and outcome.broken == outcome.rounds


@pytest.mark.parametrize("rule", [OURS, LENS], ids=lambda rule: rule.name)
def test_no_combination_of_one_rounds_numbers_tells_of_fewer_than_k_in_a_thin_organisation(
    thin: list[Week], rule: Rule
):
    assert holds(attacked(*(closing(rule, week, K) for week in thin)))


@pytest.mark.parametrize("rule", [OURS, LENS], ids=lambda rule: rule.name)
def test_nor_in_a_wide_one(wide: list[Week], rule: Rule):
    assert holds(attacked(closing(rule, wide[0], K)))


@pytest.mark.parametrize("k", [10, 11])
def test_nor_with_a_larger_k(thin: list[Week], k: int):
    assert holds(attacked(*(closing(OURS, week, k) for week in thin[:2])))


@pytest.mark.parametrize("rule", [NAIVE, NEXT, NAIVE_LENS, NEXT_LENS], ids=lambda rule: rule.name)
def test_the_same_attack_breaks_what_others_publish_of_one_round(thin: list[Week], rule: Rule):
    outcome = attacked(*(closing(rule, week, K) for week in thin))
    assert outcome.determined > 0
    assert outcome.broken >= outcome.rounds // 2


@pytest.mark.parametrize("rule", [NAIVE, NEXT], ids=lambda rule: rule.name)
def test_it_breaks_them_in_wide_organisations_too(wide: list[Week], rule: Rule):
    assert attacked(closing(rule, wide[1], K)).broken > 0


def test_a_reorganisation_between_two_rounds_tells_nothing_more(thin: list[Week]):
    for week, after in pairwise(thin):
        assert holds(attacked(reorganisation(OURS, week, after, K, np.random.default_rng(1))))


def test_a_round_told_again_by_a_new_tree_gives_way(thin: list[Week]):
    assert gives_way(attacked(reorganisation(NAIVE, thin[0], thin[1], K, np.random.default_rng(1))))
    assert gives_way(attacked(reorganisation(NEXT, thin[0], thin[1], K, np.random.default_rng(1))))


def test_many_rounds_together_tell_nothing_more_than_each(thin: list[Week]):
    assert holds(attacked(windows(OURS, thin, K)))


def test_rolling_windows_beside_single_rounds_give_way(thin: list[Week]):
    assert gives_way(attacked(windows(NAIVE, thin, K)))
    assert gives_way(attacked(windows(NEXT, thin, K)))


def test_shares_from_ten_answers_on_tell_nothing_beside_scores_from_five(thin: list[Week]):
    assert holds(attacked(*(two_thresholds(OURS, week, K) for week in thin)))


def test_two_roles_with_two_thresholds_give_way_even_by_our_own_rule(thin: list[Week]):
    assert attacked(*(twice(week, K) for week in thin)).broken > 0
    assert gives_way(attacked(*(two_thresholds(NAIVE, week, K) for week in thin)))


def test_looking_every_day_tells_nothing_before_the_closing_and_no_more_after_it(thin: list[Week]):
    assert holds(attacked(live(OURS, thin[0], K, np.random.default_rng(1))))


def test_running_totals_give_way(thin: list[Week]):
    assert gives_way(attacked(live(NAIVE, thin[0], K, np.random.default_rng(1))))


def test_what_is_shown_leaves_open_how_many_of_a_small_group_answered_and_what(thin: list[Week]):
    outcomes = interval.attacked(as_shown(Ours(thin[2], K)), K)
    assert {interval.HOW_MANY, interval.WHICH} == outcomes.keys()
    assert all(map(holds, outcomes.values()))


@pytest.mark.parametrize(
    ("rule", "least"), [(naive, {interval.HOW_MANY, interval.WHICH}), (hide_next_smallest, {interval.WHICH})]
)
def test_plain_counts_do_not(thin: list[Week], rule: TreeRule, least: set[str]):
    shown = exactly(rule, thin[0], K)
    small = np.flatnonzero((shown.truth[:, 0] > 0) & (shown.truth[:, 0] < K))
    found = [interval.pinned(shown, int(group)) for group in small[:4]]
    assert least <= set().union(*found)


def test_no_cell_of_unit_and_category_below_k_has_only_one_possible_value(thin: list[Week]):
    for week in thin[:3]:
        ours = Ours(week, K, True)
        assert ours.page.categories
        for question in QUESTIONS:
            assert holds(lens_sums.attacked(lens_sums.of_ours(ours, question.id), K))


def test_sums_of_every_unit_through_a_lens_give_way(thin: list[Week]):
    crossed = lens_sums.of_rule(naive, thin[0], QUESTIONS[0].id, K)
    assert gives_way(lens_sums.attacked(crossed, K))


def test_who_takes_answers_of_two_rounds_for_the_same_is_mostly_wrong(thin: list[Week]):
    pairs = [unchanged(week, after) for week, after in pairwise(thin)]
    people, equal = map(sum, zip(*pairs, strict=True))
    assert people > 20
    assert equal < 0.1 * people
    scenes = [guessed_unchanged(OURS, week, after, K) for week, after in pairwise(thin)]
    assert attacked(*scenes).trials > 0


@pytest.mark.parametrize(("with_lens", "least"), [(False, 1.0), (True, 0.99)])
def test_teams_that_may_be_shown_are_and_their_scores_are_close(wide: list[Week], with_lens: bool, least: float):
    cost = accuracy(Ours(wide[0], K, with_lens)) + accuracy(Ours(wide[1], K, with_lens))
    assert cost.shown_share >= least
    assert cost.error <= 1.7


def test_a_large_release_takes_less_than_a_minute():
    assert seconds(300, 10) < 60
