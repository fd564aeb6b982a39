"""The demo's stage: the real bot, the sandbox, a clock that jumps, and people who do what people do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.clock import JumpingClock
from bot.demo.hospital import CONTACT, FIRST_NAMES, FIRST_OPENING, NAME, PLACES, TEAMS, TOP, ZONE
from bot.wiring import App
from handlers.words import Speaker
from insights.policy import K_FLOOR, OPEN_DAYS
from sandbox import Person, Sandbox
from storage.invites import make_poster, make_role_invite
from storage.organisation import Organisation, save_organisation
from storage.people import Role
from storage.units import Unit, save_units

WAVE = 24
"""People who act at once: below what Telegram lets a bot answer in a second."""

PATIENCE = 120.0
"""Real seconds that anybody waits for the bot: machines may be slow."""

T = TypeVar("T")

PATTERNS = ("days", "days", "nights", "mixed")


@dataclass
class Stage:
    """Everything that plays."""

    sandbox: Sandbox
    clock: JumpingClock
    app: App
    say: Speaker
    staff: dict[str, list[Person]] = field(default_factory=dict)
    posters: dict[str, str] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The bot listens."""
        await self.app.start()
        self.listening = asyncio.create_task(self.app.intake.run())

    async def stop(self) -> None:
        """The bot ends as it would on SIGTERM."""
        self.app.intake.stop()
        if self.listening:
            await self.listening
        await self.app.close()

    async def pause(self) -> None:
        """Everybody has read everything, and two seconds go by."""
        await self.sandbox.settled(PATIENCE)
        self.clock.pass_time(seconds=2)

    async def found(self) -> None:
        """What stewards do at the command line: organisation, units, posters."""
        plan = Organisation(
            name=NAME,
            contact=CONTACT,
            k=K_FLOOR,
            zone=ZONE,
            weekday=FIRST_OPENING.weekday(),
            opens="09:00",
            open_days=OPEN_DAYS,
            first=FIRST_OPENING,
        )
        async with self.app.house.begin() as db:
            await save_organisation(db, plan)
            rows = [Unit(id=p.id, parent_id=p.parent, name=p.name, headcount=p.headcount) for p in PLACES]
            await save_units(db, rows)
            self.posters = {team.id: await make_poster(db, team.id) for team in TEAMS}
            await db.commit()

    async def appoint(self, first_name: str, role: Role, unit: str, title: str) -> Person:
        """Somebody takes on a role by an invite."""
        async with self.app.house.begin() as db:
            code = await make_role_invite(db, unit, role, title, self.clock.now())
            await db.commit()
        person = self.sandbox.person(first_name)
        await self.opens(person, code)
        await self.taps(person, self.say.plain("role.yes"))
        return person

    async def opens(self, person: Person, code: str) -> None:
        """Somebody follows a link."""
        await person.opens(f"https://t.me/{self.sandbox.username}?start={code}")
        await self.pause()

    async def says(self, person: Person, text: str) -> None:
        """Somebody types a command."""
        await person.says(text)
        await self.pause()

    async def taps(self, person: Person, label: str) -> None:
        """Somebody taps a button they see."""
        await person.taps(label, deadline=PATIENCE)
        await self.pause()

    async def gather(self) -> None:
        """Everybody scans their ward's poster, reads the promise, says yes and how they work."""
        for team in TEAMS:
            people = [self.sandbox.person(FIRST_NAMES[n % len(FIRST_NAMES)]) for n in range(team.staff)]
            self.staff[team.id] = people
            for wave in waves(people):
                await self._join(wave, team.id, team.name)

    async def _join(self, wave: Sequence[Person], unit: str, name: str) -> None:
        link = f"https://t.me/{self.sandbox.username}?start={self.posters[unit]}"
        await asyncio.gather(*(one.opens(link) for one in wave))
        await self.pause()
        yes = self.say.plain("join.yes", unit=name)
        await asyncio.gather(*(one.taps_without_waiting(yes) for one in wave))
        await self.pause()
        labels = [self.say.plain(f"pattern.{PATTERNS[n % len(PATTERNS)]}") for n in range(len(wave))]
        pairs = zip(wave, labels, strict=True)
        await asyncio.gather(*(one.taps_without_waiting(label) for one, label in pairs))
        await self.pause()

    async def launch(self) -> None:
        """Two stewards launch every team that is ready."""
        first = await self.appoint("Sam", Role.STEWARD, TOP, "Sam, people team")
        second = await self.appoint("Alex", Role.STEWARD, TOP, "Alex, staff side")
        await self.says(first, "/units")
        await self.taps(first, self.say.plain("units.launch_all", count=len(TEAMS)))
        await self.taps(second, self.say.plain("units.confirm"))


def waves(people: Sequence[T]) -> list[Sequence[T]]:
    """So many at a time."""
    return [people[start : start + WAVE] for start in range(0, len(people), WAVE)]
