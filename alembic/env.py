"""Runs migrations on whatever it is handed: an Engine, a Connection, or nothing but the settings."""

from alembic import context
from sqlalchemy import Connection, Engine

from storage.migrations import metadata, watch_keys


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def run_alone(engine: Engine) -> None:
    """In a connection of its own, whose foreign keys SQLite looks at again afterwards."""
    with engine.connect() as connection:
        watch_keys(connection, False)
        try:
            run(connection)
            connection.commit()
        finally:
            watch_keys(connection, True)


def main() -> None:
    given = context.config.attributes.get("connection")
    if isinstance(given, Connection):
        run(given)
    elif isinstance(given, Engine):
        run_alone(given)
    else:
        from bot.settings import load_settings
        from storage.database import sync_engine

        engine = sync_engine(load_settings().database_url)
        run_alone(engine)
        engine.dispose()


main()
