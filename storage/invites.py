"""Poster codes for wards, single-use codes for roles, and the table of what waits for a second steward."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import INVITE_BYTES, INVITE_KEPT, INVITE_LIFE

POSTER, ROLE = "p", "r"
CODE_LENGTH = 1 + 16


class Standing(StrEnum):
    """Whether a code still opens a door; a pending one waits for a second steward."""

    PENDING = "pending"
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"


WORKING = (Standing.PENDING, Standing.OPEN)


class Invite(SQLModel, table=True):
    """A code, known only by its hash: a poster (many uses, capped by the headcount) or a role invite (one use).

    `ended_at` is when it was first seen not to work any more, in epoch seconds.
    """

    __tablename__ = "invite"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    code_hash: bytes = Field(primary_key=True, repr=False)
    kind: str
    unit_id: str = Field(foreign_key="unit.id", index=True)
    role: str | None = None
    display_name: str | None = Field(default=None, repr=False)
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    standing: str = Standing.OPEN
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class Pending(SQLModel, table=True):
    """A steward's wish that a second steward has to confirm; `detail` is what `what` needs to know beside a unit."""

    __tablename__ = "pending"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: str = Field(primary_key=True, repr=False)
    what: str
    unit_id: str = Field(foreign_key="unit.id")
    named: str
    detail: str = Field(default="", repr=False)
    by_id: str = Field(foreign_key="role_holder.id", ondelete="CASCADE", repr=False)
    expires_at: int = Field(sa_type=BigInteger)


def looks_like_code(text: str) -> bool:
    """Whether a payload has the shape of one of our codes."""
    return len(text) == CODE_LENGTH and text[0] in (POSTER, ROLE)


def code_hash(code: str) -> bytes:
    """What a code is known by: 32 bytes, from which nobody finds the code."""
    return hashlib.sha256(code.encode()).digest()


def _fresh(kind: str) -> str:
    return kind + secrets.token_urlsafe(INVITE_BYTES)


async def has_poster(db: AsyncSession, unit_id: str) -> bool:
    """Whether a poster of the unit hangs somewhere and works."""
    wanted = select(Invite).where(Invite.kind == POSTER, Invite.unit_id == unit_id, Invite.standing == Standing.OPEN)
    return (await db.exec(wanted)).first() is not None


async def make_poster(db: AsyncSession, unit_id: str) -> str:
    """A new code for the unit's poster; an older one stops working."""
    await db.exec(
        update(Invite)
        .where(col(Invite.kind) == POSTER, col(Invite.unit_id) == unit_id)
        .values(standing=Standing.REPLACED)
    )
    code = _fresh(POSTER)
    db.add(Invite(code_hash=code_hash(code), kind=POSTER, unit_id=unit_id))
    return code


async def make_role_invite(
    db: AsyncSession, unit_id: str, role: str, display_name: str, now: datetime, is_pending: bool = False
) -> str:
    """A single-use code for a role, good for 24 hours; a pending one waits for a second steward and opens no door."""
    code = _fresh(ROLE)
    expires = int((now + INVITE_LIFE).timestamp())
    db.add(
        Invite(
            code_hash=code_hash(code),
            kind=ROLE,
            unit_id=unit_id,
            role=role,
            display_name=display_name,
            expires_at=expires,
            standing=Standing.PENDING if is_pending else Standing.OPEN,
        )
    )
    await db.flush()
    return code


async def invite_by_hash(db: AsyncSession, hashed: bytes) -> Invite | None:
    """The invite of that hash, as it stands in the table."""
    return (await db.exec(select(Invite).where(Invite.code_hash == hashed))).one_or_none()


async def confirm_invite(db: AsyncSession, hashed: bytes, now: datetime) -> bool:
    """A second steward has said yes: the invite is open for 24 hours from now. True for the first only."""
    done = await db.exec(
        update(Invite)
        .where(col(Invite.code_hash) == hashed, col(Invite.standing) == Standing.PENDING)
        .values(standing=Standing.OPEN, expires_at=int((now + INVITE_LIFE).timestamp()))
    )
    return bool(done.rowcount)


async def end_invite(db: AsyncSession, hashed: bytes) -> bool:
    """A role invite that is to open no door any more; its display name goes. True for the first only."""
    done = await db.exec(
        update(Invite)
        .where(col(Invite.code_hash) == hashed, col(Invite.display_name).is_not(None))
        .values(standing=Standing.EXPIRED, display_name=None)
    )
    return bool(done.rowcount)


async def find_invite(db: AsyncSession, code: str, now: datetime) -> Invite | None:
    """The invite behind a code, its standing brought up to `now`; None if we never made it, or long ago."""
    invite = await invite_by_hash(db, code_hash(code))
    if invite and invite.standing in WORKING and invite.expires_at and now.timestamp() >= invite.expires_at:
        invite.standing = Standing.EXPIRED
    return invite


async def use_role_invite(db: AsyncSession, code: str) -> bool:
    """Marks a role invite as used and forgets its display name: True for the first only. A poster is none."""
    done = await db.exec(
        update(Invite)
        .where(
            col(Invite.code_hash) == code_hash(code),
            col(Invite.kind) == ROLE,
            col(Invite.standing) == Standing.OPEN,
        )
        .values(standing=Standing.USED, display_name=None)
    )
    return bool(done.rowcount)


async def drop_ended(db: AsyncSession, now: datetime) -> None:
    """Forgets codes that stopped working `INVITE_KEPT` ago. Counted from the first look at one that had stopped."""
    instant = int(now.timestamp())
    stopped = ~col(Invite.standing).in_(WORKING), col(Invite.ended_at).is_(None)
    await db.exec(update(Invite).where(*stopped).values(ended_at=instant))
    await db.exec(delete(Invite).where(col(Invite.ended_at) <= instant - int(INVITE_KEPT.total_seconds())))
