"""Two wards of a small trust, up to the point at which most stories begin."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sandbox import Message, Person
from storage.units import all_units, save_units
from tests.world import World

UNITS = [("trust", None, 0), ("medicine", "trust", 0), ("ward-7", "medicine", 12), ("ward-8", "medicine", 12)]
OPENS = datetime(2026, 1, 6, 9, 0, tzinfo=UTC)
CLOSES = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
REMINDS = datetime(2026, 1, 9, 9, 0, tzinfo=UTC)


async def gathered(world: World, count: int = 4) -> list[Person]:
    """Ward 7 with so many members, not launched yet."""
    await world.plan(UNITS)
    return await world.joins("ward-7", count)


async def launched(world: World, count: int = 4) -> list[Person]:
    """Ward 7, launched."""
    nurses = await gathered(world, count)
    await world.launch("trust")
    return nurses


async def opened(world: World, count: int = 4) -> list[Person]:
    """Ward 7 with the first check-in on everybody's screen."""
    nurses = await launched(world, count)
    await world.to(OPENS)
    for nurse in nurses:
        await nurse.waits_for("Question 1 of 3")
    return nurses


async def answered(world: World, nurses: Sequence[Person], *labels: str) -> None:
    """All of them answer alike."""
    await asyncio.gather(*(world.answers(nurse, *(labels or ("Often", "Rarely", "Workload"))) for nurse in nurses))


async def closed(world: World, count: int = 8) -> list[Person]:
    """A first check-in that everybody answered and that has closed."""
    nurses = await opened(world, count)
    await answered(world, nurses)
    await world.to(CLOSES)
    return nurses


async def asks(person: Person, command: str, expected: str) -> Message:
    """Types a command and waits for what it brings."""
    await person.says(command)
    return await person.waits_for(expected)


async def renamed(world: World, unit: str, name: str) -> None:
    """A unit gets another name, as by a new import."""
    async with world.app.house.begin() as db:
        found = next(row for row in await all_units(db) if row.id == unit)
        found.name = name
        await save_units(db, [found])
        await db.commit()


async def two_divisions(world: World) -> dict[str, list[Person]]:
    """Medicine with a ward and two small teams, surgery with a ward: all launched."""
    await world.plan(
        [
            ("trust", None, 0),
            ("medicine", "trust", 0),
            ("ward-7", "medicine", 12),
            ("clinic", "medicine", 4),
            ("dialysis", "medicine", 4),
            ("surgery", "trust", 0),
            ("theatre", "surgery", 12),
        ]
    )
    sizes = {"ward-7": 5, "clinic": 3, "dialysis": 2, "theatre": 5}
    people = {unit: await world.joins(unit, count) for unit, count in sizes.items()}
    await world.launch("trust")
    return people


async def week(world: World, people: Mapping[str, Sequence[Person]], number: int = 1) -> None:
    """Everybody answers, the theatre with more strain than the others, and the check-in closes."""
    later = timedelta(weeks=number - 1)
    await world.to(OPENS + later)
    for unit, team in people.items():
        labels = ("Always", "Often", "Workload") if unit == "theatre" else ("Rarely", "Sometimes", "Nothing much")
        await answered(world, team, *labels)
    await world.to(CLOSES + later)
