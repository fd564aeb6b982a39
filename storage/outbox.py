"""Messages that wait to be sent: a row per recipient per occasion, under a random id that is also their order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.people import Person, RoleHolder


def _random_place() -> int:
    return secrets.randbits(62)


class Waiting(SQLModel, table=True):
    """One message to one recipient. What it says is made when it is sent."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: int = Field(
        default_factory=_random_place,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    occasion: str
    round: int
    due_at: int = Field(index=True, sa_type=BigInteger)
    person_id: str | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE", repr=False)
    holder_id: str | None = Field(default=None, foreign_key="role_holder.id", ondelete="CASCADE", repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A waiting message with what is needed to send it. Its repr names nobody."""

    id: int
    occasion: str
    round: int
    sealed: bytes = field(repr=False)
    language: str = field(repr=False)
    holder_id: str | None = field(repr=False)


async def put(db: AsyncSession, waiting: Iterable[Waiting]) -> None:
    """Adds messages."""
    db.add_all(waiting)


async def due_letters(
    db: AsyncSession, occasion: str, now: datetime, limit: int | None, after: int = -1
) -> list[Letter]:
    """The next batch of an occasion that is due, in random order: those whose id is above `after`; all without
    a limit."""
    connection = await db.connection()
    found = await connection.execute(
        select_columns(
            col(Waiting.id),
            col(Waiting.occasion),
            col(Waiting.round),
            func.coalesce(col(Person.sealed), col(RoleHolder.sealed)),
            func.coalesce(col(Person.language), col(RoleHolder.language)),
            col(Waiting.holder_id),
        )
        .select_from(Waiting)
        .outerjoin(Person, col(Person.id) == col(Waiting.person_id))
        .outerjoin(RoleHolder, col(RoleHolder.id) == col(Waiting.holder_id))
        .where(
            col(Waiting.occasion) == occasion, col(Waiting.due_at) <= int(now.timestamp()), col(Waiting.id) > after
        )
        .order_by(col(Waiting.id))
        .limit(limit)
    )
    return [Letter(*row) for row in found.all()]


async def due_occasions(db: AsyncSession, now: datetime) -> set[str]:
    """The occasions of which something is due."""
    found = await db.exec(select(Waiting.occasion).where(col(Waiting.due_at) <= int(now.timestamp())).distinct())
    return set(found.all())


async def postpone(db: AsyncSession, occasions: Sequence[str], now: datetime, until: datetime) -> None:
    """Whatever of these occasions is due by now waits until then."""
    due = col(Waiting.occasion).in_(occasions), col(Waiting.due_at) <= int(now.timestamp())
    await db.exec(update(Waiting).where(*due).values(due_at=int(until.timestamp())))


async def drop(db: AsyncSession, ids: Sequence[int]) -> None:
    """Takes messages off the list: sent, skipped, or about to be tried once."""
    await db.exec(delete(Waiting).where(col(Waiting.id).in_(ids)))


async def drop_occasion(db: AsyncSession, occasion: str, round_number: int) -> None:
    """What nobody needs any more, such as the reminders of a closed round."""
    await db.exec(delete(Waiting).where(col(Waiting.occasion) == occasion, col(Waiting.round) == round_number))


async def who_waits(db: AsyncSession, occasion: str) -> set[str]:
    """The ids of members for whom a message of this occasion waits already."""
    found = await db.exec(select(Waiting.person_id).where(Waiting.occasion == occasion))
    return {one for one in found.all() if one is not None}


async def next_due(db: AsyncSession) -> int | None:
    """When the next message is due, in epoch seconds."""
    return (await db.exec(select(func.min(Waiting.due_at)))).one()


async def length(db: AsyncSession) -> int:
    """How many messages wait."""
    return (await db.exec(select(func.count()).select_from(Waiting))).one()


async def waiting_for(db: AsyncSession, person_id: str) -> int:
    """How many messages wait for one person, for themself to see."""
    return (await db.exec(select(func.count()).select_from(Waiting).where(Waiting.person_id == person_id))).one()
