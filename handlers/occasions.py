"""What waits in the outbox becomes a message here: openings, reminders, digests, and news of a void round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiogram import Bot

from handlers.house import House
from handlers.leads.digest import send_digest
from handlers.plan import closing_day, next_day
from handlers.staff.checkin import first_form
from insights.schedule import is_quiet
from storage.organisation import Organisation
from storage.outbox import Letter
from storage.people import person
from storage.rounds import Round

OPENING, REMINDER, DIGEST, VOIDED = "opening", "reminder", "digest", "void"

ORDER = (VOIDED, DIGEST, OPENING, REMINDER)
"""What is drained first: bad news, then what leads wait for, then invitations."""

BEFORE_SENDING = (REMINDER,)
"""Occasions whose rows are deleted before anything is sent, so that no row tells who had answered."""

MARKS_UNREACHABLE = (OPENING,)
"""Occasions whose failure marks somebody unreachable; a reminder's would tell that they had not answered."""

BY_DAY = (VOIDED, OPENING, REMINDER)
"""Occasions that wait for the morning: nobody is written to at night. A lead's digest comes silently at its hour."""

MESSAGES = {DIGEST: 2}
"""How many messages a letter is, where it is more than one: a digest is a picture and its text."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A letter's circumstances, as they are when it is sent."""

    plan: Organisation
    current: Round | None
    now: datetime
    sent: set[str] = field(default_factory=set)
    """Which parts of the letter have arrived already, by an earlier try."""


async def is_wanted(house: House, letter: Letter, chat: int) -> bool:
    """Whether a letter still has to be sent; for reminders decided at this moment: from the token, and the pause."""
    if letter.occasion != REMINDER:
        return True
    async with house.begin() as db:
        member = await person(db, house.ids.lookup(chat))
    if member is None or member.paused_rounds or not await house.vault.takes_answers(letter.round):
        return False
    return not await house.vault.has_sent(letter.round, chat)


async def deliver(bot: Bot, house: House, letter: Letter, chat: int, occasion: Occasion) -> None:
    """Sends one letter. Raises what Telegram raises."""
    quietly = letter.occasion == REMINDER or is_quiet(occasion.now, occasion.plan.zone)
    if letter.occasion == DIGEST:
        await send_digest(bot, house, chat, letter, quietly, occasion.sent)
        return
    say = house.words.speak(letter.language)
    if letter.occasion == VOIDED:
        day = next_day(occasion.plan, occasion.now, say)
        await bot.send_message(chat, say("round.void", day=day), disable_notification=quietly)
        return
    current = occasion.current
    if current is None or current.number != letter.round or not await house.vault.takes_answers(current.number):
        return
    opening = say(f"checkin.{letter.occasion}", day=closing_day(occasion.plan, current, say))
    form = first_form(house, current, chat, say, opening)
    if form:
        await bot.send_message(chat, form[0], reply_markup=form[1], disable_notification=quietly)
