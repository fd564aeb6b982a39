"""Runs migrations on whatever it is handed: an Engine, a Connection, or nothing but the settings."""

from alembic import context
from sqlalchemy import Connection, Engine

from storage.migrations import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given = context.config.attributes.get("connection")
    if isinstance(given, Connection):
        run(given)
    elif isinstance(given, Engine):
        with given.connect() as connection:
            run(connection)
            connection.commit()
    else:
        from bot.settings import load_settings
        from storage.database import sync_engine
        from storage.migrations import watch_keys

        engine = sync_engine(load_settings().database_url)
        with engine.connect() as connection:
            watch_keys(connection, False)
            run(connection)
            connection.commit()
        engine.dispose()


main()
