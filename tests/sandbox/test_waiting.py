"""Waiting is woken by changes, ends at its deadline, and leaves nothing behind; also with many people at once."""

from __future__ import annotations

import asyncio

import pytest

from sandbox import Person, Sandbox
from sandbox.changes import Changes
from tests.sandbox.wire import Clock, Wire, keyboard


async def test_what_already_holds_needs_no_waiting() -> None:
    assert await Changes().until(lambda: True, deadline=0)


async def test_what_never_holds_ends_at_the_deadline() -> None:
    assert not await Changes().until(lambda: False, deadline=0.01)


async def test_a_change_wakes_everybody_who_waits() -> None:
    changes, facts = Changes(), set[str]()
    waiting = [asyncio.create_task(changes.until(lambda: "done" in facts, deadline=5)) for _ in range(3)]
    starting = asyncio.create_task(changes.until(lambda: True, deadline=5))
    await starting

    changes.ring()
    facts.add("done")
    changes.ring()

    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_a_change_that_is_not_the_awaited_one_keeps_waiting() -> None:
    changes = Changes()
    waiting = asyncio.create_task(changes.until(lambda: False, deadline=0.05))
    await changes.until(lambda: True, deadline=5)

    changes.ring()

    assert not await waiting


async def test_who_gives_up_waiting_is_forgotten() -> None:
    changes = Changes()
    waiting = asyncio.create_task(changes.until(lambda: False, deadline=5))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0.01)

    changes.ring()

    assert await changes.until(lambda: True, deadline=0)


async def test_a_ward_full_of_people_tap_at_once_and_each_gets_their_own_answer(wire: Wire, clock: Clock) -> None:
    async with Sandbox(seed=9, now=clock.now, limits=None) as sandbox:
        bot = Wire(wire.http, sandbox)
        ward = [sandbox.person(f"Nurse {number}") for number in range(60)]
        serving = asyncio.create_task(serve(bot))

        async def takes_part(nurse: Person) -> str:
            await nurse.opens(f"t.me/{sandbox.username}?start=ward7")
            await nurse.waits_for("How often?")
            tap = await nurse.taps("Often")
            assert tap.answer is not None
            return tap.answer.text

        answers = await asyncio.gather(*map(takes_part, ward))
        await sandbox.settled()

        assert answers == [f"Recorded for {nurse.id}" for nurse in ward]
        assert {nurse.sees() for nurse in ward} == {"Thank you"}
        assert sandbox.calls.count("answerCallbackQuery", "ok") == len(ward)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def serve(bot: Wire) -> None:
    """A bot in a few lines: a question for every message, thanks for every tap, confirmed after handling."""
    while True:
        for update in await bot.fetches(timeout=5):
            if "message" in update:
                await bot.says(update["message"]["chat"]["id"], "How often?", reply_markup=keyboard(["Often"]))
                continue
            query = update["callback_query"]
            person, message = query["from"]["id"], query["message"]["message_id"]
            await bot.ok("answerCallbackQuery", callback_query_id=query["id"], text=f"Recorded for {person}")
            await bot.ok("editMessageText", chat_id=person, message_id=message, text="Thank you")
