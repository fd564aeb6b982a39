"""Who is asked whether they are still there, and who is forgotten: on the boundary of every period."""

from __future__ import annotations

import pytest

from insights.policy import STILL_AFTER, STILL_AGAIN_AFTER, STILL_ASKED
from insights.staying import Step, forgotten_after, step_at


@pytest.mark.parametrize("asked", range(STILL_ASKED + 1))
@pytest.mark.parametrize(("by", "is_due"), [(-1, False), (0, True), (1, True)])
def test_a_step_is_due_at_its_opening_and_stays_due(asked: int, by: int, is_due: bool) -> None:
    step = step_at(STILL_AFTER + asked * STILL_AGAIN_AFTER + by, asked)
    assert step is ((Step.ASK if asked < STILL_ASKED else Step.DROP) if is_due else Step.KEEP)


def test_a_life_in_silence_is_asked_twice_and_then_ends() -> None:
    asked, story = 0, []
    for opening in range(1, 40):
        step = step_at(opening, asked)
        if step is not Step.KEEP:
            story.append((opening, step))
        if step is Step.DROP:
            break
        asked += step is Step.ASK
    assert story == [(12, Step.ASK), (14, Step.ASK), (16, Step.DROP)]
    assert story[-1][0] == forgotten_after()


def test_who_says_so_every_time_is_asked_every_twelve_openings_and_never_dropped() -> None:
    unconfirmed, asked_at = 0, []
    for opening in range(1, 61):
        unconfirmed += 1
        step = step_at(unconfirmed, 0)
        assert step is not Step.DROP
        if step is Step.ASK:
            asked_at.append(opening)
            unconfirmed = 0
    assert asked_at == [12, 24, 36, 48, 60]
