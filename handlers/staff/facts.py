"""What staff can look up: help, where to turn, and every row that is stored about them."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.figures import help_lines
from handlers.house import House
from handlers.speech import language_of, telegram_id
from handlers.words import Html, Speaker
from storage.organisation import organisation
from storage.outbox import waiting_for
from storage.people import Person, Role, RoleHolder, person, roles_of
from storage.roster import sitting
from storage.rounds import open_round
from storage.units import Unit, unit


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
    await message.answer(say("support.card", entries=help_lines(house.card, say)))


async def privacy(message: Message, house: House) -> None:
    """Every row that is stored about me, in words, and what is not."""
    me = house.ids.lookup(telegram_id(message))
    async with house.begin() as db:
        plan = await organisation(db)
        member = await person(db, me)
        roles = await roles_of(db, me)
        place = await unit(db, member.unit_id) if member else None
        before = await unit(db, member.moved_from) if member and member.moved_from else None
        looked_after = {one.id: await unit(db, one.unit_id) for one in roles}
        current = await open_round(db)
        seat = await sitting(db, current.number, me) if current else None
        letters = await waiting_for(db, member.id) if member else 0
    say = house.words.speak(member.language if member else language_of(message))
    rows = _membership(say, member, place.name) if member and place else []
    if before:
        rows.append(say("privacy.moved", unit=before.name))
    if seat and seat.scope:
        rows.append(say("privacy.seat"))
    if letters:
        rows.append(say.count("privacy.waiting", letters))
    rows += [_role(say, one, looked_after[one.id]) for one in roles]
    stored = Html("\n".join(rows)) if rows else say("privacy.nothing")
    promise = say("promise", k=plan.k) if plan else Html("")
    await message.answer(say("privacy.shown", promise=promise, stored=stored))


def _role(say: Speaker, holder: RoleHolder, place: Unit | None) -> Html:
    role = say.plain(f"role.{holder.role}")
    unit_name, language = place.name if place else "", holder.language
    told = say("privacy.role", role=role, unit=unit_name, name=holder.display_name, language=language)
    passing = {Role.LEAD: "privacy.role_lead", Role.STEWARD: "privacy.role_steward"}.get(Role(holder.role))
    return Html(f"{told}\n{say(passing)}") if passing else told


def _membership(say: Speaker, member: Person, unit_name: str) -> list[Html]:
    return [
        say("privacy.id"),
        say("privacy.unit", unit=unit_name),
        say(
            "privacy.settings",
            pattern=say.plain(f"pattern.{member.pattern}"),
            later=say.plain(f"settings.later_{member.shift_hours}"),
            language=member.language,
            paused=say.count("settings.paused", member.paused_rounds)
            if member.paused_rounds
            else say("settings.not_paused"),
        ),
        say.count("privacy.openings", member.openings),
        say("privacy.established" if member.is_established else "privacy.new"),
        say("privacy.reachable" if member.is_reachable else "privacy.unreachable"),
    ]
