"""Poster codes for wards, single-use codes for roles, and what waits for a second steward."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import INVITE_BYTES, INVITE_LIFE

POSTER, ROLE = "p", "r"
CODE_LENGTH = 1 + 16


class Standing(StrEnum):
    """Whether a code still opens a door; a pending one waits for a second steward."""

    PENDING = "pending"
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Invite(SQLModel, table=True):
    """A code, known only by its hash: a poster (many uses, capped by the headcount) or a role invite (one use)."""

    __tablename__ = "invite"

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


def _hash(code: str) -> bytes:
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
    db.add(Invite(code_hash=_hash(code), kind=POSTER, unit_id=unit_id))
    return code


async def make_role_invite(db: AsyncSession, unit_id: str, role: str, display_name: str, now: datetime) -> str:
    """A single-use code for a role, good for 24 hours."""
    code = _fresh(ROLE)
    expires = int((now + INVITE_LIFE).timestamp())
    db.add(
        Invite(
            code_hash=_hash(code),
            kind=ROLE,
            unit_id=unit_id,
            role=role,
            display_name=display_name,
            expires_at=expires,
        )
    )
    return code


async def find_invite(db: AsyncSession, code: str, now: datetime) -> Invite | None:
    """The invite behind a code, its standing brought up to `now`; None if we never made it."""
    invite = (await db.exec(select(Invite).where(Invite.code_hash == _hash(code)))).one_or_none()
    if invite and invite.standing == Standing.OPEN and invite.expires_at and now.timestamp() >= invite.expires_at:
        invite.standing = Standing.EXPIRED
    return invite


async def use_role_invite(db: AsyncSession, code: str) -> bool:
    """Marks a role invite as used and forgets its display name: True for the first only. A poster is none."""
    done = await db.exec(
        update(Invite)
        .where(
            col(Invite.code_hash) == _hash(code),
            col(Invite.kind) == ROLE,
            col(Invite.standing) == Standing.OPEN,
        )
        .values(standing=Standing.USED, display_name=None)
    )
    return bool(done.rowcount)


async def ask_second(
    db: AsyncSession, what: str, unit_id: str, by_id: str, now: datetime, named: Mapping[str, int]
) -> str:
    """Writes down a wish for a second steward, with the units it names and their members, and returns its id."""
    wish = Pending(
        id=secrets.token_urlsafe(9),
        what=what,
        unit_id=unit_id,
        named=",".join(f"{unit}={count}" for unit, count in sorted(named.items())),
        by_id=by_id,
        expires_at=int((now + INVITE_LIFE).timestamp()),
    )
    db.add(wish)
    return wish.id


def named_in(wish: Pending) -> dict[str, int]:
    """The units that a wish names, and how many members each had: what the second steward was shown."""
    pairs = (one.split("=") for one in wish.named.split(",") if one)
    return {unit: int(count) for unit, count in pairs}


async def pending(db: AsyncSession, wish_id: str, now: datetime) -> Pending | None:
    """The wish, if it still waits."""
    wish = (await db.exec(select(Pending).where(Pending.id == wish_id))).one_or_none()
    return wish if wish and datetime.fromtimestamp(wish.expires_at, UTC) > now else None


async def settle(db: AsyncSession, wish_id: str) -> bool:
    """Takes the wish off the list: True for the first only."""
    return bool((await db.exec(delete(Pending).where(col(Pending.id) == wish_id))).rowcount)


async def drop_expired(db: AsyncSession, now: datetime) -> None:
    """Forgets wishes that nobody confirmed in time, and the names on invites that nobody took up."""
    instant = int(now.timestamp())
    await db.exec(delete(Pending).where(col(Pending.expires_at) <= instant))
    await db.exec(
        update(Invite)
        .where(col(Invite.expires_at) <= instant, col(Invite.display_name).is_not(None))
        .values(standing=Standing.EXPIRED, display_name=None)
    )
