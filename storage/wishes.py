"""What one steward wishes and a second one has to confirm, within a day."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights import chain
from insights.policy import INVITE_LIFE
from storage.audit import CLOCK, Deed, as_role, note
from storage.invites import Invite, Pending, end_invite, invite_by_hash
from storage.outbox import Waiting, put
from storage.people import Role, RoleHolder, role_holder, role_holders

LETTER = "wish"
"""The occasion of letters about a wish that was made outside the chat; their `round` is its `number_of`."""


class Wish(StrEnum):
    """What can be wished: a launch, a role invite, changes of units, that a shared comment is taken down."""

    LAUNCH = "launch"
    INVITE = "invite"
    UNITS = "units"
    COMMENT = "comment"


async def ask_second(
    db: AsyncSession,
    what: str,
    unit_id: str,
    by_id: str,
    now: datetime,
    named: Mapping[str, int],
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Writes down a wish for a second steward, with the units it names and their members, and whatever else it
    takes to fulfil it; returns its id."""
    wish = Pending(
        id=secrets.token_urlsafe(9),
        what=what,
        unit_id=unit_id,
        named=",".join(f"{unit}={count}" for unit, count in sorted(named.items())),
        detail=chain.written(detail) if detail else "",
        by_id=by_id,
        expires_at=int((now + INVITE_LIFE).timestamp()),
    )
    db.add(wish)
    await db.flush()
    return wish.id


def named_in(wish: Pending) -> dict[str, int]:
    """The units that a wish names, and how many members each had: what the second steward was shown."""
    pairs = (one.split("=") for one in wish.named.split(",") if one)
    return {unit: int(count) for unit, count in pairs}


def number_of(wish_id: str) -> int:
    """What a letter about a wish carries in the place of a round's number: 31 bits of the id's hash."""
    return int.from_bytes(hashlib.sha256(wish_id.encode()).digest()[:4], "big") >> 1


async def pending(db: AsyncSession, wish_id: str, now: datetime) -> Pending | None:
    """The wish, if it still waits."""
    wish = (await db.exec(select(Pending).where(Pending.id == wish_id))).one_or_none()
    return wish if wish and datetime.fromtimestamp(wish.expires_at, UTC) > now else None


async def is_wished(db: AsyncSession, what: str, detail: Mapping[str, Any], now: datetime) -> bool:
    """Whether exactly this waits for a second steward already."""
    wanted = select(Pending.id).where(
        Pending.what == what,
        Pending.detail == chain.written(detail),
        col(Pending.expires_at) > int(now.timestamp()),
    )
    return (await db.exec(wanted)).first() is not None


def wished_comment(wish: Pending) -> str | None:
    """The id of the shared comment that a wish is about, if it is about one."""
    found = chain.read(wish.detail).get("comment")
    return found if wish.what == Wish.COMMENT and isinstance(found, str) else None


async def pending_by_number(db: AsyncSession, number: int, now: datetime) -> Pending | None:
    """The wish of that `number_of`, if it still waits."""
    waiting = (await db.exec(select(Pending).where(col(Pending.expires_at) > int(now.timestamp())))).all()
    return next((one for one in waiting if number_of(one.id) == number), None)


async def settle(db: AsyncSession, wish_id: str) -> bool:
    """Takes the wish off the list: True for the first only."""
    return bool((await db.exec(delete(Pending).where(col(Pending.id) == wish_id))).rowcount)


async def wished_invite(db: AsyncSession, wish: Pending) -> Invite | None:
    """The invite that a wish is about, if it is about one."""
    code_hash = chain.read(wish.detail).get("code")
    return await invite_by_hash(db, bytes.fromhex(code_hash)) if isinstance(code_hash, str) else None


async def asked_by(db: AsyncSession, wish: Pending) -> str:
    """Who wished it, as the audit log names them."""
    holder = await role_holder(db, wish.by_id)
    return as_role(holder.role, holder.display_name) if holder else ""


async def withdraw(db: AsyncSession, wish: Pending, actor: str, now: datetime) -> bool:
    """A wish that will not be fulfilled: it is noted, and an invite it was about never opens a door. True for the
    first only."""
    name, invite = await asked_by(db, wish), await wished_invite(db, wish)
    if not await settle(db, wish.id):
        return False
    if invite:
        await end_invite(db, invite.code_hash)
    deed, role = Deed(f"{wish.what}_expired"), {"role": invite.role} if invite else {}
    await note(db, now, actor, deed, unit=wish.unit_id, asked_by=name, **role)
    return True


async def wishes_of(db: AsyncSession, holder: RoleHolder) -> Sequence[Pending]:
    """What a steward wished and nobody has answered yet."""
    return (await db.exec(select(Pending).where(Pending.by_id == holder.id))).all()


async def other_stewards(db: AsyncSession, steward: RoleHolder) -> list[RoleHolder]:
    """Every other person who is steward, once each, whatever roles they hold beside."""
    found = {one.lookup: one for one in await role_holders(db, Role.STEWARD) if one.lookup != steward.lookup}
    return list(found.values())


async def tell_stewards(db: AsyncSession, wish_id: str, steward: RoleHolder, now: datetime) -> None:
    """Letters to all stewards about a wish that was made outside the chat, also to the one in whose name it was."""
    everybody = [steward, *await other_stewards(db, steward)]
    number, due_at = number_of(wish_id), int(now.timestamp())
    await put(db, [Waiting(occasion=LETTER, round=number, due_at=due_at, holder_id=one.id) for one in everybody])


async def drop_expired(db: AsyncSession, now: datetime) -> None:
    """Forgets wishes that nobody confirmed in time, and the names on invites that nobody took up; both are noted."""
    instant = int(now.timestamp())
    for wish in (await db.exec(select(Pending).where(col(Pending.expires_at) <= instant))).all():
        await withdraw(db, wish, CLOCK, now)
    late = select(Invite).where(col(Invite.expires_at) <= instant, col(Invite.display_name).is_not(None))
    for invite in (await db.exec(late)).all():
        if await end_invite(db, invite.code_hash):
            await note(db, now, CLOCK, Deed.INVITE_EXPIRED, unit=invite.unit_id, role=invite.role)
