"""Rounds: every step is taken by exactly one, whoever tries, and a day is claimed once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Begin
from storage.rounds import (
    UNFINISHED,
    Stage,
    advance,
    claim_reminder,
    is_opened_on,
    latest_round,
    open_round,
    round_by_number,
    settle_void,
    unfinished_rounds,
    void_latest,
)
from tests.make import FIRST_DAY, Make, keep

WAY = [
    (Stage.DRAFT, Stage.OPEN),
    (Stage.OPEN, Stage.CLOSING),
    (Stage.CLOSING, Stage.RELEASED),
    (Stage.RELEASED, Stage.SHREDDED),
]


async def step(begin: Begin, before: Stage, after: Stage) -> bool:
    async with begin() as db:
        done = await advance(db, 1, before, after)
        await db.commit()
        return done


async def stage_of(begin: Begin, number: int = 1) -> str:
    async with begin() as db:
        found = await round_by_number(db, number)
    assert found is not None
    return found.stage


async def test_a_round_is_read_back_with_its_instants(begin: Begin, make: Make) -> None:
    await keep(begin, make.round())
    async with begin() as db:
        found = await round_by_number(db, 1)
        assert await round_by_number(db, 2) is None
    assert found is not None
    assert (found.number, found.opened_on, found.stage, found.k, found.pack) == (
        1,
        FIRST_DAY,
        "open",
        5,
        "q12",
    )
    assert found.question_ids == ("q12b", "q12a", "driver")
    assert datetime(2026, 1, 12, 9, tzinfo=UTC) == found.closes
    assert datetime(2026, 1, 9, 9, tzinfo=UTC) == found.reminds


async def test_the_latest_round_is_the_newest_whatever_its_stage(begin: Begin, make: Make) -> None:
    async with begin() as db:
        assert await latest_round(db) is None
    await keep(begin, make.round(Stage.OPEN), make.round(Stage.VOID))
    async with begin() as db:
        latest, taking = await latest_round(db), await open_round(db)
    assert latest is not None
    assert taking is not None
    assert (latest.number, taking.number) == (2, 1)


async def test_no_round_takes_answers_before_one_is_open(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.DRAFT), make.round(Stage.CLOSING))
    async with begin() as db:
        assert await open_round(db) is None


async def test_a_round_goes_the_whole_way_step_by_step(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.DRAFT))
    for before, after in WAY:
        assert await step(begin, before, after)
        assert after == await stage_of(begin)


@pytest.mark.parametrize("stage", list(Stage))
async def test_a_step_from_any_other_stage_is_refused(begin: Begin, make: Make, stage: Stage) -> None:
    await keep(begin, make.round(stage))
    assert [stage == before for before in Stage] == [await step(begin, before, stage) for before in Stage]
    assert stage == await stage_of(begin)


async def test_a_step_of_one_round_moves_no_other(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(), make.round())
    await step(begin, Stage.OPEN, Stage.CLOSING)
    assert (await stage_of(begin, 1), await stage_of(begin, 2)) == ("closing", "open")


@pytest.mark.parametrize(("before", "after"), WAY)
async def test_of_many_who_take_a_step_at_once_one_does(
    begin: Begin, make: Make, before: Stage, after: Stage
) -> None:
    await keep(begin, make.round(before))
    won = await asyncio.gather(*(step(begin, before, after) for _ in range(8)))
    assert sum(won) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_second_process_waits_for_the_first_and_then_loses(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.CLOSING))
    async with begin() as first:
        assert await advance(first, 1, Stage.CLOSING, Stage.RELEASED)
        second = asyncio.create_task(step(begin, Stage.CLOSING, Stage.RELEASED))
        done, _ = await asyncio.wait({second}, timeout=0.2)
        assert not done
        await first.commit()
    assert not await second


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_second_process_wins_when_the_first_falls_back(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.CLOSING))
    async with begin() as first:
        assert await advance(first, 1, Stage.CLOSING, Stage.RELEASED)
        second = asyncio.create_task(step(begin, Stage.CLOSING, Stage.RELEASED))
        await asyncio.wait({second}, timeout=0.1)
        await first.rollback()
    assert await second


async def test_a_step_that_is_not_committed_can_be_taken_again(begin: Begin, make: Make) -> None:
    await keep(begin, make.round())
    async with begin() as db:
        assert await advance(db, 1, Stage.OPEN, Stage.CLOSING)
    assert await step(begin, Stage.OPEN, Stage.CLOSING)


async def test_a_day_is_claimed_once(begin: Begin, make: Make) -> None:
    async with begin() as db:
        assert not await is_opened_on(db, FIRST_DAY)
    await keep(begin, make.round())
    async with begin() as db:
        assert await is_opened_on(db, FIRST_DAY)
    with pytest.raises(IntegrityError):
        await keep(begin, make.round(opened_on=FIRST_DAY))


async def test_of_many_who_claim_a_day_at_once_one_does(begin: Begin, make: Make) -> None:
    drafts = [make.round(Stage.DRAFT, opened_on=FIRST_DAY) for _ in range(5)]
    results = await asyncio.gather(*(keep(begin, one) for one in drafts), return_exceptions=True)
    assert [IntegrityError] * 4 == [type(one) for one in results if one is not None]
    async with begin() as db:
        assert len(await unfinished_rounds(db)) == 1


async def test_the_reminder_is_claimed_once_and_only_while_open(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.OPEN), make.round(Stage.CLOSING))

    async def claims(number: int) -> bool:
        async with begin() as db:
            done = await claim_reminder(db, number)
            await db.commit()
            return done

    assert sum(await asyncio.gather(*(claims(1) for _ in range(4)))) == 1
    assert not await claims(2)
    assert not await claims(99)


async def test_unfinished_rounds_come_oldest_first(begin: Begin, make: Make) -> None:
    await keep(begin, *(make.round(stage) for stage in Stage))
    async with begin() as db:
        found = await unfinished_rounds(db)
    assert [one.value for one in UNFINISHED] + ["void"] == [one.stage for one in found]
    assert sorted(one.number for one in found) == [one.number for one in found]


async def test_a_void_round_is_unfinished_until_somebody_tells_people(begin: Begin, make: Make) -> None:
    await keep(begin, make.round(Stage.VOID))
    async with begin() as db:
        assert [await settle_void(db, 1), await settle_void(db, 1)] == [True, False]
        await db.commit()
    async with begin() as db:
        assert await unfinished_rounds(db) == []


@pytest.mark.parametrize("stage", list(Stage))
async def test_the_kill_switch_voids_only_what_is_under_way(begin: Begin, make: Make, stage: Stage) -> None:
    await keep(begin, make.round(Stage.SHREDDED), make.round(stage))
    async with begin() as db:
        number = await void_latest(db)
    killed = stage in (Stage.OPEN, Stage.CLOSING)
    assert (2 if killed else None) == number
    assert (Stage.VOID if killed else stage) == await stage_of(begin, 2)


async def test_without_any_round_the_kill_switch_does_nothing(begin: Begin) -> None:
    async with begin() as db:
        assert await void_latest(db) is None
