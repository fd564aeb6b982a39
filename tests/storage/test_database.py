"""The main database: nothing stays without a commit, nothing is printed, and SQLite is set as designed."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Begin, async_engine, sync_engine, sync_url
from storage.people import Person, person
from storage.units import Unit, all_units
from tests.make import Make, keep


async def count_units(begin: Begin) -> int:
    async with begin() as db:
        return (await db.exec(select(func.count()).select_from(Unit))).one()


async def test_leaving_the_block_without_commit_rolls_back(begin: Begin, make: Make) -> None:
    async with begin() as db:
        db.add(make.unit("trust", None))
        await db.flush()
        assert len(await all_units(db)) == 1
    assert await count_units(begin) == 0


async def test_an_error_in_the_block_rolls_back_what_came_before_it(begin: Begin, make: Make) -> None:
    async def fails() -> None:
        async with begin() as db:
            db.add(make.unit("trust", None))
            await db.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await count_units(begin) == 0


async def test_what_is_committed_stays_although_the_block_then_fails(begin: Begin, make: Make) -> None:
    async def fails() -> None:
        async with begin() as db:
            db.add(make.unit("trust", None))
            await db.commit()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await count_units(begin) == 1


async def test_a_cancelled_block_rolls_back_and_gives_its_connection_back(begin: Begin, make: Make) -> None:
    inside = asyncio.Event()

    async def hangs() -> None:
        async with begin() as db:
            db.add(make.unit("trust", None))
            await db.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hangs())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count_units(begin) == 0


async def test_rows_can_be_read_after_the_commit(begin: Begin, make: Make) -> None:
    async with begin() as db:
        row = make.unit("trust", None)
        db.add(row)
        await db.commit()
    assert row.name == "Trust"


async def test_many_blocks_at_once_take_turns(begin: Begin, make: Make) -> None:
    await keep(begin, make.unit("trust", None))
    await asyncio.gather(*(keep(begin, make.unit(f"ward-{n}")) for n in range(40)))
    assert await count_units(begin) == 41


async def test_an_error_of_the_database_prints_no_value(begin: Begin, wards: None, make: Make) -> None:
    first = make.person()
    await keep(begin, first)
    with pytest.raises(IntegrityError) as raised:
        await keep(begin, make.person(lookup=first.lookup, sealed=b"secret", language="xx"))
    told = str(raised.value)
    assert not [word for word in ("secret", "'xx'", first.lookup.hex(), str(first.lookup)) if word in told]


async def test_rows_about_people_print_nothing_of_them(make: Make) -> None:
    holder = make.holder(display_name="Ada Nwosu")
    shown = repr(make.person(language="cy")) + repr(holder)
    assert not [word for word in ("p1", "ward-1", "sealed", "cy", "Ada", "h1", "trust", "lead") if word in shown]


async def test_a_member_without_a_unit_is_refused(begin: Begin, make: Make) -> None:
    with pytest.raises(IntegrityError):
        await keep(begin, make.person("nowhere"))


async def test_nobody_joins_twice(begin: Begin, wards: None, make: Make) -> None:
    first = make.person()
    await keep(begin, first)
    with pytest.raises(IntegrityError):
        await keep(begin, make.person(lookup=first.lookup))
    async with begin() as db:
        found = await person(db, first.lookup)
        assert isinstance(found, Person)
        assert found.id == "p1"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("temp_store", 2),
    ],
)
async def test_every_sqlite_connection_is_set_as_designed(url: str, pragma: str, value: object) -> None:
    main = async_engine(url)
    async with main.connect() as connection:
        assert value == (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one()
    await main.dispose()
    second = sync_engine(url)
    with second.connect() as one, second.connect() as other:
        one.rollback()
        assert value == one.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
        one.rollback()
        assert value == other.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
    second.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_sqlite_transaction_takes_the_writers_place_at_once(begin: Begin, sync: Engine) -> None:
    async with begin() as db:
        await all_units(db)
        with sync.connect() as other:
            other.connection.execute("PRAGMA busy_timeout=0")  # type: ignore[attr-defined]
            with pytest.raises(DBAPIError, match="locked"):
                other.execute(text("SELECT 1"))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_connection_that_the_server_dropped_is_replaced(begin: Begin, sync: Engine) -> None:
    await count_units(begin)
    with sync.begin() as other:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        other.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    assert await count_units(begin) == 0


def test_the_synchronous_address_names_the_same_database() -> None:
    assert sync_url("sqlite+aiosqlite:////data/main.db") == "sqlite+pysqlite:////data/main.db"
    assert sync_url("postgresql+psycopg://host/main") == "postgresql+psycopg://host/main"


async def test_a_session_is_what_handlers_are_promised(begin: Begin) -> None:
    async with begin() as db:
        assert isinstance(db, AsyncSession)
