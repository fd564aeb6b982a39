"""deleteMessage and deleteMessages: 48 hours, whose message, how many at once."""

from __future__ import annotations

import pytest

from sandbox import Person, Sandbox
from tests.sandbox.wire import Clock, Refusal, Wire


async def test_a_deleted_message_is_gone_from_her_screen(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Soon gone")

    assert await wire.ok("deleteMessage", chat_id=ana.id, message_id=sent["message_id"]) is True
    assert [message.words for message in ana.screen()] == ["/start"]


async def test_the_words_of_a_person_can_be_deleted_in_a_private_chat(wire: Wire, ana: Person) -> None:
    hers = await ana.says("Something she wrote")

    await wire.ok("deleteMessage", chat_id=ana.id, message_id=hers.id)

    assert "Something she wrote" not in [message.words for message in ana.screen()]


async def test_a_message_that_is_not_there_cannot_be_deleted(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("deleteMessage", chat_id=ana.id, message_id=999)

    assert refusal == Refusal(400, "Bad Request: message to delete not found")


async def test_nothing_is_deleted_twice(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id)
    await wire.ok("deleteMessage", chat_id=ana.id, message_id=sent["message_id"])

    refusal = await wire.refused("deleteMessage", chat_id=ana.id, message_id=sent["message_id"])

    assert refusal.description == "Bad Request: message to delete not found"


@pytest.mark.parametrize(("seconds", "goes"), [(48 * 3600, True), (48 * 3600 + 1, False)])
async def test_a_message_can_be_deleted_for_48_hours(
    wire: Wire, ana: Person, clock: Clock, seconds: int, goes: bool
) -> None:
    sent = await wire.says(ana.id)
    clock.passes(seconds=seconds)

    status, body = await wire.raw("deleteMessage", chat_id=ana.id, message_id=sent["message_id"])

    assert body["ok"] is goes
    if not goes:
        assert (status, body["description"]) == (400, "Bad Request: message can't be deleted for everyone")


async def test_the_words_of_others_in_a_group_stay(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])
    hers = await ana.says("/help", chat=ward)

    refusal = await wire.refused("deleteMessage", chat_id=ward.id, message_id=hers.id)

    assert refusal.description == "Bad Request: message can't be deleted"


async def test_several_go_at_once_and_missing_ones_are_skipped(wire: Wire, ana: Person) -> None:
    ids = [(await wire.says(ana.id))["message_id"] for _ in range(3)]

    assert await wire.ok("deleteMessages", chat_id=ana.id, message_ids=[*ids, ids[0], 999]) is True
    assert len(ana.screen()) == 1


async def test_one_that_is_too_old_keeps_all(wire: Wire, ana: Person, clock: Clock) -> None:
    old = (await wire.says(ana.id))["message_id"]
    clock.passes(hours=49)
    new = (await wire.says(ana.id))["message_id"]

    refusal = await wire.refused("deleteMessages", chat_id=ana.id, message_ids=[new, old])

    assert refusal.description == "Bad Request: message can't be deleted for everyone"
    assert len(ana.screen()) == 3


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        (None, "message identifiers are not specified"),
        (5, "expected an Array of message identifiers"),
        (list(range(101)), "too many message identifiers specified"),
    ],
)
async def test_lists_telegram_would_not_take_are_refused(wire: Wire, ana: Person, ids: object, why: str) -> None:
    given = {} if ids is None else {"message_ids": ids}

    refusal = await wire.refused("deleteMessages", chat_id=ana.id, **given)

    assert refusal.description == f"Bad Request: {why}"


async def test_a_hundred_go_at_once(wire: Wire, ana: Person) -> None:
    hers = [await ana.says(str(number)) for number in range(100)]

    await wire.ok("deleteMessages", chat_id=ana.id, message_ids=[message.id for message in hers])

    assert len(ana.screen()) == 1
