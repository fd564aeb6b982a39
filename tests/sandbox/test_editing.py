"""editMessageText and editMessageReplyMarkup, and every way Telegram refuses them."""

from __future__ import annotations

import pytest

from sandbox import Person, Sandbox
from tests.sandbox.wire import Clock, Refusal, Wire, keyboard, png

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def test_an_edit_changes_the_message_in_place(wire: Wire, ana: Person, clock: Clock) -> None:
    sent = await wire.says(ana.id, "Question 1", "Often")
    below = await wire.says(ana.id, "Something below")
    clock.passes(seconds=5)

    edited = await wire.ok(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text="Question 2",
        reply_markup=keyboard(["Never"], ["Skip"]),
    )

    assert (edited["date"], edited["edit_date"]) == (int(clock.at) - 5, int(clock.at))
    assert [message.words for message in ana.screen()[1:]] == ["Question 2", "Something below"]
    assert ana.screen()[1].buttons == [["Never"], ["Skip"]]
    assert below["message_id"] == ana.screen()[2].id


async def test_an_edit_without_keyboard_takes_it_away(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question", "Often")

    await wire.ok("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text="Thanks")

    assert (ana.sees(), ana.screen()[-1].buttons) == ("Thanks", [])


async def test_the_same_text_and_keyboard_is_not_modified(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question", "Often")

    refusal = await wire.refused(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text="Question",
        reply_markup=keyboard(["Often"]),
    )

    assert refusal == Refusal(400, NOT_MODIFIED)


async def test_what_only_looks_different_on_the_wire_is_not_modified(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "<b>Bold</b> & plain", parse_mode="HTML")

    refusal = await wire.refused(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text="  <strong>Bold</strong> &amp; plain ",
        parse_mode="HTML",
    )

    assert refusal.description == NOT_MODIFIED


@pytest.mark.parametrize(
    ("text", "labels"), [("Question!", ["Often"]), ("Question", ["Never"]), ("Question", ["Often", "Never"])]
)
async def test_any_difference_is_an_edit(wire: Wire, ana: Person, text: str, labels: list[str]) -> None:
    sent = await wire.says(ana.id, "Question", "Often")

    await wire.ok(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text=text,
        reply_markup=keyboard(labels),
    )

    assert (ana.sees(), ana.screen()[-1].buttons) == (text, [labels])


async def test_bold_instead_of_plain_is_an_edit(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question")

    edited = await wire.ok(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text="<b>Question</b>",
        parse_mode="HTML",
    )

    assert edited["entities"] == [{"type": "bold", "offset": 0, "length": 8}]


async def test_a_message_that_is_not_there_cannot_be_edited(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("editMessageText", chat_id=ana.id, message_id=999, text="Hi")

    assert refusal == Refusal(400, "Bad Request: message to edit not found")


async def test_a_deleted_message_cannot_be_edited(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id)
    await wire.ok("deleteMessage", chat_id=ana.id, message_id=sent["message_id"])

    refusal = await wire.refused("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text="Hi")

    assert refusal.description == "Bad Request: message to edit not found"


async def test_a_message_of_another_chat_is_not_found(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")
    await ben.says("/start")
    sent = await wire.says(ana.id)

    refusal = await wire.refused("editMessageText", chat_id=ben.id, message_id=sent["message_id"], text="Hi")

    assert refusal.description == "Bad Request: message to edit not found"


async def test_the_words_of_a_person_cannot_be_edited(wire: Wire, ana: Person) -> None:
    hers = await ana.says("My own words")

    refusal = await wire.refused("editMessageText", chat_id=ana.id, message_id=hers.id, text="Other words")

    assert refusal.description == "Bad Request: message can't be edited"


async def test_a_picture_has_no_text_to_edit(wire: Wire, ana: Person) -> None:
    body = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id, caption="This week")

    refusal = await wire.refused(
        "editMessageText", chat_id=ana.id, message_id=body["result"]["message_id"], text="Hi"
    )

    assert refusal.description == "Bad Request: there is no text in the message to edit"


@pytest.mark.parametrize(("text", "why"), [("", "message text is empty"), ("x" * 4097, "message is too long")])
async def test_an_edit_obeys_the_limits_of_a_message(wire: Wire, ana: Person, text: str, why: str) -> None:
    sent = await wire.says(ana.id)

    refusal = await wire.refused("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text=text)

    assert refusal.description == f"Bad Request: {why}"


async def test_own_messages_can_be_edited_at_any_age(wire: Wire, ana: Person, clock: Clock) -> None:
    sent = await wire.says(ana.id, "Question", "Often")
    clock.passes(hours=24 * 30)

    await wire.ok("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text="Closed")

    assert ana.sees() == "Closed"


async def test_a_keyboard_can_be_taken_away_alone(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question", "Often")

    await wire.ok("editMessageReplyMarkup", chat_id=ana.id, message_id=sent["message_id"])

    assert (ana.sees(), ana.screen()[-1].buttons) == ("Question", [])


async def test_a_keyboard_can_be_exchanged_alone(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question", "Often")
    markup = keyboard(["✓ Often"], ["Send"])

    await wire.ok("editMessageReplyMarkup", chat_id=ana.id, message_id=sent["message_id"], reply_markup=markup)

    assert ana.screen()[-1].buttons == [["✓ Often"], ["Send"]]


async def test_taking_away_no_keyboard_is_not_modified(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "No buttons")

    refusal = await wire.refused("editMessageReplyMarkup", chat_id=ana.id, message_id=sent["message_id"])

    assert refusal.description == NOT_MODIFIED


async def test_the_keyboard_under_a_picture_can_be_taken_away(wire: Wire, ana: Person) -> None:
    body = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id, reply_markup=keyboard(["More"]))

    await wire.ok("editMessageReplyMarkup", chat_id=ana.id, message_id=body["result"]["message_id"])

    assert ana.screen()[-1].buttons == []
