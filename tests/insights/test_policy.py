"""The numbers of the policy agree with each other, and each has its reason beside it."""

from __future__ import annotations

import ast
import inspect
import itertools

from insights import policy


def test_nothing_is_published_of_fewer_than_five_people():
    assert policy.K_FLOOR == 5
    assert policy.N_BANDS[0] == (policy.K_FLOOR, "5-9")


def test_shares_need_more_people_than_scores_and_whole_distributions_more_again():
    assert policy.K_FLOOR < policy.SHARES_FLOOR < policy.SHARES_FROM


def test_bands_are_ascending_and_leave_no_gap():
    for (least, label), (following, _) in itertools.pairwise(policy.N_BANDS):
        assert label == f"{least}-{following - 1}"
    assert policy.N_BANDS[-1][1] == f"{policy.N_BANDS[-1][0]}+"


def test_floors_and_steps_change_only_where_a_band_begins():
    starts = {least for least, _ in policy.N_BANDS} | {0}
    for table in (policy.SCORE_STEPS, policy.SHARE_STEPS, policy.SHARE_ENDS, policy.SCORE_CLAMPS):
        assert {row[0] for row in table} <= starts
    assert {policy.SHARES_FLOOR, policy.SHARES_FROM} <= starts


def test_rules_by_number_of_answers_are_listed_from_the_largest_down():
    for table in (policy.SCORE_STEPS, policy.SHARE_STEPS, policy.SHARE_ENDS, policy.SCORE_CLAMPS):
        starts = [row[0] for row in table]
        assert starts == sorted(starts, reverse=True)


def test_every_shown_number_of_answers_has_a_step_and_ends():
    assert policy.SCORE_STEPS[-1][0] == policy.SCORE_CLAMPS[-1][0] == 0
    assert policy.SHARE_STEPS[-1][0] == policy.SHARE_ENDS[-1][0] == policy.SHARES_FROM


def test_ends_lie_on_the_steps_that_are_shown():
    for least, _ in policy.N_BANDS:
        step = next(step for start, step in policy.SCORE_STEPS if least >= start)
        low, high = next((low, high) for start, low, high in policy.SCORE_CLAMPS if least >= start)
        assert low % step == high % step == 0
        assert low + high == 100
        if least >= policy.SHARES_FROM:
            share_step = next(step for start, step in policy.SHARE_STEPS if least >= start)
            assert next(end for start, end in policy.SHARE_ENDS if least >= start) % share_step == 0


def test_the_spread_index_ends_on_a_step_below_what_only_unanimity_at_the_ends_reaches():
    assert policy.SPREAD_CEILING % policy.SPREAD_STEP == 0
    assert policy.SPREAD_CEILING < 300


def test_participation_is_counted_in_an_odd_step_so_that_it_has_a_middle():
    assert policy.PARTICIPATION_STEP % 2 == 1
    assert policy.PARTICIPATION_CEILING < 1


def test_a_pack_may_have_as_many_questions_as_a_button_carries():
    assert (policy.QUESTIONS_MOST, policy.OPTIONS_FEWEST, policy.OPTIONS_MOST) == (12, 2, 12)


def test_every_number_has_its_reason_beside_it():
    body = ast.parse(inspect.getsource(policy)).body
    for statement, after in itertools.pairwise([*body, None]):
        if isinstance(statement, ast.AnnAssign):
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert told or isinstance(after, ast.AnnAssign), ast.unparse(statement)
