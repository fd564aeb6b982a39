"""A shared comment that should not be read on: one steward asks, a second one sees it and decides."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.callbacks import TakeDownTap
from handlers.house import House
from handlers.speech import language_of, note
from handlers.stewards.asking import Wished, ask, facts, steward_of
from storage import audit
from storage.audit import Deed, as_role
from storage.people import RoleHolder
from storage.shared_comments import SharedComment, shared_comment
from storage.units import root, unit
from storage.wishes import Wish, ask_second, is_wished, other_stewards, pending


def router() -> Router:
    """The button under a card."""
    routes = Router(name="taking_down")
    routes.callback_query.register(asked, TakeDownTap.filter())
    return routes


async def asked(tap: CallbackQuery, callback_data: TakeDownTap, bot: Bot, house: House) -> None:
    """The first steward's wish goes to every other steward, unless the same one is waiting for them."""
    now, told = house.clock.now(), None
    detail = {"comment": callback_data.card}
    async with house.begin() as db:
        steward = await steward_of(db, house, tap)
        card = await shared_comment(db, callback_data.card) if steward else None
        others = await other_stewards(db, steward) if steward else []
        is_waiting = await is_wished(db, Wish.COMMENT, detail, now)
        if steward and card and others and not is_waiting:
            told = await _wish(db, house, steward, card)
            await db.commit()
    say = house.words.speak(steward.language if steward else language_of(tap))
    if steward is None:
        await note(tap, say.plain("tap.not_yours"), alert=True)
    elif card is None:
        await note(tap, say.plain("takedown.gone"), alert=True)
    elif told is None:
        await note(tap, say.plain("takedown.waits" if others else "units.alone"), alert=True)
    else:
        await note(tap, say.plain("units.asked"))
        await ask(bot, house, steward, others, told)


async def _wish(db: AsyncSession, house: House, steward: RoleHolder, card: SharedComment) -> Wished | None:
    """Writes down the wish, and that it was asked; role-holders' cards stand at the whole organisation."""
    now, actor = house.clock.now(), as_role(steward.role, steward.display_name)
    place = await unit(db, card.unit) or await root(db)
    if place is None:
        return None
    wish_id = await ask_second(db, Wish.COMMENT, place.id, steward.id, now, {}, {"comment": card.id})
    wish = await pending(db, wish_id, now)
    told = await facts(db, wish) if wish else None
    await audit.note(db, now, actor, Deed.COMMENT_ASKED, unit=place.id)
    return told
