"""One round at a time: what is wrong with one, with a clock, or in another process keeps no other from opening."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from bot.wiring import build
from sandbox import Person
from storage.organisation import organisation
from storage.people import Person as Member
from storage.rounds import Stage, void_latest
from tests.hospital import CLOSES, INVITED, NEXT, OPENS, rounds, staffed, told
from tests.world import World

CHOICE = ("Often", "Sometimes", "Workload")
FAR_AHEAD = datetime(2030, 1, 8, 10, tzinfo=UTC)


def cannot_be_shredded(world: World) -> Path:
    """Something stands where the key file was: it can neither be opened nor removed."""
    path = world.settings.rounds_dir / "round-1.key"
    path.unlink()
    path.mkdir()
    return path


async def stages(world: World) -> list[tuple[date, str]]:
    return [(one.opened_on, one.stage) for one in await rounds(world)]


async def clock_says(world: World, instant: datetime) -> None:
    """The server's clock is put right, or wrong: the process starts anew with it."""
    await world.stop()
    world.clock = type(world.clock)(instant)
    world.app = build(world.settings, world.clock)
    await world.start()


async def test_a_round_that_cannot_be_shredded_stops_no_other_and_is_shredded_later(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    nurses = await staffed(world, 6)
    await world.to(OPENS)
    in_the_way = cannot_be_shredded(world)
    await world.to(CLOSES)
    await world.to(NEXT)
    assert await stages(world) == [(OPENS.date(), Stage.RELEASED), (NEXT.date(), Stage.OPEN)]
    assert told(nurses, INVITED) == [2] * 6
    told_once = {one.getMessage() for one in caplog.records if one.levelno == logging.ERROR}
    assert told_once == {"round 1: IsADirectoryError, trying again"}

    in_the_way.rmdir()
    await world.to(NEXT + timedelta(minutes=1))
    assert await stages(world) == [(OPENS.date(), Stage.SHREDDED), (NEXT.date(), Stage.OPEN)]


async def test_the_bot_starts_although_a_round_cannot_be_shredded(world: World) -> None:
    await staffed(world, 6)
    await world.to(OPENS)
    cannot_be_shredded(world)
    await world.to(CLOSES)
    await world.restart()
    assert await stages(world) == [(OPENS.date(), Stage.RELEASED)]


async def pausing(world: World, rounds: int) -> list[Person]:
    """A ward in which everybody wants to be left alone."""
    nurses = await staffed(world, 6)
    async with world.app.house.begin() as db:
        await db.exec(update(Member).values(paused_rounds=rounds))
        await db.commit()
    return nurses


async def test_a_pause_of_everybody_ends_by_itself(world: World) -> None:
    nurses = await pausing(world, 2)
    for week in range(2):
        for minute in range(3):
            await world.to(OPENS + timedelta(weeks=week, minutes=minute))
    assert await rounds(world) == []
    async with world.app.house.begin() as db:
        members = (await db.exec(select(col(Member.paused_rounds), col(Member.openings)))).all()
    assert {tuple(one) for one in members} == {(0, 2)}
    await world.to(OPENS + timedelta(weeks=2))
    assert await stages(world) == [(date(2026, 1, 20), Stage.OPEN)]
    assert told(nurses, INVITED) == [1] * 6


async def test_a_day_that_is_passed_over_leaves_the_first_day_as_it_was_set(world: World) -> None:
    await pausing(world, 1)
    await world.to(OPENS)
    async with world.app.house.begin() as db:
        plan = await organisation(db)
    assert plan
    assert (plan.first, plan.passed_over) == (OPENS.date(), OPENS.date())


async def test_a_day_that_a_clock_ahead_passed_over_keeps_no_earlier_one_from_opening(world: World) -> None:
    await pausing(world, 1)
    await clock_says(world, FAR_AHEAD)
    await clock_says(world, OPENS)
    assert await stages(world) == [(OPENS.date(), Stage.OPEN)]


async def test_a_round_that_a_clock_ahead_opened_blocks_none_once_it_is_void(world: World) -> None:
    nurses = await staffed(world, 6)
    await clock_says(world, FAR_AHEAD)
    await clock_says(world, OPENS)
    assert await stages(world) == [(FAR_AHEAD.date(), Stage.OPEN)]
    async with world.app.house.begin() as db:
        assert await void_latest(db) == 1
    await world.to(OPENS + timedelta(minutes=1))
    assert await stages(world) == [(FAR_AHEAD.date(), Stage.VOID), (OPENS.date(), Stage.OPEN)]
    assert len(nurses) == 6


async def test_a_round_that_a_clock_ahead_closed_blocks_none(world: World) -> None:
    await staffed(world, 6)
    await clock_says(world, FAR_AHEAD)
    await world.to(FAR_AHEAD + timedelta(days=6))
    await clock_says(world, OPENS)
    assert await stages(world) == [(FAR_AHEAD.date(), Stage.SHREDDED), (OPENS.date(), Stage.OPEN)]


async def test_of_two_processes_the_one_that_did_not_close_the_round_lets_go_of_its_keys(world: World) -> None:
    nurses = await staffed(world, 6)
    await world.to(OPENS)
    await world.answers(nurses[0], *CHOICE)
    other = build(world.settings, world.clock)
    await other.tick()
    assert other.house.vault.rounds == {1}
    await world.to(CLOSES)
    assert other.house.vault.rounds == {1}
    await other.tick()
    await other.close()
    assert [other.house.vault.rounds, world.app.house.vault.rounds] == [set(), set()]
    assert list(world.settings.rounds_dir.iterdir()) == []
