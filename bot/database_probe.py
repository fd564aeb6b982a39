"""Looks at the main database before anybody relies on it, and tells its refusals in lines that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from bot.settings import SettingsError
from storage.database import sync_url
from storage.ledger_guard import missing_guards

VARIABLE: Final = "SHIFTPULSE_DATABASE_URL"
NOT_MIGRATED: Final = "The database is not migrated to this version: run `shiftpulse migrate`."
_SECONDS: Final = 2
"""Longer than any transaction of a running bot."""

_SQLITE: Final = {
    "SQLITE_BUSY": "The database is locked by another process: end whatever holds it open, and try again.",
    "SQLITE_LOCKED": "The database is locked by another process: end whatever holds it open, and try again.",
    "SQLITE_CANTOPEN": f"{VARIABLE} names a file that cannot be opened: correct it, or run `shiftpulse migrate`.",
    "SQLITE_READONLY": f"{VARIABLE} names a file that may not be written: give it and its folder to the bot.",
    "SQLITE_NOTADB": f"{VARIABLE} names a file that is not a database: correct it, or restore a backup.",
    "SQLITE_CORRUPT": f"{VARIABLE} names a database that is damaged: restore a backup.",
    "SQLITE_FULL": "The disk is full: make room for the database.",
}
_POSTGRESQL: Final = {
    "42P01": NOT_MIGRATED,
    "42703": NOT_MIGRATED,
    "3F000": NOT_MIGRATED,
    "42501": f"The account in {VARIABLE} may not write there: GRANT ALL ON SCHEMA public, and CREATE ON DATABASE.",
    "25006": "The database is read-only: is it a standby? The bot needs the primary.",
    "55P03": "The database is locked by another process: end whatever holds it open, and try again.",
}


@dataclass(frozen=True, slots=True)
class Health:
    """A database that answers, is migrated and may be written. Before the first start it is not guarded."""

    revision: str
    is_guarded: bool
    has_published: bool


def probe(url: str) -> Health:
    """Looks, changes nothing. Raises `SettingsError` with one line when the database cannot be used."""
    with _engine(url) as engine:
        return _examined(engine)


def reach(url: str) -> None:
    """Whether a file is there and is a database, before a thread of its own opens it: the quick part of `probe`."""
    if url.startswith("sqlite"):
        with _engine(url) as engine, engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA schema_version")


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    parts = make_url(sync_url(url))
    is_file = parts.get_backend_name() == "sqlite"
    if is_file and not Path(str(parts.database)).exists():
        raise SettingsError(f"{VARIABLE} names a file that is not there yet: make it with `shiftpulse migrate`.")
    patience = {"timeout": _SECONDS} if is_file else {"connect_timeout": _SECONDS}
    engine = create_engine(parts, hide_parameters=True, poolclass=NullPool, connect_args=patience)
    try:
        yield engine
    except DBAPIError as error:
        raise SettingsError(explained(error) or f"{VARIABLE} names a database that cannot be used.") from None
    finally:
        engine.dispose()


def _examined(engine: Engine) -> Health:
    from storage.migrations import current, head  # alembic takes a third of a second, and `reach` needs none of it

    is_file = engine.dialect.name == "sqlite"
    revision = current(engine)
    if revision is None or revision != head():
        raise SettingsError(NOT_MIGRATED)
    with engine.connect() as connection:
        if is_file:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # a file that may not be written refuses here
        connection.execute(text("DELETE FROM outbox WHERE 1 = 0"))
        may_make_schemas = (
            is_file
            or connection.execute(text("SELECT has_database_privilege(current_database(), 'CREATE')")).scalar_one()
        )
        if not may_make_schemas:
            raise SettingsError(f"The account in {VARIABLE} may not make a round's store: GRANT CREATE ON DATABASE.")
        published = connection.execute(text("SELECT 1 FROM ledger_page LIMIT 1")).first()
        return Health(revision, not missing_guards(connection), published is not None)


def explained(error: DBAPIError) -> str | None:
    """What a refusal of the database means, in a line that repeats nothing of the statement; None for a bug."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    state = getattr(error.orig, "sqlstate", None)
    if name:
        lacks_something = re.search("no such (table|column)|has no column", str(error.orig))
        known = next((line for code, line in _SQLITE.items() if name.startswith(code)), None)
        return known or (NOT_MIGRATED if lacks_something else None)
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    if isinstance(error, OperationalError):
        return f"{VARIABLE} does not answer: is the server running, are name and password right?"
    return None
