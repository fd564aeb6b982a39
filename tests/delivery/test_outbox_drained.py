"""Letters and what can happen to them on their way."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from insights.policy import SEND_TRIES
from sandbox import Person
from storage.identity import IdKeys, new_key
from storage.outbox import Waiting
from storage.people import Person as Member
from storage.people import Role
from tests.hospital import (
    CLOSES,
    INVITED,
    NEXT,
    OPENS,
    REMINDED,
    REMINDS,
    STOPPED,
    reachable,
    staffed,
    told,
    waiting,
)
from tests.world import World

MINUTE = timedelta(minutes=1)
CANNOT_PARSE = '{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities"}'


async def due(world: World, nurses: int) -> list[Person]:
    """The round is open, its letters wait."""
    people = await staffed(world, nurses)
    world.clock.jump(OPENS)
    await world.app.tick()
    return people


async def test_an_opening_for_five_hundred_never_meets_a_limit(world: World) -> None:
    nurses = await due(world, 500)
    await world.app.deliver()
    assert told(nurses, INVITED) == [1] * 500
    assert world.sandbox.calls.count("sendMessage", "429") == 0
    assert await waiting(world) == 0
    assert world.clock.now() - OPENS == pytest.approx(timedelta(seconds=500 / 30), abs=timedelta(seconds=1))


async def test_nobody_can_tell_the_roster_from_the_order_of_letters(world: World) -> None:
    nurses = await due(world, 60)
    await world.app.deliver()
    order = [one.screen()[0].id for one in nurses]
    assert order != sorted(order)


async def test_when_telegram_asks_for_a_pause_everything_waits_for_its_whole_length(world: World) -> None:
    nurses = await due(world, 60)
    world.sandbox.flood(17)
    await world.app.deliver()
    assert told(nurses, INVITED) == [1] * 60
    assert world.sandbox.retried_early == 0
    assert world.clock.now() - OPENS >= timedelta(seconds=17)


async def test_a_very_long_pause_is_kept_and_logged_as_an_error(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    nurses = await due(world, 3)
    world.sandbox.flood(1000)
    await world.app.deliver()
    assert told(nurses, INVITED) == [1] * 3
    assert world.sandbox.retried_early == 0
    assert [one.levelno for one in caplog.records if "pause of 1000" in one.getMessage()] == [logging.ERROR]


async def test_a_broken_page_and_a_dropped_connection_are_tried_again(world: World) -> None:
    nurses = await due(world, 8)
    world.sandbox.fail_next("sendMessage")
    world.sandbox.drop_next("sendMessage")
    await world.app.deliver()
    assert told(nurses, INVITED) == [1] * 8
    assert await waiting(world) == 0


async def test_what_may_have_arrived_is_sent_again_rather_than_lost(world: World) -> None:
    nurses = await due(world, 8)
    world.sandbox.drop_next("sendMessage", after_effect=True)
    await world.app.deliver()
    assert sorted(told(nurses, INVITED)) == [1] * 7 + [2]


async def test_a_telegram_that_is_down_costs_three_letters_their_tries_and_the_next_drain_sends_all(
    world: World,
) -> None:
    nurses = await due(world, 8)
    world.sandbox.fail_next("sendMessage", times=3 * SEND_TRIES)
    assert await world.app.deliver() == 0
    assert world.sandbox.calls.count("sendMessage") == 3 * SEND_TRIES
    assert await waiting(world) == 8
    assert await world.app.deliver() == 8
    assert told(nurses, INVITED) == [1] * 8
    assert await waiting(world) == 0


async def test_one_letter_that_gets_no_answer_holds_up_nobody(world: World) -> None:
    nurses = await due(world, 8)
    world.sandbox.fail_next("sendMessage", times=SEND_TRIES)
    assert await world.app.deliver() == 7
    assert sorted(told(nurses, INVITED)) == [0] + [1] * 7
    assert await world.app.deliver() == 1
    assert told(nurses, INVITED) == [1] * 8


async def test_a_letter_that_never_gets_an_answer_is_given_up_while_others_get_through(world: World) -> None:
    nurses = await due(world, 2)
    async with world.app.house.begin() as db:
        ids = [one.id for one in (await db.exec(select(Member))).all()]
    drains = 0
    while drains == 0 or await waiting(world):
        async with world.app.house.begin() as db:
            db.add(Waiting(id=2**62 + drains, occasion="opening", round=1, due_at=0, person_id=ids[0]))
            await db.commit()
        world.sandbox.fail_next("sendMessage", times=SEND_TRIES)
        await world.app.deliver()
        drains += 1
        assert drains < 40
    assert drains > 30
    assert sum(told(nurses, INVITED)) > 30


async def test_a_digest_whose_text_fails_does_not_repeat_its_picture(world: World) -> None:
    await staffed(world, 6)
    lead = await world.role("Jo", Role.LEAD, "ward-7")
    await world.to(OPENS)
    world.clock.jump(CLOSES)
    await world.app.tick()
    world.sandbox.fail_next("sendMessage", times=SEND_TRIES + 1)
    await world.app.deliver()
    await world.app.deliver()
    assert len([one for one in lead.screen() if one.photo]) == 1
    newest = lead.newest()
    assert newest
    assert newest.photo is None
    assert "Ward 7" in newest.words
    assert await waiting(world) == 0


async def test_two_digests_that_waited_tell_of_their_own_rounds(world: World) -> None:
    await staffed(world, 6)
    lead = await world.role("Jo", Role.LEAD, "ward-7")
    for weeks in (0, 1):
        later = timedelta(weeks=weeks)
        world.clock.jump(OPENS + later)
        await world.app.tick()
        world.clock.jump(CLOSES + later)
        await world.app.tick()
    await world.app.deliver()
    captions = {one.words for one in lead.screen() if one.photo}
    assert len(captions) == 2


async def test_a_letter_caught_by_the_night_waits_for_the_morning(world: World) -> None:
    nurses = await due(world, 6)
    night = OPENS.replace(hour=2) + timedelta(days=1)
    await world.to(night)
    assert told(nurses, INVITED) == [0] * 6
    morning = night.replace(hour=7)
    assert await world.app.next_due() == morning
    await world.to(morning)
    assert told(nurses, INVITED) == [1] * 6


async def test_a_pause_that_lasts_into_the_night_ends_in_the_morning(world: World) -> None:
    nurses = await due(world, 6)
    world.sandbox.flood(int(timedelta(hours=14).total_seconds()))
    await world.app.deliver()
    assert told(nurses, INVITED) == [0] * 6
    assert await waiting(world) == 6
    await world.app.deliver()
    assert await world.app.next_due() == OPENS.replace(hour=7) + timedelta(days=1)
    await world.to(OPENS.replace(hour=7) + timedelta(days=1))
    assert told(nurses, INVITED) == [1] * 6


async def test_who_has_blocked_the_bot_is_found_unreachable_by_an_opening(world: World) -> None:
    nurses = await due(world, 6)
    nurses[0].chat.is_blocked = True
    await nurses[1].deletes_account()
    await world.app.deliver()
    assert await reachable(world) == [False] * 2 + [True] * 4
    assert await waiting(world) == 0


async def test_a_reminder_marks_nobody_unreachable(world: World) -> None:
    nurses = await due(world, 6)
    await world.app.deliver()
    nurses[0].chat.is_blocked = True
    await nurses[1].deletes_account()
    await world.to(REMINDS)
    assert told(nurses, REMINDED) == [0, 0, 1, 1, 1, 1]
    assert await reachable(world) == [True] * 6


async def test_a_refusal_that_is_our_own_fault_makes_nobody_unreachable(world: World) -> None:
    await due(world, 6)
    world.sandbox.fail_next("sendMessage", status=400, body=CANNOT_PARSE, times=6)
    await world.app.deliver()
    assert await reachable(world) == [True] * 6


async def test_reminders_are_off_the_list_before_the_first_is_sent(world: World) -> None:
    nurses = await due(world, 6)
    await world.app.deliver()
    await world.answers(nurses[0], "Often", "Sometimes", "Workload")
    world.clock.jump(REMINDS)
    await world.app.tick()
    assert await waiting(world) == 6
    world.sandbox.lag = 0.05
    draining = asyncio.create_task(world.app.deliver())
    while sum(told(nurses, REMINDED)) < 1:
        await asyncio.sleep(0.002)
    assert await waiting(world) == 0
    assert sum(told(nurses, REMINDED)) < 5
    await draining
    assert told(nurses, REMINDED) == [0, 1, 1, 1, 1, 1]


async def test_reminders_that_telegram_did_not_take_are_kept_in_memory_alone(world: World) -> None:
    nurses = await due(world, 6)
    await world.app.deliver()
    world.clock.jump(REMINDS)
    await world.app.tick()
    world.sandbox.fail_next("sendMessage", times=3 * SEND_TRIES)
    await world.app.deliver()
    assert told(nurses, REMINDED) == [0] * 6
    assert await waiting(world) == 0
    await world.app.deliver()
    assert told(nurses, REMINDED) == [1] * 6


async def test_a_poisoned_letter_holds_up_nobody_repeats_nothing_and_is_given_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    nurses = await due(world, 6)
    foreign = IdKeys(new_key()).seal(nurses[0].id)
    async with world.app.house.begin() as db:
        lookup = world.app.house.ids.lookup(nurses[0].id)
        await db.exec(update(Member).where(col(Member.lookup) == lookup).values(sealed=foreign))
        await db.commit()
    for drain in range(1, SEND_TRIES + 1):
        await world.app.deliver()
        assert told(nurses, INVITED) == [0, 1, 1, 1, 1, 1]
        assert await waiting(world) == (drain < SEND_TRIES)
    assert str(nurses[0].id) not in caplog.text


async def test_a_letter_of_a_round_that_has_closed_is_not_sent_in_the_next(world: World) -> None:
    nurses = await due(world, 6)
    await world.app.deliver()
    await world.to(CLOSES)
    await world.to(NEXT)
    async with world.app.house.begin() as db:
        found = (await db.exec(select(Member).limit(1))).one()
        db.add(Waiting(occasion="opening", round=1, due_at=0, person_id=found.id))
        await db.commit()
    await world.app.deliver()
    assert told(nurses, INVITED) == [2] * 6
    assert await waiting(world) == 0


async def test_a_digest_that_telegram_did_not_take_for_an_hour_comes_later_once(world: World) -> None:
    await staffed(world, 6)
    lead = await world.role("Jo", Role.LEAD, "ward-7")
    await world.to(OPENS)
    world.clock.jump(CLOSES)
    await world.app.tick()
    for minute in (0, 30, 59):
        world.clock.jump(CLOSES + minute * MINUTE)
        world.sandbox.fail_next("sendPhoto", times=SEND_TRIES)
        await world.app.deliver()
    assert told([lead], "Weekly digest") == [0]
    await world.to(CLOSES + 61 * MINUTE)
    await world.to(CLOSES + 62 * MINUTE)
    assert len([one for one in lead.screen() if one.photo]) == 1
    assert await waiting(world) == 0


async def test_bad_news_comes_before_invitations(world: World) -> None:
    nurses = await due(world, 6)
    async with world.app.house.begin() as db:
        found = (await db.exec(select(Member).limit(1))).one()
        db.add(Waiting(occasion="void", round=1, due_at=0, person_id=found.id))
        await db.commit()
    await world.app.deliver()
    first = min((one.screen()[0] for one in nurses), key=lambda message: message.id)
    assert STOPPED in first.words


async def test_a_drain_that_is_cut_off_has_settled_what_it_sent(world: World) -> None:
    nurses = await due(world, 40)
    world.sandbox.lag = 0.02
    draining = asyncio.create_task(world.app.deliver())
    while sum(told(nurses, INVITED)) < 10:
        await asyncio.sleep(0.005)
    draining.cancel()
    await asyncio.wait({draining})
    assert await waiting(world) in (40 - sum(told(nurses, INVITED)), 41 - sum(told(nurses, INVITED)))
    world.sandbox.lag = 0
    await world.app.deliver()
    assert sorted(told(nurses, INVITED))[:39] == [1] * 39
    assert await waiting(world) == 0


async def test_two_drains_at_once_send_everything_once(world: World) -> None:
    nurses = await due(world, 20)
    await asyncio.gather(world.app.deliver(), world.app.deliver())
    assert told(nurses, INVITED) == [1] * 20
