"""Leaving: who is erased reads what is gone; who holds a role decides whether that goes, too."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import LeaveTap
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note, rewrite, telegram_id
from handlers.staff.rows import Stored, held_roles, logged, membership, stored_about
from handlers.words import Html, Speaker
from storage import audit
from storage.audit import Deed, as_role
from storage.people import Role, RoleHolder, end_role, forget_person, is_last_steward


def router() -> Router:
    """`/leave` and its answers."""
    routes = Router(name="leaving")
    routes.message.register(leave, Command("leave"))
    routes.callback_query.register(left, LeaveTap.filter())
    return routes


async def leave(message: Message, house: House) -> None:
    """Are you sure?"""
    me = house.ids.lookup(telegram_id(message))
    async with house.begin() as db:
        found, is_last = await stored_about(db, me), await is_last_steward(db, me)
    say = house.words.speak(found.member.language if found.member else language_of(message))
    if found.member or found.roles:
        text, markup = ask_leave(say, found, is_last)
        await message.answer(text, reply_markup=markup)
    else:
        await message.answer(say("start.stranger"))


def ask_leave(say: Speaker, found: Stored, is_last: bool) -> tuple[Html, InlineKeyboardMarkup]:
    """What would go, and a button for as much of it as there is."""
    parts, rows = [], []
    if found.member:
        parts.append(say("leave.ask"))
        rows.append([button(say.plain("leave.team" if found.roles else "leave.yes"), LeaveTap(sure=True))])
    if found.roles:
        parts.append(say("leave.ask_roles", roles=_lines(held_roles(say, found.roles, found.looked_after))))
    if is_last:
        parts.append(say("leave.last_steward"))
    if _given_up(found.roles, is_last):
        yes = say.plain("leave.team_and_roles" if found.member else "leave.roles")
        rows.append([button(yes, LeaveTap(sure=True, roles=True))])
    return Html("\n\n".join(parts)), keyboard(*rows, [button(say.plain("leave.no"), LeaveTap(sure=False))])


async def left(tap: CallbackQuery, callback_data: LeaveTap, bot: Bot, house: House) -> None:
    """Erased, or stayed."""
    me = house.ids.lookup(tap.from_user.id)
    async with house.begin() as db:
        found, is_last = await stored_about(db, me), await is_last_steward(db, me)
        ended = _given_up(found.roles, is_last) if callback_data.roles else []
        if callback_data.sure:
            await erase(db, house, me, ended)
            await db.commit()
    say = house.words.speak(found.member.language if found.member else language_of(tap))
    if callback_data.sure:
        await note(tap, say.plain("leave.toast"))
        await rewrite(bot, tap, gone(say, found, ended))
    else:
        await note(tap)
        await rewrite(bot, tap, say("leave.stayed"))


def _given_up(roles: Sequence[RoleHolder], is_last: bool) -> list[RoleHolder]:
    """Every role but that of the last steward: without one nobody could launch a team, nor stop a round in chat."""
    return [one for one in roles if not (is_last and one.role == Role.STEWARD)]


async def erase(db: AsyncSession, house: House, lookup: bytes, roles: Sequence[RoleHolder] = ()) -> None:
    """The membership with all that hangs on it, and these roles with what waited for their holder.

    That a role has ended is noted, as ever with its display name; that a member has left is noted nowhere.
    """
    await forget_person(db, lookup)
    for one in roles:
        await end_role(db, one.id)
    for one in roles:
        actor = as_role(one.role, one.display_name)
        unit, role, name = one.unit_id, one.role, one.display_name
        await audit.note(db, house.clock.now(), actor, Deed.ROLE_ENDED, unit=unit, role=role, name=name)


def gone(say: Speaker, found: Stored, ended: Sequence[RoleHolder] = ()) -> Html:
    """What was stored, struck through, and what is left."""
    struck = membership(say, found) + held_roles(say, ended, found.looked_after)
    kept = [one for one in found.roles if one not in ended]
    left_over = held_roles(say, kept, found.looked_after) + logged(say, found.roles)
    parts = []
    if struck:
        parts.append(say("leave.done" if found.member else "leave.done_roles", rows=_lines(struck)))
    if left_over:
        parts.append(say("leave.kept", roles=_lines(left_over)))
    if found.member:
        parts.append(say("leave.sent"))
    return Html("\n\n".join(parts)) if parts else say("leave.nothing")


def _lines(rows: Sequence[Html]) -> Html:
    return Html("\n".join(rows))
