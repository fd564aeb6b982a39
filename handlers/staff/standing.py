"""How somebody stands to the check-in that is open: whether they have a part in it, and if not, the sentence why."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiogram.types import InlineKeyboardMarkup

from handlers.house import House
from handlers.plan import next_day
from handlers.staff.practice import practice_button
from handlers.terms import notice
from handlers.words import Html, Speaker
from storage.organisation import Organisation, organisation
from storage.people import Person, person
from storage.roster import Sitting, Team, sitting, team_of
from storage.rounds import Round, open_round
from storage.units import Unit, unit


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that such a sentence hangs on. `is_open` when there is a round that takes answers."""

    member: Person | None = field(repr=False)
    plan: Organisation | None
    place: Unit | None = field(repr=False)
    current: Round | None
    seat: Sitting | None = field(repr=False)
    team: Team | None = field(repr=False)
    is_open: bool

    @property
    def open_to_me(self) -> Round | None:
        """The round that takes what they send; None without a seat in one."""
        return self.current if self.is_open and self.plan and self.seat and self.seat.scope else None


async def standing(house: House, telegram_id: int) -> Standing:
    """How somebody stands at this moment."""
    me = house.ids.lookup(telegram_id)
    async with house.begin() as db:
        member = await person(db, me)
        current = await open_round(db)
        plan = await organisation(db)
        place = await unit(db, member.unit_id) if member else None
        seat = await sitting(db, current.number, me) if current else None
        team = await team_of(db, current.number, me) if current else None
    is_open = current is not None and await house.vault.takes_answers(current.number)
    return Standing(member, plan, place, current, seat, team, is_open)


def outside(house: House, me: Standing, say: Speaker) -> tuple[Html, InlineKeyboardMarkup | None]:
    """Why nothing is open to them, and what there is to do instead."""
    upcoming = next_day(me.plan, house.clock.now(), say)
    if me.member is None:
        return say("start.stranger"), None
    if me.plan and me.member.agreed != me.plan.terms:
        return notice(house, me.plan, me.member, say)
    if me.place and not me.place.is_launched:
        return say("checkin.gathering", unit=me.place.name), practice_button(say)
    if not me.is_open:
        return say("checkin.none_open", day=upcoming), None
    if me.member.paused_rounds:
        return say.count("checkin.paused", me.member.paused_rounds), None
    return say("checkin.newcomer", day=upcoming), practice_button(say)
