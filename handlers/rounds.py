"""What the clock does to rounds: open, remind, close, compute, shred. Every step may be repeated after a crash."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.house import House
from handlers.occasions import DIGEST, OPENING, REMINDER, VOIDED
from handlers.scopes import seat
from insights.cells import UnitKey
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.policy import REMIND_AFTER
from insights.release import Release, release
from insights.schedule import closes_at, delivery_at, due_opening, next_opening, opens_at, reminds_at
from storage.boxes import Layout, Totals
from storage.ledger import publish
from storage.organisation import Organisation, organisation
from storage.outbox import Waiting, drop_occasion, put
from storage.people import Role, role_holders
from storage.roster import (
    FrozenScope,
    age_roster,
    asked,
    end_pauses,
    forget_roster,
    freeze,
    frozen_scopes,
    frozen_units,
    to_be_asked,
)
from storage.roster import (
    FrozenUnit as RosterUnit,
)
from storage.rounds import (
    Round,
    Stage,
    advance,
    claim_reminder,
    is_opened_on,
    latest_round,
    round_by_number,
    settle_void,
    unfinished_rounds,
)
from storage.sealed import VoidRoundError
from storage.units import all_units

log = logging.getLogger(__name__)


async def tick(house: House) -> None:
    """Whatever is due now, in order: finish what is under way, open what is due, remind."""
    async with house.begin() as db:
        under_way = await unfinished_rounds(db)
    for one in under_way:
        await carry_on(house, one)
    await open_if_due(house)


async def carry_on(house: House, current: Round) -> None:
    """Takes a round as far as it can go now. At boot this is the whole recovery."""
    try:
        if current.stage == Stage.DRAFT:
            await _start(house, current)
        elif current.stage == Stage.OPEN:
            await house.vault.reopen(current.number)
            if house.clock.now() >= current.closes:
                await _close(house, current)
            else:
                await _remind(house, current)
        elif current.stage == Stage.CLOSING:
            await house.vault.reopen(current.number)
            await _close(house, current)
        elif current.stage == Stage.RELEASED:
            await _shred(house, current)
        elif current.stage == Stage.VOID:
            await _bury(house, current)
    except VoidRoundError:
        log.error("round %d is void: its store does not hold what was acknowledged", current.number)
        await void(house, current.number)


async def open_if_due(house: House) -> None:
    """Claims and opens the round of a due day, once, also when ticks were missed."""
    now = house.clock.now()
    async with house.begin() as db:
        plan = await organisation(db)
        day = due_opening(plan.schedule(), now) if plan else None
        if plan is None or day is None or await is_opened_on(db, day):
            return
        before = await latest_round(db)
        if _overlaps(before, opens_at(plan.schedule(), day)):
            return
        fresh = await _draft(house, db, plan, day, before.number + 1 if before else 1)
        if fresh is None:
            return
        await db.commit()
    await _start(house, fresh)


def _overlaps(before: Round | None, opens: datetime) -> bool:
    """Whether the last round was planned to be open still at this opening, as after a change of the schedule."""
    if before is None:
        return False
    return before.closes > opens or before.stage in (Stage.DRAFT, Stage.OPEN, Stage.CLOSING)


async def _draft(house: House, db: AsyncSession, plan: Organisation, day: date, number: int) -> Round | None:
    """The claim, the frozen tree and the roster, in the caller's transaction. None when nobody is there to ask."""
    units = await all_units(db)
    await age_roster(db)
    people = await to_be_asked(db, [one.id for one in units if one.is_launched])
    await end_pauses(db)
    if not people:
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
        pack=house.pack.id,
        questions=",".join(one.id for one in questions),
    )
    db.add(fresh)
    seating = seat(number, units, people, plan.k)
    await freeze(db, number, seating.units, seating.scopes, seating.seats)
    return fresh


async def _start(house: House, current: Round) -> None:
    """The sealed store with its empty boxes, then OPEN and the invitations in one step.

    Two processes may have read the same draft: the second one must not replace a store that takes answers already.
    """
    with house.vault.alone() as is_alone:
        async with house.begin() as db:
            found = await round_by_number(db, current.number)
            scopes = [one.scope for one in await frozen_scopes(db, current.number)]
        if not is_alone or found is None or found.stage != Stage.DRAFT:
            return
        questions = house.pack.round_questions(current.number)
        layout = Layout(tuple(len(one.options) for one in questions))
        await house.vault.create(current.number, scopes, layout)
        async with house.begin() as db:
            plan = await organisation(db)
            if plan and await advance(db, current.number, Stage.DRAFT, Stage.OPEN):
                await _invite(house, db, plan, current, OPENING, not_before=house.clock.now())
                await db.commit()
                log.info("round %d is open", current.number)


async def _invite(
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


async def _remind(house: House, current: Round) -> None:
    if current.is_reminded or house.clock.now() < current.reminds:
        return
    async with house.begin() as db:
        plan = await organisation(db)
        if plan and await claim_reminder(db, current.number):
            await _invite(house, db, plan, current, REMINDER, not_before=house.clock.now())
            await db.commit()


async def _close(house: House, current: Round) -> None:
    """No more answers; then the release, the ledger and the digests in one transaction; then nothing is left.

    The kill switch may be pressed in between, by another process: nothing is published, and the next tick buries.
    """
    await house.vault.stop(current.number)
    async with house.begin() as db:
        await advance(db, current.number, Stage.OPEN, Stage.CLOSING)
        await drop_occasion(db, OPENING, current.number)
        await drop_occasion(db, REMINDER, current.number)
        units = await frozen_units(db, current.number)
        scopes = await frozen_scopes(db, current.number)
        await db.commit()
    totals = await house.vault.totals(current.number)
    if totals.keys() != {one.scope for one in scopes}:
        raise VoidRoundError
    published = compute(house, current, units, scopes, totals)
    async with house.begin() as db:
        if not await advance(db, current.number, Stage.CLOSING, Stage.RELEASED):
            return
        ids = current.question_ids
        await publish(db, current.number, current.opened_on, ids, published.lines, published.cells)
        due_at = int(house.clock.now().timestamp())
        leads = await role_holders(db, Role.LEAD)
        await put(
            db, [Waiting(occasion=DIGEST, round=current.number, due_at=due_at, holder_id=one.id) for one in leads]
        )
        await db.commit()
    log.info("round %d is released", current.number)
    await _shred(house, current)


def compute(
    house: House,
    current: Round,
    units: Sequence[RosterUnit],
    scopes: Sequence[FrozenScope],
    totals: Totals,
) -> Release:
    """The release of a round: a pure function of its frozen tree and its boxes."""
    questions = house.pack.round_questions(current.number)
    leaves = []
    for one in scopes:
        box = totals[one.scope]
        tallies = {question.id: Tally(*box.question(i)) for i, question in enumerate(questions)}
        inside = tuple(one.units.split(",")) if one.units else ()
        leaves.append(Leaf(UnitKey(one.scope), one.at, inside, one.people, box.respondents, tallies))
    tree = [FrozenUnit(one.unit_id, one.parent_id, one.name, one.headcount) for one in units]
    return release(tree, leaves, questions, house.pack.strain_items(current.number), current.k)


async def _shred(house: House, current: Round) -> None:
    await house.vault.shred(current.number)
    async with house.begin() as db:
        await forget_roster(db, current.number)
        await advance(db, current.number, Stage.RELEASED, Stage.SHREDDED)
        await db.commit()
    log.info("round %d is shredded", current.number)


async def void(house: House, number: int) -> bool:
    """The kill switch: an unfinished round dies, uncounted. False when there is nothing to void."""
    async with house.begin() as db:
        done = False
        for stage in (Stage.OPEN, Stage.CLOSING):
            done = done or await advance(db, number, stage, Stage.VOID)
        await db.commit()
        current = await round_by_number(db, number)
    if done and current:
        await _bury(house, current)
    return done


async def _bury(house: House, current: Round) -> None:
    """Destroys what a void round held and tells everybody who was asked."""
    await house.vault.shred(current.number)
    async with house.begin() as db:
        if await settle_void(db, current.number):
            await drop_occasion(db, OPENING, current.number)
            await drop_occasion(db, REMINDER, current.number)
            due_at = int(house.clock.now().timestamp())
            people = await asked(db, current.number)
            await put(
                db,
                [
                    Waiting(occasion=VOIDED, round=current.number, due_at=due_at, person_id=one.person_id)
                    for one in people
                ],
            )
            await forget_roster(db, current.number)
            await db.commit()
    log.warning("round %d is void", current.number)


async def next_event(house: House) -> datetime | None:
    """When the clock has something to do with rounds next: the demo jumps there."""
    async with house.begin() as db:
        plan = await organisation(db)
        under_way = await unfinished_rounds(db)
    if plan is None:
        return None
    instants = [opens_at(plan.schedule(), next_opening(plan.schedule(), house.clock.now()))]
    for one in under_way:
        instants.append(one.closes)
        if not one.is_reminded:
            instants.append(one.reminds)
    return min(max(one, house.clock.now()).astimezone(UTC) for one in instants)
