"""A check-in: every tap is a state, Send is one commit, and only then does anybody hear "recorded"."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.callbacks import CheckinTap
from handlers.house import House
from handlers.plan import closing_day, next_day
from handlers.speech import Errands, language_of, note, rewrite, show_receipt, telegram_id
from handlers.staff.form import Seal, draw, first_state, fits
from handlers.staff.practice import practice_button
from handlers.staff.together import with_company
from handlers.terms import notice
from handlers.words import Html, Speaker
from storage.buttons import SEND, ForgedButtonError, State, open_state, round_of, seal_state
from storage.organisation import organisation
from storage.people import person
from storage.roster import Sitting, sitting, team_of
from storage.rounds import Round, open_round
from storage.sealed import Receipt, Submission
from storage.units import unit


def router() -> Router:
    """The hot path: it stands first."""
    routes = Router(name="checkin")
    routes.callback_query.register(tapped, CheckinTap.filter())
    routes.message.register(asked_for, Command("checkin"))
    return routes


def first_form(
    house: House, current: Round, telegram_id: int, say: Speaker, opening: Html
) -> tuple[Html, InlineKeyboardMarkup] | None:
    """The first question of the open round, or None when it takes no answers."""
    key = house.vault.button_key(current.number)
    if key is None:
        return None
    questions = house.pack.round_questions(current.number)
    return draw(first_state(questions), questions, say, _sealer(key, current.number, telegram_id), opening)


def _sealer(key: bytes, number: int, person_id: int) -> Seal:
    return lambda state: CheckinTap(payload=seal_state(key, number, person_id, state))


async def tapped(tap: CallbackQuery, callback_data: CheckinTap, bot: Bot, house: House, errands: Errands) -> None:
    """A tap on a check-in's button, of whatever age and origin."""
    try:
        number = round_of(callback_data.payload)
    except ForgedButtonError:
        await note(tap, house.words.speak(language_of(tap)).plain("tap.foreign"), alert=True)
        return
    seat = await house.glance.sitting(number, house.ids.lookup(tap.from_user.id))
    say = house.words.speak(seat.language if seat else language_of(tap))
    is_open = seat is not None and seat.is_open and await house.vault.takes_answers(number)
    key = house.vault.button_key(number) if is_open else None
    if seat is None:
        await note(tap, say.plain("tap.left"), alert=True)
        await rewrite(bot, tap, say("checkin.gone"))
    elif key is None:
        await _too_late(tap, bot, house, say)
    else:
        await _taken(tap, callback_data.payload, bot, house, errands, say, seat, number, key)


async def _too_late(tap: CallbackQuery, bot: Bot, house: House, say: Speaker) -> None:
    async with house.begin() as db:
        plan = await organisation(db)
    await note(tap, say.plain("tap.closed", day=next_day(plan, house.clock.now(), say)), alert=True)
    await rewrite(bot, tap, say("checkin.closed"))


async def _taken(
    tap: CallbackQuery,
    payload: str,
    bot: Bot,
    house: House,
    errands: Errands,
    say: Speaker,
    seat: Sitting,
    number: int,
    key: bytes,
) -> None:
    """A tap in a round that is open, by a member."""
    questions = house.pack.round_questions(number)
    try:
        state = open_state(key, number, tap.from_user.id, payload)
        if not fits(state, questions):
            raise ForgedButtonError
    except ForgedButtonError:
        await note(tap, say.plain("tap.foreign"), alert=True)
        return
    if seat.scope is None:
        await note(tap, say.plain("tap.newcomer"), alert=True)
    elif state.leads_to == SEND and state.is_complete:
        await _send(tap, bot, house, errands, say, number, _submission(tap.from_user.id, seat, state))
    elif await house.vault.has_sent(number, tap.from_user.id):
        await note(tap, say.plain("tap.already"))
        await show_receipt(bot, tap, say("checkin.thanks"), house.clock, errands)
    else:
        await note(tap)
        await rewrite(bot, tap, *draw(state, questions, say, _sealer(key, number, tap.from_user.id)))


def _submission(person_id: int, seat: Sitting, state: State) -> Submission:
    answers = tuple(answer for answer in state.answers if answer is not None)
    return Submission(person_id, seat.scope or "", answers, seat.is_established, seat.category)


async def _send(
    tap: CallbackQuery, bot: Bot, house: House, errands: Errands, say: Speaker, number: int, submission: Submission
) -> None:
    receipt = await house.vault.send(number, submission)
    if receipt is Receipt.CLOSED:
        await note(tap, say.plain("tap.just_closed"), alert=True)
        await rewrite(bot, tap, say("checkin.closed"))
        return
    await note(tap, say.plain("tap.recorded" if receipt is Receipt.RECORDED else "tap.already"))
    await show_receipt(bot, tap, say("checkin.thanks"), house.clock, errands)


async def asked_for(message: Message, house: House) -> None:
    """`/checkin` brings the open one back."""
    me = telegram_id(message)
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(me))
        current = await open_round(db)
        plan = await organisation(db)
        place = await unit(db, member.unit_id) if member else None
        seat = await sitting(db, current.number, house.ids.lookup(me)) if current else None
        team = await team_of(db, current.number, house.ids.lookup(me)) if current else None
    say = house.words.speak(member.language if member else language_of(message))
    upcoming = next_day(plan, house.clock.now(), say)
    is_open = current is not None and await house.vault.takes_answers(current.number)
    if member is None:
        await message.answer(say("start.stranger"))
    elif current and plan and seat and seat.scope and is_open:
        form = None
        if not await house.vault.has_sent(current.number, me):
            opening = say("checkin.opening", day=closing_day(plan, current, say))
            form = first_form(house, current, me, say, with_company(opening, team, say))
        text, markup = form or (say("checkin.already", day=upcoming), None)
        await message.answer(text, reply_markup=markup)
    elif plan and member.agreed != plan.terms:
        text, markup = notice(house, plan, member, say)
        await message.answer(text, reply_markup=markup)
    elif place and not place.is_launched:
        await message.answer(say("checkin.gathering", unit=place.name), reply_markup=practice_button(say))
    elif not is_open:
        await message.answer(say("checkin.none_open", day=upcoming))
    elif member.paused_rounds:
        await message.answer(say.count("checkin.paused", member.paused_rounds))
    else:
        await message.answer(say("checkin.newcomer", day=upcoming), reply_markup=practice_button(say))
