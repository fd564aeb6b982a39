"""The tree and the roster, frozen for one round: who sits in which scope while it is open, and nothing after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from insights.policy import MOVE_TOGETHER, TENURE_OPENINGS
from storage.people import Person, RoleHolder
from storage.rounds import Round, Stage
from storage.units import Unit


class Seat(SQLModel, table=True):
    """Where one person's answers will be counted in one round; `category` is theirs of the round's lens, if any."""

    __tablename__ = "seat"

    round: int = Field(primary_key=True)
    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE", repr=False)
    scope: str = Field(repr=False)
    is_established: bool = Field(repr=False)
    category: str = Field(default="", repr=False)


class FrozenUnit(SQLModel, table=True):
    """A unit as it stood when the round opened; `people` were asked, `joiners` of them for the first time here."""

    __tablename__ = "frozen_unit"

    round: int = Field(primary_key=True)
    unit_id: str = Field(primary_key=True)
    parent_id: str | None = None
    name: str
    headcount: int
    people: int = 0
    joiners: int = 0


class FrozenScope(SQLModel, table=True):
    """A box's place in the frozen tree: where it stands, whose people it holds, how many were asked."""

    __tablename__ = "frozen_scope"

    round: int = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    at: str | None = None
    units: str
    people: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a tap needs to know of the member who taps: `scope` is None for those who joined later."""

    language: str = field(repr=False)
    is_open: bool
    scope: str | None = field(repr=False)
    is_established: bool = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who takes part in a round: enough to write to them in their window."""

    person_id: str = field(repr=False)
    pattern: str = field(repr=False)
    shift_hours: int = field(repr=False)


def sitting_query(round_number: int, lookup: bytes) -> Select[str, str, str, bool]:
    """The one query behind `sitting`: language, stage, scope, tenure of a member in a round."""
    return (
        select(Person.language, Round.stage, Seat.scope, Seat.is_established)
        .select_from(Person)
        .outerjoin(Seat, (col(Seat.person_id) == col(Person.id)) & (col(Seat.round) == round_number))
        .outerjoin(Round, col(Round.number) == round_number)
        .where(Person.lookup == lookup)
    )


def as_sitting(row: Sequence[Any] | None) -> Sitting | None:
    """What the query's row means; no row is no member (any more)."""
    return Sitting(row[0], row[1] == Stage.OPEN, row[2], bool(row[3])) if row else None


async def sitting(db: AsyncSession, round_number: int, lookup: bytes) -> Sitting | None:
    """Where a member sits in a round; None for whoever is no member (any more)."""
    return as_sitting((await db.exec(sitting_query(round_number, lookup))).one_or_none())


async def age_roster(db: AsyncSession) -> None:
    """One opening more for everybody: tenure grows, pauses run out, moves are settled.

    Ten or more who moved from one unit to another since the last opening keep their tenure (a ward that is merged
    is no invasion); anybody else starts anew.
    """
    everybody = (await db.exec(select(Person))).all()
    moves = Counter((one.moved_from, one.unit_id) for one in everybody if one.moved_from)
    for one in everybody:
        if one.moved_from and moves[one.moved_from, one.unit_id] < MOVE_TOGETHER:
            one.openings, one.is_established = 0, False
        one.moved_from = None
        one.openings += 1
        one.is_established = one.is_established or one.openings > TENURE_OPENINGS
        db.add(one)


async def end_pauses(db: AsyncSession) -> None:
    """Counts down the rounds that people wanted to be left alone for."""
    await db.exec(
        update(Person).where(col(Person.paused_rounds) > 0).values(paused_rounds=col(Person.paused_rounds) - 1)
    )


async def to_be_asked(db: AsyncSession, launched: Iterable[str]) -> list[tuple[Person, bool]]:
    """Members of launched units who are reachable and unpaused, and whether each holds a role."""
    found = await db.exec(
        select(Person).where(
            col(Person.unit_id).in_(list(launched)),
            col(Person.is_reachable).is_(True),
            col(Person.paused_rounds) == 0,
        )
    )
    roles = set((await db.exec(select(RoleHolder.lookup))).all())
    return [(one, one.lookup in roles) for one in found.all()]


async def freeze(
    db: AsyncSession,
    round_number: int,
    units: Iterable[Unit],
    scopes: Iterable[FrozenScope],
    seats: Iterable[Seat],
) -> None:
    """Writes the round's tree, boxes and seats. What a crashed opening left is replaced."""
    await forget_roster(db, round_number)
    for one in units:
        db.add(
            FrozenUnit(
                round=round_number,
                unit_id=one.id,
                parent_id=one.parent_id,
                name=one.name,
                headcount=one.headcount,
            )
        )
    db.add_all([*scopes, *seats])


async def frozen_units(db: AsyncSession, round_number: int) -> Sequence[FrozenUnit]:
    """The tree of the round, by id."""
    found = await db.exec(
        select(FrozenUnit).where(FrozenUnit.round == round_number).order_by(col(FrozenUnit.unit_id))
    )
    return found.all()


async def frozen_scopes(db: AsyncSession, round_number: int) -> Sequence[FrozenScope]:
    """The boxes of the round, by scope."""
    found = await db.exec(
        select(FrozenScope).where(FrozenScope.round == round_number).order_by(col(FrozenScope.scope))
    )
    return found.all()


async def asked(db: AsyncSession, round_number: int) -> list[Asked]:
    """Everybody with a seat in the round, whether they answered or not."""
    found = await db.exec(
        select(Person.id, Person.pattern, Person.shift_hours)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(Seat.round == round_number)
    )
    return [Asked(*row) for row in found.all()]


async def forget_roster(db: AsyncSession, round_number: int) -> None:
    """The frozen roster goes when the round ends: nothing is left that tells who was asked."""
    for table in (Seat, FrozenScope, FrozenUnit):
        await db.exec(delete(table).where(col(table.round) == round_number))
