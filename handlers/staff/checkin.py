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
from handlers.staff.standing import outside, standing
from handlers.staff.together import with_company
from handlers.words import Html, Speaker
from insights.policy import COMMENT_LENGTH
from storage.buttons import SEND, ForgedButtonError, State, open_state, round_of, seal_state
from storage.organisation import organisation
from storage.roster import Sitting
from storage.rounds import Round
from storage.sealed import Receipt, Submission


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
        await show_receipt(bot, tap, _thanks(say), house.clock, errands)
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
    await show_receipt(bot, tap, _thanks(say), house.clock, errands)


def _thanks(say: Speaker) -> Html:
    """The same for everybody, so that a chat never shows what was answered."""
    return say("checkin.thanks", length=COMMENT_LENGTH)


async def asked_for(message: Message, house: House) -> None:
    """`/checkin` brings the open one back."""
    me = telegram_id(message)
    found = await standing(house, me)
    say = house.words.speak(found.member.language if found.member else language_of(message))
    current, plan = found.open_to_me, found.plan
    if current is None or plan is None:
        text, markup = outside(house, found, say)
    else:
        form = None
        if not await house.vault.has_sent(current.number, me):
            opening = say("checkin.opening", day=closing_day(plan, current, say))
            form = first_form(house, current, me, say, with_company(opening, found.team, say))
        upcoming = next_day(plan, house.clock.now(), say)
        text, markup = form or (say("checkin.already", day=upcoming, length=COMMENT_LENGTH), None)
    await message.answer(text, reply_markup=markup)
