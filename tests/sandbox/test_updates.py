"""getUpdates: offsets, limits, kinds, one reader at a time, and what is lost with time."""

from __future__ import annotations

import asyncio
import json

import pytest

from sandbox import NotSettledError, Person, Sandbox
from tests.sandbox.wire import Clock, Wire

OTHER_READER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_a_later_offset_confirms_them(wire: Wire, ana: Person) -> None:
    await ana.says("one")

    first = await wire.ok("getUpdates")
    again = await wire.ok("getUpdates", offset=first[0]["update_id"])
    after = await wire.ok("getUpdates", offset=first[0]["update_id"] + 1)

    assert (texts(first), texts(again), after) == (["one"], ["one"], [])


async def test_without_an_offset_everything_unconfirmed_comes_again(wire: Wire, ana: Person) -> None:
    await ana.says("one")
    await ana.says("two")

    assert await wire.ok("getUpdates") == await wire.ok("getUpdates")


async def test_update_ids_follow_each_other(wire: Wire, ana: Person) -> None:
    for word in ("one", "two", "three"):
        await ana.says(word)

    ids = [update["update_id"] for update in await wire.fetches()]

    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


async def test_a_negative_offset_keeps_only_the_last(wire: Wire, ana: Person, sandbox: Sandbox) -> None:
    for word in ("one", "two", "three"):
        await ana.says(word)

    assert texts(await wire.ok("getUpdates", offset=-1)) == ["three"]
    assert sandbox.unconfirmed == 1


async def test_a_limit_holds(wire: Wire, ana: Person) -> None:
    for word in ("one", "two", "three"):
        await ana.says(word)

    assert texts(await wire.fetches(limit=2)) == ["one", "two"]
    assert texts(await wire.fetches(limit=2)) == ["three"]


async def test_at_most_a_hundred_come_at_once(wire: Wire, ana: Person) -> None:
    for number in range(120):
        await ana.says(str(number))

    assert (len(await wire.fetches(limit=1000)), len(await wire.fetches())) == (100, 20)


async def test_a_long_poll_ends_when_something_arrives(wire: Wire, ana: Person) -> None:
    waiting = asyncio.create_task(wire.fetches(timeout=30))
    await wire.says(ana.id, "the poll is waiting by now")
    await ana.says("at last")

    assert texts(await asyncio.wait_for(waiting, 5)) == ["at last"]


async def test_a_short_poll_returns_at_once(wire: Wire, ana: Person) -> None:
    assert await asyncio.wait_for(wire.fetches(), 5) == []


async def test_a_second_reader_ends_the_first(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    first = asyncio.create_task(wire.raw("getUpdates", timeout=30))
    while sandbox.calls.count("getUpdates", "409") == 0:
        await wire.raw("getUpdates")

    status, body = await first
    assert (status, body["description"]) == (409, OTHER_READER)


async def test_a_reader_whose_connection_is_gone_is_no_conflict(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    gone = asyncio.create_task(wire.raw("getUpdates", timeout=30))
    await wire.says(ana.id)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    assert await wire.fetches() == []
    assert sandbox.calls.count("getUpdates", "409") == 0


async def test_kinds_that_were_not_asked_for_do_not_come(wire: Wire, ana: Person) -> None:
    await wire.ok("getUpdates", offset=wire.offset, allowed_updates=["callback_query"])
    await ana.says("nobody listens")

    assert await wire.fetches() == []


async def test_the_kinds_asked_for_are_remembered(wire: Wire, ana: Person) -> None:
    await wire.ok("getUpdates", offset=wire.offset, allowed_updates=["message"])
    await ana.blocks()
    await ana.unblocks()
    await ana.says("still here")

    assert texts(await wire.fetches()) == ["still here"]


async def test_an_empty_list_asks_for_the_usual_kinds_again(wire: Wire, ana: Person) -> None:
    await wire.ok("getUpdates", offset=wire.offset, allowed_updates=["callback_query"])
    await wire.ok("getUpdates", offset=wire.offset, allowed_updates=[])
    await ana.says("heard")

    assert texts(await wire.fetches()) == ["heard"]


@pytest.mark.parametrize(("seconds", "arrives"), [(149, True), (150, False)])
async def test_a_tap_lives_150_seconds(
    wire: Wire, ana: Person, clock: Clock, sandbox: Sandbox, seconds: int, arrives: bool
) -> None:
    await wire.says(ana.id, "How often?", "Often")
    await ana.taps_without_waiting("Often")

    clock.passes(seconds=seconds)

    assert len(await wire.fetches()) == arrives
    assert sandbox.expired == (not arrives)


@pytest.mark.parametrize(("seconds", "arrives"), [(24 * 3600 - 1, True), (24 * 3600, False)])
async def test_a_message_lives_a_day(wire: Wire, ana: Person, clock: Clock, seconds: int, arrives: bool) -> None:
    await ana.says("Hello?")

    clock.passes(seconds=seconds)

    assert len(await wire.fetches()) == arrives


async def test_an_expired_tap_leaves_the_messages_around_it(wire: Wire, ana: Person, clock: Clock) -> None:
    await wire.says(ana.id, "How often?", "Often")
    await ana.says("before")
    await ana.taps_without_waiting("Often")
    await ana.says("after")

    clock.passes(seconds=200)

    assert texts(await wire.fetches()) == ["before", "after"]


async def test_settled_waits_for_the_confirming_offset(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await ana.says("one")
    await wire.fetches()
    with pytest.raises(NotSettledError, match="1 updates unconfirmed"):
        await sandbox.settled(deadline=0.02)

    settling = asyncio.create_task(sandbox.settled(deadline=5))
    await wire.fetches()

    await settling


async def test_settled_is_at_once_when_nothing_happened(sandbox: Sandbox) -> None:
    await sandbox.settled(deadline=0)


async def test_settled_waits_for_calls_in_progress(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.lag = 0.1
    call = asyncio.create_task(wire.says(ana.id, "slowly"))
    for _ in range(3):
        await wire.fetches()
    with pytest.raises(NotSettledError, match="1 calls in progress"):
        await sandbox.settled(deadline=0)

    await sandbox.settled(deadline=5)

    assert ana.sees() == "slowly"
    await call


async def test_settled_does_not_wait_for_what_expired(sandbox: Sandbox, ana: Person, clock: Clock) -> None:
    await ana.says("Hello?")
    clock.passes(hours=25)

    await sandbox.settled(deadline=0)


async def test_a_waiting_reader_does_not_hold_up_the_end(clock: Clock, wire: Wire) -> None:
    async with Sandbox(seed=2, now=clock.now) as other:
        waiting = asyncio.create_task(Wire(wire.http, other).raw("getUpdates", timeout=60))
        while other.calls.count("getMe") == 0:
            await Wire(wire.http, other).ok("getMe")

    assert (await asyncio.wait_for(waiting, 5))[1] == {"ok": True, "result": []}


async def test_an_update_is_plain_json(wire: Wire, ana: Person) -> None:
    await ana.says("Jak się masz? 🙂")

    (update,) = await wire.fetches()

    assert json.loads(json.dumps(update))["message"]["from"] == {
        "id": ana.id,
        "is_bot": False,
        "first_name": "Ana",
        "language_code": "en",
    }
