"""Whatever is typed is looked at before anything else: who may need somebody is shown where to turn, and nothing else
is done with what they wrote. No row, no counter, no line in a log tells that it was so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, TelegramObject, User

from handlers.callbacks import CareTap, StayTap
from handlers.cards import Contact
from handlers.figures import help_lines
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note, reply, rewrite, take_away, take_theirs_away
from handlers.words import FALLBACK, Html, Speaker
from insights.comments.crisis import Care
from insights.policy import CARE_SECONDS

log = logging.getLogger(__name__)

_START = "/start"
CLEAR, ASK, SURE = "clear", "ask", "sure"


def router() -> Router:
    """The buttons under help cards."""
    routes = Router(name="care")
    routes.callback_query.register(tapped, CareTap.filter())
    return routes


async def checked(house: House, text: str) -> Care:
    """Which card a text calls for. A check that fails, or does not end in time, calls for the gentle one."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(house.care, text), CARE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever it was, it may hold the text: it goes no further, not even to the log
        return Care.GENTLE


async def before_commands(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    data: dict[str, Any],
) -> Any:
    """Words behind a command are read by nobody else: what is plain comes first. A code behind /start is no words."""
    if isinstance(event, Message) and await _is_plain(data["house"], event.text or ""):
        house: House = data["house"]
        await reply(event, *help_card(house, Care.CRISIS, house.words.speak(language_of(event))))
        return None
    return await handler(event, data)


async def _is_plain(house: House, text: str) -> bool:
    command, *words = text.split(maxsplit=1) or [""]
    has_words = bool(words) and command.startswith("/") and command != _START
    return has_words and await checked(house, words[0]) is Care.CRISIS


def help_card(house: House, found: Care, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    """What is said then. It neither quotes nor asks, and promises nobody's eyes."""
    key = "care.crisis" if found is Care.CRISIS else "care.gentle"
    clear = button(say.plain("care.clear"), CareTap(step=CLEAR))
    return say(key, entries=help_lines(house.card, say)), keyboard([clear], *contact_row(house, say))


def contact_row(house: House, say: Speaker) -> list[list[InlineKeyboardButton]]:
    """The way to somebody who calls back, where there is one."""
    return [[button(say.plain("contact.ask"), CareTap(step=ASK))]] if house.contact else []


async def tapped(tap: CallbackQuery, callback_data: CareTap, bot: Bot, house: House) -> None:
    """Clear this; ask somebody to contact me; yes, send it."""
    say = house.words.speak(language_of(tap))
    if callback_data.step == CLEAR:
        await _cleared(tap, bot, say)
    elif house.contact is None or callback_data.step not in (ASK, SURE):
        await note(tap, say.plain("tap.outdated"), alert=True)
    elif callback_data.step == ASK:
        await note(tap)
        sure = button(say.plain("contact.sure"), CareTap(step=SURE))
        choices = keyboard([sure], [button(say.plain("contact.no"), StayTap())])
        await bot.send_message(tap.from_user.id, say("contact.told", name=house.contact.name), reply_markup=choices)
    else:
        await _asked(tap, bot, house, house.contact, say)


async def _cleared(tap: CallbackQuery, bot: Bot, say: Speaker) -> None:
    """Both messages go. What Telegram keeps after two days is emptied where it is ours, told where it is theirs."""
    theirs_gone = await take_theirs_away(bot, tap)
    place = tap.message
    if theirs_gone and place is not None and await take_away(bot, place.chat.id, place.message_id):
        await note(tap, say.plain("care.cleared_toast"))
    else:
        await note(tap)
        await rewrite(bot, tap, say("care.cleared" if theirs_gone else "care.cleared_mine"))


def _request(who: User, say: Speaker) -> Html:
    """Whom to write to, and nothing else."""
    handle = f" @{who.username}" if who.username else ""
    return say("contact.request", id=who.id, person=who.full_name, handle=handle)


async def _asked(tap: CallbackQuery, bot: Bot, house: House, contact: Contact, say: Speaker) -> None:
    """Sends the request, at once and only there, and says whether it has arrived."""
    try:
        await bot.send_message(contact.chat, _request(tap.from_user, house.words.speak(FALLBACK)))
    except AiogramError as error:
        log.error("the staffed route was not reached: %s", type(error).__name__)
        await note(tap, say.plain("contact.failed_toast"), alert=True)
        await rewrite(bot, tap, say("contact.failed", name=contact.name, entries=help_lines(house.card, say)))
    else:
        await note(tap, say.plain("contact.sent_toast"))
        await rewrite(bot, tap, say("contact.sent", name=contact.name))
