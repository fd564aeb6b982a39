"""Inline keyboards: what Telegram takes under a message."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import Person, Sandbox
from tests.sandbox.wire import Wire, keyboard


def one(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


async def test_rows_come_back_as_they_were_sent(wire: Wire, ana: Person) -> None:
    markup = keyboard(["Never", "Rarely"], ["Skip"])

    sent = await wire.says(ana.id, "How often?", reply_markup=markup)

    assert sent["reply_markup"] == markup
    assert ana.screen()[-1].buttons == [["Never", "Rarely"], ["Skip"]]


async def test_a_button_may_open_a_link(wire: Wire, ana: Person) -> None:
    markup = one(text="Samaritans", url="https://www.samaritans.org")

    sent = await wire.says(ana.id, "Help", reply_markup=markup)

    assert sent["reply_markup"] == markup


@pytest.mark.parametrize("markup", [{"inline_keyboard": []}, {"inline_keyboard": [[], []]}])
async def test_a_keyboard_without_buttons_is_none(wire: Wire, ana: Person, markup: dict[str, Any]) -> None:
    assert "reply_markup" not in await wire.says(ana.id, "Hi", reply_markup=markup)


@pytest.mark.parametrize("data", ["x" * 64, "é" * 32, "🙂" * 16, "1"])
async def test_64_bytes_of_data_fit(wire: Wire, ana: Person, data: str) -> None:
    await wire.says(ana.id, "Hi", reply_markup=one(text="Tap", callback_data=data))

    assert ana.screen()[-1].keyboard[0][0].data == data


@pytest.mark.parametrize("data", ["x" * 65, "é" * 33, ""])
async def test_other_data_is_invalid(wire: Wire, ana: Person, data: str) -> None:
    refusal = await wire.refused(
        "sendMessage", chat_id=ana.id, text="Hi", reply_markup=one(text="Tap", callback_data=data)
    )

    assert refusal.description == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ([1], "object expected as reply markup"),
        ({"inline_keyboard": 5}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [5]}, 'field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": [["x"]]},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (one(callback_data="x"), "can't parse inline keyboard button: Text must be non-empty"),
        (one(text=" ", callback_data="x"), "can't parse inline keyboard button: Text must be non-empty"),
        (
            one(text="Tap"),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (one(text="Tap", url="ward 7"), "inline keyboard button URL 'ward 7' is invalid: Wrong HTTP URL"),
        (keyboard(["x"] * 101), "reply markup is too long"),
    ],
)
async def test_keyboards_telegram_would_not_take_are_refused(
    wire: Wire, ana: Person, markup: object, why: str
) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi", reply_markup=markup)

    assert refusal.description == f"Bad Request: {why}"


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ({"keyboard": [[{"text": "x"}]]}, "reply_markup with keyboard"),
        ({"remove_keyboard": True}, "reply_markup with remove_keyboard"),
        ({"force_reply": True}, "reply_markup with force_reply"),
        (one(text="x", web_app={"url": "https://a.b"}), "inline keyboard button with web_app"),
        (one(text="x", callback_data="x", style="danger"), "inline keyboard button with style"),
    ],
)
async def test_other_markup_is_not_modelled(
    wire: Wire, sandbox: Sandbox, ana: Person, markup: object, what: str
) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="Hi", reply_markup=markup)

    assert sandbox.unmodelled == [f"sendMessage: {what}"]
