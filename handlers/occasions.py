"""What waits in the outbox becomes a message here: openings, reminders, digests, and news of a void round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiogram import Bot

from handlers.house import House
from handlers.leads.digest import send_digest
from handlers.plan import closing_day, next_day
from handlers.staff.checkin import first_form
from insights.schedule import is_quiet
from storage.organisation import Organisation
from storage.outbox import Letter
from storage.rounds import Round

OPENING, REMINDER, DIGEST, VOIDED = "opening", "reminder", "digest", "void"

ORDER = (VOIDED, DIGEST, OPENING, REMINDER)
"""What is drained first: bad news, then what leads wait for, then invitations."""

BEFORE_SENDING = (REMINDER,)
"""Occasions whose rows are deleted before anything is sent, so that no row tells who had answered."""

MARKS_UNREACHABLE = (OPENING,)
"""Occasions whose failure marks somebody unreachable; a reminder's would tell that they had not answered."""


MESSAGES = {DIGEST: 2}
"""How many messages a letter is, where it is more than one: a digest is a picture and its text."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A letter's circumstances, as they are when it is sent."""

    plan: Organisation
    current: Round | None
    now: datetime


async def is_wanted(house: House, letter: Letter, chat: int) -> bool:
    """Whether a letter still has to be sent; decided from the token at this moment for reminders."""
    return letter.occasion != REMINDER or not await house.vault.has_sent(letter.round, chat)


async def deliver(bot: Bot, house: House, letter: Letter, chat: int, occasion: Occasion) -> None:
    """Sends one letter. Raises what Telegram raises."""
    quietly = letter.occasion == REMINDER or is_quiet(occasion.now, occasion.plan.zone)
    if letter.occasion == DIGEST:
        await send_digest(bot, house, chat, letter.holder_id, quietly)
        return
    say = house.words.speak(letter.language)
    if letter.occasion == VOIDED:
        day = next_day(occasion.plan, occasion.now, say)
        await bot.send_message(chat, say("round.void", day=day), disable_notification=quietly)
        return
    if occasion.current is None or occasion.current.number != letter.round:
        return
    opening = say(f"checkin.{letter.occasion}", day=closing_day(occasion.plan, occasion.current, say))
    form = first_form(house, occasion.current, chat, say, opening)
    if form:
        await bot.send_message(chat, form[0], reply_markup=form[1], disable_notification=quietly)
