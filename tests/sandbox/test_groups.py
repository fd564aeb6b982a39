"""Groups with the bot in them: what it gets to see there, and what it may do."""

from __future__ import annotations

import pytest

from sandbox import CannotError, Person, Sandbox
from tests.sandbox.wire import Wire


async def test_being_added_is_told_to_the_bot(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])

    (update,) = await wire.fetches()

    change = update["my_chat_member"]
    assert change["chat"] == {"id": ward.id, "type": "supergroup", "title": "Ward chat"}
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("left", "member")
    assert ward.id < -1_000_000_000_000


@pytest.mark.parametrize(
    ("text", "arrives"),
    [("Coffee?", False), ("/team", True), ("/team@pulse_bot", True), ("Ask @Pulse_Bot", True)],
)
async def test_in_privacy_mode_the_bot_sees_what_is_meant_for_it(
    wire: Wire, sandbox: Sandbox, ana: Person, text: str, arrives: bool
) -> None:
    ward = sandbox.group("Ward chat", [ana])
    await wire.fetches()

    await ana.says(text, chat=ward)

    assert [update["message"]["text"] for update in await wire.fetches()] == [text] * arrives


async def test_a_reply_to_the_bot_is_meant_for_it(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])
    await wire.says(ward.id, "Anything to say?")
    await wire.fetches()

    await ana.says("Yes", chat=ward, reply_to=ana.screen(ward)[-1])

    (update,) = await wire.fetches()
    assert update["message"]["reply_to_message"]["text"] == "Anything to say?"


async def test_a_bot_that_sees_all_sees_all(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana], bot_sees_all=True)
    await wire.fetches()

    await ana.says("Coffee?", chat=ward)
    await ana.sends_voice(chat=ward)
    await ana.sends_photo(chat=ward)

    assert len(await wire.fetches()) == 3


async def test_joining_a_group_is_seen(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")
    ward = sandbox.group("Ward chat", [ana])
    await wire.fetches()

    await ben.joins_group(ward)
    await ben.says("/help", chat=ward)

    joined, asked = [update["message"] for update in await wire.fetches()]
    assert joined["new_chat_members"][0]["id"] == ben.id
    assert asked["from"]["id"] == ben.id


async def test_who_is_not_in_a_group_cannot_write_there(sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])

    with pytest.raises(CannotError, match="not in that group"):
        await sandbox.person("Ben").says("/help", chat=ward)


async def test_everybody_in_the_group_sees_the_bot(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")
    ward = sandbox.group("Ward chat", [ana, ben])

    await wire.says(ward.id, "Please write to me alone", "Open")

    assert ana.sees(ward) == ben.sees(ward) == "Please write to me alone"
    assert ana.sees() == ""


async def test_a_button_in_a_group_can_be_tapped(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])
    await wire.says(ward.id, "Please write to me alone", "Open")
    await wire.fetches()

    await ana.taps_without_waiting("Open", ana.screen(ward)[-1])

    (update,) = await wire.fetches()
    assert update["callback_query"]["message"]["chat"]["id"] == ward.id


async def test_twenty_messages_to_a_group_and_no_more(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ward = sandbox.group("Ward chat", [ana])
    for _ in range(20):
        await wire.says(ward.id)

    refusal = await wire.refused("sendMessage", chat_id=ward.id, text="One more")

    assert (refusal.code, refusal.parameters) == (429, {"retry_after": 3})
