"""Taking on a role by a single-use invite, and finding out which roles somebody holds."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from handlers.callbacks import AcceptTap, StayTap
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note, rewrite
from handlers.words import Speaker
from storage import audit
from storage.audit import Deed, as_role
from storage.invites import Invite, Standing, find_invite, use_role_invite
from storage.organisation import organisation
from storage.people import RoleHolder, roles_of
from storage.units import unit


def router() -> Router:
    """The tap that accepts."""
    routes = Router(name="roles")
    routes.callback_query.register(accepted, AcceptTap.filter())
    return routes


async def offer_role(message: Message, code: str, house: House) -> None:
    """What the role is, before anybody takes it."""
    say = house.words.speak(language_of(message))
    async with house.begin() as db:
        invite = await find_invite(db, code, house.clock.now())
        plan = await organisation(db)
        place = await unit(db, invite.unit_id) if invite else None
    if plan is None or invite is None or place is None:
        await message.answer(say("code.foreign", contact=plan.contact) if plan else say("start.not_ready"))
    elif invite.standing != Standing.OPEN:
        await message.answer(say(f"code.{invite.standing}"))
    else:
        role = _role(say, invite)
        text = say("role.ask", role=role, unit=place.name, organisation=plan.name, name=invite.display_name or "")
        yes = button(say.plain("role.yes"), AcceptTap(code=code))
        await message.answer(text, reply_markup=keyboard([yes], [button(say.plain("join.no"), StayTap())]))


def _role(say: Speaker, invite: Invite) -> str:
    return say.plain(f"role.{invite.role}")


async def accepted(tap: CallbackQuery, callback_data: AcceptTap, bot: Bot, house: House) -> None:
    """Yes: the invite is used up and the role is theirs. A second tap of the same person finds it so."""
    say = house.words.speak(language_of(tap))
    me = house.ids.lookup(tap.from_user.id)
    async with house.begin() as db:
        plan = await organisation(db)
        invite = await find_invite(db, callback_data.code, house.clock.now())
        place = await unit(db, invite.unit_id) if invite else None
        held = {(one.role, one.unit_id) for one in await roles_of(db, me)}
        is_theirs = invite is not None and (invite.role, invite.unit_id) in held
        is_open = invite is not None and invite.standing == Standing.OPEN
        holder = _holder(tap, invite, house, say) if invite and is_open else None
        if holder and await use_role_invite(db, callback_data.code):
            if not is_theirs:
                db.add(holder)
            is_theirs = True
            actor = as_role(holder.role, holder.display_name)
            await audit.note(db, house.clock.now(), actor, Deed.INVITE_USED, unit=holder.unit_id, role=holder.role)
            await db.commit()
    await note(tap)
    if invite is None or place is None:
        await rewrite(bot, tap, say("code.foreign", contact=plan.contact if plan else ""))
    elif is_theirs:
        await rewrite(bot, tap, say(f"role.done_{invite.role}", unit=place.name))
    else:
        await rewrite(bot, tap, say(f"code.{Standing.USED if is_open else invite.standing}"))


def _holder(tap: CallbackQuery, invite: Invite, house: House, say: Speaker) -> RoleHolder:
    return RoleHolder(
        lookup=house.ids.lookup(tap.from_user.id),
        sealed=house.ids.seal(tap.from_user.id),
        role=invite.role or "",
        unit_id=invite.unit_id,
        display_name=invite.display_name or "",
        language=say.language,
    )
