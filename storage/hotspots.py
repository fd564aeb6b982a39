"""What the detector has learnt so far, and what it began with. The first can be made anew from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import func, insert, text
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.cells import UnitKey
from insights.hotspot_warm import Warm, WarmLevel, learning_rounds
from storage.ledger import LedgerPage

_NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


class HotspotState(SQLModel, table=True):
    """The detector after a round, as it writes itself down. Nothing is in it but what the ledger says."""

    __tablename__ = "hotspot_state"
    __table_args__: ClassVar[Any] = _NO_ROWID

    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: bytes = Field(repr=False)


class HotspotWarm(SQLModel, table=True):
    """A unit's usual level by the surveys of earlier years: `rounds` of the `waves` showed it."""

    __tablename__ = "hotspot_warm"
    __table_args__: ClassVar[Any] = _NO_ROWID

    unit: str = Field(primary_key=True)
    offset: float
    variance: float
    rounds: int
    waves: int


class WarmTooLateError(ValueError):
    """Teams have been judged already, or would have been with these surveys, and what leads were told would change.
    Past surveys are taken over before the fourth round."""

    def __str__(self) -> str:
        return " ".join(str(type(self).__doc__).split())


@dataclass(frozen=True, slots=True)
class Kept:
    """A state as it was kept, and the round after which it stood so."""

    round: int
    state: bytes = field(repr=False)


async def keep_state(db: AsyncSession, round_number: int, state: bytes) -> None:
    """Writes the detector as it stood after a round; only the newest round's is kept. Safe to repeat.

    Two processes that come to the same round write the same, and whoever is late with an older one leaves nothing. A
    row that could not be read is written over.
    """
    await db.exec(_PUT, params={"round": round_number, "state": state})
    await db.exec(_DROP_OLDER)


_PUT: Any = text(
    "INSERT INTO hotspot_state (round, state) VALUES (:round, :state) "
    "ON CONFLICT (round) DO UPDATE SET state = excluded.state"
)
_DROP_OLDER: Any = text("DELETE FROM hotspot_state WHERE round < (SELECT max(round) FROM hotspot_state)")


async def newest_state(db: AsyncSession, last: int) -> Kept | None:
    """What was kept last, of a round up to `last`; None when the detector has to begin with the first page."""
    newest = select(HotspotState).where(HotspotState.round <= last).order_by(col(HotspotState.round).desc()).limit(1)
    found = (await db.exec(newest)).one_or_none()
    return Kept(found.round, found.state) if found else None


async def forget_states(db: AsyncSession) -> None:
    """The next reading goes through the whole ledger again."""
    await db.exec(delete(HotspotState))


async def save_warm(db: AsyncSession, warm: Warm) -> None:
    """Puts a warm start in the place of the one before; without levels there is none any more.

    It changes every reading: what the detector has learnt is forgotten, and learnt anew. Raises `WarmTooLateError`
    once teams have been judged, or would have been had it been there: a flag that a lead was told must not change
    afterwards, and none must appear in rounds that are gone.
    """
    pages = (await db.exec(select(func.count()).select_from(LedgerPage))).one()
    if pages > min(learning_rounds(await load_warm(db)), learning_rounds(warm)):
        raise WarmTooLateError
    await db.exec(delete(HotspotWarm))
    if warm.levels:
        connection = await db.connection()
        await connection.execute(insert(HotspotWarm), [_row(warm, unit) for unit in sorted(warm.levels)])
    await forget_states(db)


def _row(warm: Warm, unit: UnitKey) -> dict[str, Any]:
    level = warm.levels[unit]
    known = {"offset": level.offset, "variance": level.variance, "rounds": level.rounds}
    return {"unit": unit, "waves": warm.rounds, **known}


async def load_warm(db: AsyncSession) -> Warm | None:
    """The warm start, None when there is none."""
    rows = (await db.exec(select(HotspotWarm).order_by(col(HotspotWarm.unit)))).all()
    if not rows:
        return None
    return Warm({UnitKey(r.unit): WarmLevel(r.offset, r.variance, r.rounds) for r in rows}, rows[0].waves)
