"""sendMessage, sendChatAction, setMyCommands: what arrives and what is refused."""

from __future__ import annotations

import pytest

from sandbox import Person, Sandbox
from tests.sandbox.wire import Clock, Refusal, Wire


async def test_a_message_arrives_and_comes_back(wire: Wire, ana: Person, clock: Clock) -> None:
    sent = await wire.says(ana.id, "How often?", "Never", "Often")

    assert sent["chat"] == {"id": ana.id, "type": "private", "first_name": "Ana"}
    assert (sent["date"], sent["text"], sent["from"]["is_bot"]) == (int(clock.at), "How often?", True)
    assert ana.screen()[-1].buttons == [["Never", "Often"]]


async def test_message_ids_grow(wire: Wire, ana: Person) -> None:
    ids = [(await wire.says(ana.id))["message_id"] for _ in range(3)]

    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


async def test_white_space_around_a_text_is_not_shown(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "\n  Hello \n")

    assert ana.sees() == "Hello"


async def test_a_silent_message_is_marked(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "A reminder", disable_notification=True)
    await wire.says(ana.id, "The real thing")

    assert [message.is_silent for message in ana.screen()[1:]] == [True, False]


async def test_a_protected_message_is_marked(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Not to be passed on", protect_content=True)

    assert sent["has_protected_content"] is True
    assert ana.screen()[-1].is_protected


async def test_link_previews_may_be_switched_off(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "samaritans.org", link_preview_options={"is_disabled": True})

    assert ana.sees() == "samaritans.org"


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_an_empty_text_is_refused(wire: Wire, ana: Person, text: str) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text=text)

    assert refusal == Refusal(400, "Bad Request: message text is empty")


async def test_a_text_that_is_only_markup_is_empty(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="<b> </b>", parse_mode="HTML")

    assert refusal.description == "Bad Request: message text is empty"


async def test_4096_characters_fit_and_4097_do_not(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "x" * 4096)
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="x" * 4097)

    assert refusal == Refusal(400, "Bad Request: message is too long")


async def test_the_length_counts_without_markup(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")

    assert len(ana.sees()) == 4096


async def test_the_length_counts_in_utf16(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "🙂" * 2048)

    assert (await wire.refused("sendMessage", chat_id=ana.id, text="🙂" * 2049)).code == 400


@pytest.mark.parametrize("chat_id", [1, -1, "@nowhere", "x"])
async def test_an_unknown_chat_is_not_found(wire: Wire, chat_id: object) -> None:
    refusal = await wire.refused("sendMessage", chat_id=chat_id, text="Hi")

    assert refusal == Refusal(400, "Bad Request: chat not found")


async def test_a_missing_chat_is_said(wire: Wire) -> None:
    refusal = await wire.refused("sendMessage", text="Hi")

    assert refusal.description == "Bad Request: chat_id is empty"


@pytest.mark.parametrize("method", ["sendMessage", "sendChatAction"])
async def test_who_never_started_the_bot_cannot_be_written_to(wire: Wire, sandbox: Sandbox, method: str) -> None:
    ben = sandbox.person("Ben")
    content = {"text": "Hi"} if method == "sendMessage" else {"action": "typing"}

    refusal = await wire.refused(method, chat_id=ben.id, **content)

    assert refusal == Refusal(403, "Forbidden: bot can't initiate conversation with a user")


async def test_who_blocked_the_bot_cannot_be_written_to(wire: Wire, ana: Person) -> None:
    await ana.blocks()

    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi")

    assert refusal == Refusal(403, "Forbidden: bot was blocked by the user")


async def test_who_unblocked_the_bot_can_be_written_to_again(wire: Wire, ana: Person) -> None:
    await ana.blocks()
    await ana.unblocks()

    await wire.says(ana.id, "Welcome back")

    assert ana.sees() == "Welcome back"


async def test_who_left_telegram_cannot_be_written_to(wire: Wire, ana: Person) -> None:
    await ana.deletes_account()

    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi")

    assert refusal == Refusal(403, "Forbidden: user is deactivated")


async def test_a_reply_shows_what_it_answers(wire: Wire, ana: Person) -> None:
    question = await ana.says("May I ask?")

    sent = await wire.says(ana.id, "Of course", reply_parameters={"message_id": question.id})

    assert sent["reply_to_message"]["text"] == "May I ask?"


async def test_a_reply_to_nothing_is_refused_unless_it_may_go_without(wire: Wire, ana: Person) -> None:
    nothing = {"message_id": 99}
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Yes", reply_parameters=nothing)
    assert refusal.description == "Bad Request: message to be replied not found"

    sent = await wire.says(ana.id, "Yes", reply_parameters={**nothing, "allow_sending_without_reply": True})
    assert "reply_to_message" not in sent


async def test_a_reply_may_name_its_own_chat(wire: Wire, ana: Person) -> None:
    question = await ana.says("May I ask?")
    reply = {"message_id": question.id, "chat_id": ana.id, "quote_parse_mode": "HTML"}

    sent = await wire.says(ana.id, "Of course", reply_parameters=reply)

    assert sent["reply_to_message"]["message_id"] == question.id


async def test_a_reply_into_another_chat_is_not_modelled(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="Yes", reply_parameters={"message_id": 1, "chat_id": 5})

    assert sandbox.unmodelled == ["sendMessage: reply_parameters with another chat"]


async def test_quotes_in_replies_are_not_modelled(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="Yes", reply_parameters={"message_id": 1, "quote": "x"})

    assert sandbox.unmodelled == ["sendMessage: reply_parameters with quote"]


async def test_a_chat_action_leaves_no_trace_on_the_screen(wire: Wire, ana: Person) -> None:
    assert await wire.ok("sendChatAction", chat_id=ana.id, action="typing") is True
    assert len(ana.screen()) == 1


async def test_an_unknown_chat_action_is_refused(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("sendChatAction", chat_id=ana.id, action="yawning")

    assert refusal.description == "Bad Request: wrong parameter action in request"


async def test_commands_are_set_by_scope_and_language(wire: Wire, sandbox: Sandbox) -> None:
    english = [{"command": "team", "description": "What was published"}]
    welsh = [{"command": "team", "description": "Beth a gyhoeddwyd"}]
    await wire.ok("setMyCommands", commands=english)
    await wire.ok("setMyCommands", commands=welsh, language_code="cy")
    await wire.ok("setMyCommands", commands=english, scope={"type": "chat", "chat_id": 5})

    assert sandbox.commands == {"default": english, "default:cy": welsh, "chat:5": english}


@pytest.mark.parametrize(
    ("command", "description", "why"),
    [
        ("Team", "x", "BOT_COMMAND_INVALID"),
        ("te-am", "x", "BOT_COMMAND_INVALID"),
        ("t" * 33, "x", "BOT_COMMAND_INVALID"),
        ("team", "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("team", "x" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_commands_telegram_would_not_take_are_refused(
    wire: Wire, command: str, description: str, why: str
) -> None:
    commands = [{"command": command, "description": description}]

    assert (await wire.refused("setMyCommands", commands=commands)).description == f"Bad Request: {why}"


async def test_commands_have_to_be_a_list(wire: Wire) -> None:
    assert (await wire.refused("setMyCommands", commands={"command": "team"})).code == 400


async def test_a_message_that_is_gone_is_not_shown_as_answered(wire: Wire, ana: Person) -> None:
    question = await ana.says("May I ask?")
    sent = await wire.says(ana.id, "Of course", "Good", reply_parameters={"message_id": question.id})
    await ana.deletes(question)
    await ana.taps_without_waiting("Good")

    tapped = (await wire.fetches())[-1]["callback_query"]["message"]

    assert tapped["message_id"] == sent["message_id"]
    assert "reply_to_message" not in tapped


async def test_a_link_to_a_person_is_a_mention_where_the_bot_knows_them(
    wire: Wire, sandbox: Sandbox, ana: Person
) -> None:
    stranger = sandbox.person("Ben")
    links = " and ".join(f'<a href="tg://user?id={one}">{one}</a>' for one in (ana.id, stranger.id, 1))

    sent = await wire.says(ana.id, f'{links}, <a href="https://a.b">c</a>', parse_mode="HTML")

    assert [one["type"] for one in sent["entities"]] == ["text_mention", "text_link"]
    assert sent["entities"][0]["user"]["id"] == ana.id
