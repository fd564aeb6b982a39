"""Saying things: messages, edits and answers to taps, with Telegram's harmless refusals taken in stride."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from typing import Final, Protocol

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters.callback_data import CallbackData
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)

log = logging.getLogger(__name__)

_RECEIPT_WAITS: Final = (2.0, 8.0, 30.0)
"""Seconds before a receipt is tried again, when nobody waits for it any more."""

TRIES: Final = 3
"""An answer or an edit that does not get through is tried so often, at once: somebody is looking at it."""

_TROUBLE = (TelegramNetworkError, TelegramServerError, ClientDecodeError)
_SHOWN = ("message is not modified", "message to edit not found")
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_DELETED = "message to delete not found"
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


async def _through(say: Callable[[], Awaitable[object]]) -> bool:
    """Says something now or, after a few tries, not at all (False): whoever waits can tap again."""
    for _ in range(TRIES):
        try:
            await say()
        except _TROUBLE as error:
            log.warning("an answer did not get through: %s", type(error).__name__)
        except TelegramRetryAfter:
            log.warning("an answer was given up: too many messages")
            return False
        else:
            return True
    return False


class Pace(Protocol):
    """A clock, as far as waiting goes."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""


class Errands:
    """What is still to be done when the answer is given, in memory alone. `end` cuts it off."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Does it meanwhile; a failure is logged by its type alone."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("an errand failed: %s", type(error).__name__)

    async def end(self) -> None:
        """Cancels what is under way and waits until it has let go."""
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def show_receipt(bot: Bot, tap: CallbackQuery, text: str, clock: Pace, errands: Errands) -> None:
    """Puts the receipt in the place of the form: answers must not stay on the screen under a Send button.

    What fails is no fault of who has sent: it is tried again meanwhile, and at last the message goes.
    """
    if tap.message is not None:
        chat, place = tap.message.chat.id, tap.message.message_id
        if not await _receipt_shown(bot, text, chat, place):
            errands.run(_receipt_later(bot, text, chat, place, clock))


async def _receipt_shown(bot: Bot, text: str, chat: int, place: int) -> bool:
    try:
        return await _through(lambda: bot.edit_message_text(text, chat_id=chat, message_id=place, reply_markup=None))
    except TelegramBadRequest as error:
        return any(words in error.message for words in _SHOWN)
    except TelegramForbiddenError:
        return True


async def _receipt_later(bot: Bot, text: str, chat: int, place: int, clock: Pace) -> None:
    for seconds in _RECEIPT_WAITS:
        await clock.sleep(seconds)
        if await _receipt_shown(bot, text, chat, place):
            return
    try:
        await _through(lambda: bot.delete_message(chat, place))
    except TelegramAPIError as error:
        log.warning("a form stays on a screen: %s", type(error).__name__)


async def reply(message: Message, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
    """Answers a message right below it. Whoever wrote has no button to try again with: a pause is waited out."""
    below = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
    for _ in range(TRIES):
        if await _through(
            lambda: message.answer(
                text, reply_parameters=below, reply_markup=markup, link_preview_options=_NO_PREVIEW
            )
        ):
            return


async def take_away(bot: Bot, chat: int, place: int) -> bool:
    """Deletes a message, the bot's or the person's: whether it is gone. After 48 hours Telegram keeps it."""
    try:
        return await _through(lambda: bot.delete_message(chat, place))
    except TelegramBadRequest as error:
        return _DELETED in error.message
    except (TelegramForbiddenError, TelegramNotFound):
        return False


async def take_theirs_away(bot: Bot, tap: CallbackQuery) -> bool:
    """Deletes the message that the one under the tap replies to: whether it is gone. After 48 hours nobody knows."""
    if not isinstance(tap.message, Message):
        return False
    theirs = tap.message.reply_to_message
    return theirs is None or await take_away(bot, tap.message.chat.id, theirs.message_id)


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
