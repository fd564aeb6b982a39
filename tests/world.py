"""A small hospital for tests: the real bot over real HTTP against the sandbox, on a clock that jumps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bot.clock import JumpingClock
from bot.settings import Settings
from bot.wiring import App, build
from insights.comments.crisis import Care, care_for
from sandbox import Person, Sandbox, Tap
from storage.boxes import LENS_BOX
from storage.database import sync_engine
from storage.identity import new_key
from storage.invites import make_poster, make_role_invite
from storage.migrations import migrate
from storage.organisation import Organisation, save_organisation
from storage.people import Pattern, Role
from storage.units import Unit, save_units
from tests.beforehand import appointed, joined, launched

MONDAY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
"""The first check-in opens the day after, at nine."""

ZONE = "Europe/London"


def migrated(folder: Path) -> Path:
    """A database with every table, to be copied."""
    path = folder / "template.db"
    engine = sync_engine(f"sqlite+pysqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


def settings_for(folder: Path, sandbox: Sandbox, **more: object) -> Settings:
    """The bot's settings, for a database in `folder` and the sandbox's address."""
    given = {
        "bot_token": sandbox.token,
        "id_key": new_key(),
        "database_url": f"sqlite+aiosqlite:///{folder}/shiftpulse.db",
        "rounds_dir": folder / "rounds",
        "api_url": sandbox.url,
        **more,
    }
    return Settings(_env_file=None, **given)


@dataclass
class World:
    """The sandbox, the bot, the clock, and what a story needs of them."""

    sandbox: Sandbox
    clock: JumpingClock
    settings: Settings
    app: App
    intake: asyncio.Task[None] | None = None
    posters: dict[str, str] = field(default_factory=dict)
    stewards: list[Person] = field(default_factory=list)
    troubled: list[Tap] = field(default_factory=list)
    """Taps whose answer a test has broken on its way."""
    care: Callable[[str], Care] = care_for
    """What looks at every text; another one looks from the next start on."""

    async def start(self) -> None:
        """The bot begins to listen."""
        await self.app.start()
        self.intake = asyncio.create_task(self.app.intake.run())

    async def stop(self) -> None:
        """The bot ends quietly."""
        self.app.intake.stop()
        if self.intake:
            await self.intake
        await self.app.close()

    async def restart(self) -> None:
        """The process ends and another begins on the same files."""
        await self.stop()
        await self.comes_back()

    async def comes_back(self) -> None:
        """Another process begins on the same files after one was stopped."""
        self.app = build(self.settings, self.clock, self.care)
        await self.start()

    async def plan(self, units: Sequence[tuple[str, str | None, int]], k: int = 5, **more: object) -> None:
        """The organisation and its units: (id, parent, headcount). A poster for every unit with a headcount."""
        given = {
            "name": "St Brannoc's",
            "contact": "wellbeing@example.org",
            "k": k,
            "zone": ZONE,
            "weekday": 1,
            "opens": "09:00",
            "open_days": 6,
            "first": date(2026, 1, 6),
            **more,
        }
        async with self.app.house.begin() as db:
            await save_organisation(db, Organisation(**given))
            rows = [Unit(id=id_, parent_id=parent, name=named(id_), headcount=count) for id_, parent, count in units]
            await save_units(db, rows)
            for row in rows:
                if row.headcount:
                    self.posters[row.id] = await make_poster(db, row.id)
            await db.commit()

    def link(self, unit: str) -> str:
        """What the unit's poster says."""
        return self.invited(self.posters[unit])

    def invited(self, code: str) -> str:
        """The link to any code."""
        return f"https://t.me/{self.sandbox.username}?start={code}"

    async def invite(self, name: str, role: Role, unit: str) -> str:
        """The link of a single-use invite."""
        async with self.app.house.begin() as db:
            code = await make_role_invite(db, unit, role, name, self.clock.now())
            await db.commit()
        return self.invited(code)

    async def role(self, name: str, role: Role, unit: str, person: Person | None = None) -> Person:
        """Somebody takes on a role by an invite."""
        self.clock.pass_time(seconds=0.1)
        person = person or self.sandbox.person(name)
        await person.opens(await self.invite(name, role, unit))
        await person.waits_for("Do you accept?")
        await person.taps("I accept")
        await person.waits_for("Thank you")
        return person

    async def joins(self, unit: str, count: int = 1, pattern: Pattern = Pattern.DAYS) -> list[Person]:
        """People who have joined before the story begins."""
        people = [self.sandbox.person(f"{named(unit)} {number}") for number in range(count)]
        await joined(self.app.house, people, unit, pattern)
        return people

    async def newcomers(self, unit: str, count: int = 1, pattern: str = "Days") -> list[Person]:
        """People who join in the story itself: they scan the poster, say yes and how they work."""
        people = [self.sandbox.person(f"{named(unit)} {number}") for number in range(count)]
        await asyncio.gather(*(self.join(one, unit, pattern) for one in people))
        return people

    async def join(self, person: Person, unit: str, pattern: str = "Days") -> None:
        """One person joins."""
        self.clock.pass_time(seconds=0.1)
        await person.opens(self.link(unit))
        await person.waits_for("The promise")
        await person.taps("Yes, join")
        await person.waits_for("When do you mostly work")
        await person.taps(pattern)
        await person.waits_for("Thank you")

    async def launch(self, top: str) -> None:
        """Two stewards have launched all that was ready before the story begins."""
        names = "Steward 0", "Steward 1"
        for name in names[len(self.stewards) :]:
            self.stewards.append(self.sandbox.person(name))
            await appointed(self.app.house, self.stewards[-1], name, Role.STEWARD, top)
        await launched(self.app.house, top, *names)

    async def launches(self, top: str) -> None:
        """Two stewards launch all that is ready, in the story itself."""
        while len(self.stewards) < 2:
            self.stewards.append(await self.role(f"Steward {len(self.stewards)}", Role.STEWARD, top))
        first, second = self.stewards
        await first.says("/units")
        shown = await first.waits_for("Units")
        await first.taps(shown.buttons[0][0])
        await second.waits_for("wants to launch")
        await second.taps("Confirm the launch")
        await second.waits_for("Launched")
        await first.waits_for("Launched")

    async def to(self, instant: datetime) -> None:
        """The clock jumps; whatever is due happens; everybody has read everything."""
        self.clock.jump(instant)
        await self.app.tick()
        await self.app.deliver()
        await self.sandbox.settled()

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in the main database, by table."""
        with closing(sqlite3.connect(self.settings.database_url.partition("///")[2])) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in tables}

    async def counted(self, number: int = 1) -> int:
        """How many answered, by the sealed boxes of a round that is open."""
        totals = await self.app.house.vault.totals(number)
        return sum(box.respondents for scope, box in totals.items() if scope != LENS_BOX)

    async def onward(self) -> datetime:
        """To the next instant at which something is due."""
        due = await self.app.next_due()
        assert due is not None
        await self.to(due)
        return due

    async def answers(self, person: Person, *labels: str, send: bool = True) -> None:
        """Taps through a check-in."""
        for step, label in enumerate(labels, 1):
            await person.waits_for(f"Question {step} of")
            await person.taps(label)
        if send:
            await person.waits_for("Ready?")
            await person.taps("Send")
            await person.waits_for("Recorded")


def named(unit: str) -> str:
    """What people call a unit."""
    return unit.replace("-", " ").title()
