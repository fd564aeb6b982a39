"""The outbox: random order, fixed batches, and nothing that stays when somebody leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from insights.policy import OUTBOX_BATCH
from storage.database import Begin
from storage.outbox import (
    Waiting,
    drop,
    drop_occasion,
    due_letters,
    due_occasions,
    length,
    next_due,
    put,
    waiting_for,
    who_waits,
)
from storage.people import forget_person
from tests.make import NOON, Make, keep

pytestmark = pytest.mark.usefixtures("wards")
NOON_AT = int(NOON.timestamp())
SECOND = timedelta(seconds=1)


async def test_an_empty_outbox_has_nothing_due(begin: Begin) -> None:
    async with begin() as db:
        assert (await length(db), await next_due(db)) == (0, None)
        assert await due_letters(db, "opening", NOON, OUTBOX_BATCH) == []


async def test_what_is_put_and_committed_waits(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana)
    async with begin() as db:
        await put(db, [make.waiting(ana), make.waiting(ana, due_at=NOON_AT - 60)])
        await db.commit()
    async with begin() as db:
        assert (await length(db), await next_due(db), await waiting_for(db, ana.id)) == (2, NOON_AT - 60, 2)
        assert await waiting_for(db, "somebody else") == 0


async def test_what_is_put_without_a_commit_does_not_wait(begin: Begin, make: Make) -> None:
    async with begin() as db:
        await put(db, [make.waiting()])
    async with begin() as db:
        assert await length(db) == 0


async def test_a_letter_carries_what_sending_needs_and_prints_nobody(begin: Begin, make: Make) -> None:
    ana, ada = make.person(language="cy"), make.holder(language="pl")
    await keep(begin, ana, ada)
    await keep(begin, make.waiting(ana), make.waiting(holder=ada))
    async with begin() as db:
        to_person, to_holder = await due_letters(db, "opening", NOON, OUTBOX_BATCH)
    assert (
        to_person.sealed,
        to_person.language,
        to_person.holder_id,
        to_person.round,
    ) == (b"sealed-1", "cy", None, 1)
    assert (to_holder.sealed, to_holder.language, to_holder.holder_id) == (b"holder-1", "pl", "h1")
    assert not [word for word in ("sealed", "cy", "pl", "h1") if word in repr([to_person, to_holder])]


@pytest.mark.parametrize(("after", "is_due"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
async def test_a_letter_is_due_from_its_instant_on(begin: Begin, make: Make, after: timedelta, is_due: bool) -> None:
    ana = make.person()
    await keep(begin, ana, make.waiting(ana))
    async with begin() as db:
        assert is_due == bool(await due_letters(db, "opening", NOON + after, OUTBOX_BATCH))


async def test_each_occasion_has_its_own_queue(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana, make.waiting(ana), make.waiting(ana, occasion="reminder"))
    async with begin() as db:
        assert [one.occasion for one in await due_letters(db, "reminder", NOON, OUTBOX_BATCH)] == ["reminder"]


async def test_only_occasions_of_which_something_is_due_are_looked_for(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana)
    later = make.waiting(ana, occasion="digest", due_at=NOON_AT + 1)
    await keep(begin, make.waiting(ana), make.waiting(ana), make.waiting(ana, occasion="reminder"), later)
    async with begin() as db:
        assert await due_occasions(db, NOON - SECOND) == set()
        assert await due_occasions(db, NOON) == {"opening", "reminder"}
        assert await due_occasions(db, NOON + SECOND) == {"opening", "reminder", "digest"}


async def test_batches_are_drained_whole_until_nothing_is_left(begin: Begin, make: Make) -> None:
    people = make.people(2 * OUTBOX_BATCH + 1)
    await keep(begin, *people)
    async with begin() as db:
        await put(db, [Waiting(occasion="opening", round=1, due_at=NOON_AT, person_id=one.id) for one in people])
        await db.commit()
    sizes, seen = [], []
    while True:
        async with begin() as db:
            batch = await due_letters(db, "opening", NOON, OUTBOX_BATCH)
            await drop(db, [one.id for one in batch])
            await db.commit()
        if not batch:
            break
        sizes.append(len(batch))
        seen += [one.sealed for one in batch]
    assert sizes == [OUTBOX_BATCH, OUTBOX_BATCH, 1]
    assert sorted(one.sealed for one in people) == sorted(seen)
    assert [one.sealed for one in people] != seen


async def test_the_order_is_not_that_of_putting(begin: Begin, make: Make) -> None:
    rows = [Waiting(occasion="opening", round=1, due_at=NOON_AT) for _ in range(64)]
    places = [row.id for row in rows]
    async with begin() as db:
        await put(db, rows)
        await db.commit()
    async with begin() as db:
        drained = [one.id for one in await due_letters(db, "opening", NOON, 64)]
    assert sorted(places) == drained
    assert places != drained
    assert all(0 <= place < 2**62 for place in places)


async def test_a_batch_that_is_not_committed_is_still_waiting(begin: Begin, make: Make) -> None:
    ana = make.person()
    await keep(begin, ana, make.waiting(ana))
    async with begin() as db:
        await drop(db, [1])
        assert await length(db) == 0
    async with begin() as db:
        assert await length(db) == 1


async def test_dropping_nothing_drops_nothing(begin: Begin, make: Make) -> None:
    await keep(begin, make.waiting())
    async with begin() as db:
        await drop(db, [])
        await drop(db, [4711])
        assert await length(db) == 1


async def test_an_occasion_of_one_round_can_be_dropped(begin: Begin, make: Make) -> None:
    kinds = [("reminder", 1), ("reminder", 1), ("reminder", 2), ("opening", 1)]
    await keep(begin, *(make.waiting(occasion=occasion, round=number) for occasion, number in kinds))
    async with begin() as db:
        await drop_occasion(db, "reminder", 1)
        await db.commit()
    async with begin() as db:
        left = (await db.exec(select(Waiting.occasion, Waiting.round))).all()
    assert sorted(tuple(one) for one in left) == [("opening", 1), ("reminder", 2)]


async def test_who_leaves_is_written_to_no_more(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana, ben, make.waiting(ana), make.waiting(ben), make.waiting(ana, occasion="reminder"))
    async with begin() as db:
        await forget_person(db, ana.lookup)
        await db.commit()
    async with begin() as db:
        assert (await waiting_for(db, ana.id), await length(db)) == (0, 1)


async def test_one_message_that_waits_prints_nobody(make: Make) -> None:
    shown = repr(make.waiting(make.person(), make.holder()))
    assert not [word for word in ("p1", "h1") if word in shown]


async def test_for_whom_a_message_of_an_occasion_waits_is_known_so_that_nobody_gets_two(
    begin: Begin, make: Make
) -> None:
    ana, ben, lead = make.person(), make.person(), make.holder()
    await keep(begin, ana, ben, lead)
    letters = [make.waiting(ana, occasion="terms"), make.waiting(ben), make.waiting(holder=lead, occasion="terms")]
    await keep(begin, *letters)
    async with begin() as db:
        assert await who_waits(db, "terms") == {ana.id}
        assert await who_waits(db, "still") == set()
