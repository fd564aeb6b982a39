"""`/units`: who has joined where, and the launch, which takes two stewards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import ConfirmTap, LaunchTap
from handlers.figures import clip
from handlers.house import House
from handlers.plan import next_day
from handlers.speech import button, keyboard, language_of, note, rewrite, telegram_id
from handlers.words import Html, Speaker
from insights.policy import launch_minimum
from storage.invites import Pending, ask_second, named_in, pending, settle
from storage.organisation import Organisation, organisation
from storage.people import Role, RoleHolder, establish_members, members_by_unit, role_holder, role_holders, roles_of
from storage.units import Unit, all_units, below, launch

LAUNCH = "launch"
MOST_BUTTONS = 40
MOST_NAMES = 30


def router() -> Router:
    """`/units` and the two taps of a launch."""
    routes = Router(name="stewards")
    routes.message.register(units, Command("units"))
    routes.callback_query.register(wished, LaunchTap.filter())
    routes.callback_query.register(confirmed, ConfirmTap.filter())
    return routes


async def _steward(db: AsyncSession, house: House, event: Message | CallbackQuery) -> RoleHolder | None:
    roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
    return next((one for one in roles if one.role == Role.STEWARD), None)


def ready(places: Sequence[Unit], joined: Mapping[str, int], top: str, k: int) -> list[Unit]:
    """Units at or below `top` that gather and have enough members to be launched."""
    inside = below(places, top)
    return [
        one
        for one in places
        if one.id in inside
        and not one.is_launched
        and one.headcount
        and joined.get(one.id, 0) >= launch_minimum(one.headcount, k)
    ]


async def units(message: Message, house: House) -> None:
    """Every unit with its members and its state."""
    async with house.begin() as db:
        steward = await _steward(db, house, message)
        places, joined, plan = await all_units(db), await members_by_unit(db), await organisation(db)
    say = house.words.speak(steward.language if steward else language_of(message))
    if steward is None or plan is None:
        await message.answer(say("steward.only"))
    elif not places:
        await message.answer(say("units.none"))
    else:
        lines = [_line(say, one, joined.get(one.id, 0), plan.k) for one in places if one.headcount]
        launchable = ready(places, joined, _top(places), plan.k)
        text = say("units.shown", lines=Html("\n".join(lines)))
        await message.answer(clip(text), reply_markup=_launches(say, launchable, _top(places)))


def _top(places: Sequence[Unit]) -> str:
    return next(one.id for one in places if one.parent_id is None)


def _line(say: Speaker, place: Unit, joined: int, k: int) -> Html:
    key = "units.launched" if place.is_launched else "units.gathering"
    least = launch_minimum(place.headcount, k)
    return say(key, unit=place.name, joined=joined, headcount=place.headcount, least=least)


def _launches(say: Speaker, launchable: Sequence[Unit], top: str) -> InlineKeyboardMarkup | None:
    if not launchable:
        return None
    rows = [[button(say.plain("units.launch", unit=one.name), LaunchTap(unit=one.id))] for one in launchable]
    if len(launchable) > 1:
        rows.insert(0, [button(say.plain("units.launch_all", count=len(launchable)), LaunchTap(unit=top))])
    return keyboard(*rows[:MOST_BUTTONS])


async def wished(tap: CallbackQuery, callback_data: LaunchTap, bot: Bot, house: House) -> None:
    """The first steward's wish goes to every other steward."""
    async with house.begin() as db:
        steward = await _steward(db, house, tap)
        places, joined, plan = await all_units(db), await members_by_unit(db), await organisation(db)
        found = ready(places, joined, callback_data.unit, plan.k) if plan else []
        everybody = await role_holders(db, Role.STEWARD)
        others = [one for one in everybody if steward and one.lookup != steward.lookup]
        wish = ""
        if steward and found and others:
            named = {one.id: joined[one.id] for one in found}
            wish = await ask_second(db, LAUNCH, callback_data.unit, steward.id, house.clock.now(), named)
            await db.commit()
    say = house.words.speak(steward.language if steward else language_of(tap))
    if steward is None:
        await note(tap, say.plain("tap.not_yours"), alert=True)
    elif not found:
        await note(tap, say.plain("units.not_ready"), alert=True)
    elif not others:
        await note(tap, say.plain("units.alone"), alert=True)
    else:
        await note(tap, say.plain("units.asked"))
        for other in others:
            await _ask(bot, house, other, steward, _counted(house.words.speak(other.language), found, joined), wish)


async def _ask(bot: Bot, house: House, other: RoleHolder, steward: RoleHolder, units_named: str, wish: str) -> None:
    say = house.words.speak(other.language)
    buttons = keyboard(
        [button(say.plain("units.confirm"), ConfirmTap(wish=wish, yes=True))],
        [button(say.plain("units.refuse"), ConfirmTap(wish=wish, yes=False))],
    )
    text = say("units.second", name=steward.display_name, units=units_named)
    with suppress(TelegramForbiddenError):
        await bot.send_message(house.ids.unseal(other.sealed), text, reply_markup=buttons)


def _counted(say: Speaker, places: Sequence[Unit], joined: Mapping[str, int]) -> str:
    """The same with the members of each, for whoever answers for them."""
    return _names(say, [f"{one.name} ({joined[one.id]})" for one in places])


def _names(say: Speaker, names: Sequence[str]) -> str:
    """Names of units in a line, and how many more."""
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return say.plain("units.and_more", names=shown, count=more) if more > 0 else shown


async def confirmed(tap: CallbackQuery, callback_data: ConfirmTap, bot: Bot, house: House) -> None:
    """The second steward says yes or no. Members at launch count as established."""
    launched: list[Unit] = []
    async with house.begin() as db:
        steward = await _steward(db, house, tap)
        wish = await pending(db, callback_data.wish, house.clock.now())
        plan = await organisation(db)
        first = await role_holder(db, wish.by_id) if wish else None
        own = bool(first and steward and first.lookup == steward.lookup)
        settled = bool(steward and plan and wish and not own and await settle(db, wish.id))
        if settled and plan and wish:
            if callback_data.yes:
                launched = await _launch(db, wish, plan)
            await db.commit()
    say = house.words.speak(steward.language if steward else language_of(tap))
    if steward is None or own:
        await note(tap, say.plain("units.not_alone" if own else "tap.not_yours"), alert=True)
        return
    await note(tap)
    if not settled or first is None:
        await rewrite(bot, tap, say("units.wish_gone"))
        return
    await rewrite(bot, tap, _outcome(say, launched, plan, house, callback_data.yes))
    told = house.words.speak(first.language)
    with suppress(TelegramAPIError):
        text = _outcome(told, launched, plan, house, callback_data.yes)
        await bot.send_message(house.ids.unseal(first.sealed), text)


def _outcome(say: Speaker, launched: Sequence[Unit], plan: Organisation | None, house: House, yes: bool) -> Html:
    if launched:
        names = _names(say, [one.name for one in launched])
        return say("units.done", units=names, day=next_day(plan, house.clock.now(), say))
    return say("units.changed" if yes else "units.refused")


async def _launch(db: AsyncSession, wish: Pending, plan: Organisation) -> list[Unit]:
    """What the second steward was shown and no more: who joined since then waits for another wish."""
    places, joined, named = await all_units(db), await members_by_unit(db), named_in(wish)
    done = []
    for place in ready(places, joined, wish.unit_id, plan.k):
        if named.get(place.id) == joined[place.id] and await launch(db, place.id):
            await establish_members(db, place.id)
            done.append(place)
    return done
