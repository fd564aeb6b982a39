"""Brings a database to the newest schema, and says how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

from storage import (
    audit,
    hotspots,
    invites,
    ledger,
    organisation,
    outbox,
    people,
    roster,
    rounds,
    shared_comments,
    units,
)

_TABLE_MODULES = (
    audit,
    hotspots,
    invites,
    ledger,
    organisation,
    outbox,
    people,
    roster,
    rounds,
    shared_comments,
    units,
)

metadata = SQLModel.metadata
"""Every table of the main database: importing the modules above has defined them all."""

_ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = _ROOT / "alembic"


class DanglingRowsError(Exception):
    """A migration left rows that point to nothing; it was rolled back."""


def configuration(engine: Engine | None = None, scripts: Path = SCRIPTS) -> Config:
    """Alembic's configuration, bound to an engine when one is given."""
    config = Config(str(_ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(scripts))
    if engine is not None:
        config.attributes["connection"] = engine
    return config


def migrate(engine: Engine, scripts: Path = SCRIPTS) -> None:
    """Runs what is missing, all or nothing. Safe to repeat. Raises `DanglingRowsError`.

    SQLite looks at foreign keys only at the end: to make a table anew, as alembic's batches do, drops it, and
    dropping it would delete by cascade what points to it.
    """
    config = configuration(scripts=scripts)
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        config.attributes["connection"] = connection
        watch_keys(connection, False)
        try:
            with connection.begin():
                command.upgrade(config, "head")
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise DanglingRowsError
        finally:
            watch_keys(connection, True)


def watch_keys(connection: Connection, watched: bool) -> None:
    """Whether SQLite looks at foreign keys; nothing on PostgreSQL.

    Past SQLAlchemy, which would begin a transaction first: inside one, SQLite ignores this pragma.
    """
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA foreign_keys={int(watched)}")


def head() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(engine: Engine) -> str | None:
    """The revision the database is at, None when it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
