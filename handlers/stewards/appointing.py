"""`/invite`: a role-holder's single-use link, in one line. From the first launch on it takes a second steward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.figures import clip
from handlers.house import House
from handlers.speech import language_of
from handlers.stewards.asking import MOST_NAMES, Wished, ask, facts, steward_of
from handlers.words import Html, Speaker
from insights.policy import DISPLAY_NAME_LENGTH
from storage import audit
from storage.audit import Deed, as_role
from storage.invites import code_hash, make_role_invite
from storage.people import Role, RoleHolder
from storage.units import Unit, all_units, below
from storage.wishes import Wish, ask_second, other_stewards, pending

_TYPED = 40
"""Letters of what somebody typed that are shown back: enough to see the slip."""


@dataclass(frozen=True, slots=True)
class Order:
    """Whom a steward wants to invite."""

    role: Role
    unit: Unit
    name: str


def router() -> Router:
    """`/invite`."""
    routes = Router(name="appointing")
    routes.message.register(invite, Command("invite"))
    return routes


def inside(places: Sequence[Unit], steward: RoleHolder) -> list[Unit]:
    """The units that a steward looks after."""
    own = below(places, steward.unit_id)
    return [one for one in places if one.id in own]


def units_listed(say: Speaker, places: Sequence[Unit]) -> Html:
    """Units with their ids, a line each, for a steward to choose from."""
    lines = [
        say.count("steward.unit", one.headcount, id=one.id, unit=one.name)
        if one.headcount
        else say("steward.group", id=one.id, unit=one.name)
        for one in places[:MOST_NAMES]
    ]
    if len(places) > MOST_NAMES:
        lines.append(say.count("steward.more_units", len(places) - MOST_NAMES))
    return Html("\n".join(lines))


def typed(text: str) -> str:
    """What somebody typed, short enough to be shown back to them."""
    text = text.strip()
    return text if len(text) <= _TYPED else text[:_TYPED] + "…"


def fault_in_unit(say: Speaker, given: str) -> Html:
    """That there is no such unit, with what was typed; nothing where nothing was."""
    return say("steward.no_unit", given=typed(given)) if given.strip() else Html("")


def usage(fault: Html, how: Html) -> str:
    """What was wrong, if something was typed, and how it goes."""
    return clip(f"{fault}\n\n{how}" if fault else how)


def fault_in_order(say: Speaker, text: str, places: Sequence[Unit]) -> Html:
    """What is wrong with an order that `read_order` does not take."""
    word, _, rest = text.strip().partition(" ")
    if not word:
        return Html("")
    if word.lower() not in {*Role}:
        return say("invite.no_role", given=typed(word))
    unit_id = rest.strip().partition(" ")[0]
    if word.lower() == Role.LEAD and unit_id.lower() not in {one.id for one in places}:
        return fault_in_unit(say, unit_id) or say("invite.no_name")
    return say("invite.no_name")


def read_order(text: str, places: Sequence[Unit], steward: RoleHolder) -> Order | None:
    """`lead ward-7 Jo, matron`; HR analysts and stewards serve the whole organisation and have no unit."""
    word, _, rest = text.strip().partition(" ")
    if word.lower() not in {*Role}:
        return None
    role, unit_id, name = Role(word.lower()), steward.unit_id, rest.strip()
    if role == Role.LEAD:
        unit_id, _, name = name.partition(" ")
    found = next((one for one in places if one.id == unit_id.lower()), None)
    is_name = bool(name.strip()) and len(name.strip()) <= DISPLAY_NAME_LENGTH and name.isprintable()
    return Order(role, found, name.strip()) if found and is_name else None


async def invite(message: Message, command: CommandObject, bot: Bot, house: House) -> None:
    """The link at once; after the first launch it opens its door when a second steward has confirmed it."""
    username = (await bot.me()).username
    code, order, told = "", None, None
    async with house.begin() as db:
        steward = await steward_of(db, house, message)
        places = await all_units(db)
        others = await other_stewards(db, steward) if steward else []
        takes_two = any(one.is_launched for one in places)
        if steward:
            order = read_order(command.args or "", inside(places, steward), steward)
            if order and (others or not takes_two):
                code, told = await _make(db, house, steward, order, takes_two)
                await db.commit()
    say = house.words.speak(steward.language if steward else language_of(message))
    if steward is None:
        await message.answer(say("steward.only"))
    elif order is None:
        own = inside(places, steward)
        how = say("invite.usage", units=units_listed(say, own), most=DISPLAY_NAME_LENGTH)
        await message.answer(usage(fault_in_order(say, command.args or "", own), how))
    elif not code:
        await message.answer(say("units.alone"))
    else:
        link, role = f"https://t.me/{username}?start={code}", say.plain(f"role.{order.role}")
        key = "invite.waits" if told else "invite.made"
        await message.answer(say(key, link=link, role=role, unit=order.unit.name, name=order.name))
        if told:
            await ask(bot, house, steward, others, told)


async def _make(
    db: AsyncSession, house: House, steward: RoleHolder, order: Order, takes_two: bool
) -> tuple[str, Wished | None]:
    """The code, and what others are asked. Whom it is for is not noted before they have accepted."""
    now, actor, unit = house.clock.now(), as_role(steward.role, steward.display_name), order.unit.id
    code = await make_role_invite(db, unit, order.role, order.name, now, is_pending=takes_two)
    if not takes_two:
        await audit.note(db, now, actor, Deed.INVITE_MADE, unit=unit, role=order.role)
        return code, None
    wish_id = await ask_second(db, Wish.INVITE, unit, steward.id, now, {}, {"code": code_hash(code).hex()})
    wish = await pending(db, wish_id, now)
    told = await facts(db, wish) if wish else None
    await audit.note(db, now, actor, Deed.INVITE_ASKED, unit=unit, role=order.role)
    return code, told
