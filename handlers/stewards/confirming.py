"""The second steward says yes or no; what was wished is checked once more, done, and noted with both names."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import ConfirmTap
from handlers.figures import clip
from handlers.house import House
from handlers.plan import next_day
from handlers.speech import language_of, note, rewrite
from handlers.stewards.asking import Wished, facts, lines_of, listed, steward_of
from handlers.stewards.launching import launch_wished
from handlers.words import Html, Speaker
from insights.unit_changes import fitting, written
from insights.units_csv import UnitRow
from storage import audit
from storage.audit import Deed, as_role
from storage.invites import Pending, confirm_invite, end_invite
from storage.organisation import Organisation, organisation
from storage.people import RoleHolder, role_holder
from storage.shared_comments import take_down
from storage.units import Unit, all_units, save_units
from storage.wishes import Wish, pending, settle, wished_comment, wished_invite


class Outcome(StrEnum):
    """What became of a wish, and the words that say so."""

    LAUNCHED = "units.done"
    LAUNCH_STALE = "units.changed"
    LAUNCH_REFUSED = "units.refused"
    INVITED = "wish.invited"
    INVITE_REFUSED = "wish.invite_refused"
    UNITS_DONE = "wish.units_done"
    UNITS_STALE = "wish.units_stale"
    UNITS_REFUSED = "wish.units_refused"
    COMMENT_TAKEN_DOWN = "wish.comment_done"
    COMMENT_STALE = "wish.comment_stale"
    COMMENT_REFUSED = "wish.comment_refused"
    GONE = "units.wish_gone"


_REFUSED: Final = {
    Wish.LAUNCH: Outcome.LAUNCH_REFUSED,
    Wish.INVITE: Outcome.INVITE_REFUSED,
    Wish.UNITS: Outcome.UNITS_REFUSED,
    Wish.COMMENT: Outcome.COMMENT_REFUSED,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A wish that two stewards have settled."""

    outcome: Outcome
    wished: Wished
    launched: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True)
class Two:
    """Who wished and who answers, as the audit log names them."""

    first: str
    second: str


def router() -> Router:
    """The taps under a wish."""
    routes = Router(name="confirming")
    routes.callback_query.register(confirmed, ConfirmTap.filter())
    return routes


async def confirmed(tap: CallbackQuery, callback_data: ConfirmTap, bot: Bot, house: House) -> None:
    """Yes or no, once; the first steward hears of it, and may say no to what was asked in their name."""
    answered: Answered | None = None
    async with house.begin() as db:
        steward = await steward_of(db, house, tap)
        wish = await pending(db, callback_data.wish, house.clock.now())
        plan = await organisation(db)
        first = await role_holder(db, wish.by_id) if wish else None
        is_first = bool(first and steward and first.lookup == steward.lookup)
        own = is_first and callback_data.yes
        if steward and plan and wish and first and not own:
            wished = await facts(db, wish)
            if await settle(db, wish.id):
                two = Two(as_role(first.role, first.display_name), as_role(steward.role, steward.display_name))
                answered = await _answer(db, house, wish, wished, plan, two, callback_data.yes)
                await db.commit()
    say = house.words.speak(steward.language if steward else language_of(tap))
    if steward is None or own:
        await note(tap, say.plain("units.not_alone" if own else "tap.not_yours"), alert=True)
        return
    await note(tap)
    if answered is None:
        await rewrite(bot, tap, say("units.wish_gone"))
        return
    await rewrite(bot, tap, _said(say, answered, plan, house))
    if first and not is_first:
        await _tell(bot, house, first, answered, plan)


async def _tell(bot: Bot, house: House, first: RoleHolder, answered: Answered, plan: Organisation | None) -> None:
    with suppress(TelegramAPIError):
        text = _said(house.words.speak(first.language), answered, plan, house)
        await bot.send_message(house.ids.unseal(first.sealed), text)


async def _answer(
    db: AsyncSession, house: House, wish: Pending, wished: Wished, plan: Organisation, two: Two, yes: bool
) -> Answered:
    if not yes:
        return await _refuse(db, house, wish, wished, two)
    if wish.what == Wish.INVITE:
        return await _invite(db, house, wish, wished, two)
    if wish.what == Wish.UNITS:
        return await _change_units(db, house, wish, wished, two)
    if wish.what == Wish.COMMENT:
        return await _take_down(db, house, wish, wished, two)
    launched = await launch_wished(db, wish, plan)
    deed = Deed.LAUNCH_CONFIRMED if launched else Deed.LAUNCH_STALE
    units = [one.id for one in launched]
    await audit.note(db, house.clock.now(), two.second, deed, unit=wish.unit_id, units=units, asked_by=two.first)
    return Answered(Outcome.LAUNCHED if launched else Outcome.LAUNCH_STALE, wished, launched)


async def _refuse(db: AsyncSession, house: House, wish: Pending, wished: Wished, two: Two) -> Answered:
    invite = await wished_invite(db, wish)
    if invite:
        await end_invite(db, invite.code_hash)
    deed, told = Deed(f"{wish.what}_refused"), {"role": wished.role} if wished.role else {}
    await audit.note(db, house.clock.now(), two.second, deed, unit=wish.unit_id, asked_by=two.first, **told)
    return Answered(_REFUSED[Wish(wish.what)], wished)


async def _invite(db: AsyncSession, house: House, wish: Pending, wished: Wished, two: Two) -> Answered:
    """The code that the first steward was given opens its door from now on, for a day."""
    invite, now = await wished_invite(db, wish), house.clock.now()
    if invite is None or not await confirm_invite(db, invite.code_hash, now):
        return Answered(Outcome.GONE, wished)
    await audit.note(
        db, now, two.second, Deed.INVITE_CONFIRMED, unit=wish.unit_id, role=wished.role, asked_by=two.first
    )
    return Answered(Outcome.INVITED, wished)


async def _change_units(db: AsyncSession, house: House, wish: Pending, wished: Wished, two: Two) -> Answered:
    """All of the changes, or none where one was overtaken."""
    rows = {one.id: UnitRow(one.id, one.name, one.parent_id, one.headcount) for one in await all_units(db)}
    changed = fitting(rows, wished.changes)
    deed, outcome = Deed.UNITS_STALE, Outcome.UNITS_STALE
    if changed is not None:
        deed, outcome = Deed.UNITS_CONFIRMED, Outcome.UNITS_DONE
        await save_units(
            db, [Unit(id=one.unit, parent_id=one.parent, name=one.name, headcount=one.headcount) for one in changed]
        )
    changes = written(wished.changes)
    await audit.note(db, house.clock.now(), two.second, deed, unit=wish.unit_id, changes=changes, asked_by=two.first)
    return Answered(outcome, wished)


async def _take_down(db: AsyncSession, house: House, wish: Pending, wished: Wished, two: Two) -> Answered:
    """The card goes for good. The log says that one went, never what it said."""
    comment = wished_comment(wish)
    is_there = comment is not None and await take_down(db, comment)
    deed = Deed.COMMENT_TAKEN_DOWN if is_there else Deed.COMMENT_STALE
    await audit.note(db, house.clock.now(), two.second, deed, unit=wish.unit_id, asked_by=two.first)
    return Answered(Outcome.COMMENT_TAKEN_DOWN if is_there else Outcome.COMMENT_STALE, wished)


def _said(say: Speaker, answered: Answered, plan: Organisation | None, house: House) -> Html:
    wished = answered.wished
    units = listed(say, [one.name for one in answered.launched])
    day = next_day(plan, house.clock.now(), say)
    role = say.plain(f"role.{wished.role}") if wished.role else ""
    lines = lines_of(say, wished.changes, wished.names)
    text = say(
        answered.outcome.value,
        units=units,
        day=day,
        role=role,
        unit=wished.unit,
        who=wished.display_name,
        lines=lines,
    )
    return Html(clip(text))
