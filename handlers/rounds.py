"""What the clock does to rounds: open, remind, close, compute, shred. Every step may be repeated after a crash."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import UTC, datetime

from handlers.closing import close, shred
from handlers.house import House
from handlers.occasions import OPENING, REMINDER, VOIDED
from handlers.opening import claim_if_due, claim_void, invite, start
from handlers.rollcall import keep_terms
from insights.pack import PackError
from insights.schedule import next_opening, opens_at
from storage import audit
from storage.audit import CLOCK, Deed, drop_old
from storage.invites import drop_ended
from storage.organisation import organisation
from storage.outbox import Waiting, drop_occasion, put
from storage.roster import asked, forget_roster
from storage.rounds import (
    Round,
    Stage,
    advance,
    claim_reminder,
    known_rounds,
    round_by_number,
    settle_void,
    unfinished_rounds,
)
from storage.sealed import VoidRoundError
from storage.shared_comments import forget_shared
from storage.wishes import drop_expired

log = logging.getLogger(__name__)


async def tick(house: House) -> None:
    """Whatever is due now, in order: finish what is under way, open what is due, remind."""
    await _clear_away(house)
    left = await house.vault.left()
    async with house.begin() as db:
        under_way = await unfinished_rounds(db)
        known = await known_rounds(db)
    for number in house.vault.rounds - {one.number for one in under_way}:
        await _apart(number, house.vault.let_go(number))
    for one in under_way:
        await _apart(one.number, carry_on(house, one))
    for number in sorted(left - {one.number for one in under_way}):
        await _apart(number, _end_again(house, number, known, max(left)))
    await keep_terms(house)
    fresh = await claim_if_due(house)
    if fresh:
        await carry_on(house, fresh)


async def _clear_away(house: House) -> None:
    """What is kept for a time only. A fault in that keeps no check-in from closing; the next tick tries again."""
    for clear in (drop_expired, drop_ended, drop_old, forget_shared):
        try:
            async with house.begin() as db:
                await clear(db, house.clock.now())
                await db.commit()
        except Exception as error:  # noqa: BLE001 - its text may name somebody
            log.error("clearing away failed: %s", type(error).__name__)


async def _apart(number: int, work: Awaitable[None]) -> None:
    """One round's fault stops neither another round nor the start; the next tick tries again."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - its text may name somebody
        log.error("round %d: %s, trying again", number, type(error).__name__)


async def _end_again(house: House, number: int, known: set[int], newest: int) -> None:
    """A copy was put back: of the files of a round that is over, which are destroyed once more; or of the database,
    from before a round that had opened since. That one was counting and cannot be counted any more: it is void.

    What was left was read before the rounds that are known: a round is claimed before its files are made.
    """
    if number in known:
        log.warning("round %d is over, and its files were there again", number)
        await house.vault.shred(number)
        return
    async with house.begin() as db:
        if await organisation(db) is None:
            log.error("round %d is not in the database, nor is an organisation: is it the right one?", number)
            return
    log.error("round %d is not in the database: an older one was put back", number)
    forgotten = await claim_void(house, number) if number == newest > max(known, default=0) else None
    if forgotten:
        await _bury(house, forgotten)
    else:
        await house.vault.shred(number)


async def check_pack(house: House) -> None:
    """A round under way is counted with the questions it asked. Raises `PackError` when they are not at hand."""
    async with house.begin() as db:
        under_way = await unfinished_rounds(db)
    for one in under_way:
        if one.stage in (Stage.DRAFT, Stage.OPEN, Stage.CLOSING) and one.pack != house.pack.edition:
            raise PackError(
                f"SHIFTPULSE_PACK: round {one.number} is under way with the pack {one.pack}, not with "
                f"{house.pack.edition}: put that pack back until the round has closed."
            )


async def carry_on(house: House, current: Round) -> None:
    """Takes a round as far as it can go now. At boot this is the whole recovery."""
    try:
        if current.stage == Stage.DRAFT:
            await start(house, current)
        elif current.stage == Stage.OPEN:
            await house.vault.reopen(current.number)
            if house.clock.now() >= current.closes:
                await close(house, current)
            else:
                await _remind(house, current)
        elif current.stage == Stage.CLOSING:
            await house.vault.reopen(current.number)
            await close(house, current)
        elif current.stage == Stage.RELEASED:
            await shred(house, current)
        elif current.stage == Stage.VOID:
            await _bury(house, current)
    except VoidRoundError:
        log.error("round %d is void: its store does not hold what was acknowledged", current.number)
        await void(house, current.number)


async def _remind(house: House, current: Round) -> None:
    if current.is_reminded or house.clock.now() < current.reminds:
        return
    async with house.begin() as db:
        plan = await organisation(db)
        if plan and await claim_reminder(db, current.number):
            await invite(house, db, plan, current, REMINDER, not_before=house.clock.now())
            await db.commit()


async def void(house: House, number: int) -> bool:
    """The kill switch: a round that is not counted yet dies, uncounted. False when there is nothing to void."""
    async with house.begin() as db:
        done = False
        for stage in (Stage.DRAFT, Stage.OPEN, Stage.CLOSING):
            done = done or await advance(db, number, stage, Stage.VOID)
        if done:
            await audit.note(db, house.clock.now(), CLOCK, Deed.ROUND_VOIDED, round=number)
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
