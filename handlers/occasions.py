"""What waits in the outbox becomes a message here: openings, reminders, digests, wishes, news of a void round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiogram import Bot

from handlers.house import House
from handlers.leads.digest import send_digest
from handlers.plan import closing_day, next_day
from handlers.staff.checkin import first_form
from handlers.staff.staying import ABOUT_THEMSELVES, DROPPED, STILL, TERMS, is_due, write_about_themselves
from handlers.staff.together import with_company
from handlers.stewards.asking import send_wish
from handlers.stewards.weekly import send_weekly
from insights.schedule import is_quiet
from storage.organisation import Organisation, organisation
from storage.outbox import Letter
from storage.people import person
from storage.roster import Team
from storage.rounds import Round
from storage.wishes import LETTER as WISH

OPENING, REMINDER, DIGEST, VOIDED, WEEKLY = "opening", "reminder", "digest", "void", "weekly"

ORDER = (VOIDED, WISH, DIGEST, WEEKLY, DROPPED, TERMS, STILL, OPENING, REMINDER)
"""What is drained first: bad news, then what stewards and leads wait for, then questions, and invitations last: a
check-in is the newest message in the chat."""

BEFORE_SENDING = (REMINDER, DROPPED)
"""Occasions whose rows are deleted before anything is sent: so that no row tells who had answered, and because the
row of somebody who is erased goes with them."""

MARKS_UNREACHABLE = (OPENING, TERMS, STILL)
"""Occasions whose failure marks somebody unreachable; a reminder's would tell that they had not answered."""

BY_DAY = (VOIDED, DROPPED, TERMS, STILL, OPENING, REMINDER)
"""Occasions that wait for the morning: nobody is written to at night. A lead's digest comes silently at its hour."""

IN_COMPANY = (OPENING, REMINDER)
"""Occasions that say whom somebody answers together with."""

SILENT = (REMINDER, STILL, DROPPED)
"""Occasions that make no sound at any hour: nobody has to do anything about them now."""

MESSAGES = {DIGEST: 2}
"""How many messages a letter is, where it is more than one: a digest is a picture and its text."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A letter's circumstances, as they are when it is sent."""

    plan: Organisation
    current: Round | None
    now: datetime
    teams: Mapping[bytes, Team] = field(default_factory=dict, repr=False)
    """Whom everybody answers together with, by their lookup, where the letter says so."""
    sent: set[str] = field(default_factory=set)
    """Which parts of the letter have arrived already, by an earlier try."""


async def is_wanted(house: House, letter: Letter, chat: int) -> bool:
    """Whether a letter still has to be sent; for reminders decided at this moment: from the token, and the pause."""
    if letter.occasion not in (REMINDER, *ABOUT_THEMSELVES):
        return True
    async with house.begin() as db:
        member, plan = await person(db, house.ids.lookup(chat)), await organisation(db)
    if letter.occasion in ABOUT_THEMSELVES:
        return is_due(letter.occasion, member, plan)
    if member is None or member.paused_rounds or not await house.vault.takes_answers(letter.round):
        return False
    return not await house.vault.has_sent(letter.round, chat)


async def deliver(bot: Bot, house: House, letter: Letter, chat: int, occasion: Occasion) -> None:
    """Sends one letter. Raises what Telegram raises."""
    quietly = letter.occasion in SILENT or is_quiet(occasion.now, occasion.plan.zone)
    if letter.occasion == DIGEST:
        await send_digest(bot, house, chat, letter, quietly, occasion.sent)
        return
    if letter.occasion == WISH:
        await send_wish(bot, house, chat, letter, quietly)
        return
    if letter.occasion == WEEKLY:
        await send_weekly(bot, house, occasion.plan, chat, letter, quietly)
        return
    say = house.words.speak(letter.language)
    if letter.occasion == VOIDED:
        day = next_day(occasion.plan, occasion.now, say)
        await bot.send_message(chat, say("round.void", day=day), disable_notification=quietly)
        return
    if letter.occasion in ABOUT_THEMSELVES:
        await write_about_themselves(bot, house, chat, letter.occasion, say, quietly)
        return
    current = occasion.current
    if current is None or current.number != letter.round or not await house.vault.takes_answers(current.number):
        return
    opening = say(f"checkin.{letter.occasion}", day=closing_day(occasion.plan, current, say))
    team = occasion.teams.get(house.ids.lookup(chat))
    form = first_form(house, current, chat, say, with_company(opening, team, say))
    if form:
        await bot.send_message(chat, form[0], reply_markup=form[1], disable_notification=quietly)
