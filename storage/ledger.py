"""The ledger: what anybody may ever see, written once per round and never again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import insert, text
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.cells import Bound, Cell, CellKey, Kind, Line, Page, Reason, Released, UnitKey, Withheld
from insights.policy import K_FLOOR

_NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


class LedgerPage(SQLModel, table=True):
    """A round that was published."""

    __tablename__ = "ledger_page"
    __table_args__: ClassVar[Any] = _NO_ROWID

    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    opened_on: date
    questions: str
    # the default came with the column and stays: SQLite takes it away only by making the guarded table anew
    k: int = Field(sa_column_kwargs={"server_default": text(str(K_FLOOR))})


class LedgerLine(SQLModel, table=True):
    """A unit, or a pool of small ones, as it stood in that round."""

    __tablename__ = "ledger_line"
    __table_args__: ClassVar[Any] = _NO_ROWID

    round: int = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    place: int
    parent: str | None = None
    name: str
    kind: str
    teams_in: int
    teams: int
    people: int
    headcount: int


class LedgerCell(SQLModel, table=True):
    """A number as it is shown, or the reason why there is none."""

    __tablename__ = "ledger_cell"
    __table_args__: ClassVar[Any] = _NO_ROWID

    round: int = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    stat: str = Field(primary_key=True)
    value: float | None = None
    n: str | None = None
    bound: str | None = None
    withheld: str | None = None


TABLES = ("ledger_page", "ledger_line", "ledger_cell")


async def publish(
    db: AsyncSession,
    round_number: int,
    opened_on: date,
    questions: Sequence[str],
    lines: Sequence[Line],
    cells: Mapping[CellKey, Cell],
    k: int = K_FLOOR,
) -> None:
    """Writes a round's page; `k` is the fewest people behind any of its numbers.

    A second time raises IntegrityError: the ledger is written once.
    """
    connection = await db.connection()
    page = {"round": round_number, "opened_on": opened_on, "questions": ",".join(questions), "k": k}
    await connection.execute(insert(LedgerPage).values(page))
    if lines:
        await connection.execute(insert(LedgerLine), [_line_row(round_number, i, one) for i, one in enumerate(lines)])
    if cells:
        await connection.execute(insert(LedgerCell), [_cell_row(round_number, *item) for item in cells.items()])


def _line_row(round_number: int, place: int, line: Line) -> dict[str, Any]:
    return {
        "round": round_number,
        "unit": line.key,
        "place": place,
        "parent": line.parent,
        "name": line.name,
        "kind": line.kind.value,
        "teams_in": line.teams_in,
        "teams": line.teams,
        "people": line.people,
        "headcount": line.headcount,
    }


def _cell_row(round_number: int, key: CellKey, cell: Cell) -> dict[str, Any]:
    unit, question, stat = key
    row: dict[str, Any] = {"round": round_number, "unit": unit, "question": question, "stat": str(stat)}
    if isinstance(cell, Released):
        return row | {"value": cell.value, "n": cell.n, "bound": cell.bound.value, "withheld": None}
    return row | {"value": None, "n": None, "bound": None, "withheld": cell.reason.value}


@dataclass(slots=True)
class LedgerReader:
    """Reads pages, keeping those already read: what is written once cannot change behind our back."""

    _pages: list[Page] = field(default_factory=list, repr=False)

    async def pages(self, db: AsyncSession) -> tuple[Page, ...]:
        """The whole ledger, in ascending order of rounds."""
        last = self._pages[-1].round if self._pages else 0
        found = await db.exec(select(LedgerPage).where(LedgerPage.round > last).order_by(col(LedgerPage.round)))
        fresh = [await _page(db, row) for row in found.all()]
        self._pages += [page for page in fresh if not self._pages or page.round > self._pages[-1].round]
        return tuple(self._pages)


async def _page(db: AsyncSession, row: LedgerPage) -> Page:
    lines = await db.exec(select(LedgerLine).where(LedgerLine.round == row.round).order_by(col(LedgerLine.place)))
    connection = await db.connection()
    cells = await connection.execute(
        select_columns(
            col(LedgerCell.unit),
            col(LedgerCell.question),
            col(LedgerCell.stat),
            col(LedgerCell.value),
            col(LedgerCell.n),
            col(LedgerCell.bound),
            col(LedgerCell.withheld),
        ).where(col(LedgerCell.round) == row.round)
    )
    return Page(
        round=row.round,
        opened_on=row.opened_on,
        questions=tuple(row.questions.split(",")),
        lines=tuple(_line(one) for one in lines.all()),
        cells={(UnitKey(c[0]), c[1], c[2]): _cell(*c[3:]) for c in cells.all()},
        k=row.k,
    )


def _line(row: LedgerLine) -> Line:
    return Line(
        key=UnitKey(row.unit),
        parent=UnitKey(row.parent) if row.parent is not None else None,
        name=row.name,
        kind=Kind(row.kind),
        teams_in=row.teams_in,
        teams=row.teams,
        people=row.people,
        headcount=row.headcount,
    )


def _cell(value: float | None, n: str | None, bound: str | None, withheld: str | None) -> Cell:
    if withheld is not None:
        return Withheld(Reason(withheld))
    if value is None or n is None or bound is None:
        raise ValueError("A cell of the ledger holds neither a number nor a reason.")
    return Released(value, n, Bound(bound))
