"""Taps: only on what is visible, answered in time, and what the bot sees of them."""

from __future__ import annotations

import asyncio

import pytest

from sandbox import Answer, CannotError, NeverAnsweredError, NotOnScreenError, Person, Sandbox
from tests.sandbox.wire import Clock, Refusal, Wire, keyboard

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def tapped_id(wire: Wire) -> str:
    """The id of the callback query that comes next."""
    (update,) = await wire.fetches()
    query_id: str = update["callback_query"]["id"]
    return query_id


async def test_a_tap_reaches_the_bot_with_its_message(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "How often?", "Never", "Often")
    await ana.taps_without_waiting("Often")

    (update,) = await wire.fetches()

    query = update["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]) == ("Often", ana.id, sent)
    assert query["chat_instance"]


async def test_an_answer_comes_up_on_her_screen(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")
    assert not tap.answers

    await wire.ok("answerCallbackQuery", callback_query_id=await tapped_id(wire), text="Recorded")

    assert await tap.answered() == tap.answer == Answer("Recorded", is_alert=False)
    assert ana.toasts == [Answer("Recorded")]


async def test_an_answer_may_be_an_alert(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")

    query_id = await tapped_id(wire)
    await wire.ok("answerCallbackQuery", callback_query_id=query_id, text="Closed.", show_alert=True)

    assert tap.answer == Answer("Closed.", is_alert=True)


async def test_a_blank_answer_stops_the_spinner_and_shows_nothing(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")

    await wire.ok("answerCallbackQuery", callback_query_id=await tapped_id(wire))

    assert (await tap.answered(), ana.toasts) == (Answer(), [])


async def test_taps_waits_for_the_answer(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tapping = asyncio.create_task(ana.taps("Often"))

    updates = await wire.fetches(timeout=5)
    await wire.ok("answerCallbackQuery", callback_query_id=updates[0]["callback_query"]["id"], text="Yes")

    assert (await tapping).answer == Answer("Yes")


async def test_a_tap_that_is_never_answered_is_an_error(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")

    with pytest.raises(NeverAnsweredError, match=r"\[Often\]"):
        await ana.taps("Often", deadline=0.01)


async def test_every_answer_is_kept_so_that_two_can_be_noticed(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")
    query_id = await tapped_id(wire)

    await wire.ok("answerCallbackQuery", callback_query_id=query_id)
    await wire.ok("answerCallbackQuery", callback_query_id=query_id, text="Again")

    assert [answer.text for answer in tap.answers] == ["", "Again"]


@pytest.mark.parametrize(("seconds", "is_taken"), [(60, True), (61, False)])
async def test_a_late_answer_is_refused(wire: Wire, ana: Person, clock: Clock, seconds: int, is_taken: bool) -> None:
    await wire.says(ana.id, "How often?", "Often")
    tap = await ana.taps_without_waiting("Often")
    query_id = await tapped_id(wire)
    clock.passes(seconds=seconds)

    status, body = await wire.raw("answerCallbackQuery", callback_query_id=query_id)

    assert (body["ok"], tap.answer is not None) == (is_taken, is_taken)
    if not is_taken:
        assert (status, body["description"]) == (400, TOO_OLD)


@pytest.mark.parametrize("query_id", ["", "123", "made up"])
async def test_an_answer_to_no_tap_is_refused(wire: Wire, query_id: str) -> None:
    refusal = await wire.refused("answerCallbackQuery", callback_query_id=query_id)

    assert refusal == Refusal(400, TOO_OLD)


async def test_an_answer_has_at_most_200_characters(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    await ana.taps_without_waiting("Often")
    query_id = await tapped_id(wire)

    assert (await wire.refused("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)).code == 400
    assert await wire.ok("answerCallbackQuery", callback_query_id=query_id, text="x" * 200) is True


async def test_a_button_that_is_not_there_cannot_be_tapped(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Never", "Often")

    with pytest.raises(NotOnScreenError, match=r"no button \[Always\].*Never.*Often"):
        await ana.taps("Always")


async def test_a_button_that_was_edited_away_cannot_be_tapped(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "How often?", "Often")
    await wire.ok("editMessageReplyMarkup", chat_id=ana.id, message_id=sent["message_id"])

    with pytest.raises(NotOnScreenError):
        await ana.taps("Often")


async def test_a_button_of_a_deleted_message_cannot_be_tapped(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "How often?", "Often")
    message = ana.screen()[-1]
    await wire.ok("deleteMessage", chat_id=ana.id, message_id=sent["message_id"])

    with pytest.raises(NotOnScreenError, match="no longer"):
        await ana.taps("Often", message)


async def test_the_newest_message_with_the_button_is_tapped(wire: Wire, ana: Person) -> None:
    for text in ("Last week", "This week"):
        await wire.says(ana.id, text, "Often")
    await wire.says(ana.id, "No buttons here")

    tap = await ana.taps_without_waiting("Often")

    assert tap.message.words == "This week"


async def test_an_older_message_can_be_named(wire: Wire, ana: Person) -> None:
    for text in ("Last week", "This week"):
        await wire.says(ana.id, text, "Often")

    tap = await ana.taps_without_waiting("Often", ana.screen()[1])

    assert tap.message.words == "Last week"


async def test_the_exact_label_goes_before_one_that_contains_it(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Not Often", "Often")

    assert (await ana.taps_without_waiting("Often")).data == "Often"


async def test_a_part_of_the_label_is_enough(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "✓ Often", "Never")

    assert (await ana.taps_without_waiting("Often")).label == "✓ Often"


async def test_a_part_of_two_labels_is_not(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "Really?", "Yes, now", "Yes, later")

    with pytest.raises(NotOnScreenError, match="could be any"):
        await ana.taps("Yes")


async def test_a_button_with_a_link_sends_no_tap(wire: Wire, ana: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Help", "url": "https://www.samaritans.org"}]]}
    await wire.says(ana.id, "Help", reply_markup=markup)

    with pytest.raises(CannotError, match="opens a link"):
        await ana.taps("Help")


async def test_a_tampered_client_can_send_any_data(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")

    await ana.forges("s1:made-up", ana.screen()[-1])

    (update,) = await wire.fetches()
    assert update["callback_query"]["data"] == "s1:made-up"


async def test_nobody_can_tap_in_the_chat_of_another(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")
    await ben.says("/start")
    await wire.says(ana.id, "How often?", "Often")
    await wire.fetches()

    with pytest.raises(CannotError):
        await ben.forges("Often", ana.screen()[-1])


@pytest.mark.parametrize(("hours", "is_accessible"), [(48, True), (48.1, False)])
async def test_the_message_under_an_old_button_is_inaccessible(
    wire: Wire, ana: Person, clock: Clock, hours: float, is_accessible: bool
) -> None:
    sent = await wire.says(ana.id, "Last week's question", "Often")
    clock.passes(hours=hours)
    await ana.taps_without_waiting("Often")

    (update,) = await wire.fetches()

    message = update["callback_query"]["message"]
    gone = {"chat": sent["chat"], "message_id": sent["message_id"], "date": 0}
    assert message == (sent if is_accessible else gone)


async def test_the_bot_sees_the_message_as_it_was_when_tapped(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Question 1", "Often")
    await ana.taps_without_waiting("Often")
    await wire.ok(
        "editMessageText",
        chat_id=ana.id,
        message_id=sent["message_id"],
        text="Question 2",
        reply_markup=keyboard(["Never"]),
    )

    (update,) = await wire.fetches()

    assert update["callback_query"]["message"]["text"] == "Question 1"


async def test_two_taps_are_two_queries(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    await ana.taps_without_waiting("Often")
    await ana.taps_without_waiting("Often")

    ids = [update["callback_query"]["id"] for update in await wire.fetches()]

    assert len(set(ids)) == 2
