"""Questions to members that are about themselves: still in Ward 7? And: do you agree to what has changed?"""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup

from handlers.callbacks import AgreeTap, StillTap
from handlers.house import House
from handlers.plan import next_day
from handlers.speech import button, keyboard, language_of, note, rewrite
from handlers.staff.leaving import ask_leave, erase, gone
from handlers.staff.rows import stored_about
from handlers.terms import notice
from handlers.words import Html, Speaker
from insights.policy import STILL_AFTER, STILL_AGAIN_AFTER
from insights.staying import Step, step_at
from storage.organisation import Organisation, organisation
from storage.people import Person, agree, is_last_steward, is_still_here, person
from storage.units import Unit, unit

STILL, DROPPED, TERMS = "still", "dropped", "terms"
ABOUT_THEMSELVES = (STILL, DROPPED, TERMS)
"""Letters whose buttons never touch a round, and the news that nothing more will come."""

_FIRST = 1


def router() -> Router:
    """The taps that answer either."""
    routes = Router(name="staying")
    routes.callback_query.register(answered, StillTap.filter())
    routes.callback_query.register(decided, AgreeTap.filter())
    return routes


def is_due(occasion: str, member: Person | None, plan: Organisation | None) -> bool:
    """Whether the letter still has to be sent: they may have said so meanwhile, or have paused.

    Who is dropped is erased before they are told, so that a second try finds nobody there.
    """
    if member is None:
        return occasion == DROPPED
    if member.paused_rounds or plan is None:
        return False
    if occasion == TERMS:
        return member.agreed != plan.terms
    if occasion == STILL:
        return member.times_asked > 0
    return step_at(member.unconfirmed_openings, member.times_asked) is Step.DROP


async def write_about_themselves(
    bot: Bot, house: House, chat: int, occasion: str, say: Speaker, quietly: bool
) -> None:
    """Sends such a letter. Raises what Telegram raises; who is dropped is erased whether they can be told or not."""
    me = house.ids.lookup(chat)
    async with house.begin() as db:
        plan, member = await organisation(db), await person(db, me)
        place = await unit(db, member.unit_id) if member else None
        if occasion == DROPPED:
            await erase(db, house, me)
            await db.commit()
    if occasion == DROPPED:
        await bot.send_message(chat, say("still.dropped"), disable_notification=quietly)
    elif plan and member and place:
        text, markup = notice(house, plan, member, say) if occasion == TERMS else still_here(member, place, say)
        await bot.send_message(chat, text, reply_markup=markup, disable_notification=quietly)


def still_here(member: Person, place: Unit, say: Speaker) -> tuple[Html, InlineKeyboardMarkup]:
    """The question. The second time it says what follows from silence."""
    key = "still.ask" if member.times_asked <= _FIRST else "still.ask_again"
    yes = button(say.plain("still.yes"), StillTap(here=True))
    no = button(say.plain("still.no"), StillTap(here=False))
    return say(key, unit=place.name, after=STILL_AFTER, again=STILL_AGAIN_AFTER), keyboard([yes], [no])


async def answered(tap: CallbackQuery, callback_data: StillTap, bot: Bot, house: House) -> None:
    """Still here, or gone. The button of a question that was answered before asks once more before it erases."""
    me = house.ids.lookup(tap.from_user.id)
    async with house.begin() as db:
        found = await stored_about(db, me)
        is_waited_for = found.member is not None and found.member.times_asked > 0
        if callback_data.here:
            await is_still_here(db, me)
            await db.commit()
    say = house.words.speak(found.member.language if found.member else language_of(tap))
    if found.member is None or found.place is None:
        await _too_late(tap, bot, say)
    elif callback_data.here:
        await note(tap, say.plain("still.toast"))
        await rewrite(bot, tap, say("still.here", unit=found.place.name, after=STILL_AFTER))
    else:
        await _leaves(tap, bot, house, say, is_meant=is_waited_for)


async def decided(tap: CallbackQuery, callback_data: AgreeTap, bot: Bot, house: House) -> None:
    """Yes or no to the terms. Yes to an older edition brings the newest."""
    me = house.ids.lookup(tap.from_user.id)
    async with house.begin() as db:
        found = await stored_about(db, me)
        plan, member = found.plan, found.member
        is_waited_for = plan is not None and member is not None and member.agreed != plan.terms
        is_current = plan is not None and callback_data.terms == plan.terms
        if callback_data.yes and is_current:
            await agree(db, me, callback_data.terms)
            await db.commit()
    say = house.words.speak(member.language if member else language_of(tap))
    if member is None or plan is None:
        await _too_late(tap, bot, say)
    elif not callback_data.yes:
        await _leaves(tap, bot, house, say, is_meant=is_waited_for)
    elif is_current or not is_waited_for:
        await note(tap, say.plain("terms.toast"))
        await rewrite(bot, tap, say("terms.agreed", day=next_day(plan, house.clock.now(), say)))
    else:
        await note(tap, say.plain("terms.newer"), alert=True)
        await rewrite(bot, tap, *notice(house, plan, member, say))


async def _too_late(tap: CallbackQuery, bot: Bot, say: Speaker) -> None:
    await note(tap, say.plain("still.late_toast"), alert=True)
    await rewrite(bot, tap, say("still.late"))


async def _leaves(tap: CallbackQuery, bot: Bot, house: House, say: Speaker, is_meant: bool) -> None:
    """Erased, if that was the question; an old button is asked about first."""
    me = house.ids.lookup(tap.from_user.id)
    async with house.begin() as db:
        found, is_last = await stored_about(db, me), await is_last_steward(db, me)
        if is_meant:
            await erase(db, house, me)
            await db.commit()
    if is_meant:
        await note(tap, say.plain("leave.toast"))
        await rewrite(bot, tap, gone(say, found))
    else:
        await note(tap)
        await rewrite(bot, tap, *ask_leave(say, found, is_last))
