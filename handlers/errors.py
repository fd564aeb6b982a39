"""The one place where what goes wrong ends: a kind sentence for the person, an exception's type for the log."""

from __future__ import annotations

import logging
from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import ErrorEvent

from handlers.house import House
from handlers.speech import is_answered, language_of, note

log = logging.getLogger(__name__)


def router() -> Router:
    """Specific first, catch-all last."""
    routes = Router(name="errors")
    routes.errors.register(failed)
    return routes


async def failed(event: ErrorEvent, bot: Bot, house: House) -> bool:
    """Nothing of the update or the exception's text is logged: both may name a person."""
    update = event.update
    log.error("update %d failed: %s", update.update_id, type(event.exception).__name__)
    if isinstance(event.exception, TelegramForbiddenError):
        return True
    with suppress(TelegramAPIError):
        tap = update.callback_query
        if tap and is_answered(tap):
            say = house.words.speak(language_of(tap))
            await bot.send_message(tap.from_user.id, say("error.message"))
        elif tap:
            say = house.words.speak(language_of(tap))
            await note(tap, say.plain("error.tap"), alert=True)
        elif update.message:
            await update.message.answer(house.words.speak(language_of(update.message))("error.message"))
    return True
