"""`/headcount`: how many work in a unit, in one line. Enlarging a small one takes a second steward."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.house import House
from handlers.speech import language_of
from handlers.stewards.appointing import fault_in_unit, inside, typed, units_listed, usage
from handlers.stewards.asking import Wished, ask, facts, steward_of
from handlers.words import Html, Speaker
from insights.policy import HEADCOUNT_MOST
from insights.unit_changes import HEADCOUNT, Change, held_back, written
from insights.units_csv import Changes, UnitRow
from storage import audit
from storage.audit import Deed, as_role
from storage.people import RoleHolder
from storage.units import Unit, all_units, save_units
from storage.wishes import Wish, ask_second, other_stewards, pending


def router() -> Router:
    """`/headcount`."""
    routes = Router(name="headcounts")
    routes.message.register(headcount, Command("headcount"))
    return routes


def read_headcount(text: str, places: Sequence[Unit]) -> tuple[Unit, int] | None:
    """`ward-7 26`."""
    unit_id, _, number = text.strip().partition(" ")
    place = next((one for one in places if one.id == unit_id.lower()), None)
    digits = number.strip()
    if place is None or not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(HEADCOUNT_MOST)):
        return None
    return (place, int(digits)) if int(digits) <= HEADCOUNT_MOST else None


async def headcount(message: Message, command: CommandObject, bot: Bot, house: House) -> None:
    """At once, unless it takes two."""
    wanted, told, takes_two = None, None, False
    async with house.begin() as db:
        steward = await steward_of(db, house, message)
        places = await all_units(db)
        others = await other_stewards(db, steward) if steward else []
        wanted = read_headcount(command.args or "", inside(places, steward)) if steward else None
        if steward and wanted and wanted[0].headcount != wanted[1]:
            takes_two = _takes_two(places, *wanted)
            if others or not takes_two:
                told = await _change(db, house, steward, wanted[0], wanted[1], takes_two)
                await db.commit()
    say = house.words.speak(steward.language if steward else language_of(message))
    if steward is None:
        await message.answer(say("steward.only"))
    elif wanted is None:
        own = inside(places, steward)
        how = say("headcount.usage", units=units_listed(say, own))
        await message.answer(usage(_fault(say, command.args or "", own), how))
    elif told:
        await message.answer(say("headcount.waits", unit=wanted[0].name, after=wanted[1]))
        await ask(bot, house, steward, others, told)
    elif takes_two:
        await message.answer(say("units.alone"))
    else:
        await message.answer(say("headcount.done", unit=wanted[0].name, after=wanted[1]))


def _fault(say: Speaker, text: str, places: Sequence[Unit]) -> Html:
    """What is wrong with a line that `read_headcount` does not take."""
    unit_id, _, number = text.strip().partition(" ")
    if unit_id.lower() not in {one.id for one in places}:
        return fault_in_unit(say, unit_id)
    if not number.strip():
        return say("headcount.missing")
    return say("headcount.no_number", given=typed(number), most=HEADCOUNT_MOST)


def _takes_two(places: Sequence[Unit], place: Unit, after: int) -> bool:
    was, now = (UnitRow(place.id, place.name, place.parent_id, number) for number in (place.headcount, after))
    changes = Changes(added=(), renamed=(), moved=(), resized=((was, now),), missing=())
    return bool(held_back({place.id: was}, changes, [one.id for one in places if one.is_launched]))


async def _change(
    db: AsyncSession, house: House, steward: RoleHolder, place: Unit, after: int, takes_two: bool
) -> Wished | None:
    """Writes the headcount, or the wish for it: then what the others are asked."""
    now, actor = house.clock.now(), as_role(steward.role, steward.display_name)
    changes = written([Change(place.id, HEADCOUNT, place.headcount, after)])
    if not takes_two:
        await save_units(db, [Unit(id=place.id, parent_id=place.parent_id, name=place.name, headcount=after)])
        await audit.note(db, now, actor, Deed.UNITS_CHANGED, unit=place.id, changes=changes)
        return None
    wish_id = await ask_second(db, Wish.UNITS, place.id, steward.id, now, {}, {"changes": changes})
    wish = await pending(db, wish_id, now)
    told = await facts(db, wish) if wish else None
    await audit.note(db, now, actor, Deed.UNITS_ASKED, unit=place.id, changes=changes)
    return told
