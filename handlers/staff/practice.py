"""A practice check-in: the same taps, nothing kept, nothing counted."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup

from handlers.callbacks import PracticeTap
from handlers.house import House
from handlers.speech import button, keyboard, language_of, note, rewrite
from handlers.staff.form import draw, first_state, fits
from handlers.words import Speaker
from storage.buttons import SEND, ForgedButtonError, State, open_plain, plain_state

BEGIN = "begin"
_FIRST_ROUND = 1


def router() -> Router:
    """Practice taps."""
    routes = Router(name="practice")
    routes.callback_query.register(tapped, PracticeTap.filter())
    return routes


def practice_button(say: Speaker) -> InlineKeyboardMarkup:
    """An invitation to try."""
    return keyboard([button(say.plain("practice.try"), PracticeTap(payload=BEGIN))])


def _seal(state: State) -> PracticeTap:
    return PracticeTap(payload=plain_state(state))


async def tapped(tap: CallbackQuery, callback_data: PracticeTap, bot: Bot, house: House) -> None:
    """The form again, drawn from the button alone."""
    say = house.words.speak(language_of(tap))
    questions = house.pack.round_questions(_FIRST_ROUND)
    try:
        state = first_state(questions) if callback_data.payload == BEGIN else open_plain(callback_data.payload)
        if not fits(state, questions):
            raise ForgedButtonError
    except ForgedButtonError:
        await note(tap, say.plain("tap.foreign"), alert=True)
        return
    await note(tap)
    if state.leads_to == SEND:
        await rewrite(bot, tap, say("practice.done"), practice_button(say))
    else:
        await rewrite(bot, tap, *draw(state, questions, say, _seal, say("practice.opening")))
