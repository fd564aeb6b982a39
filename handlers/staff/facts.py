"""What staff can look up: help, where to turn, and every row that is stored about them."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.figures import clip, help_lines
from handlers.house import House
from handlers.speech import keyboard, language_of, telegram_id
from handlers.staff.care import contact_row
from handlers.staff.rows import held_roles, logged, membership, stored_about
from handlers.words import Html
from storage.people import Role, person, roles_of


def router() -> Router:
    """`/help`, `/support`, `/privacy`."""
    routes = Router(name="facts")
    routes.message.register(help_me, Command("help"))
    routes.message.register(support, Command("support"))
    routes.message.register(privacy, Command("privacy"))
    return routes


async def help_me(message: Message, house: House) -> None:
    """The commands that somebody has."""
    me = house.ids.lookup(telegram_id(message))
    async with house.begin() as db:
        member = await person(db, me)
        roles = {one.role for one in await roles_of(db, me)}
    say = house.words.speak(member.language if member else language_of(message))
    parts = [say("help.staff")] + [say(f"help.{role}") for role in Role if role in roles]
    await message.answer("\n\n".join(parts))


async def support(message: Message, house: House) -> None:
    """Where to turn: the same card for everybody."""
    say = house.words.speak(language_of(message))
    rows = contact_row(house, say)
    text = say("support.card", entries=help_lines(house.card, say))
    await message.answer(text, reply_markup=keyboard(*rows) if rows else None)


async def privacy(message: Message, house: House) -> None:
    """Every row that is stored about me, in words, and what is not."""
    async with house.begin() as db:
        found = await stored_about(db, house.ids.lookup(telegram_id(message)))
    say = house.words.speak(found.member.language if found.member else language_of(message))
    rows = [
        *membership(say, found),
        *held_roles(say, found.roles, found.looked_after),
        *logged(say, found.roles),
    ]
    stored = Html("\n".join(rows)) if rows else say("privacy.nothing")
    promise = say("promise", k=found.plan.k) if found.plan else Html("")
    await message.answer(clip(say("privacy.shown", promise=promise, stored=stored)))
