"""A tap's quick look at the roster: the same answer as the slow one, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.database import Begin
from storage.glance import Glance
from storage.people import forget_person
from storage.roster import Seat, Sitting, sitting
from storage.rounds import Stage, advance
from tests.make import Make, keep


@pytest.fixture
async def glance(url: str) -> AsyncIterator[Glance]:
    one = Glance(url)
    yield one
    await one.close()


async def test_it_sees_what_the_slow_query_sees(glance: Glance, begin: Begin, make: Make, wards: None) -> None:
    seated, late = make.people(2, "ward-1")
    seat = Seat(round=1, person_id=seated.id, scope="ward-1", is_established=True)
    await keep(begin, make.round(number=1, stage=Stage.OPEN), seated, late, seat)
    expected = Sitting("en", True, "ward-1", True)
    assert await glance.sitting(1, seated.lookup) == expected
    async with begin() as db:
        assert await sitting(db, 1, seated.lookup) == expected
    assert await glance.sitting(1, late.lookup) == Sitting("en", True, None, False)
    assert await glance.sitting(1, b"nobody") is None
    assert await glance.sitting(9, seated.lookup) == Sitting("en", False, None, False)


async def test_it_sees_a_change_as_soon_as_it_is_committed(
    glance: Glance, begin: Begin, make: Make, wards: None
) -> None:
    (person,) = make.people(1, "ward-1")
    await keep(begin, make.round(number=1, stage=Stage.OPEN), person)
    assert (await glance.sitting(1, person.lookup)) is not None
    async with begin() as db:
        await advance(db, 1, Stage.OPEN, Stage.CLOSING)
        assert (await glance.sitting(1, person.lookup)) == Sitting("en", True, None, False)
        await db.commit()
    assert (await glance.sitting(1, person.lookup)) == Sitting("en", False, None, False)
    async with begin() as db:
        await forget_person(db, person.lookup)
        await db.commit()
    assert (await glance.sitting(1, person.lookup)) is None


async def test_it_does_not_wait_for_a_writer(glance: Glance, begin: Begin, make: Make, wards: None) -> None:
    (person,) = make.people(1, "ward-1")
    await keep(begin, make.round(number=1, stage=Stage.OPEN), person)
    async with begin() as db:
        await advance(db, 1, Stage.OPEN, Stage.CLOSING)
        found = await asyncio.wait_for(glance.sitting(1, person.lookup), timeout=5)
    assert found is not None
    assert found.is_open


async def test_many_look_at_once(glance: Glance, begin: Begin, make: Make, wards: None) -> None:
    people = make.people(30, "ward-1")
    await keep(begin, make.round(number=1, stage=Stage.OPEN), *people)
    found = await asyncio.gather(*(glance.sitting(1, one.lookup) for one in people))
    assert all(one == Sitting("en", True, None, False) for one in found)
