"""Closing a round: no more answers; the release, the ledger and the digests in one go; then nothing is left."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence

from handlers.house import House
from handlers.occasions import DIGEST, OPENING, REMINDER, WEEKLY
from insights.cells import UnitKey
from insights.comments.counting import CommentTally
from insights.comments.sharing import Wanted, kept_until
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.lens import Lens
from insights.pack import Question
from insights.release import Release, release
from storage import audit
from storage.audit import CLOCK, Deed
from storage.boxes import LENS_BOX, Totals
from storage.ledger import publish
from storage.outbox import Waiting, drop_occasion, put
from storage.people import Role, role_holders
from storage.roster import FrozenScope, forget_roster, frozen_scopes, frozen_units
from storage.roster import FrozenUnit as RosterUnit
from storage.rounds import Round, Stage, advance
from storage.sealed import VoidRoundError
from storage.shared_comments import keep_shared
from storage.slips import Shared

log = logging.getLogger(__name__)


async def close(house: House, current: Round) -> None:
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
    shared = await house.vault.shared(current.number)
    if totals.keys() != {one.scope for one in scopes} | ({LENS_BOX} if current.lens else set()):
        raise VoidRoundError
    published = compute(house, current, units, scopes, totals, shared)
    if await _publish(house, current, published):
        log.info("round %d is released", current.number)
        await shred(house, current)


async def _publish(house: House, current: Round, published: Release) -> bool:
    """The ledger's page, what may be read, and the letters, in one transaction. False when the round was voided."""
    async with house.begin() as db:
        if not await advance(db, current.number, Stage.CLOSING, Stage.RELEASED):
            return False
        ids = current.question_ids
        await publish(db, current.number, current.opened_on, ids, published.lines, published.cells, current.k)
        await keep_shared(db, published.shared, kept_until(current.closes.date()))
        due_at = int(house.clock.now().timestamp())
        leads = await role_holders(db, Role.LEAD)
        stewards = {one.lookup: one for one in await role_holders(db, Role.STEWARD)}
        letters = [(DIGEST, one.id) for one in leads] + [(WEEKLY, one.id) for one in stewards.values()]
        await put(
            db,
            [Waiting(occasion=what, round=current.number, due_at=due_at, holder_id=id_) for what, id_ in letters],
        )
        await audit.note(db, house.clock.now(), CLOCK, Deed.ROUND_RELEASED, round=current.number)
        await db.commit()
    return True


def compute(
    house: House,
    current: Round,
    units: Sequence[RosterUnit],
    scopes: Sequence[FrozenScope],
    totals: Totals,
    shared: Sequence[Shared] = (),
) -> Release:
    """The release of a round: a pure function of its frozen tree, its boxes, and what was shared of comments."""
    questions = house.pack.round_questions(current.number)
    leaves = []
    for one in scopes:
        box = totals[one.scope]
        tallies = {question.id: Tally(*box.question(i)) for i, question in enumerate(questions)}
        inside = tuple(one.units.split(",")) if one.units else ()
        comments = CommentTally(*box.comments()) if box.layout.marks else None
        leaves.append(Leaf(UnitKey(one.scope), one.at, inside, one.people, box.respondents, tallies, comments))
    tree = [FrozenUnit(one.unit_id, one.parent_id, one.name, one.headcount) for one in units]
    lens = _lens(current.lens, questions, totals) if current.lens else None
    wanted: dict[UnitKey, list[Wanted]] = defaultdict(list)
    for each in shared:
        wanted[UnitKey(each.scope)].append(Wanted(each.text, each.is_established))
    return release(tree, leaves, questions, house.pack.strain_items(current.number), current.k, lens, wanted)


def _lens(name: str, questions: Sequence[Question], totals: Totals) -> Lens:
    box = totals[LENS_BOX]
    return Lens(
        name,
        {
            category: {question.id: Tally(*box.question(i, category)) for i, question in enumerate(questions)}
            for category in box.layout.categories
        },
    )


async def shred(house: House, current: Round) -> None:
    await house.vault.shred(current.number)
    async with house.begin() as db:
        await forget_roster(db, current.number)
        await advance(db, current.number, Stage.RELEASED, Stage.SHREDDED)
        await db.commit()
    log.info("round %d is shredded", current.number)
