"""`/units`: who has joined where, and the launch, which takes two stewards."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import LaunchTap
from handlers.figures import clip
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note
from handlers.stewards.asking import ask, facts, steward_of
from handlers.stewards.launching import ready
from handlers.words import Html, Speaker
from insights.policy import launch_minimum
from storage import audit
from storage.audit import Deed, as_role
from storage.organisation import organisation
from storage.people import members_by_unit
from storage.units import Unit, all_units
from storage.wishes import Wish, ask_second, other_stewards, pending

MOST_BUTTONS = 40


def router() -> Router:
    """`/units` and the tap that wishes a launch."""
    routes = Router(name="stewards")
    routes.message.register(units, Command("units"))
    routes.callback_query.register(wished, LaunchTap.filter())
    return routes


async def units(message: Message, house: House) -> None:
    """Every unit with its members and its state."""
    async with house.begin() as db:
        steward = await steward_of(db, house, message)
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
    now, told = house.clock.now(), None
    async with house.begin() as db:
        steward = await steward_of(db, house, tap)
        places, joined, plan = await all_units(db), await members_by_unit(db), await organisation(db)
        found = ready(places, joined, callback_data.unit, plan.k) if plan else []
        others = await other_stewards(db, steward) if steward else []
        if steward and found and others:
            named = {one.id: joined[one.id] for one in found}
            wish_id = await ask_second(db, Wish.LAUNCH, callback_data.unit, steward.id, now, named)
            wish = await pending(db, wish_id, now)
            told = await facts(db, wish) if wish else None
            actor = as_role(steward.role, steward.display_name)
            await audit.note(db, now, actor, Deed.LAUNCH_ASKED, unit=callback_data.unit, units=sorted(named))
            await db.commit()
    say = house.words.speak(steward.language if steward else language_of(tap))
    if steward is None:
        await note(tap, say.plain("tap.not_yours"), alert=True)
    elif not found:
        await note(tap, say.plain("units.not_ready"), alert=True)
    elif told is None:
        await note(tap, say.plain("units.alone"), alert=True)
    else:
        await note(tap, say.plain("units.asked"))
        await ask(bot, house, steward, others, told)
