"""Who runs this, and the plan: one organisation, one schedule, one k."""

from __future__ import annotations

from datetime import date, time

from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.schedule import Schedule

ONLY = 1


class Organisation(SQLModel, table=True):
    """The one row that says who asks, how to complain, and when check-ins open.

    `lens` is the one that rounds are looked at through, "" for none. `terms` is the edition of what staff agreed to
    (promise, k, questions, lens) and `terms_print` its fingerprint with the one before, "" before it was first taken.
    """

    __tablename__ = "organisation"

    id: int = Field(default=ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    contact: str
    k: int
    zone: str
    weekday: int
    opens: str
    open_days: int
    first: date | None = None
    passed_over: date | None = None
    lens: str = ""
    terms: int = 1
    terms_print: str = ""

    def schedule(self) -> Schedule:
        """The plan as pure arithmetic wants it."""
        return Schedule(
            weekday=self.weekday,
            at=time.fromisoformat(self.opens),
            zone=self.zone,
            open_days=self.open_days,
            first=self.first,
        )


async def organisation(db: AsyncSession) -> Organisation | None:
    """The organisation, or None before `shiftpulse organisation` was run."""
    return (await db.exec(select(Organisation).where(Organisation.id == ONLY))).one_or_none()


async def save_organisation(db: AsyncSession, wanted: Organisation) -> None:
    """Writes the one row, new or changed."""
    await db.merge(wanted)


async def renew_terms(db: AsyncSession, before: str, after: str) -> bool:
    """Writes a new fingerprint in the place of `before`: True only for whoever does it.

    The edition goes up by one, unless there was no fingerprint yet: what people agreed to until then is the first.
    """
    changed = {"terms": col(Organisation.terms) + 1} if before else {}
    done = await db.exec(
        update(Organisation)
        .where(col(Organisation.id) == ONLY, col(Organisation.terms_print) == before)
        .values(terms_print=after, **changed)
    )
    return bool(done.rowcount)


async def pass_over(db: AsyncSession, day: date) -> bool:
    """Nothing opens for this day any more: True only for whoever passes it over."""
    passed_over = col(Organisation.passed_over)
    done = await db.exec(
        update(Organisation)
        .where(col(Organisation.id) == ONLY, passed_over.is_(None) | (passed_over != day))
        .values(passed_over=day)
    )
    return bool(done.rowcount)
