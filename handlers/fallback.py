"""Everything else gets a short answer, after one look whether somebody needs help; and no spinner hangs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from handlers.figures import help_lines
from handlers.house import House
from handlers.speech import language_of, note, reply
from handlers.staff.care import checked, help_card
from handlers.staff.commenting import offer
from insights.comments.crisis import Care

PIECE = 4000
"""A client cuts a longer text into messages of about this many characters; only the last, shorter one is answered."""


def router() -> Router:
    """The catch-all: it stands last."""
    routes = Router(name="fallback")
    routes.message.register(unknown)
    routes.callback_query.register(outdated)
    return routes


async def unknown(message: Message, house: House) -> None:
    """Words, a photo, a voice note, a novel, a command that does not exist."""
    words = message.text or message.caption or ""
    found = await checked(house, words) if words else Care.NONE
    say = house.words.speak(language_of(message))
    if found is not Care.NONE:
        await reply(message, *help_card(house, found, say))
    elif len(message.text or "") >= PIECE:
        return
    elif not message.text:
        await message.answer(say("fallback.message", entries=help_lines(house.card, say)))
    elif message.text.startswith("/"):
        await message.answer(say("fallback.command"))
    else:
        await offer(message, house)


async def outdated(tap: CallbackQuery, house: House) -> None:
    """A button of an older version, or none of ours."""
    await note(tap, house.words.speak(language_of(tap)).plain("tap.outdated"), alert=True)


async def private_only(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    data: dict[str, Any],
) -> Any:
    """Groups get silence: a bot that answers there tells who talks to it."""
    if isinstance(event, Update) and not _is_private(event):
        return None
    return await handler(event, data)


def _is_private(update: Update) -> bool:
    if update.message:
        return update.message.chat.type == ChatType.PRIVATE
    if update.my_chat_member:
        return update.my_chat_member.chat.type == ChatType.PRIVATE
    tapped = update.callback_query
    return bool(tapped and (tapped.message is None or tapped.message.chat.type == ChatType.PRIVATE))
