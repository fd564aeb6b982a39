"""Shared words beside the ledger: by unit, in no order, until a quarter's end, and gone once taken down."""

from __future__ import annotations

from datetime import UTC, date, datetime

from insights.cells import UnitKey
from storage.database import Begin
from storage.shared_comments import SharedComment, forget_shared, keep_shared, shared_comment, shared_of, take_down

END = date(2027, 3, 31)
WARD, TRUST = UnitKey("ward-1"), UnitKey("trust")


async def kept(begin: Begin) -> list[SharedComment]:
    async with begin() as db:
        await keep_shared(db, {WARD: ("no breaks", "thank you"), TRUST: ("parking",)}, END)
        await db.commit()
    async with begin() as db:
        return [*await shared_of(db, [WARD, TRUST])]


async def test_words_are_read_by_unit(begin: Begin) -> None:
    assert sorted(one.text for one in await kept(begin)) == ["no breaks", "parking", "thank you"]
    async with begin() as db:
        assert [one.text for one in await shared_of(db, [TRUST])] == ["parking"]
        assert not await shared_of(db, [])


async def test_they_lie_in_the_order_of_random_ids(begin: Begin) -> None:
    found = await kept(begin)
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert len({one.id for one in found}) == 3
    assert all(len(one.id) == 8 for one in found)


async def test_one_is_taken_down_once_and_for_good(begin: Begin) -> None:
    first = (await kept(begin))[0].id
    async with begin() as db:
        assert [await take_down(db, first), await take_down(db, first)] == [True, False]
        await db.commit()
    async with begin() as db:
        assert await shared_comment(db, first) is None
        assert len(await shared_of(db, [WARD, TRUST])) == 2


async def test_they_are_forgotten_after_their_last_day(begin: Begin) -> None:
    await kept(begin)
    async with begin() as db:
        assert await forget_shared(db, datetime(2027, 3, 31, 23, tzinfo=UTC)) == 0
        assert await forget_shared(db, datetime(2027, 4, 1, 1, tzinfo=UTC)) == 3


async def test_nothing_shared_is_no_row(begin: Begin) -> None:
    async with begin() as db:
        await keep_shared(db, {}, END)
        assert not await shared_of(db, [WARD])


async def test_a_repr_does_not_tell_what_was_written(begin: Begin) -> None:
    assert "breaks" not in repr(await kept(begin))
