"""How fast messages leave, on a clock that jumps."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.clock import JumpingClock
from bot.pacing import Pacing
from insights.policy import SENDS_PER_SECOND
from tests.world import MONDAY


async def leave(clock: JumpingClock, pacing: Pacing, number: int) -> list[datetime]:
    """The instants at which so many messages may be sent."""
    instants = []
    for _ in range(number):
        await pacing.turn()
        instants.append(clock.now())
    return instants


@pytest.mark.parametrize("per_second", [1, 7, SENDS_PER_SECOND, 100])
async def test_no_second_holds_more_than_the_limit(per_second: int) -> None:
    clock = JumpingClock(MONDAY)
    instants = await leave(clock, Pacing(clock, per_second), 5 * int(per_second))
    for place, first in enumerate(instants):
        assert sum(one - first < timedelta(seconds=1) for one in instants[place:]) <= per_second
    assert instants[-1] - instants[0] < timedelta(seconds=5.1)


async def test_a_quiet_hour_saves_nothing_up() -> None:
    clock = JumpingClock(MONDAY)
    pacing = Pacing(clock, 10)
    clock.pass_time(hours=1)
    instants = await leave(clock, pacing, 3)
    assert instants[2] - instants[0] == timedelta(milliseconds=200)


async def test_a_pause_holds_everything_for_its_whole_length() -> None:
    clock = JumpingClock(MONDAY)
    pacing = Pacing(clock, 10)
    pacing.pause(17)
    assert await leave(clock, pacing, 1) == [MONDAY + timedelta(seconds=17)]


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    clock = JumpingClock(MONDAY)
    pacing = Pacing(clock, 10)
    pacing.pause(17)
    pacing.pause(1)
    assert await leave(clock, pacing, 1) == [MONDAY + timedelta(seconds=17)]


async def test_a_pause_that_comes_while_somebody_waits_holds_them_too() -> None:
    clock = JumpingClock(MONDAY)
    pacing = Pacing(clock, 1)
    await pacing.turn()
    waiting = asyncio.create_task(pacing.turn())
    await asyncio.sleep(0)
    pacing.pause(60)
    await waiting
    assert clock.now() == MONDAY + timedelta(seconds=60)
