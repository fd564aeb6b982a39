"""Saying things: messages, edits and answers to taps, with Telegram's harmless refusals taken in stride."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Final

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

log = logging.getLogger(__name__)

TRIES: Final = 3
"""An answer or an edit that does not get through is tried so often, at once: somebody is looking at it."""

_TROUBLE = (TelegramNetworkError, TelegramServerError, ClientDecodeError)
_answered: ContextVar[str] = ContextVar("answered", default="")
_HARMLESS = ("message is not modified", "message to edit not found", "message can't be edited")


def button(label: str, data: CallbackData) -> InlineKeyboardButton:
    """A button, in one line."""
    return InlineKeyboardButton(text=label, callback_data=data.pack())


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Rows of buttons; empty rows are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def telegram_id(event: Message | CallbackQuery) -> int:
    """Who is talking to us. In a private chat that is the chat."""
    if isinstance(event, CallbackQuery):
        return event.from_user.id
    return event.chat.id


def language_of(event: Message | CallbackQuery) -> str | None:
    """The language of somebody we do not know yet, as their Telegram says."""
    return event.from_user.language_code if event.from_user else None


async def note(tap: CallbackQuery, text: str | None = None, alert: bool = False) -> None:
    """Answers a tap, once. Too late is no fault: the spinner is gone by then."""
    _answered.set(tap.id)
    try:
        await _through(lambda: tap.answer(text=text, show_alert=alert))
    except TelegramBadRequest:
        log.info("tap answered too late")


def is_answered(tap: CallbackQuery) -> bool:
    """Whether the tap that is being handled has had its one answer."""
    return _answered.get() == tap.id


async def _through(say: Callable[[], Awaitable[object]]) -> None:
    """Says something now or, after a few tries, not at all: whoever waits can tap again."""
    for _ in range(TRIES):
        try:
            await say()
        except _TROUBLE as error:
            log.warning("an answer did not get through: %s", type(error).__name__)
        except TelegramRetryAfter:
            log.warning("an answer was given up: too many messages")
            return
        else:
            return


async def rewrite(bot: Bot, tap: CallbackQuery, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
    """Edits the message under the tap, also one that Telegram no longer shows us. Same content is no fault."""
    if tap.message is None:
        return
    chat, place = tap.message.chat.id, tap.message.message_id
    try:
        await _through(lambda: bot.edit_message_text(text, chat_id=chat, message_id=place, reply_markup=markup))
    except TelegramBadRequest as error:
        if not any(words in error.message for words in _HARMLESS):
            raise


async def clear_buttons(bot: Bot, tap: CallbackQuery) -> None:
    """Takes the buttons off the message under the tap."""
    if tap.message is not None:
        with suppress(TelegramBadRequest):
            await bot.edit_message_reply_markup(
                chat_id=tap.message.chat.id, message_id=tap.message.message_id, reply_markup=None
            )
