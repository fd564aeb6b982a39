"""The main database: one engine, one transaction factory, nothing printed that a person could be found by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel.ext.asyncio.session import AsyncSession

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction. Leaving the block without `commit()` rolls back; nobody is spoken to inside it."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA temp_store=MEMORY",
)


def sync_url(url: str) -> str:
    """The same database for synchronous use (migrations, the sealed store).

    SQLite loses its async driver; psycopg serves both.
    """
    return url.replace("sqlite+aiosqlite:", "sqlite+pysqlite:")


def async_engine(url: str) -> AsyncEngine:
    """The main engine. `url`: `sqlite+aiosqlite:///file` or `postgresql+psycopg://…`. Dispose it when done."""
    if url.startswith("sqlite"):
        engine = create_async_engine(url, hide_parameters=True, pool_size=1, max_overflow=0)
        tame_sqlite(engine.sync_engine)
    else:
        engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
        hush_postgresql(engine.sync_engine)
    return engine


def sync_engine(url: str) -> Engine:
    """A synchronous engine on the same database, for migrations and the sealed store."""
    engine = create_engine(sync_url(url), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        tame_sqlite(engine)
    else:
        hush_postgresql(engine)
    return engine


def hush_postgresql(engine: Engine) -> None:
    """Errors keep their first line: the DETAIL that follows names keys and rows, whatever `hide_parameters` says."""

    @event.listens_for(engine, "handle_error")
    def _first_line(context: ExceptionContext) -> None:
        if context.sqlalchemy_exception is not None:
            for error in (context.original_exception, context.sqlalchemy_exception):
                error.args = tuple(str(one).split("\n", 1)[0] for one in error.args[:1])


def reading_engine(url: str) -> Engine:
    """A synchronous engine for reads that neither wait for a writer nor keep one waiting."""
    engine = create_engine(sync_url(url), hide_parameters=True, isolation_level="AUTOCOMMIT")
    if engine.dialect.name == "sqlite":
        _pragmas_at_connect(engine)
    else:
        hush_postgresql(engine)
    return engine


def tame_sqlite(engine: Engine) -> None:
    """Pragmas at every connect; every transaction begins IMMEDIATE, so that no reader has to be upgraded."""
    _pragmas_at_connect(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _pragmas_at_connect(engine: Engine) -> None:

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()


def beginner(engine: AsyncEngine) -> Begin:
    """The transaction factory that is injected everywhere."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session

    return begin
