"""Comments that people wanted to be read, after the release: beside the ledger, so that one can be taken down.

No date, no round, no order: a row says which unit's people wrote it, and until the end of which quarter it is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import insert
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.cells import UnitKey

_ID_BYTES = 6
"""Eight characters: two people can name a card to each other, and a button can carry it."""


class SharedComment(SQLModel, table=True):
    """One comment, as its writer wanted it to be read. Its id is random, and so is its place in the table."""

    __tablename__ = "shared_comment"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: str = Field(primary_key=True)
    unit: str
    text: str = Field(repr=False)
    kept_until: date


async def keep_shared(db: AsyncSession, shared: Mapping[UnitKey, Sequence[str]], kept_until: date) -> None:
    """Writes down what may be read, by unit, in the caller's transaction."""
    rows = [
        {"id": secrets.token_urlsafe(_ID_BYTES), "unit": unit, "text": text, "kept_until": kept_until}
        for unit, texts in shared.items()
        for text in texts
    ]
    if rows:
        connection = await db.connection()
        await connection.execute(insert(SharedComment), sorted(rows, key=lambda row: str(row["id"])))


async def shared_of(db: AsyncSession, units: Iterable[str]) -> Sequence[SharedComment]:
    """What may be read of these units, in the random order of ids."""
    wanted = select(SharedComment).where(col(SharedComment.unit).in_(list(units)))
    return (await db.exec(wanted.order_by(col(SharedComment.id)))).all()


async def shared_comment(db: AsyncSession, id_: str) -> SharedComment | None:
    """One of them, if it is there."""
    return (await db.exec(select(SharedComment).where(SharedComment.id == id_))).one_or_none()


async def take_down(db: AsyncSession, id_: str) -> bool:
    """Deletes one for good: True for the first only."""
    return bool((await db.exec(delete(SharedComment).where(col(SharedComment.id) == id_))).rowcount)


async def forget_shared(db: AsyncSession, now: datetime) -> int:
    """Deletes what has been kept long enough; returns how many."""
    return int((await db.exec(delete(SharedComment).where(col(SharedComment.kept_until) < now.date()))).rowcount)
