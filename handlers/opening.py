"""Opening a round: the claim, the frozen tree and roster, the sealed store, and the invitations."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.house import House
from handlers.occasions import OPENING
from handlers.rollcall import call_roll, take_seats
from insights.comments.counting import MARKS
from insights.lens import LENSES
from insights.policy import REMIND_AFTER
from insights.schedule import closes_at, delivery_at, due_opening, next_opening, opens_at, reminds_at
from storage import audit
from storage.audit import CLOCK, Deed
from storage.boxes import Layout
from storage.organisation import Organisation, organisation, pass_over
from storage.outbox import Waiting, put
from storage.roster import asked, frozen_scopes
from storage.rounds import Round, Stage, advance, is_opened_on, latest_round, round_by_number
from storage.sealed import VoidRoundError
from storage.units import all_units

log = logging.getLogger(__name__)


async def claim_if_due(house: House) -> Round | None:
    """Claims the round of a due day, once, also when ticks were missed: a draft that is to be started.

    A day on which there is nobody to ask is passed over: who is launched in mid-week starts with the next opening,
    and a pause has one check-in less to last.
    """
    now = house.clock.now()
    async with house.begin() as db:
        plan = await organisation(db)
        day = due_opening(plan.schedule(), now) if plan else None
        if plan is None or day is None or _is_passed_over(plan, day, now) or await is_opened_on(db, day):
            return None
        before = await latest_round(db)
        if _overlaps(before, opens_at(plan.schedule(), day), now):
            return None
        fresh = await _draft(house, db, plan, day, before.number + 1 if before else 1)
        if fresh is None and not await pass_over(db, day):
            return None
        await db.commit()
    return fresh


async def claim_void(house: House, number: int) -> Round | None:
    """Claims as void, with everybody in it who would be asked now, a round that a restored database does not know.

    Its day is not known either: the last one on which a round could have opened, or the first unclaimed one before.
    None when nobody is there to be told.
    """
    async with house.begin() as db:
        plan = await organisation(db)
        if plan is None:
            return None
        schedule = plan.schedule()
        day = next_opening(schedule, house.clock.now()) - schedule.period
        while await is_opened_on(db, day):
            day -= timedelta(days=1)
        forgotten = await _draft(house, db, plan, day, number)
        if forgotten is None:
            return None
        forgotten.stage = Stage.VOID
        await audit.note(db, house.clock.now(), CLOCK, Deed.ROUND_VOIDED, round=number)
        await db.commit()
    return forgotten


def _is_passed_over(plan: Organisation, day: date, now: datetime) -> bool:
    """Whether there was nobody to ask then. What a clock that ran ahead has passed over is still to come."""
    passed_over = plan.passed_over
    return passed_over is not None and day <= passed_over and opens_at(plan.schedule(), passed_over) <= now


def _overlaps(before: Round | None, opens: datetime, now: datetime) -> bool:
    """Whether the last round is under way, or was open still at this opening, as after a change of the schedule.

    A void round keeps nobody from being asked again, nor does one that was closed by a clock that ran ahead.
    """
    if before is None or before.stage == Stage.VOID:
        return False
    return before.stage in (Stage.DRAFT, Stage.OPEN, Stage.CLOSING) or opens < before.closes <= now


async def _draft(house: House, db: AsyncSession, plan: Organisation, day: date, number: int) -> Round | None:
    """The claim, the frozen tree and the roster, in the caller's transaction. None when nobody is there to ask."""
    units = await all_units(db)
    present = await call_roll(db, plan, units, house.clock.now())
    if not present.people:
        return None
    schedule = plan.schedule()
    questions = house.pack.round_questions(number)
    opens, closes = opens_at(schedule, day), closes_at(schedule, day)
    late = max(house.clock.now() - opens, timedelta())
    reminds = (reminds_at(schedule, day) or opens + REMIND_AFTER) + late / 2
    fresh = Round(
        number=number,
        opened_on=day,
        stage=Stage.DRAFT,
        opens_at=int(opens.timestamp()),
        closes_at=int(closes.timestamp()),
        reminds_at=int(reminds.timestamp()),
        k=plan.k,
        pack=house.pack.edition,
        questions=",".join(one.id for one in questions),
        lens=plan.lens,
    )
    db.add(fresh)
    await take_seats(db, plan, units, fresh, present)
    return fresh


async def start(house: House, current: Round) -> None:
    """The sealed store with its empty boxes, then OPEN and the invitations in one step.

    Two processes may have read the same draft: the second one must not replace a store that takes answers already.
    Nor may a draft that came back with an older database: raises `VoidRoundError`.
    """
    with house.vault.alone() as is_alone:
        async with house.begin() as db:
            found = await round_by_number(db, current.number)
            scopes = [one.scope for one in await frozen_scopes(db, current.number)]
        if not is_alone or found is None or found.stage != Stage.DRAFT:
            return
        if await house.vault.took_answers(current.number):
            raise VoidRoundError
        questions = house.pack.round_questions(current.number)
        layout = Layout(tuple(len(one.options) for one in questions), marks=MARKS)
        await house.vault.create(current.number, scopes, layout, LENSES.get(found.lens, ()))
        async with house.begin() as db:
            plan = await organisation(db)
            if plan and await advance(db, current.number, Stage.DRAFT, Stage.OPEN):
                await invite(house, db, plan, current, OPENING, not_before=house.clock.now())
                await db.commit()
                log.info("round %d is open", current.number)


async def invite(
    house: House, db: AsyncSession, plan: Organisation, current: Round, occasion: str, not_before: datetime
) -> None:
    """A message for everybody with a seat, each in their own window, whoever has answered."""
    latest = current.closes - timedelta(hours=1)
    rows = []
    for one in await asked(db, current.number):
        due = delivery_at(not_before, one.pattern, plan.zone, one.shift_hours)
        if due < latest:
            due_at = int(due.timestamp())
            rows.append(Waiting(occasion=occasion, round=current.number, due_at=due_at, person_id=one.person_id))
    await put(db, rows)
