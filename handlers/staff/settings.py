"""Settings and pauses: what a person can change about how they are written to."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ChatMemberUpdated, InlineKeyboardMarkup, Message

from handlers.callbacks import SettingTap
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note, rewrite, telegram_id
from handlers.words import Html, Speaker
from storage.people import Pattern, Person, person, set_reachable
from storage.units import unit

HOURS = (0, 2, 4)
ROUNDS = (1, 4, 12)
PATTERN, LATER, PAUSE = "pattern", "later", "pause"


def router() -> Router:
    """`/settings`, `/pause`, and being blocked."""
    routes = Router(name="settings")
    routes.message.register(settings, Command("settings"))
    routes.message.register(pause, Command("pause"))
    routes.callback_query.register(changed, SettingTap.filter())
    routes.my_chat_member.register(reached)
    return routes


def _shown(say: Speaker, member: Person, unit_name: str) -> tuple[Html, InlineKeyboardMarkup]:
    paused = (
        say.count("settings.paused", member.paused_rounds) if member.paused_rounds else say("settings.not_paused")
    )
    text = say(
        "settings.shown",
        unit=unit_name,
        pattern=say.plain(f"pattern.{member.pattern}"),
        later=say.plain(f"settings.later_{member.shift_hours}"),
        paused=paused,
    )
    patterns = [button(say.plain(f"pattern.{one}"), SettingTap(what=PATTERN, value=one.value)) for one in Pattern]
    hours = [button(say.plain(f"settings.later_{one}"), SettingTap(what=LATER, value=str(one))) for one in HOURS]
    return text, keyboard(patterns, hours, *_pauses(say, member).inline_keyboard)


def _pauses(say: Speaker, member: Person) -> InlineKeyboardMarkup:
    if member.paused_rounds:
        return keyboard([button(say.plain("pause.end"), SettingTap(what=PAUSE, value="0"))])
    return keyboard(
        [button(str(say.count("pause.rounds", one)), SettingTap(what=PAUSE, value=str(one))) for one in ROUNDS]
    )


async def settings(message: Message, house: House) -> None:
    """What is set, with buttons to change it."""
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(telegram_id(message)))
        place = await unit(db, member.unit_id) if member else None
    say = house.words.speak(member.language if member else language_of(message))
    if member is None or place is None:
        await message.answer(say("start.stranger"))
        return
    text, markup = _shown(say, member, place.name)
    await message.answer(text, reply_markup=markup)


async def pause(message: Message, house: House) -> None:
    """A few rounds of silence; they end by themselves."""
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(telegram_id(message)))
    say = house.words.speak(member.language if member else language_of(message))
    if member is None:
        await message.answer(say("start.stranger"))
    else:
        await message.answer(say("pause.ask"), reply_markup=_pauses(say, member))


def _is_sound(choice: SettingTap) -> bool:
    allowed: dict[str, set[str]] = {
        PATTERN: {one.value for one in Pattern},
        LATER: {str(one) for one in HOURS},
        PAUSE: {str(one) for one in (0, *ROUNDS)},
    }
    return choice.value in allowed.get(choice.what, set())


async def changed(tap: CallbackQuery, callback_data: SettingTap, bot: Bot, house: House) -> None:
    """One setting changes; the message shows how things stand now."""
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(tap.from_user.id))
        place = await unit(db, member.unit_id) if member else None
        if member and _is_sound(callback_data):
            if callback_data.what == PATTERN:
                member.pattern = callback_data.value
            elif callback_data.what == LATER:
                member.shift_hours = int(callback_data.value)
            else:
                member.paused_rounds = int(callback_data.value)
            db.add(member)
            await db.commit()
    say = house.words.speak(member.language if member else language_of(tap))
    if member is None or place is None:
        await note(tap, say.plain("tap.left"), alert=True)
    elif not _is_sound(callback_data):
        await note(tap, say.plain("tap.foreign"), alert=True)
    else:
        await note(tap, say.plain("settings.saved"))
        await rewrite(bot, tap, *_shown(say, member, place.name))


async def reached(event: ChatMemberUpdated, house: House) -> None:
    """Blocked or unblocked: Telegram says so, and we stop or start writing."""
    reachable = event.new_chat_member.status not in ("kicked", "left")
    async with house.begin() as db:
        await set_reachable(db, house.ids.lookup(event.chat.id), reachable)
        await db.commit()
