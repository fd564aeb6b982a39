"""One organisation, one row, one plan."""

from __future__ import annotations

from datetime import date, time

from sqlmodel import func, select

from insights.schedule import Schedule
from storage.database import Begin
from storage.organisation import Organisation, organisation, pass_over, renew_terms, save_organisation
from tests.make import FIRST_DAY, Make, keep


async def test_before_it_is_named_there_is_none(begin: Begin) -> None:
    async with begin() as db:
        assert await organisation(db) is None


async def test_what_is_saved_is_read_back(begin: Begin, make: Make) -> None:
    async with begin() as db:
        await save_organisation(db, make.organisation())
        await db.commit()
    async with begin() as db:
        found = await organisation(db)
    assert found == make.organisation()


async def test_saving_again_changes_the_one_row(begin: Begin, make: Make) -> None:
    for name, k in (("St Brigid's", 5), ("St Brigid's Trust", 10)):
        async with begin() as db:
            await save_organisation(db, make.organisation(name=name, k=k, first=None))
            await db.commit()
    async with begin() as db:
        found = await organisation(db)
        assert found is not None
        assert (found.name, found.k, found.first) == ("St Brigid's Trust", 10, None)
        assert (await db.exec(select(func.count()).select_from(Organisation))).one() == 1


async def test_unless_it_is_committed_nothing_is_saved(begin: Begin, make: Make) -> None:
    async with begin() as db:
        await save_organisation(db, make.organisation())
    async with begin() as db:
        assert await organisation(db) is None


def test_its_row_is_the_plan_that_arithmetic_wants(make: Make) -> None:
    wanted = Schedule(weekday=1, at=time(9), zone="Europe/London", open_days=6, first=FIRST_DAY)
    assert make.organisation().schedule() == wanted


async def test_a_day_is_passed_over_once_and_the_plan_stays_as_it_was_set(begin: Begin, make: Make) -> None:
    await keep(begin, make.organisation())
    days = [date(2026, 3, 3), date(2026, 3, 3), date(2026, 3, 10)]
    done = []
    for day in days:
        async with begin() as db:
            done.append(await pass_over(db, day))
            await db.commit()
    async with begin() as db:
        changed = await organisation(db)
    assert done == [True, False, True]
    assert changed == make.organisation(passed_over=days[-1])


async def test_the_first_fingerprint_is_no_change_and_every_other_one_is_an_edition(begin: Begin, make: Make) -> None:
    await keep(begin, make.organisation())
    story = []
    for before, after in (("", "one"), ("", "lost the race"), ("one", "two"), ("one", "two"), ("two", "three")):
        async with begin() as db:
            done = await renew_terms(db, before, after)
            await db.commit()
        async with begin() as db:
            found = await organisation(db)
        assert found is not None
        story.append((done, found.terms, found.terms_print))
    assert story == [
        (True, 1, "one"),
        (False, 1, "one"),
        (True, 2, "two"),
        (False, 2, "two"),
        (True, 3, "three"),
    ]
