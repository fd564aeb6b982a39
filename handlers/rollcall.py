"""Before anybody is asked: the roster grows older, who has left is asked or forgotten, and changed terms are put."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.house import House
from handlers.staff.staying import DROPPED, STILL, TERMS
from handlers.terms import renewed
from insights.schedule import delivery_at
from insights.seating import Member, Place, has_fallen, seat
from storage.organisation import Organisation, organisation, renew_terms
from storage.outbox import Waiting, put, who_waits
from storage.people import Person, forget_unreachable, members_without, staff_by_unit
from storage.roster import (
    FrozenScope,
    Seat,
    age_roster,
    ask_who_is_still_here,
    end_pauses,
    freeze,
    to_be_asked,
)
from storage.rounds import Round
from storage.units import Unit, note_members

log = logging.getLogger(__name__)

_NO_ROUND = 0
"""These letters belong to no round: it may be void, and they are still to be sent."""


@dataclass(frozen=True, slots=True)
class Present:
    """Who takes part in the round that opens, each with whether they hold a role; who is new in their unit; how many
    of each unit would take part, had they agreed to what has changed."""

    people: list[tuple[Person, bool]] = field(repr=False)
    joiners: frozenset[str] = field(repr=False)
    undecided: Counter[str] = field(repr=False)


async def call_roll(db: AsyncSession, plan: Organisation, units: Sequence[Unit], now: datetime) -> Present:
    """One opening in everybody's membership, and who is there for it. In the caller's transaction.

    Who has not agreed to the terms gets them again instead of the check-in; who is dropped gets neither.
    """
    joiners = await age_roster(db)
    if count := await forget_unreachable(db):
        log.info("%d members whom nothing had reached for long were forgotten", count)
    asked_again, dropped = await ask_who_is_still_here(db)
    leaving = {one.id for one in dropped}
    found = await to_be_asked(db, [one.id for one in units if one.is_launched])
    there = [(one, holds_role) for one, holds_role in found if one.id not in leaving]
    undecided = [one for one, _holds_role in there if one.agreed != plan.terms]
    for occasion, people in ((STILL, asked_again), (DROPPED, dropped), (TERMS, undecided)):
        await _write(db, plan, occasion, people, now)
    await end_pauses(db)
    missing = Counter(one.unit_id for one, holds_role in there if one.agreed != plan.terms and not holds_role)
    return Present([(one, holds_role) for one, holds_role in there if one.agreed == plan.terms], joiners, missing)


async def take_seats(
    db: AsyncSession, plan: Organisation, units: Sequence[Unit], current: Round, present: Present
) -> None:
    """The frozen tree, the boxes, and a seat for everybody who is there. In the caller's transaction."""
    note_members(units, await staff_by_unit(db))
    staff = [one for one, holds_role in present.people if not holds_role]
    people = Counter(one.unit_id for one in staff)
    places = [
        Place(one.id, one.parent_id, one.is_launched, one.pooled_rounds > 0 or _has_shrunk(one.id, people, present))
        for one in units
    ]
    members = [Member(one.id, one.unit_id, holds_role) for one, holds_role in present.people]
    seating = seat(places, members, plan.k)
    scopes = [
        FrozenScope(round=current.number, scope=one.key, at=one.at, units=",".join(one.units), people=one.people)
        for one in seating.scopes
    ]
    seats = [
        Seat(
            round=current.number,
            person_id=one.id,
            scope=seating.seats[one.id],
            is_established=one.is_established and (holds_role or one.unit_id not in seating.pooled),
            category=one.pattern if current.lens and not holds_role else "",
        )
        for one, holds_role in present.people
    ]
    joiners = Counter(one.unit_id for one in staff if one.id in present.joiners)
    tree = [one for one in units if one.id in seating.tree]
    await freeze(db, current.number, tree, scopes, seats, people, joiners)


def _has_shrunk(unit: str, people: Counter[str], present: Present) -> bool:
    """Whether half of a unit or more have not agreed to changed terms: whoever agrees first would be among few."""
    missing = present.undecided[unit]
    return missing > 0 and has_fallen([people[unit] + missing], people[unit])


async def keep_terms(house: House) -> None:
    """When the terms have changed, everybody is asked again, once. Until they agree, they are not asked anything."""
    async with house.begin() as db:
        plan = await organisation(db)
        fingerprint = renewed(house, plan) if plan else None
        if plan is None or fingerprint is None:
            return
        is_first = not plan.terms_print
        if not await renew_terms(db, plan.terms_print, fingerprint):
            return
        await db.refresh(plan)
        people = [] if is_first else await members_without(db, plan.terms)
        await _write(db, plan, TERMS, people, house.clock.now())
        await db.commit()
        number = plan.terms
    log.info("the terms are at edition %d", number)


async def _write(
    db: AsyncSession, plan: Organisation, occasion: str, people: Iterable[Person], now: datetime
) -> None:
    """Letters for these people, each in their own window. One that still waits says what holds when it is sent."""
    waiting = await who_waits(db, occasion)
    rows = []
    for one in people:
        if one.id not in waiting:
            due_at = int(delivery_at(now, one.pattern, plan.zone, one.shift_hours).timestamp())
            rows.append(Waiting(occasion=occasion, round=_NO_ROUND, due_at=due_at, person_id=one.id))
    await put(db, rows)
