"""People do what a Telegram client lets them do, and see what it shows."""

from __future__ import annotations

import asyncio

import pytest

from sandbox import CannotError, NeverSeenError, Person, Sandbox
from tests.sandbox.wire import Clock, Wire


async def test_what_she_says_reaches_the_bot(wire: Wire, ana: Person, clock: Clock) -> None:
    await ana.says("Long night")

    (update,) = await wire.fetches()

    message = update["message"]
    assert (message["text"], message["date"]) == ("Long night", int(clock.at))
    assert (message["from"]["id"], message["chat"]["id"]) == (ana.id, ana.id)


async def test_a_command_is_marked_as_one(wire: Wire, ana: Person) -> None:
    await ana.says("/checkin please")

    (update,) = await wire.fetches()

    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 8}]


async def test_only_start_can_be_said_to_a_bot_that_was_not_started(sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")

    with pytest.raises(CannotError, match="START"):
        await ben.says("Hello")
    await ben.says("/start abc")

    assert ben.screen()[0].words == "/start abc"


async def test_nothing_can_be_sent_to_a_bot_that_was_not_started(sandbox: Sandbox) -> None:
    with pytest.raises(CannotError, match="START"):
        await sandbox.person().sends_photo()


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_a_client_sends_no_empty_text(ana: Person, text: str) -> None:
    with pytest.raises(CannotError, match="empty"):
        await ana.says(text)


async def test_a_client_cuts_a_very_long_text(wire: Wire, ana: Person) -> None:
    await ana.says("x" * 10_000)

    assert [len(update["message"]["text"]) for update in await wire.fetches()] == [4096, 4096, 1808]


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/pulse_bot?start=Ward7-x",
        "http://t.me/Pulse_Bot?start=Ward7-x",
        "t.me/pulse_bot?start=Ward7-x",
        "https://telegram.me/pulse_bot?start=Ward7-x",
        "tg://resolve?domain=pulse_bot&start=Ward7-x",
    ],
)
async def test_a_deep_link_sends_start_with_its_code(wire: Wire, sandbox: Sandbox, link: str) -> None:
    ben = sandbox.person("Ben")

    await ben.opens(link)

    assert [update["message"]["text"] for update in await wire.fetches()] == ["/start Ward7-x"]


async def test_a_link_without_code_starts_a_chat_that_is_new(wire: Wire, sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")

    assert await ben.opens("t.me/pulse_bot") is not None
    assert await ben.opens("t.me/pulse_bot") is None

    assert [update["message"]["text"] for update in await wire.fetches()] == ["/start"]


async def test_a_second_poster_sends_start_again(wire: Wire, ana: Person) -> None:
    await ana.opens("t.me/pulse_bot?start=ward8")

    assert [update["message"]["text"] for update in await wire.fetches()] == ["/start ward8"]


@pytest.mark.parametrize("link", ["https://t.me/other_bot?start=x", "https://example.org/pulse_bot?start=x"])
async def test_a_link_to_elsewhere_is_not_for_this_bot(ana: Person, link: str) -> None:
    with pytest.raises(CannotError, match="does not lead"):
        await ana.opens(link)


@pytest.mark.parametrize("code", ["a" * 65, "ward.7", "ward%207"])
async def test_a_code_telegram_would_not_pass_on_is_an_error(ana: Person, code: str) -> None:
    with pytest.raises(CannotError, match="start code"):
        await ana.opens(f"t.me/pulse_bot?start={code}")


async def test_blocking_and_unblocking_are_told_to_the_bot(wire: Wire, ana: Person) -> None:
    await ana.blocks()
    await ana.unblocks()

    changes = [update["my_chat_member"] for update in await wire.fetches()]

    assert [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert changes[0]["from"]["id"] == ana.id
    assert changes[0]["new_chat_member"]["until_date"] == 0


async def test_blocking_twice_is_told_once(wire: Wire, ana: Person) -> None:
    for _ in range(2):
        await ana.blocks()
    for _ in range(2):
        await ana.unblocks()

    assert len(await wire.fetches()) == 2


async def test_who_blocked_the_bot_cannot_write_to_it(ana: Person) -> None:
    await ana.blocks()

    with pytest.raises(CannotError, match="UNBLOCK"):
        await ana.says("Hello")


async def test_a_deep_link_unblocks(wire: Wire, ana: Person) -> None:
    await ana.blocks()
    await ana.opens("t.me/pulse_bot?start=back")

    kinds = [next(iter(update.keys() - {"update_id"})) for update in await wire.fetches()]

    assert kinds == ["my_chat_member", "my_chat_member", "message"]


async def test_who_left_telegram_does_nothing_more(wire: Wire, ana: Person) -> None:
    await ana.deletes_account()

    with pytest.raises(CannotError, match="deleted"):
        await ana.says("Hello")
    assert await wire.fetches() == []


async def test_an_edit_reaches_the_bot_as_one(wire: Wire, ana: Person) -> None:
    hers = await ana.says("Tired")
    await wire.fetches()

    await ana.edits(hers, "Very tired")

    (update,) = await wire.fetches()
    assert update["edited_message"]["text"] == "Very tired"
    assert update["edited_message"]["message_id"] == hers.id
    assert update["edited_message"]["edit_date"] >= update["edited_message"]["date"]


async def test_only_her_own_messages_can_be_edited(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "The bot's words")

    with pytest.raises(CannotError, match="her own"):
        await ana.edits(ana.screen()[-1], "Other words")


async def test_what_she_deletes_is_gone_and_nobody_is_told(wire: Wire, ana: Person) -> None:
    hers = await ana.says("Tired")
    await wire.fetches()

    await ana.deletes(hers)

    assert hers not in ana.screen()
    assert await wire.fetches() == []


async def test_an_empty_screen_shows_nothing(sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")

    assert (ben.screen(), ben.sees(), ben.newest(), ben.toasts, ben.transcript()) == ([], "", None, [], "")


async def test_she_sees_the_newest_message_of_the_bot(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "First")
    await wire.says(ana.id, "Second")
    await ana.says("Her own words")

    assert ana.sees() == "Second"
    assert ana.screen()[-1].sender is ana.account


async def test_waiting_ends_when_the_text_appears(wire: Wire, ana: Person) -> None:
    waiting = asyncio.create_task(ana.waits_for("check-in"))
    await wire.says(ana.id, "Something else")
    await wire.says(ana.id, "Your check-in is open")

    assert (await waiting).words == "Your check-in is open"


async def test_waiting_ends_when_an_edit_brings_the_text(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question 1")
    await ana.says("ok")
    waiting = asyncio.create_task(ana.waits_for("Question"))

    await wire.ok("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text="Question 2")

    assert (await waiting).words == "Question 2"


async def test_waiting_does_not_find_what_was_there_before_she_acted(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "Thank you")
    await ana.says("ok")

    with pytest.raises(NeverSeenError, match="'Thank you' did not appear"):
        await ana.waits_for("Thank you", deadline=0.01)


async def test_waiting_finds_all_that_came_since_she_acted(wire: Wire, ana: Person) -> None:
    await ana.says("ok")
    await wire.says(ana.id, "Thank you")
    await wire.says(ana.id, "Help is here")

    assert (await ana.waits_for("Thank you")).words == "Thank you"
    assert (await ana.waits_for("Help")).words == "Help is here"


async def test_her_own_words_are_not_what_she_waits_for(ana: Person) -> None:
    await ana.says("Thank you")

    with pytest.raises(NeverSeenError):
        await ana.waits_for("Thank you", deadline=0.01)


async def test_people_have_chats_of_their_own(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben", last_name="Evans", username="ben_e", language_code="cy")
    await ben.says("/start")
    sent = await wire.says(ben.id, "Only for Ben")

    assert (ben.sees(), ana.sees()) == ("Only for Ben", "")
    assert sent["chat"] == {
        "id": ben.id,
        "type": "private",
        "first_name": "Ben",
        "last_name": "Evans",
        "username": "ben_e",
    }


async def test_people_are_remembered_in_order(sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")

    assert sandbox.people == [ana, ben]


async def test_a_repr_shows_nothing_of_a_person(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "Private words", "Often")
    tap = await ana.taps_without_waiting("Often")

    shown = " ".join(map(repr, (ana, ana.account, ana.chat, ana.screen(), tap)))

    assert not any(secret in shown for secret in ("Ana", str(ana.id), "Private", "Often"))


async def test_what_she_forwards_says_whose_it_was(wire: Wire, ana: Person, sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")

    await ana.forwards("Long night", by=ben.account)
    (update,) = await wire.fetches()

    assert update["message"]["text"] == "Long night"
    assert update["message"]["forward_origin"]["sender_user"]["id"] == ben.id
