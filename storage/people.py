"""Members and role-holders: who may be written to. Nothing here knows of an answer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import UNREACHABLE_OPENINGS


class Role(StrEnum):
    """What a role-holder may see and do."""

    LEAD = "lead"
    HR = "hr"
    STEWARD = "steward"


class Pattern(StrEnum):
    """When a person works, so that nobody is woken."""

    DAYS = "days"
    NIGHTS = "nights"
    MIXED = "mixed"


def fresh_id() -> str:
    """A random id, so that no order of rows tells who joined when."""
    return secrets.token_hex(12)


class Person(SQLModel, table=True):
    """A member of a unit.

    `agreed` is the edition of the terms that they said yes to; `unconfirmed_openings` counts the openings since they
    said that they are still in their unit, `times_asked` how often they were asked since. A unit is never deleted, so
    nobody can be left in one that is no more.
    """

    __tablename__ = "person"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: str = Field(default_factory=fresh_id, primary_key=True, repr=False)
    lookup: bytes = Field(unique=True, repr=False)
    sealed: bytes = Field(repr=False)
    unit_id: str = Field(foreign_key="unit.id", index=True, repr=False)
    moved_from: str | None = Field(default=None, repr=False)
    language: str = Field(default="en", repr=False)
    pattern: str = Field(default=Pattern.MIXED, repr=False)
    shift_hours: int = Field(default=0, repr=False)
    openings: int = Field(default=0, repr=False)
    is_established: bool = Field(default=False, repr=False)
    paused_rounds: int = Field(default=0, repr=False)
    is_reachable: bool = Field(default=True, repr=False)
    unreachable_openings: int = Field(default=0, repr=False)
    agreed: int = Field(default=1, repr=False)
    unconfirmed_openings: int = Field(default=0, repr=False)
    times_asked: int = Field(default=0, repr=False)


class RoleHolder(SQLModel, table=True):
    """A lead, HR analyst or steward: a display name and what they look after."""

    __tablename__ = "role_holder"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: str = Field(default_factory=fresh_id, primary_key=True, repr=False)
    lookup: bytes = Field(index=True, repr=False)
    sealed: bytes = Field(repr=False)
    role: str = Field(repr=False)
    unit_id: str = Field(foreign_key="unit.id", repr=False)
    display_name: str = Field(repr=False)
    language: str = Field(default="en", repr=False)


async def person(db: AsyncSession, lookup: bytes) -> Person | None:
    """The member, if they joined."""
    return (await db.exec(select(Person).where(Person.lookup == lookup))).one_or_none()


async def members(db: AsyncSession, unit_id: str) -> int:
    """How many have joined a unit."""
    return (await db.exec(select(func.count()).select_from(Person).where(Person.unit_id == unit_id))).one()


async def staff_by_unit(db: AsyncSession) -> dict[str, int]:
    """How many members each unit has who hold no role: those whose answers are counted there."""
    roles = select(RoleHolder.lookup)
    rows = await db.exec(
        select(Person.unit_id, func.count()).where(col(Person.lookup).not_in(roles)).group_by(Person.unit_id)
    )
    return dict(rows.all())


async def members_by_unit(db: AsyncSession) -> dict[str, int]:
    """How many have joined each unit that anybody joined."""
    rows = await db.exec(select(Person.unit_id, func.count()).group_by(Person.unit_id))
    return dict(rows.all())


async def establish_members(db: AsyncSession, unit_id: str) -> None:
    """At launch, who is there counts as established, also who has just moved in."""
    there = col(Person.unit_id) == unit_id
    await db.exec(update(Person).where(there).values(is_established=True, moved_from=None))


async def forget_person(db: AsyncSession, lookup: bytes) -> bool:
    """Erases a member and, by cascade, their seat and every message still waiting for them."""
    done = await db.exec(delete(Person).where(col(Person.lookup) == lookup))
    return bool(done.rowcount)


async def forget_unreachable(db: AsyncSession) -> int:
    """Erases whom `UNREACHABLE_OPENINGS` openings in a row did not reach; returns how many."""
    too_long = col(Person.unreachable_openings) >= UNREACHABLE_OPENINGS
    return (await db.exec(delete(Person).where(too_long))).rowcount


async def set_reachable(db: AsyncSession, lookup: bytes, reachable: bool) -> None:
    """Whether messages arrive: said by Telegram when the bot is blocked or unblocked."""
    values = {"is_reachable": True, "unreachable_openings": 0} if reachable else {"is_reachable": False}
    await db.exec(update(Person).where(col(Person.lookup) == lookup).values(**values))


async def is_still_here(db: AsyncSession, lookup: bytes) -> None:
    """A member says that they are still in their unit: they are asked again after as many openings."""
    said = update(Person).where(col(Person.lookup) == lookup)
    await db.exec(said.values(unconfirmed_openings=0, times_asked=0))


async def agree(db: AsyncSession, lookup: bytes, terms: int) -> None:
    """A member says yes to this edition of the terms."""
    await db.exec(update(Person).where(col(Person.lookup) == lookup).values(agreed=terms))


async def members_without(db: AsyncSession, terms: int) -> Sequence[Person]:
    """Members who can be written to, have not paused, and have not agreed to this edition of the terms."""
    found = await db.exec(
        select(Person).where(
            col(Person.agreed) != terms, col(Person.is_reachable).is_(True), col(Person.paused_rounds) == 0
        )
    )
    return found.all()


async def roles_of(db: AsyncSession, lookup: bytes) -> Sequence[RoleHolder]:
    """The roles somebody holds, none for most."""
    return (await db.exec(select(RoleHolder).where(RoleHolder.lookup == lookup))).all()


async def role_holders(db: AsyncSession, role: Role) -> Sequence[RoleHolder]:
    """Everybody with a role."""
    return (await db.exec(select(RoleHolder).where(RoleHolder.role == role))).all()


async def is_last_steward(db: AsyncSession, lookup: bytes) -> bool:
    """Whether somebody is a steward, and nobody else is."""
    return {one.lookup for one in await role_holders(db, Role.STEWARD)} == {lookup}


async def role_holder(db: AsyncSession, holder_id: str) -> RoleHolder | None:
    """One role-holder by id."""
    return (await db.exec(select(RoleHolder).where(RoleHolder.id == holder_id))).one_or_none()


async def end_role(db: AsyncSession, holder_id: str) -> bool:
    """Takes a role away and, by cascade, what waited for its holder."""
    return bool((await db.exec(delete(RoleHolder).where(col(RoleHolder.id) == holder_id))).rowcount)
