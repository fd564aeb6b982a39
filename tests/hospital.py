"""A ward that is ready to be asked, for tests that are about rounds and letters and not about joining."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from sandbox import Person
from storage.outbox import length
from storage.people import Pattern
from storage.people import Person as Member
from storage.rounds import Round, round_by_number
from storage.units import all_units
from tests.world import MONDAY, World

OPENS = MONDAY + timedelta(hours=21)
REMINDS = OPENS + timedelta(days=3)
CLOSES = OPENS + timedelta(days=6)
NEXT = OPENS + timedelta(days=7)
INVITED = "Your weekly check-in"
REMINDED = "The check-in is open"
STOPPED = "was stopped and will not be counted"


async def staffed(world: World, number: int, pattern: str = Pattern.DAYS, **plan: Any) -> list[Person]:
    """The launched ward with so many established members, who have all started the bot before."""
    await world.plan([("trust", None, 0), ("ward-7", "trust", 1500)], **plan)
    people = [world.sandbox.person(f"Nurse {n}") for n in range(number)]
    async with world.app.house.begin() as db:
        for unit in await all_units(db):
            unit.is_launched = unit.id == "ward-7"
            db.add(unit)
        db.add_all([member(world, one, pattern) for one in people])
        await db.commit()
    for one in people:
        one.chat.is_started = True
    return people


def member(world: World, person: Person, pattern: str = Pattern.DAYS, **more: Any) -> Member:
    """A person's row."""
    ids = world.app.house.ids
    given: dict[str, Any] = {
        "unit_id": "ward-7",
        "pattern": pattern,
        "is_established": True,
        "sealed": ids.seal(person.id),
    }
    return Member(**{"lookup": ids.lookup(person.id), **given, **more})


async def reachable(world: World) -> list[bool]:
    """Who can be written to, in no order."""
    async with world.app.house.begin() as db:
        return sorted((await db.exec(select(col(Member.is_reachable)))).all())


async def waiting(world: World) -> int:
    """How many letters wait in the outbox."""
    async with world.app.house.begin() as db:
        return await length(db)


async def rounds(world: World) -> list[Round]:
    """Every round there was."""
    async with world.app.house.begin() as db:
        return list((await db.exec(select(Round).order_by(col(Round.number)))).all())


async def stage(world: World, number: int = 1) -> str:
    """How far a round is."""
    async with world.app.house.begin() as db:
        found = await round_by_number(db, number)
    assert found
    return found.stage


def told(people: list[Person], words: str) -> list[int]:
    """How many messages with these words each was sent, whatever became of them."""
    return [
        sum(one.what == "says" and one.who == "Sandbox bot" and words in one.body for one in person.chat.history)
        for person in people
    ]
