"""A migrated database for each test, on SQLite and on PostgreSQL, and a place for sealed stores."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Begin, async_engine, beginner, sync_engine
from storage.migrations import metadata, migrate
from storage.sealed import SealedStore, create_store
from storage.stores import Stores
from tests.make import LAYOUT, SCOPES, Make, keep
from tests.postgres import connect, drop_database, fresh_database


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str) -> Iterator[str]:
    url = fresh_database(postgres_server)
    engine = sync_engine(url)
    migrate(engine)
    engine.dispose()
    yield url
    drop_database(url)


def empty(url: str) -> None:
    """Leaves a PostgreSQL database as the migrations made it: much quicker than copying another."""
    with connect(url) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        connection.execute("DROP FUNCTION IF EXISTS ledger_refuse CASCADE")
        for table in reversed(metadata.sorted_tables):
            connection.execute(f'DELETE FROM "{table.name}"')
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sealed%'").fetchall()
        for (schema,) in schemas:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is migrated and empty, one of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "main.db"
        shutil.copyfile(request.getfixturevalue("template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    shared = request.getfixturevalue("postgres_migrated")
    yield shared
    empty(shared)


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(url)
    yield engine
    await engine.dispose()


@pytest.fixture
def begin(engine: AsyncEngine) -> Begin:
    return beginner(engine)


@pytest.fixture
def sync(url: str) -> Iterator[Engine]:
    """The same database, synchronously."""
    engine = sync_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
async def wards(begin: Begin, make: Make) -> None:
    """A trust with two wards."""
    await keep(begin, *make.tree("ward-1", "ward-2"))


@pytest.fixture
def stores(url: str, tmp_path: Path) -> Stores:
    """A folder for key files and, on SQLite, for the stores themselves."""
    stores = Stores(tmp_path / "rounds", url)
    stores.prepare()
    return stores


@pytest.fixture
def store(stores: Stores) -> Iterator[SealedStore]:
    """The sealed store of round 7, empty."""
    store = create_store(stores, 7, SCOPES, LAYOUT)
    yield store
    store.close()


@pytest.fixture
def behind(store: SealedStore, stores: Stores) -> Iterator[Engine]:
    """The store's database, for whoever took over the server."""
    engine = stores.open(7)
    yield engine
    engine.dispose()
