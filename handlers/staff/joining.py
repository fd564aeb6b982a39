"""Joining by a poster's code: who runs this, the promise, yes, when you work. Moving, too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiogram import Bot, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import JoinTap, MoveTap, StayTap
from handlers.house import House
from handlers.plan import next_day
from handlers.roles import offer_role
from handlers.speech import button, clear_buttons, keyboard, language_of, note, rewrite, telegram_id
from handlers.staff.practice import practice_button
from handlers.words import Html, Speaker
from storage.invites import POSTER, ROLE, Standing, find_invite, looks_like_code
from storage.organisation import Organisation, organisation
from storage.people import Pattern, Person, members, person, set_reachable
from storage.rounds import open_round
from storage.units import Unit, unit


class Refusal(StrEnum):
    """Why a code opens no door, and the words that say so."""

    MALFORMED = "code.malformed"
    FOREIGN = "code.foreign"
    USED = "code.used"
    EXPIRED = "code.expired"
    REPLACED = "code.replaced"
    FULL = "code.full"


@dataclass(frozen=True, slots=True)
class Door:
    """The unit behind a poster, for somebody who may join it or is in it; `others` have joined already."""

    unit: Unit
    others: int


def router() -> Router:
    """Deep links and what follows from them."""
    routes = Router(name="joining")
    routes.message.register(started, CommandStart())
    routes.callback_query.register(joined, JoinTap.filter())
    routes.callback_query.register(moved, MoveTap.filter())
    routes.callback_query.register(stayed, StayTap.filter())
    return routes


async def door(db: AsyncSession, house: House, code: str, member: Person | None) -> Door | Refusal:
    """What a poster's code opens. One's own ward is never too full for oneself."""
    if not looks_like_code(code):
        return Refusal.MALFORMED
    invite = await find_invite(db, code, house.clock.now())
    if invite is None or invite.kind != POSTER:
        return Refusal.FOREIGN
    if invite.standing != Standing.OPEN:
        return Refusal(f"code.{invite.standing}")
    place = await unit(db, invite.unit_id, is_locked=True)
    if place is None:
        return Refusal.FOREIGN
    is_there = member is not None and member.unit_id == place.id
    others = await members(db, place.id) - is_there
    return Refusal.FULL if others >= place.headcount and not is_there else Door(place, others)


async def started(message: Message, command: CommandObject, house: House) -> None:
    """`/start`, with or without a code."""
    code = (command.args or "").strip()
    me = house.ids.lookup(telegram_id(message))
    if code.startswith(ROLE) and looks_like_code(code):
        await offer_role(message, code, house)
        return
    async with house.begin() as db:
        plan = await organisation(db)
        member = await person(db, me)
        mine = await unit(db, member.unit_id) if member else None
        found = await door(db, house, code, member) if code else None
        if member and not member.is_reachable:
            await set_reachable(db, me, True)
            await db.commit()
    say = house.words.speak(member.language if member else language_of(message))
    text, markup = _greeting(say, plan, mine, found, code)
    await message.answer(text, reply_markup=markup)


def _greeting(
    say: Speaker, plan: Organisation | None, mine: Unit | None, found: Door | Refusal | None, code: str
) -> tuple[Html, InlineKeyboardMarkup | None]:
    if plan is None:
        return say("start.not_ready"), None
    if isinstance(found, Refusal):
        return say(found.value, contact=plan.contact), None
    if found is None:
        return (
            say("start.member", unit=mine.name) if mine else say("start.stranger_of", organisation=plan.name)
        ), None
    if mine is None:
        return _promised(say, plan, found.unit, code)
    if mine.id == found.unit.id:
        return say("start.member", unit=mine.name), None
    yes = button(say.plain("move.yes", unit=found.unit.name), MoveTap(code=code))
    no = button(say.plain("move.no", unit=mine.name), StayTap())
    return say("move.ask", old=mine.name, new=found.unit.name), keyboard([yes], [no])


def _promised(say: Speaker, plan: Organisation, place: Unit, code: str) -> tuple[Html, InlineKeyboardMarkup]:
    promise = say("promise", k=plan.k)
    text = say("join.ask", organisation=plan.name, contact=plan.contact, unit=place.name, promise=promise)
    yes = button(say.plain("join.yes", unit=place.name), JoinTap(code=code, terms=plan.terms))
    return text, keyboard([yes], [button(say.plain("join.no"), StayTap())])


async def joined(tap: CallbackQuery, callback_data: JoinTap, bot: Bot, house: House) -> None:
    """Yes to the promise, then the working pattern; with that, a member. Yes to an older one brings the newest."""
    say = house.words.speak(language_of(tap))
    if callback_data.pattern not in {*Pattern, ""}:
        await note(tap, say.plain("tap.foreign"), alert=True)
        return
    async with house.begin() as db:
        plan = await organisation(db)
        member = await person(db, house.ids.lookup(tap.from_user.id))
        found = await door(db, house, callback_data.code, member)
        member = member or await person(db, house.ids.lookup(tap.from_user.id))
        current = await open_round(db)
        is_current = plan is not None and callback_data.terms == plan.terms
        if callback_data.pattern and isinstance(found, Door) and member is None and is_current:
            member = _new_member(tap, callback_data, house, say, found.unit)
            db.add(member)
            await db.commit()
    await note(tap)
    if plan is None:
        await rewrite(bot, tap, say("start.not_ready"))
    elif member is None and isinstance(found, Door) and not is_current:
        await rewrite(bot, tap, *_promised(say, plan, found.unit, callback_data.code))
    elif member is None and isinstance(found, Door):
        ask = say("join.pattern_lens" if plan.lens else "join.pattern")
        await rewrite(bot, tap, ask, _patterns(say, callback_data.code, plan.terms))
    elif member and isinstance(found, Door) and member.unit_id == found.unit.id:
        day = next_day(plan, house.clock.now(), say)
        await rewrite(bot, tap, _welcome(say, found, bool(current), day), practice_button(say))
    else:
        key = "join.already" if member else str(found)
        await rewrite(bot, tap, say(key, contact=plan.contact))


def _welcome(say: Speaker, found: Door, is_under_way: bool, day: str) -> Html:
    """The same words after a double tap as after one."""
    place = found.unit
    if not place.is_launched:
        return say.count("join.gathering", found.others + 1, unit=place.name, headcount=place.headcount)
    return say("join.done_during" if is_under_way else "join.done", unit=place.name, day=day)


def _new_member(tap: CallbackQuery, choice: JoinTap, house: House, say: Speaker, place: Unit) -> Person:
    return Person(
        lookup=house.ids.lookup(tap.from_user.id),
        sealed=house.ids.seal(tap.from_user.id),
        unit_id=place.id,
        language=say.language,
        pattern=choice.pattern,
        agreed=choice.terms,
    )


def _patterns(say: Speaker, code: str, terms: int) -> InlineKeyboardMarkup:
    taps = {one: JoinTap(code=code, pattern=one.value, terms=terms) for one in Pattern}
    return keyboard(*[[button(say.plain(f"pattern.{one}"), tap)] for one, tap in taps.items()])


async def moved(tap: CallbackQuery, callback_data: MoveTap, bot: Bot, house: House) -> None:
    """Yes, move me. Answers already sent stay where they were counted."""
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(tap.from_user.id))
        found = await door(db, house, callback_data.code, member)
        plan = await organisation(db)
        if isinstance(found, Door) and member and member.unit_id != found.unit.id:
            origin = member.moved_from or member.unit_id
            member.moved_from = None if origin == found.unit.id else origin
            member.unit_id = found.unit.id
            member.unconfirmed_openings = member.times_asked = 0
            db.add(member)
            await db.commit()
    say = house.words.speak(member.language if member else language_of(tap))
    await note(tap)
    if isinstance(found, Refusal):
        await rewrite(bot, tap, say(found.value, contact=plan.contact if plan else ""))
    else:
        await rewrite(bot, tap, say("move.done", unit=found.unit.name) if member else say("start.stranger"))


async def stayed(tap: CallbackQuery, bot: Bot, house: House) -> None:
    """No, thank you."""
    say = house.words.speak(language_of(tap))
    await note(tap, say.plain("join.declined"))
    await clear_buttons(bot, tap)
