"""Behind a lead's screens: what the detector has learnt is kept, found again, and mended from the ledger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest

from handlers.judging import Judge
from insights.cells import Page, UnitKey
from insights.hotspot_resume import taken_up
from insights.hotspot_state import pack, unpack
from insights.hotspot_warm import Warm, WarmLevel
from insights.hotspots import detect
from sandbox import Person
from storage.database import Begin
from storage.hotspots import Kept, forget_states, keep_state, newest_state, save_warm
from storage.ledger import LedgerReader, publish
from storage.people import Role
from tests.conversations.ward import asks, two_divisions, week
from tests.insights.hotspot_ledgers import ledger, ordinary
from tests.world import World

BURNS = UnitKey("t00")
ROUNDS = 17
NEVER = 10**9
"""A round after all others."""


def burning() -> list[Page]:
    """Eight teams over seventeen rounds, one of which burns from round 14 on."""
    strain = ordinary(ROUNDS, 8, seed=5)
    strain[13:, 0] = 80.0
    return ledger(strain, divisions=2)


PAGES = burning()
WARM = Warm({UnitKey(f"t{n:02d}"): WarmLevel(0.5 * n, 4.0, 12) for n in range(8)}, 12)


@pytest.fixture
def begin(world: World) -> Begin:
    return world.app.house.begin


@pytest.fixture
def judge(begin: Begin) -> Judge:
    return Judge(begin)


async def published(begin: Begin, pages: Sequence[Page]) -> None:
    async with begin() as db:
        for page in pages:
            await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells)
        await db.commit()


async def kept(begin: Begin) -> Kept | None:
    async with begin() as db:
        return await newest_state(db, NEVER)


async def keep(begin: Begin, number: int, state: bytes) -> None:
    async with begin() as db:
        await keep_state(db, number, state)
        await db.commit()


async def forget(begin: Begin) -> None:
    async with begin() as db:
        await forget_states(db)
        await db.commit()


async def damage(begin: Begin) -> None:
    await keep(begin, ROUNDS, b"nothing of ours")


async def warms(begin: Begin, warm: Warm = WARM) -> None:
    async with begin() as db:
        await save_warm(db, warm)
        await db.commit()


# --- the readings


async def test_before_anything_is_published_it_is_learning_and_keeps_nothing(judge: Judge, begin: Begin) -> None:
    assert await judge.read(()) == detect([])
    assert await kept(begin) is None


async def test_each_round_reads_as_from_scratch_and_leaves_its_state(judge: Judge, begin: Begin) -> None:
    flagged = set()
    for end in range(1, ROUNDS + 1):
        reading = await judge.read(PAGES[:end])
        assert reading == detect(PAGES[:end])
        flagged |= {flag.unit for flag in reading.flags}
        assert await kept(begin) == Kept(end, taken_up(PAGES[:end]).dump())
    assert BURNS in flagged


async def test_a_digest_to_many_leads_is_thought_about_once(judge: Judge, begin: Begin) -> None:
    first, *others = await asyncio.gather(*(judge.read(PAGES) for _ in range(6)))
    await forget(begin)
    others.append(await judge.read(tuple(PAGES)))
    assert all(one is first for one in others)
    assert await kept(begin) is None


async def test_a_letter_of_the_round_before_is_read_as_of_its_round(judge: Judge, begin: Begin) -> None:
    now, before = await judge.read(PAGES), await judge.read(PAGES[:-1])
    assert (now, before) == (detect(PAGES), detect(PAGES[:-1]))
    assert await judge.read(PAGES) is now
    assert await judge.read(PAGES[:-1]) is before
    assert await kept(begin) == Kept(ROUNDS, taken_up(PAGES).dump())


async def test_two_processes_read_the_same_and_do_not_stand_in_each_others_way(begin: Begin) -> None:
    one, other = Judge(begin), Judge(begin)
    for end in (ROUNDS - 2, ROUNDS):
        readings = await asyncio.gather(one.read(PAGES[:end]), other.read(PAGES[:end]))
        assert readings == [detect(PAGES[:end])] * 2
    assert await kept(begin) == Kept(ROUNDS, taken_up(PAGES).dump())


async def test_what_is_kept_is_taken_up_and_not_thought_about_again(judge: Judge, begin: Begin) -> None:
    other = PAGES[:9] + ledger(ordinary(ROUNDS, 8, seed=6), divisions=2)[9:]
    await keep(begin, ROUNDS, taken_up(other).dump())
    assert await judge.read(PAGES) == detect(other) != detect(PAGES)


def bumped(state: bytes) -> bytes:
    """As the next version of the method would have left it: well-formed, and not ours."""
    about, numbers = unpack(state)
    return pack({**about, "method": about["method"] + 1}, numbers)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda state: b"",
        lambda state: state[:-1],
        lambda state: state[:40] + bytes([state[40] ^ 4]) + state[41:],
        bumped,
        lambda state: taken_up(PAGES[:4], WARM).dump(),
    ],
    ids=["empty", "cut off", "a bit turned over", "by another version of the method", "begun elsewhere"],
)
async def test_a_state_that_cannot_be_used_is_made_anew_from_the_ledger(
    judge: Judge, begin: Begin, spoilt: object, caplog: pytest.LogCaptureFixture
) -> None:
    sound = taken_up(PAGES).dump()
    assert callable(spoilt)
    await keep(begin, ROUNDS, spoilt(sound))
    with caplog.at_level(logging.DEBUG, "handlers"):
        assert await judge.read(PAGES) == detect(PAGES)
    assert await kept(begin) == Kept(ROUNDS, sound)
    said = [record.getMessage() for record in caplog.records if record.name == "handlers.judging"]
    assert said == ["what the detector had learnt cannot be used: it goes through the ledger again"]


async def test_a_sound_state_is_nothing_to_talk_about(
    judge: Judge, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(begin, 5, taken_up(PAGES[:5]).dump())
    with caplog.at_level(logging.DEBUG, "handlers"):
        await judge.read(PAGES)
    assert [record for record in caplog.records if record.name == "handlers.judging"] == []


async def test_a_warm_start_changes_the_reading_at_once_also_in_a_bot_that_runs(judge: Judge, begin: Begin) -> None:
    young = PAGES[:6]
    cold = await judge.read(young)
    await warms(begin)
    warm = await judge.read(young)
    assert (cold, warm) == (detect(young), detect(young, WARM))
    assert warm.learning < cold.learning
    assert await kept(begin) == Kept(6, taken_up(young, WARM).dump())
    assert await judge.read(young) is warm


async def test_a_state_that_came_late_without_the_warm_start_is_not_taken_up(judge: Judge, begin: Begin) -> None:
    await warms(begin)
    await keep(begin, 6, taken_up(PAGES[:6]).dump())
    assert await judge.read(PAGES[:7]) == detect(PAGES[:7], WARM)


# --- the chats


async def lead_of(world: World, top: str = "trust") -> Person:
    return await world.role("Jo", Role.LEAD, top)


async def screens(world: World, lead: Person) -> list[str]:
    """What a lead is told now."""
    world.clock.pass_time(seconds=10)
    return [
        (await asks(lead, "/digest", "Weekly digest")).text,
        (await asks(lead, "/hotspots", "Hotspots in")).text,
    ]


async def test_a_round_is_published_before_anybody_thinks_about_it(world: World, begin: Begin) -> None:
    await week(world, await two_divisions(world))
    assert [page.round for page in await pages_of(world)] == [1]
    assert await kept(begin) is None


async def test_the_digest_leaves_the_state_and_a_restart_finds_it(world: World, begin: Begin) -> None:
    people = await two_divisions(world)
    lead = await lead_of(world)
    await week(world, people)
    told, left = await screens(world, lead), await kept(begin)
    assert left == Kept(1, taken_up(await pages_of(world)).dump())
    await world.restart()
    assert await screens(world, lead) == told
    assert await kept(world.app.house.begin) == left


async def test_a_lead_reads_the_same_whatever_has_become_of_the_state(world: World, begin: Begin) -> None:
    await world.plan([("trust", None, 0), *((f"t{n:02d}", "trust", 20) for n in range(8))])
    lead = await lead_of(world)
    await published(begin, PAGES)
    told = await screens(world, lead)
    for spoil in (forget, damage):
        await spoil(world.app.house.begin)
        await world.restart()
        assert await screens(world, lead) == told
        assert await kept(world.app.house.begin) == Kept(ROUNDS, taken_up(PAGES).dump())


async def pages_of(world: World) -> tuple[Page, ...]:
    async with world.app.house.begin() as db:
        return await LedgerReader().pages(db)
