"""What a lead looks at: their own units on the last page, and that they looked is noted before they see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import CallbackQuery, Message

from handlers.house import House
from handlers.speech import language_of, telegram_id
from handlers.words import Speaker
from insights.cells import Ledger, UnitKey
from insights.policy import K_FLOOR
from storage import audit
from storage.audit import Deed, as_role
from storage.organisation import organisation
from storage.people import Role, RoleHolder, roles_of


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who looks, what they look after (nothing: no lead), and what was published."""

    say: Speaker
    holders: Sequence[RoleHolder]
    pages: Ledger
    k: int

    def standing(self) -> list[tuple[RoleHolder, UnitKey]]:
        """Those of their units that stand on the last page."""
        units = [(one, UnitKey(one.unit_id)) for one in self.holders]
        return [(one, unit) for one, unit in units if self.pages and self.pages[-1].line(unit)]


async def desk(event: Message | CallbackQuery, house: House) -> Desk:
    """Whose desk it is. Nothing is noted yet."""
    async with house.begin() as db:
        roles = await roles_of(db, house.ids.lookup(telegram_id(event)))
        pages = await house.ledger.pages(db)
        plan = await organisation(db)
    say = house.words.speak(roles[0].language if roles else language_of(event))
    looking = [one for one in roles if one.role in (Role.LEAD, Role.HR)]
    return Desk(say, looking, pages, plan.k if plan else K_FLOOR)


async def desk_of_lead(message: Message, house: House, deed: Deed) -> Desk | None:
    """The desk of whoever may look, once it is noted that they do. None: they have been told why there is nothing."""
    who = await desk(message, house)
    if not who.holders:
        await message.answer(who.say("lead.only"))
        return None
    if not who.pages:
        await message.answer(who.say("team.nothing_yet"))
        return None
    await note_look(house, who, deed, who.holders)
    return who


async def note_look(house: House, who: Desk, deed: Deed, holders: Sequence[RoleHolder], unit: str = "") -> None:
    """Notes that these looked, at `unit` or at what each looks after. Nothing can be seen before the first page."""
    if not who.pages:
        return
    number = who.pages[-1].round
    async with house.begin() as db:
        for one in holders:
            actor = as_role(one.role, one.display_name)
            await audit.note(db, house.clock.now(), actor, deed, unit=unit or one.unit_id, round=number)
        await db.commit()
