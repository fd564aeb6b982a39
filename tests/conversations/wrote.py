"""Wards whose people have answered and written, for tests of what is seen of their words: straight into the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from insights.comments.counting import Tone, marks_of
from insights.comments.themes import Theme
from sandbox import Person
from storage.people import Person as Member
from storage.roster import sitting
from storage.sealed import Receipt, Submission
from storage.shared_comments import SharedComment
from storage.slips import Comment
from storage.units import all_units
from tests.conversations.ward import CLOSES, OPENS
from tests.world import World

UNITS = [
    *(("trust", None, 0), ("medicine", "trust", 0), ("ward-7", "medicine", 60), ("ward-8", "medicine", 60)),
    *(("clinic", "medicine", 12), ("dialysis", "medicine", 12), ("day-unit", "medicine", 12)),
    *(("surgery", "trust", 0), ("theatre", "surgery", 60)),
]


@dataclass(frozen=True)
class Wrote:
    """How many of a ward answer, how many of them write, how it sounds, of what, and what they share of it."""

    answer: int
    write: int = 0
    tone: Tone = Tone.NEGATIVE
    themes: tuple[Theme, ...] = (Theme.STAFFING,)
    shared: tuple[str, ...] = ()


async def staffed(world: World, sizes: Mapping[str, int]) -> dict[str, list[Person]]:
    """Launched units with so many established members each, who have all started the bot before."""
    await world.plan(UNITS)
    people = {unit: [world.sandbox.person(f"{unit} {n}") for n in range(size)] for unit, size in sizes.items()}
    ids = world.app.house.ids
    async with world.app.house.begin() as db:
        for one in await all_units(db):
            one.is_launched = one.id in sizes
            db.add(one)
        for unit, team in people.items():
            for each in team:
                sealed, lookup = ids.seal(each.id), ids.lookup(each.id)
                db.add(Member(lookup=lookup, sealed=sealed, unit_id=unit, pattern="days", is_established=True))
                each.chat.is_started = True
        await db.commit()
    return people


async def week(
    world: World, people: Mapping[str, Sequence[Person]], wrote: Mapping[str, Wrote], number: int = 1
) -> None:
    """A check-in opens, is answered and written in, and closes."""
    later = timedelta(weeks=number - 1)
    await world.to(OPENS + later)
    for unit, what in wrote.items():
        for place, one in enumerate(people[unit][: what.answer]):
            await _sends(world, number, one, what, place)
    await world.to(CLOSES + later)


async def _sends(world: World, number: int, one: Person, what: Wrote, place: int) -> None:
    house = world.app.house
    async with house.begin() as db:
        seat = await sitting(db, number, house.ids.lookup(one.id))
    assert seat is not None
    assert seat.scope is not None
    sent = await house.vault.send(number, Submission(one.id, seat.scope, (3, 3, 0), seat.is_established))
    assert sent is Receipt.RECORDED
    if place < what.write:
        text = what.shared[place] if place < len(what.shared) else ""
        marks = marks_of(what.tone, what.themes)
        kept = await house.vault.comment(number, Comment(one.id, seat.scope, seat.is_established, marks, text))
        assert kept is Receipt.RECORDED


async def stands(world: World, cards: Mapping[str, Sequence[str]]) -> None:
    """Cards stand at these units, as if released in some earlier round."""
    async with world.app.house.begin() as db:
        for unit, texts in cards.items():
            for text in texts:
                db.add(
                    SharedComment(
                        id=f"{text[:4]:x<4}{unit[:4]:x<4}", unit=unit, text=text, kept_until=date(2027, 3, 31)
                    )
                )
        await db.commit()
