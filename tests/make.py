"""Rows and pages for tests: sensible ones, numbered as they are made, never random."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlmodel import SQLModel

from insights.cells import WHOLE, Bound, CellKey, Kind, Line, Page, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import MARKS
from storage.boxes import Layout
from storage.database import Begin
from storage.organisation import Organisation
from storage.outbox import Waiting
from storage.people import Person, Role, RoleHolder
from storage.rounds import Round, Stage
from storage.sealed import Submission
from storage.slips import Comment
from storage.units import Unit

FIRST_DAY: Final = date(2026, 1, 6)
"""A Tuesday."""
NOON: Final = datetime(2026, 1, 6, 12, tzinfo=UTC)
FIRST_ID: Final = 700_000_001
LAYOUT: Final = Layout((5, 5, 7))
"""Of the round's three questions."""
HEARING: Final = Layout((5, 5, 7), marks=MARKS)
"""The same, with comments counted, too."""
SCOPES: Final = ("ward-1", "ward-2", "trust~small", "~roles")


class Make:
    """Makes rows; each kind is counted from 1, so that a test reads the same every time."""

    def __init__(self) -> None:
        self._people, self._holders, self._rounds, self._waiting = count(1), count(1), count(1), count(1)

    def organisation(self, **changes: Any) -> Organisation:
        """St Brigid's: every Tuesday at nine, open six days, k = 5."""
        usual = {"name": "St Brigid's", "contact": "wellbeing@example.org", "k": 5, "zone": "Europe/London"}
        return Organisation(**usual | {"weekday": 1, "opens": "09:00", "open_days": 6, "first": FIRST_DAY} | changes)

    def unit(self, unit_id: str = "ward-1", parent: str | None = "trust", **changes: Any) -> Unit:
        """A unit of twenty below the trust."""
        usual = {"id": unit_id, "parent_id": parent, "name": unit_id.title(), "headcount": 20}
        return Unit(**usual | changes)

    def tree(self, *wards: str) -> list[Unit]:
        """The trust with these wards below it, parents first."""
        return [self.unit("trust", None), *(self.unit(ward) for ward in wards)]

    def person(self, unit_id: str = "ward-1", **changes: Any) -> Person:
        """The next member of a unit: `p1`, `p2`, …"""
        n = next(self._people)
        usual = {
            "id": f"p{n}",
            "lookup": n.to_bytes(32, "big"),
            "sealed": b"sealed-%d" % n,
            "unit_id": unit_id,
        }
        return Person(**usual | changes)

    def people(self, number: int, unit_id: str = "ward-1", **changes: Any) -> list[Person]:
        """The next few members of a unit."""
        return [self.person(unit_id, **changes) for _ in range(number)]

    def holder(self, role: Role = Role.LEAD, unit_id: str = "trust", **changes: Any) -> RoleHolder:
        """The next role-holder: `h1`, `h2`, …"""
        n = next(self._holders)
        usual = {"id": f"h{n}", "lookup": (1000 + n).to_bytes(32, "big"), "sealed": b"holder-%d" % n}
        return RoleHolder(**usual | {"role": role, "unit_id": unit_id, "display_name": f"Lead {n}"} | changes)

    def round(self, stage: Stage = Stage.OPEN, **changes: Any) -> Round:
        """The next weekly round of three questions."""
        n = next(self._rounds)
        day = FIRST_DAY + timedelta(weeks=n - 1)
        opens = int(datetime(day.year, day.month, day.day, 9, tzinfo=UTC).timestamp())
        times = {"opens_at": opens, "reminds_at": opens + 3 * 86_400, "closes_at": opens + 6 * 86_400}
        usual = {"number": n, "opened_on": day, "stage": stage, "k": 5, "pack": "q12"}
        return Round(**usual | times | {"questions": "q12b,q12a,driver"} | changes)

    def waiting(self, person: Person | None = None, holder: RoleHolder | None = None, **changes: Any) -> Waiting:
        """A message that is due at noon of the first day."""
        usual = {
            "occasion": "opening",
            "round": 1,
            "due_at": int(NOON.timestamp()),
            "id": next(self._waiting),
        }
        to = {"person_id": person.id if person else None, "holder_id": holder.id if holder else None}
        return Waiting(**usual | to | changes)

    def page(self, number: int = 1, wards: Iterable[str] = ("ward-1", "ward-2")) -> Page:
        """A published page: the trust's numbers are shown, the wards' alternately shown and withheld."""
        names = list(wards)
        lines = [
            _line("trust", None, Kind.GROUP, len(names)),
            *(_line(one, "trust", Kind.TEAM, 1) for one in names),
        ]
        cells: dict[CellKey, Released | Withheld] = {
            (UnitKey("trust"), WHOLE, Stat.STRAIN): Released(47.0, "20-49"),
            (UnitKey("trust"), "q12b", Stat.share(0)): Released(20.0, "20-49", Bound.AT_MOST),
            (UnitKey("trust"), "q12b", Stat.share(4)): Released(12.5, "20-49", Bound.AT_LEAST),
        }
        for place, name in enumerate(names):
            shown = Released(55.0, "10-19") if place % 2 == 0 else Withheld(list(Reason)[place % len(Reason)])
            cells[UnitKey(name), WHOLE, Stat.STRAIN] = shown
        opened_on = FIRST_DAY + timedelta(weeks=number - 1)
        return Page(number, opened_on, ("q12b", "q12a", "driver"), tuple(lines), cells)

    def submission(self, n: int, scope: str = "ward-1", **changes: Any) -> Submission:
        """What the n-th person answers to three questions: 2, skipped, 3; established."""
        usual = {"telegram_id": FIRST_ID + n, "scope": scope, "answers": (2, -1, 3), "is_established": True}
        return Submission(**usual | changes)

    def comment(self, n: int, scope: str = "ward-1", **changes: Any) -> Comment:
        """What the n-th person writes: negative, about staffing; nothing of it shared; established."""
        usual = {"telegram_id": FIRST_ID + n, "scope": scope, "is_established": True, "marks": (0, 5)}
        return Comment(**usual | changes)


async def keep(begin: Begin, *rows: SQLModel) -> None:
    """Commits rows in the order in which they are given, so that each finds those it points to."""
    async with begin() as db:
        for row in rows:
            db.add(row)
            await db.flush()
        await db.commit()


def _line(key: str, parent: str | None, kind: Kind, teams: int) -> Line:
    above = UnitKey(parent) if parent else None
    return Line(UnitKey(key), above, key.title(), kind, teams, teams, people=18 * teams, headcount=20 * teams)
