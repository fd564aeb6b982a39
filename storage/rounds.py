"""Rounds and their states: every step is compare-and-set, so that a crash or a second process repeats nothing.

DRAFT -> OPEN -> CLOSING -> RELEASED -> SHREDDED, and VOID from OPEN or CLOSING.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.audit import COMMAND_LINE, Deed, note


class Stage(StrEnum):
    """How far a round is."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSING = "closing"
    RELEASED = "released"
    SHREDDED = "shredded"
    VOID = "void"


UNFINISHED = (Stage.DRAFT, Stage.OPEN, Stage.CLOSING, Stage.RELEASED)


class Round(SQLModel, table=True):
    """One check-in of the organisation. The unique opening date is the claim: nobody opens a day twice."""

    __tablename__ = "round"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    opened_on: date = Field(unique=True)
    stage: str
    opens_at: int = Field(sa_type=BigInteger)
    closes_at: int = Field(sa_type=BigInteger)
    reminds_at: int = Field(sa_type=BigInteger)
    is_reminded: bool = False
    is_settled: bool = False
    k: int
    pack: str
    questions: str
    lens: str = ""

    @property
    def question_ids(self) -> tuple[str, ...]:
        """The round's questions in asking order."""
        return tuple(self.questions.split(","))

    @property
    def closes(self) -> datetime:
        """When it closes."""
        return datetime.fromtimestamp(self.closes_at, UTC)

    @property
    def reminds(self) -> datetime:
        """When its one reminder is due."""
        return datetime.fromtimestamp(self.reminds_at, UTC)


async def round_by_number(db: AsyncSession, number: int) -> Round | None:
    """The round of that number."""
    return (await db.exec(select(Round).where(Round.number == number))).one_or_none()


async def latest_round(db: AsyncSession) -> Round | None:
    """The newest round, whatever its stage."""
    return (await db.exec(select(Round).order_by(col(Round.number).desc()).limit(1))).one_or_none()


async def unfinished_rounds(db: AsyncSession) -> list[Round]:
    """Rounds that still need something done, oldest first; a void one until people are told."""
    unfinished = col(Round.stage).in_(UNFINISHED) | ((col(Round.stage) == Stage.VOID) & ~col(Round.is_settled))
    found = await db.exec(select(Round).where(unfinished).order_by(col(Round.number)))
    return list(found.all())


async def known_rounds(db: AsyncSession) -> set[int]:
    """The numbers of every round there is a row of, finished or not."""
    return set((await db.exec(select(Round.number))).all())


async def settle_void(db: AsyncSession, number: int) -> bool:
    """A void round's people are being told: True only for whoever sees to it."""
    done = await db.exec(
        update(Round).where(col(Round.number) == number, ~col(Round.is_settled)).values(is_settled=True)
    )
    return bool(done.rowcount)


async def open_round(db: AsyncSession) -> Round | None:
    """The round that takes answers, if one does."""
    return (await db.exec(select(Round).where(Round.stage == Stage.OPEN))).one_or_none()


async def is_opened_on(db: AsyncSession, day: date) -> bool:
    """Whether the day is claimed."""
    return (await db.exec(select(Round.number).where(Round.opened_on == day))).one_or_none() is not None


async def advance(db: AsyncSession, number: int, before: Stage, after: Stage) -> bool:
    """Takes a round from one stage to the next: True only for whoever did it."""
    done = await db.exec(
        update(Round).where(col(Round.number) == number, col(Round.stage) == before).values(stage=after)
    )
    return bool(done.rowcount)


async def claim_reminder(db: AsyncSession, number: int) -> bool:
    """The round's one reminder: True only for whoever claims it."""
    done = await db.exec(
        update(Round)
        .where(col(Round.number) == number, col(Round.is_reminded).is_(False), col(Round.stage) == Stage.OPEN)
        .values(is_reminded=True)
    )
    return bool(done.rowcount)


async def void_latest(db: AsyncSession, now: datetime | None = None) -> int | None:
    """The kill switch from outside the bot: the round under way is void; the bot buries it. None if there is none.
    Commits; with `now`, together with its entry in the audit log."""
    latest = await latest_round(db)
    if latest is None:
        return None
    done = [await advance(db, latest.number, stage, Stage.VOID) for stage in (Stage.OPEN, Stage.CLOSING)]
    if now and any(done):
        await note(db, now, COMMAND_LINE, Deed.ROUND_VOIDED, round=latest.number)
    await db.commit()
    return latest.number if any(done) else None
