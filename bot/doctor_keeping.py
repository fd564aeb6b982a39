"""What the doctor finds about keeping: the periods after which the bot forgets by itself, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.findings import Finding, mend, well
from insights.policy import AUDIT_DROPPED_EVERY, AUDIT_KEPT, INVITE_KEPT, INVITE_LIFE, UNREACHABLE_OPENINGS
from insights.staying import forgotten_after
from storage.audit import AuditEntry
from storage.invites import Invite, Pending
from storage.people import Person

_DAY: Final = timedelta(days=1)
"""The bot clears away once a minute while it runs: what is overdue for longer was not cleared away."""


async def keeping_findings(db: AsyncSession, now: datetime) -> list[Finding]:
    """Counts only: no name of a person, no id."""
    overdue = {
        "wishes": await _count(db, Pending, col(Pending.expires_at) <= _since(now, _DAY)),
        "invites": await _count(db, Invite, col(Invite.ended_at) <= _since(now, INVITE_KEPT + _DAY)),
        "log entries": await _count(
            db, AuditEntry, col(AuditEntry.at) <= _since(now, AUDIT_KEPT + AUDIT_DROPPED_EVERY + _DAY)
        ),
        "unreachable members": await _count(db, Person, col(Person.unreachable_openings) >= UNREACHABLE_OPENINGS),
        "silent members": await _count(db, Person, col(Person.unconfirmed_openings) > forgotten_after() + 1),
    }
    return list(_told(overdue))


def _told(overdue: dict[str, int]) -> Iterator[Finding]:
    yield well(
        f"what is kept: wishes {INVITE_LIFE // _DAY} day, codes that stopped working {INVITE_KEPT.days} days, "
        f"the audit log {AUDIT_KEPT.days} days"
    )
    yield well(
        f"who is kept: members until {UNREACHABLE_OPENINGS} openings in a row have not reached them, or until "
        f"{forgotten_after()} openings of silence"
    )
    late = ", ".join(f"{name}: {count}" for name, count in overdue.items() if count)
    if late:
        yield mend(f"kept for too long ({late}): start the bot, which clears them away at its next tick or opening.")


def _since(now: datetime, period: timedelta) -> int:
    return int((now - period).timestamp())


async def _count(db: AsyncSession, table: type[Any], condition: ColumnElement[bool]) -> int:
    return (await db.exec(select(func.count()).select_from(table).where(condition))).one()
