"""The tree and the roster, frozen for one round: who sits in which scope while it is open, and nothing after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Final

from sqlalchemy import Select
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import MOVE_TOGETHER, STILL_AFTER, TENURE_OPENINGS
from insights.staying import Step, step_at
from storage.people import Person, RoleHolder
from storage.rounds import Round, Stage
from storage.units import Unit

_NOBODY: Final[Mapping[str, int]] = MappingProxyType({})


class Seat(SQLModel, table=True):
    """Where one person's answers will be counted in one round; `category` is theirs of the round's lens, if any."""

    __tablename__ = "seat"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

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
    category: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """Whom a member answers together with in a round: `people` are asked, `joiners` of them for the first time there.

    `is_pooled` when other small teams share the box; `name` is empty for role-holders, who share one of their own.
    """

    name: str
    people: int
    joiners: int
    is_pooled: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who takes part in a round: enough to write to them in their window."""

    person_id: str = field(repr=False)
    pattern: str = field(repr=False)
    shift_hours: int = field(repr=False)


def sitting_query(round_number: int, lookup: bytes) -> Select[str, str, str, bool, str]:
    """The one query behind `sitting`: language, stage, scope, tenure, category of a member in a round."""
    return (
        select_columns(
            col(Person.language), col(Round.stage), col(Seat.scope), col(Seat.is_established), col(Seat.category)
        )
        .select_from(Person)
        .outerjoin(Seat, (col(Seat.person_id) == col(Person.id)) & (col(Seat.round) == round_number))
        .outerjoin(Round, col(Round.number) == round_number)
        .where(col(Person.lookup) == lookup)
    )


def as_sitting(row: Sequence[Any] | None) -> Sitting | None:
    """What the query's row means; no row is no member (any more)."""
    return Sitting(row[0], row[1] == Stage.OPEN, row[2], bool(row[3]), row[4] or "") if row else None


async def sitting(db: AsyncSession, round_number: int, lookup: bytes) -> Sitting | None:
    """Where a member sits in a round; None for whoever is no member (any more)."""
    connection = await db.connection()
    return as_sitting((await connection.execute(sitting_query(round_number, lookup))).one_or_none())


async def age_roster(db: AsyncSession) -> frozenset[str]:
    """One opening more for everybody: tenure grows, moves are settled, silences and failures to reach are counted.

    Ten or more who moved from one unit to another since the last opening keep their tenure (a ward that is merged
    is no invasion); anybody else starts anew. Returns the ids of those whose first opening in their unit it is; who
    was there at its launch is no joiner.
    """
    everybody = (await db.exec(select(Person))).all()
    moves = Counter((one.moved_from, one.unit_id) for one in everybody if one.moved_from)
    joiners = {one.id for one in everybody if one.moved_from or not (one.openings or one.is_established)}
    for one in everybody:
        if one.moved_from and moves[one.moved_from, one.unit_id] < MOVE_TOGETHER:
            one.openings, one.is_established = 0, False
        one.moved_from = None
        one.openings += 1
        one.is_established = one.is_established or one.openings > TENURE_OPENINGS
        one.unreachable_openings = 0 if one.is_reachable else one.unreachable_openings + 1
        if one.is_reachable and not one.paused_rounds:
            one.unconfirmed_openings += 1
        db.add(one)
    return frozenset(joiners)


async def ask_who_is_still_here(db: AsyncSession) -> tuple[list[Person], list[Person]]:
    """(who is asked now, once more or for the first time, whether they are still in their unit; who is dropped).

    Counts the asking. Nobody is asked, nor dropped, while they have paused or cannot be reached.
    """
    found = await db.exec(
        select(Person).where(
            col(Person.unconfirmed_openings) >= STILL_AFTER,
            col(Person.is_reachable).is_(True),
            col(Person.paused_rounds) == 0,
        )
    )
    asked_now, dropped = [], []
    for one in found.all():
        step = step_at(one.unconfirmed_openings, one.times_asked)
        if step is Step.DROP:
            dropped.append(one)
        elif step is Step.ASK:
            one.times_asked += 1
            db.add(one)
            asked_now.append(one)
    return asked_now, dropped


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
    people: Mapping[str, int] = _NOBODY,
    joiners: Mapping[str, int] = _NOBODY,
) -> None:
    """Writes the round's tree, boxes and seats. What a crashed opening left is replaced.

    `people` are asked in each unit, and `joiners` of them for the first time there: told to who is asked.
    """
    await forget_roster(db, round_number)
    for one in units:
        db.add(
            FrozenUnit(
                round=round_number,
                unit_id=one.id,
                parent_id=one.parent_id,
                name=one.name,
                headcount=one.headcount,
                people=people.get(one.id, 0),
                joiners=joiners.get(one.id, 0),
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


async def team_of(db: AsyncSession, round_number: int, lookup: bytes) -> Team | None:
    """The team a member sits in for this round, wherever they have moved since; None without a seat."""
    return (await _teams(db, round_number, lookup)).get(lookup)


async def teams_of(db: AsyncSession, round_number: int) -> dict[bytes, Team]:
    """The same for everybody with a seat, by their lookup: for those who write to all of them."""
    return await _teams(db, round_number)


async def _teams(db: AsyncSession, round_number: int, lookup: bytes | None = None) -> dict[bytes, Team]:
    wanted = (
        select(Person.lookup, Person.unit_id, Person.moved_from, Seat.scope)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(Seat.round == round_number)
    )
    found = await db.exec(wanted if lookup is None else wanted.where(Person.lookup == lookup))
    scopes = {one.scope: one for one in await frozen_scopes(db, round_number)}
    places = {one.unit_id: one for one in await frozen_units(db, round_number)}
    teams = {
        whose: _team(scopes[scope], moved_from or unit_id, places)
        for whose, unit_id, moved_from, scope in found.all()
        if scope in scopes
    }
    return {whose: team for whose, team in teams.items() if team}


def _team(scope: FrozenScope, sits: str, places: Mapping[str, FrozenUnit]) -> Team | None:
    if scope.at is None:
        return Team("", scope.people, 0, is_pooled=False)
    place = places.get(sits if sits in scope.units.split(",") else scope.units)
    return Team(place.name, place.people, place.joiners, scope.scope.endswith("~small")) if place else None


async def forget_roster(db: AsyncSession, round_number: int) -> None:
    """The frozen roster goes when the round ends: nothing is left that tells who was asked."""
    for table in (Seat, FrozenScope, FrozenUnit):
        await db.exec(delete(table).where(col(table.round) == round_number))
