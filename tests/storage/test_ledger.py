"""The ledger: a page is written once, and read back as it was written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import delete, select

from insights.cells import WHOLE, Bound, Page, Reason, Released, Stat, UnitKey, Withheld
from storage.database import Begin
from storage.ledger import LedgerCell, LedgerLine, LedgerPage, LedgerReader, publish
from tests.make import Make


async def published(begin: Begin, *pages: Page) -> None:
    for page in pages:
        async with begin() as db:
            await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells, page.k)
            await db.commit()


async def read(begin: Begin, reader: LedgerReader | None = None) -> tuple[Page, ...]:
    async with begin() as db:
        return await (reader or LedgerReader()).pages(db)


async def test_before_the_first_round_the_ledger_is_empty(begin: Begin) -> None:
    assert await read(begin) == ()


async def test_a_page_is_read_back_as_it_was_published(begin: Begin, make: Make) -> None:
    page = make.page(wards=[f"ward-{n}" for n in range(7)])
    await published(begin, page)
    assert await read(begin) == (page,)


@pytest.mark.parametrize("k", [5, 11, 50])
async def test_a_page_keeps_the_k_of_its_round(begin: Begin, make: Make, k: int) -> None:
    page = replace(make.page(), k=k)
    await published(begin, page)
    assert await read(begin) == (page,)


@pytest.mark.parametrize("bound", list(Bound))
async def test_every_bound_and_value_comes_back_exactly(begin: Begin, make: Make, bound: Bound) -> None:
    values = (0.0, 12.5, 47.0, 100.0, 1 / 3, 2.0**-40)
    cells = {(UnitKey("trust"), "q12b", Stat.share(i)): Released(v, "200+", bound) for i, v in enumerate(values)}
    await published(begin, replace(make.page(), cells=cells))
    (page,) = await read(begin)
    assert page.cells == cells


@pytest.mark.parametrize("reason", list(Reason))
async def test_every_reason_comes_back(begin: Begin, make: Make, reason: Reason) -> None:
    await published(begin, replace(make.page(), cells={(UnitKey("trust"), WHOLE, Stat.STRAIN): Withheld(reason)}))
    (page,) = await read(begin)
    assert page.cell(UnitKey("trust"), Stat.STRAIN) == Withheld(reason)


async def test_lines_keep_the_order_of_the_tree_and_names_their_letters(begin: Begin, make: Make) -> None:
    page = make.page(wards=["zebra", "alpha", "mid"])
    odd = replace(page.lines[1], name='Łóżko & "O\'Neil" 🏥\n%s')
    page = replace(page, lines=(page.lines[0], odd, *page.lines[2:]))
    await published(begin, page)
    (found,) = await read(begin)
    assert found.lines == page.lines


async def test_a_round_that_published_nothing_is_a_page_all_the_same(begin: Begin, make: Make) -> None:
    bare = replace(make.page(), lines=(), cells={})
    await published(begin, bare)
    assert await read(begin) == (bare,)


async def test_pages_come_in_the_order_of_rounds(begin: Begin, make: Make) -> None:
    await published(begin, *(make.page(n) for n in (1, 2, 10, 11)))
    assert [page.round for page in await read(begin)] == [1, 2, 10, 11]


async def test_publishing_a_round_twice_is_refused_and_changes_nothing(begin: Begin, make: Make) -> None:
    page = make.page()
    await published(begin, page)
    with pytest.raises(IntegrityError):
        await published(begin, replace(page, questions=("other",), lines=(), cells={}))
    assert await read(begin) == (page,)


async def test_half_a_page_is_never_published(begin: Begin, make: Make) -> None:
    page = make.page()
    twice = replace(page, lines=(*page.lines, page.lines[0]))
    with pytest.raises(IntegrityError):
        await published(begin, twice)
    async with begin() as db:
        assert [(await db.exec(select(table))).all() for table in (LedgerPage, LedgerLine, LedgerCell)] == [
            [],
            [],
            [],
        ]


async def test_what_is_not_committed_is_not_published(begin: Begin, make: Make) -> None:
    page = make.page()
    async with begin() as db:
        await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells, page.k)
    assert await read(begin) == ()


async def test_a_reader_keeps_what_it_read_and_adds_what_is_new(begin: Begin, make: Make) -> None:
    reader = LedgerReader()
    await published(begin, make.page(1))
    (first,) = await read(begin, reader)
    await published(begin, make.page(2))
    again, second = await read(begin, reader)
    assert again is first
    assert second == make.page(2)
    async with begin() as db:
        for table in (LedgerCell, LedgerLine, LedgerPage):
            await db.exec(delete(table))
        await db.commit()
    assert await read(begin, reader) == (first, second)
    assert await read(begin) == ()


async def test_a_page_that_was_handed_out_does_not_grow(begin: Begin, make: Make) -> None:
    reader = LedgerReader()
    await published(begin, make.page(1))
    before = await read(begin, reader)
    await published(begin, make.page(2))
    await read(begin, reader)
    assert len(before) == 1


async def test_a_reader_prints_no_page(begin: Begin, make: Make) -> None:
    reader = LedgerReader()
    await published(begin, make.page())
    await read(begin, reader)
    assert repr(reader) == "LedgerReader()"


async def test_a_cell_without_number_and_reason_is_not_guessed(begin: Begin, make: Make) -> None:
    await published(begin, replace(make.page(), cells={}))
    async with begin() as db:
        db.add(LedgerCell(round=1, unit="trust", question="", stat="strain"))
        await db.commit()
    with pytest.raises(ValueError, match="neither a number nor a reason"):
        await read(begin)
