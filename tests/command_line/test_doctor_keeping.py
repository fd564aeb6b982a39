"""What `shiftpulse doctor` says about keeping: the periods, and what the bot should have forgotten by now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import (
    AUDIT_DROPPED_EVERY,
    AUDIT_KEPT,
    INVITE_KEPT,
    STILL_AFTER,
    STILL_AGAIN_AFTER,
    STILL_ASKED,
    UNREACHABLE_OPENINGS,
)
from storage.audit import AuditEntry
from storage.invites import Invite, Pending, Standing
from storage.people import Person, Role, role_holders
from tests.command_line.findings import the_fault, to_mend
from tests.command_line.shell import Shell

HOUR = timedelta(hours=1)
SILENT = STILL_AFTER + STILL_ASKED * STILL_AGAIN_AFTER


def ago(period: timedelta) -> int:
    return int((datetime.now(UTC) - period).timestamp())


def keeps(house: Shell, *rows: SQLModel) -> None:
    async def work(db: AsyncSession) -> None:
        db.add_all(rows)

    house.stores(work)


def member(number: int, **changes: int) -> Person:
    return Person(lookup=b"member %d" % number, sealed=bytes(36), unit_id="ward-7", **changes)


def sealed_members(house: Shell, *rows: Person) -> None:
    """Members whose ids are sealed with the house's own key."""
    keys = house.keys
    for number, one in enumerate(rows, 100):
        one.lookup, one.sealed = keys.lookup(number), keys.seal(number)
    keeps(house, *rows)


def invite(ended: timedelta) -> Invite:
    return Invite(code_hash=bytes(32), kind="p", unit_id="ward-7", standing=Standing.REPLACED, ended_at=ago(ended))


def entry(age: timedelta) -> AuditEntry:
    return AuditEntry(number=1, at=ago(age), actor="clock", what="launch_expired", detail="{}", digest=bytes(32))


def wishes(house: Shell, expired: timedelta) -> None:
    async def work(db: AsyncSession) -> None:
        by = (await role_holders(db, Role.STEWARD))[0]
        wish = {"id": "w", "what": "launch", "unit_id": "ward-7", "named": "ward-7=4", "by_id": by.id}
        db.add(Pending(**wish, expires_at=ago(expired)))

    house.stores(work)


def test_the_periods_are_told(house: Shell) -> None:
    out = house.runs("doctor").out
    assert "ok      what is kept: wishes 1 day, codes that stopped working 90 days, the audit log 730 days" in out
    assert "until 12 openings in a row have not reached them, or until 16 openings of silence" in out


def test_what_the_bot_is_about_to_clear_away_is_not_overdue(house: Shell) -> None:
    keeps(house, invite(INVITE_KEPT + HOUR), entry(AUDIT_KEPT + AUDIT_DROPPED_EVERY))
    wishes(house, HOUR)
    sealed_members(
        house,
        member(1, unreachable_openings=UNREACHABLE_OPENINGS - 1),
        member(2, unconfirmed_openings=SILENT + 1, times_asked=STILL_ASKED),
    )
    assert to_mend(house.runs("doctor")) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (invite(INVITE_KEPT + 25 * HOUR), "invites: 1"),
        (entry(AUDIT_KEPT + AUDIT_DROPPED_EVERY + 25 * HOUR), "log entries: 1"),
    ],
)
def test_codes_and_entries_that_were_not_cleared_away_are_told(house: Shell, row: SQLModel, told: str) -> None:
    keeps(house, row)
    assert the_fault(house) == (
        f"kept for too long ({told}): start the bot, which clears them away at its next tick or opening."
    )


def test_a_wish_that_was_not_cleared_away_is_told(house: Shell) -> None:
    wishes(house, 25 * HOUR)
    assert "kept for too long (wishes: 1):" in the_fault(house)


def test_members_who_should_be_forgotten_are_counted_and_not_named(house: Shell) -> None:
    sealed_members(
        house,
        member(1, unreachable_openings=UNREACHABLE_OPENINGS),
        member(2, unreachable_openings=UNREACHABLE_OPENINGS + 5),
        member(3, unconfirmed_openings=SILENT + 2, times_asked=STILL_ASKED),
    )
    assert "kept for too long (unreachable members: 2, silent members: 1):" in the_fault(house)
