"""Flood windows on the injected clock, and floods on demand."""

from __future__ import annotations

import pytest

from sandbox import Limits, Person, Sandbox
from tests.sandbox.wire import Clock, Refusal, Wire, keyboard


async def started(sandbox: Sandbox, count: int) -> list[Person]:
    people = [sandbox.person(f"Person {number}") for number in range(count)]
    for person in people:
        await person.says("/start")
    return people


async def test_a_burst_of_twenty_to_one_chat_passes_and_no_more(wire: Wire, ana: Person) -> None:
    for _ in range(20):
        await wire.says(ana.id)

    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="One more")

    assert refusal == Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1})
    assert len(ana.screen()) == 21


async def test_after_the_pause_one_more_passes(wire: Wire, ana: Person, clock: Clock) -> None:
    for _ in range(20):
        await wire.says(ana.id)
    clock.passes(seconds=1)

    await wire.says(ana.id)

    assert (await wire.refused("sendMessage", chat_id=ana.id, text="Too soon")).code == 429


async def test_one_message_a_second_never_floods(wire: Wire, ana: Person, clock: Clock) -> None:
    for _ in range(60):
        await wire.says(ana.id)
        clock.passes(seconds=1)

    assert len(ana.screen()) == 61


async def test_thirty_messages_at_once_to_different_people_and_no_more(wire: Wire, sandbox: Sandbox) -> None:
    people = await started(sandbox, 31)
    for person in people[:30]:
        await wire.says(person.id)

    refusal = await wire.refused("sendMessage", chat_id=people[30].id, text="One more")

    assert (refusal.code, refusal.parameters) == (429, {"retry_after": 1})


async def test_thirty_messages_a_second_never_flood(wire: Wire, sandbox: Sandbox, clock: Clock) -> None:
    for person in await started(sandbox, 90):
        await wire.says(person.id)
        clock.passes(seconds=1 / 30)

    assert sandbox.calls.count("sendMessage", "429") == 0


async def test_edits_deletions_and_answers_are_not_counted(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question", "Often")
    for number in range(60):
        text, markup = f"Question {number}", keyboard(["Often"])
        await wire.ok(
            "editMessageText", chat_id=ana.id, message_id=sent["message_id"], text=text, reply_markup=markup
        )

    assert ana.sees() == "Question 59"


async def test_a_refused_message_is_not_counted(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    for _ in range(40):
        await wire.refused("sendMessage", chat_id=ana.id, text="")

    await wire.says(ana.id)


async def test_without_limits_nothing_floods(wire: Wire, clock: Clock) -> None:
    async with Sandbox(seed=3, now=clock.now, limits=None) as free:
        (ben,) = await started(free, 1)
        bot = Wire(wire.http, free)
        for _ in range(50):
            await bot.says(ben.id)

        assert len(ben.screen()) == 51


async def test_limits_can_be_chosen(wire: Wire, clock: Clock) -> None:
    async with Sandbox(seed=3, now=clock.now, limits=Limits(chat_burst=1, chat_rate=0.1)) as strict:
        (ben,) = await started(strict, 1)
        bot = Wire(wire.http, strict)
        await bot.says(ben.id)

        refusal = await bot.refused("sendMessage", chat_id=ben.id, text="Again")

        assert refusal.parameters == {"retry_after": 10}


async def test_a_clock_that_goes_back_gives_nothing_away(wire: Wire, ana: Person, clock: Clock) -> None:
    for _ in range(20):
        await wire.says(ana.id)
    clock.passes(seconds=-3600)

    assert (await wire.refused("sendMessage", chat_id=ana.id, text="Hi")).code == 429


async def test_a_flood_on_demand_hits_the_next_send(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.flood(17)

    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi")

    assert refusal == Refusal(429, "Too Many Requests: retry after 17", {"retry_after": 17})
    await wire.says(ana.id)


async def test_a_flood_on_demand_can_last(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.flood(2, sends=3)

    codes = [(await wire.raw("sendMessage", chat_id=ana.id, text="Hi"))[0] for _ in range(4)]

    assert codes == [429, 429, 429, 200]


async def test_a_flood_on_demand_leaves_other_calls_alone(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.flood(17)

    await wire.ok("getMe")
    await wire.ok("sendChatAction", chat_id=ana.id, action="typing")


@pytest.mark.parametrize(("seconds", "early"), [(16, 1), (17, 0)])
async def test_who_retries_too_early_is_noticed(
    wire: Wire, sandbox: Sandbox, ana: Person, clock: Clock, seconds: int, early: int
) -> None:
    sandbox.flood(17)
    await wire.refused("sendMessage", chat_id=ana.id, text="Hi")
    clock.passes(seconds=seconds)

    await wire.says(ana.id)

    assert sandbox.retried_early == early
