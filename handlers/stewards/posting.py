"""`/poster`: a new code for a unit's wall, with its picture; the older one stops working. One steward is enough."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import BufferedInputFile, Message

from handlers.house import House
from handlers.pictures import poster_picture
from handlers.speech import language_of
from handlers.stewards.appointing import fault_in_unit, inside, units_listed, usage
from handlers.stewards.asking import steward_of
from storage import audit
from storage.audit import Deed, as_role
from storage.invites import make_poster
from storage.units import all_units


def router() -> Router:
    """`/poster`."""
    routes = Router(name="posting")
    routes.message.register(poster, Command("poster"))
    return routes


async def poster(message: Message, command: CommandObject, bot: Bot, house: House) -> None:
    """The link and its code as a picture to print."""
    username, place, code = (await bot.me()).username, None, ""
    async with house.begin() as db:
        steward = await steward_of(db, house, message)
        places = [one for one in inside(await all_units(db), steward) if one.headcount] if steward else []
        place = next((one for one in places if one.id == (command.args or "").strip().lower()), None)
        if steward and place:
            code = await make_poster(db, place.id)
            actor = as_role(steward.role, steward.display_name)
            await audit.note(db, house.clock.now(), actor, Deed.POSTER_MADE, unit=place.id)
            await db.commit()
    say = house.words.speak(steward.language if steward else language_of(message))
    if steward is None:
        await message.answer(say("steward.only"))
    elif place is None:
        how = say("poster.usage", units=units_listed(say, places))
        await message.answer(usage(fault_in_unit(say, command.args or ""), how))
    else:
        link = f"https://t.me/{username}?start={code}"
        file = BufferedInputFile(await poster_picture(link, place.name, say), f"poster-{place.id}.png")
        await message.answer_photo(file, caption=say("poster.made", unit=place.name, link=link))
