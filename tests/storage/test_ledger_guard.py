"""The ledger's guard: whatever SQL is tried, what was published stays as it was published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Begin, sync_engine
from storage.ledger import TABLES, LedgerReader, publish
from storage.ledger_guard import GUARDED, LedgerUnguardedError, guard, missing_guards
from tests.make import Make

COLUMNS = {
    "ledger_page": "round, opened_on, questions, k",
    "ledger_line": "round, unit, place, parent, name, kind, teams_in, teams, people, headcount",
    "ledger_cell": "round, unit, question, stat, value, n, bound, withheld",
}
KEYS = {"ledger_page": "round", "ledger_line": "round, unit", "ledger_cell": "round, unit, question, stat"}
CHANGED = {"ledger_page": "questions", "ledger_line": "name", "ledger_cell": "n"}
ATTEMPTS = {
    "update": "UPDATE {table} SET {changed} = 'x'",
    "update of the key": "UPDATE {table} SET round = 99",
    "delete": "DELETE FROM {table}",
    "insert the same": "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}",
    "upsert": "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE 1 = 1 "
    "ON CONFLICT ({keys}) DO UPDATE SET {changed} = 'x'",
}
ON_SQLITE = {
    "insert or replace": "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
    "replace": "REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
    "update or replace": "UPDATE OR REPLACE {table} SET round = 1",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE {table}",
    "truncate all": "TRUNCATE ledger_page, ledger_line, ledger_cell CASCADE",
    "merge": "MERGE INTO {table} t USING (SELECT 1) s ON TRUE WHEN MATCHED THEN DELETE",
}


def sql(attempt: str, table: str) -> str:
    return attempt.format(table=table, columns=COLUMNS[table], keys=KEYS[table], changed=CHANGED[table])


async def write(db: AsyncSession, make: Make) -> None:
    page = make.page()
    await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells, page.k)
    await db.commit()


@pytest.fixture
async def guarded(begin: Begin, sync: Engine, make: Make) -> Engine:
    """A ledger with a page in it, under guard."""
    async with begin() as db:
        await write(db, make)
    with sync.begin() as connection:
        guard(connection)
    return sync


async def still(begin: Begin, make: Make) -> bool:
    async with begin() as db:
        return await LedgerReader().pages(db) == (make.page(),)


def try_all(engine: Engine, attempts: dict[str, str]) -> set[str]:
    """The attempts that the database let through."""
    passed = set()
    for name, attempt in attempts.items():
        for table in TABLES:
            try:
                with engine.begin() as connection:
                    connection.execute(text(sql(attempt, table)))
            except DBAPIError:
                continue
            passed.add(f"{name}: {table}")
    return passed


async def test_no_attempt_changes_what_was_published(guarded: Engine, begin: Begin, make: Make) -> None:
    own = ON_SQLITE if guarded.dialect.name == "sqlite" else ON_POSTGRESQL
    assert try_all(guarded, ATTEMPTS | own) == set()
    assert await still(begin, make)


async def test_without_the_guard_they_would(begin: Begin, sync: Engine, make: Make) -> None:
    async with begin() as db:
        await write(db, make)
    own = ON_SQLITE if sync.dialect.name == "sqlite" else ON_POSTGRESQL
    only = {name: ATTEMPTS[name] for name in ("upsert", "update", "delete")} | own
    passed = try_all(sync, only)
    assert {f"{name}: {table}" for name in only for table in TABLES} - passed <= {f"merge: {one}" for one in TABLES}
    assert not await still(begin, make)


async def test_the_refusal_says_why(guarded: Engine) -> None:
    with guarded.connect() as connection, pytest.raises(DBAPIError, match="the ledger is written once"):
        connection.execute(text("DELETE FROM ledger_cell"))


async def test_a_refused_change_takes_the_rest_of_its_transaction_along(
    guarded: Engine, begin: Begin, make: Make
) -> None:
    def tries() -> None:
        with guarded.begin() as connection:
            connection.execute(text("INSERT INTO ledger_page VALUES (2, '2026-01-13', 'q12b', 5)"))
            connection.execute(text("DELETE FROM ledger_page"))

    with pytest.raises(DBAPIError):
        tries()
    assert await still(begin, make)


async def test_under_guard_the_next_round_is_published(guarded: Engine, begin: Begin, make: Make) -> None:
    page = make.page(2)
    async with begin() as db:
        await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells, page.k)
        await db.commit()
    async with begin() as db:
        assert await LedgerReader().pages(db) == (make.page(1), page)


async def test_under_guard_a_second_publication_is_refused(guarded: Engine, begin: Begin, make: Make) -> None:
    async with begin() as db:
        with pytest.raises(DBAPIError):
            await write(db, make)
    assert await still(begin, make)


def triggers(engine: Engine) -> list[tuple[object, ...]]:
    lists = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(lists[engine.dialect.name]))]


def test_guarding_again_changes_nothing(sync: Engine) -> None:
    seen = []
    for _ in range(3):
        with sync.begin() as connection:
            guard(connection)
        seen.append(triggers(sync))
    assert seen[0]
    assert seen[0] == seen[1] == seen[2]


def test_before_the_first_guard_every_trigger_is_missing(sync: Engine) -> None:
    with sync.connect() as connection:
        missing = missing_guards(connection)
    assert {name.split("_no_")[0] for name in missing} == set(GUARDED)
    with sync.begin() as connection:
        guard(connection)
        assert missing_guards(connection) == set()


def test_a_dropped_trigger_is_noticed_and_made_again(sync: Engine) -> None:
    with sync.begin() as connection:
        guard(connection)
    names = [str(row[0]) for row in triggers(sync)]
    for name in names:
        place = "" if sync.dialect.name == "sqlite" else f" ON {name.split('_no_')[0]}"
        with sync.begin() as connection:
            connection.execute(text(f"DROP TRIGGER {name}{place}"))
            assert missing_guards(connection) == {name}
            guard(connection)
            assert missing_guards(connection) == set()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_trigger_that_was_switched_off_is_noticed_and_switched_on(
    guarded: Engine, begin: Begin, make: Make
) -> None:
    with guarded.begin() as connection:
        connection.execute(text("ALTER TABLE ledger_cell DISABLE TRIGGER ledger_cell_no_change"))
        assert missing_guards(connection) == {"ledger_cell_no_change"}
    with guarded.begin() as connection:
        guard(connection)
    assert try_all(guarded, {"delete": ATTEMPTS["delete"]}) == set()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_several_processes_may_guard_at_once(url: str) -> None:
    engines = [sync_engine(url) for _ in range(6)]

    def starts(engine: Engine) -> set[str]:
        with engine.begin() as connection:
            guard(connection)
            return missing_guards(connection)

    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(starts, engine) for engine in engines]
    for engine in engines:
        engine.dispose()
    assert [one.result() for one in waiting] == [set()] * 6


def test_a_guard_of_the_right_name_that_does_nothing_is_no_guard(sync: Engine) -> None:
    with sync.begin() as connection:
        guard(connection)
        if sync.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER ledger_cell_no_delete"))
            idle = "CREATE TRIGGER ledger_cell_no_delete BEFORE DELETE ON ledger_cell BEGIN SELECT 1; END"
        else:
            idle = (
                "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN OLD; END $$"
            )
        connection.execute(text(idle))
        assert missing_guards(connection)
        guard(connection)
        assert missing_guards(connection) == set()


def test_where_triggers_cannot_be_made_nothing_starts(sync: Engine) -> None:
    with sync.begin() as connection:
        connection.execute(text("ALTER TABLE ledger_cell RENAME TO elsewhere"))
    with sync.connect() as connection, pytest.raises((DBAPIError, LedgerUnguardedError)):
        guard(connection)
    with sync.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_cell"))
