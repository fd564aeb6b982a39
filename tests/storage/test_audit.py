"""The audit log: appended together with the deed, guarded by the database, dropped from its start when it is old."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from insights.chain import find_head, first_fault
from insights.policy import AUDIT_DROPPED_EVERY, AUDIT_KEPT
from storage.audit import CLOCK, AuditEntry, Deed, as_role, drop_old, entries, head, last_entries, note
from storage.database import Begin
from storage.ledger_guard import guard
from tests.make import NOON

DAY = timedelta(days=1)
SAM = as_role("steward", "Sam, matron")
UNTIL_OLD = AUDIT_KEPT - timedelta(seconds=1)

INSERT = (
    "INSERT INTO audit (number, at, actor, what, detail, digest) "
    "SELECT number + {ahead}, at, 'nobody', what, detail, digest FROM audit WHERE number = 5"
)
ATTEMPTS = {
    "update": "UPDATE audit SET actor = 'nobody'",
    "update of the number": "UPDATE audit SET number = number + 100",
    "delete": "DELETE FROM audit WHERE number = 3",
    "delete all": "DELETE FROM audit",
    "insert the same": INSERT.format(ahead=0),
    "upsert": INSERT.format(ahead=0) + " ON CONFLICT (number) DO UPDATE SET actor = 'nobody'",
}
ON_SQLITE = {
    "insert or replace": INSERT.format(ahead=0).replace("INSERT", "INSERT OR REPLACE", 1),
    "update or replace": "UPDATE OR REPLACE audit SET number = 1 WHERE number = 2",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE audit",
    "merge": "MERGE INTO audit t USING (SELECT 1) s ON TRUE WHEN MATCHED THEN DELETE",
}


async def noted(begin: Begin, *instants: datetime, what: Deed = Deed.POSTER_MADE) -> None:
    async with begin() as db:
        for instant in instants:
            await note(db, instant, SAM, what, unit="ward-7")
        await db.commit()


async def log(begin: Begin) -> list[AuditEntry]:
    async with begin() as db:
        return list(await entries(db))


@pytest.fixture
async def guarded(begin: Begin, sync: Engine) -> Engine:
    """Five entries, under guard."""
    with sync.begin() as connection:
        guard(connection)
    await noted(begin, *(NOON + n * DAY for n in range(5)))
    return sync


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def drop_triggers(engine: Engine) -> None:
    """What somebody with the database's password does first."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for kind in ("update", "delete", "replace"):
                connection.execute(text(f"DROP TRIGGER audit_no_{kind}"))


async def test_entries_say_who_what_and_when_and_hold_on_to_each_other(begin: Begin) -> None:
    async with begin() as db:
        first = await note(db, NOON, SAM, Deed.LAUNCH_ASKED, unit="trust", units=["ward-7"])
        second = await note(db, NOON + DAY, CLOCK, Deed.ROUND_RELEASED, round=1)
        await db.commit()
    assert (first.number, first.actor, first.what) == (1, "steward Sam, matron", "launch_asked")
    assert (first.at, first.told) == (int(NOON.timestamp()), {"unit": "trust", "units": ["ward-7"]})
    assert (second.number, second.detail) == (2, '{"round":1}')
    found = await log(begin)
    assert [one.number for one in found] == [1, 2]
    assert first_fault(found) is None
    async with begin() as db:
        newest = await head(db)
        assert newest is not None
        assert newest.digest == second.digest
        assert [one.number for one in await last_entries(db, 1)] == [2]


async def test_a_deed_that_is_rolled_back_leaves_no_entry(begin: Begin) -> None:
    async with begin() as db:
        await note(db, NOON, SAM, Deed.POSTER_MADE, unit="ward-7")
    assert await log(begin) == []


async def test_many_at_once_get_one_number_each(begin: Begin) -> None:
    await asyncio.gather(*(noted(begin, NOON, NOON) for _ in range(8)))
    found = await log(begin)
    assert [one.number for one in found] == list(range(1, 17))
    assert first_fault(found) is None


async def test_nothing_changes_what_was_noted(guarded: Engine, begin: Begin) -> None:
    before = [one.model_dump() for one in await log(begin)]
    own = ON_SQLITE if guarded.dialect.name == "sqlite" else ON_POSTGRESQL
    for attempt in (ATTEMPTS | own).values():
        with pytest.raises(DBAPIError):
            run(guarded, attempt)
    assert [one.model_dump() for one in await log(begin)] == before


async def test_without_the_guard_rows_can_be_changed_and_taken_out(guarded: Engine, begin: Begin) -> None:
    drop_triggers(guarded)
    run(guarded, "UPDATE audit SET actor = 'nobody' WHERE number = 2")
    run(guarded, "DELETE FROM audit WHERE number = 4")
    assert [one.actor for one in await log(begin)][1] == "nobody"


async def test_a_row_changed_behind_our_backs_is_named(guarded: Engine, begin: Begin) -> None:
    drop_triggers(guarded)
    run(guarded, 'UPDATE audit SET detail = \'{"unit":"ward-8"}\' WHERE number = 3')
    assert first_fault(await log(begin)) == 3


async def test_a_row_taken_out_of_the_middle_shows_in_the_next(guarded: Engine, begin: Begin) -> None:
    drop_triggers(guarded)
    run(guarded, "DELETE FROM audit WHERE number = 3")
    assert first_fault(await log(begin)) == 4


async def test_a_forged_row_at_the_end_is_let_in_and_named(guarded: Engine, begin: Begin) -> None:
    run(guarded, INSERT.format(ahead=1))
    assert first_fault(await log(begin)) == 6


async def test_an_older_log_put_back_is_whole_but_lacks_the_newer_head(guarded: Engine, begin: Begin) -> None:
    newest = (await log(begin))[-1].digest.hex()
    drop_triggers(guarded)
    run(guarded, "DELETE FROM audit WHERE number > 3")
    await noted(begin, NOON + 9 * DAY, NOON + 9 * DAY)
    found = await log(begin)
    assert (len(found), first_fault(found), find_head(found, newest)) == (5, None, None)


async def drop(begin: Begin, now: datetime) -> int:
    async with begin() as db:
        done = await drop_old(db, now)
        await db.commit()
        return done


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (NOON + UNTIL_OLD, [1, 2, 3, 4, 5]),
        (NOON + AUDIT_KEPT, [2, 3, 4, 5, 6]),
        (NOON + 2 * DAY + AUDIT_KEPT, [4, 5, 6]),
        (NOON + 99 * DAY + AUDIT_KEPT, [6]),
    ],
)
async def test_what_is_older_than_two_years_goes_and_the_rest_stays_whole(
    guarded: Engine, begin: Begin, now: datetime, left: list[int]
) -> None:
    assert await drop(begin, now) == left[0] - 1
    found = await log(begin)
    assert [one.number for one in found] == left
    assert first_fault(found) is None
    if left[0] > 1:
        assert (found[-1].what, found[-1].actor, found[-1].told["through"]) == ("dropped", CLOCK, left[0] - 1)


async def test_a_log_that_was_tampered_with_is_evidence_and_stays(guarded: Engine, begin: Begin) -> None:
    run(guarded, INSERT.format(ahead=1))
    assert await drop(begin, NOON + 99 * DAY + AUDIT_KEPT) == 0
    assert [one.number for one in await log(begin)] == [1, 2, 3, 4, 5, 6]


async def test_old_entries_go_once_a_week_at_most(guarded: Engine, begin: Begin) -> None:
    assert await drop(begin, NOON + AUDIT_KEPT) == 1
    soon = NOON + AUDIT_KEPT + AUDIT_DROPPED_EVERY
    assert await drop(begin, soon - timedelta(seconds=1)) == 0
    assert await drop(begin, soon) == 4
    found = await log(begin)
    assert [one.number for one in found] == [6, 7]
    assert first_fault(found) is None


async def test_a_drop_that_was_dropped_itself_is_covered_by_the_next(guarded: Engine, begin: Begin) -> None:
    await drop(begin, NOON + AUDIT_KEPT)
    await drop(begin, NOON + 3 * AUDIT_KEPT)
    found = await log(begin)
    assert [one.number for one in found] == [7]
    assert first_fault(found) is None
    await noted(begin, NOON + 3 * AUDIT_KEPT)
    assert first_fault(await log(begin)) is None


async def test_a_lying_entry_opens_no_door_to_what_is_not_old(guarded: Engine, begin: Begin) -> None:
    async with begin() as db:
        await note(db, NOON + 9 * DAY, CLOCK, Deed.DROPPED, through=4, digest="00" * 32, at=0)
        await db.commit()
    with pytest.raises(DBAPIError, match="the audit log is only appended to"):
        run(guarded, "DELETE FROM audit WHERE number <= 4")
    assert first_fault(await log(begin)) == 6


async def test_a_clock_that_ran_ahead_keeps_old_entries_from_nothing_but_their_going(begin: Begin) -> None:
    await noted(begin, NOON, NOON + 500 * DAY, NOON + DAY)
    assert await drop(begin, NOON + 30 * DAY + AUDIT_KEPT) == 1
    assert first_fault(await log(begin)) is None
