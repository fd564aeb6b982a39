"""Units and headcounts: the tree that stewards keep. No staff names anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import POOLED_ROUNDS
from insights.seating import pooled_for


class Unit(SQLModel, table=True):
    """A ward, team, division or the organisation itself. It gathers members until two stewards launch it.

    `recent` are its members at the last openings, and `pooled_rounds` for how many rounds, the one that was opened
    last included, it is counted with others because it has lost many at once.
    """

    __tablename__ = "unit"

    id: str = Field(primary_key=True)
    parent_id: str | None = Field(default=None, foreign_key="unit.id", index=True)
    name: str
    headcount: int
    is_launched: bool = False
    recent: str = ""
    pooled_rounds: int = 0

    @property
    def recent_members(self) -> tuple[int, ...]:
        """How many had joined at each of the last openings, the newest last."""
        return tuple(int(one) for one in self.recent.split(",") if one)


def note_members(units: Sequence[Unit], members: Mapping[str, int]) -> None:
    """Writes down how many members launched units have at an opening. Which of them are pooled follows from it.

    After a fall a unit is measured anew: who is left is pooled for `POOLED_ROUNDS` rounds, and no longer for the
    same fall.
    """
    for one in units:
        if one.is_launched:
            before, now = one.recent_members, members.get(one.id, 0)
            one.pooled_rounds = pooled_for(before, now, one.pooled_rounds)
            kept = () if one.pooled_rounds == POOLED_ROUNDS else before[1 - POOLED_ROUNDS :]
            one.recent = ",".join(str(count) for count in (*kept, now))


async def unit(db: AsyncSession, unit_id: str, is_locked: bool = False) -> Unit | None:
    """The unit, if there is one of that id; locked until the transaction ends where one counts, then adds."""
    wanted = select(Unit).where(Unit.id == unit_id)
    return (await db.exec(wanted.with_for_update() if is_locked else wanted)).one_or_none()


async def all_units(db: AsyncSession) -> Sequence[Unit]:
    """Every unit, by id."""
    return (await db.exec(select(Unit).order_by(col(Unit.id)))).all()


async def root(db: AsyncSession) -> Unit | None:
    """The unit without a parent: the organisation."""
    return (await db.exec(select(Unit).where(col(Unit.parent_id).is_(None)))).one_or_none()


async def save_units(db: AsyncSession, units: Sequence[Unit]) -> None:
    """Writes new and changed units, parents first; what is launched stays launched."""
    known = {row.id: row for row in await all_units(db)}
    db.add_all([one for one in units if one.id not in known])
    await db.flush()
    for wanted in units:
        row = known.get(wanted.id)
        if row is not None:
            row.parent_id, row.name, row.headcount = wanted.parent_id, wanted.name, wanted.headcount
            db.add(row)
    await db.flush()


async def launch(db: AsyncSession, unit_id: str) -> bool:
    """Gathering becomes launched, once: True only for whoever did it."""
    done = await db.exec(
        update(Unit).where(col(Unit.id) == unit_id, col(Unit.is_launched).is_(False)).values(is_launched=True)
    )
    return bool(done.rowcount)


def below(units: Sequence[Unit], top: str) -> set[str]:
    """The ids of `top` and of everything under it."""
    children: dict[str | None, list[str]] = {}
    for row in units:
        children.setdefault(row.parent_id, []).append(row.id)
    found: set[str] = set()
    waiting = [top]
    while waiting:
        here = waiting.pop()
        found.add(here)
        waiting.extend(children.get(here, ()))
    return found
