"""Who asked for what: entries are appended, chained by hash, and never changed. Never about a person of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, text
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights import chain
from insights.policy import AUDIT_DROPPED_EVERY, AUDIT_KEPT

_NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}
_ONE_AT_A_TIME = 0x4155444954
"""Number of the advisory lock under which entries get their numbers on PostgreSQL: "AUDIT"."""

COMMAND_LINE, CLOCK = "command line", "clock"


class Deed(StrEnum):
    """What an entry can be about."""

    LAUNCH_ASKED = "launch_asked"
    LAUNCH_CONFIRMED = "launch_confirmed"
    LAUNCH_REFUSED = "launch_refused"
    LAUNCH_EXPIRED = "launch_expired"
    LAUNCH_STALE = "launch_stale"
    INVITE_MADE = "invite_made"
    INVITE_ASKED = "invite_asked"
    INVITE_CONFIRMED = "invite_confirmed"
    INVITE_REFUSED = "invite_refused"
    INVITE_USED = "invite_used"
    INVITE_EXPIRED = "invite_expired"
    UNITS_IMPORTED = "units_imported"
    UNITS_CHANGED = "units_changed"
    UNITS_ASKED = "units_asked"
    UNITS_CONFIRMED = "units_confirmed"
    UNITS_REFUSED = "units_refused"
    UNITS_EXPIRED = "units_expired"
    UNITS_STALE = "units_stale"
    COMMENT_ASKED = "comment_asked"
    COMMENT_TAKEN_DOWN = "comment_taken_down"
    COMMENT_REFUSED = "comment_refused"
    COMMENT_EXPIRED = "comment_expired"
    COMMENT_STALE = "comment_stale"
    POSTER_MADE = "poster_made"
    ROLE_ENDED = "role_ended"
    ORGANISATION_CHANGED = "organisation_changed"
    ROUND_RELEASED = "round_released"
    ROUND_VOIDED = "round_voided"
    TREND_READ = "trend_read"
    TEAM_READ = "team_read"
    DIGEST_READ = "digest_read"
    HOTSPOTS_READ = "hotspots_read"
    THEMES_READ = "themes_read"
    WORDS_READ = "words_read"
    EXPORT_MADE = "export_made"
    DETECTOR_WARMED = "detector_warmed"
    DROPPED = chain.DROPPED


READING = (
    *(Deed.TREND_READ, Deed.TEAM_READ, Deed.DIGEST_READ),
    *(Deed.HOTSPOTS_READ, Deed.THEMES_READ, Deed.WORDS_READ),
)
"""What is counted and not listed where the log is told in short."""


class AuditEntry(SQLModel, table=True):
    """One thing that a role asked for. `actor` is a role and its display name; `detail` is JSON."""

    __tablename__ = "audit"
    __table_args__: ClassVar[Any] = _NO_ROWID

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: int = Field(sa_type=BigInteger)
    actor: str = Field(repr=False)
    what: str
    detail: str = Field(repr=False)
    digest: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The details, read."""
        return chain.read(self.detail)


def as_role(role: str, display_name: str) -> str:
    """A role-holder as the log names them: "steward Sam, matron"."""
    return f"{role} {display_name}"


async def note(db: AsyncSession, now: datetime, actor: str, what: Deed, **detail: Any) -> AuditEntry:
    """Appends an entry in the caller's transaction: the deed and its entry stand or fall together.

    An entry is never older than the one before, also when the machine's clock was put back. `detail` holds what JSON
    holds: units by id, numbers of rounds, counts of cells. On PostgreSQL whoever notes next waits until that
    transaction ends, so note last.
    """
    connection = await db.connection()
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    last = await head(db)
    number, before = (last.number + 1, last.digest) if last else (1, chain.START)
    at, written = max(int(now.timestamp()), last.at if last else 0), chain.written(detail)
    digest = chain.link(before, number, at, actor, what.value, written)
    entry = AuditEntry(number=number, at=at, actor=actor, what=what.value, detail=written, digest=digest)
    db.add(entry)
    await db.flush()
    return entry


async def head(db: AsyncSession) -> AuditEntry | None:
    """The newest entry."""
    return (await db.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1))).one_or_none()


async def entries(db: AsyncSession) -> Sequence[AuditEntry]:
    """Every entry there is, oldest first."""
    return (await db.exec(select(AuditEntry).order_by(col(AuditEntry.number)))).all()


async def last_entries(db: AsyncSession, count: int) -> list[AuditEntry]:
    """The newest entries, oldest first."""
    found = await db.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(count))
    return list(reversed(found.all()))


async def drop_old(db: AsyncSession, now: datetime) -> int:
    """Drops what is older than `AUDIT_KEPT` from the start of the log, at most once in `AUDIT_DROPPED_EVERY`; how
    many. An entry of its own stands for what was dropped, and the chain begins after that. A log that was tampered
    with keeps everything: it is evidence."""
    old = col(AuditEntry.at) <= int((now - AUDIT_KEPT).timestamp())
    oldest = (await db.exec(select(AuditEntry).order_by(col(AuditEntry.number)).limit(1))).one_or_none()
    if oldest is None or now.timestamp() - oldest.at < AUDIT_KEPT.total_seconds():
        return 0
    dropped = select(AuditEntry).where(AuditEntry.what == Deed.DROPPED.value)
    before = (await db.exec(dropped.order_by(col(AuditEntry.number).desc()).limit(1))).one_or_none()
    if before and now.timestamp() - before.at < AUDIT_DROPPED_EVERY.total_seconds():
        return 0
    if chain.first_fault(await entries(db)) is not None:
        return 0
    young = (await db.exec(select(AuditEntry).where(~old).order_by(col(AuditEntry.number)).limit(1))).one_or_none()
    through = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)
    last = (await db.exec(through.where(AuditEntry.number < young.number) if young else through)).one()
    await note(db, now, CLOCK, Deed.DROPPED, **chain.drops(last))
    done = await db.exec(delete(AuditEntry).where(col(AuditEntry.number) <= last.number))
    return done.rowcount
