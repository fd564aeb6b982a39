"""Deleted rows leave the files too: SQLite keeps what they held in its -wal until somebody empties that."""

from __future__ import annotations

import asyncio

from storage.database import reading_engine


async def clear_residue(url: str) -> bool:
    """Moves what the main database's -wal holds to its place and empties the file; whether that was done. False when
    somebody reads or writes at this moment, for whom it does not wait. `url`: the main database's.

    With `secure_delete` no file holds a deleted row afterwards. Nothing to do on PostgreSQL, whose old versions of
    rows go with its own vacuum. Source: https://www.sqlite.org/pragma.html#pragma_wal_checkpoint.
    """
    return await asyncio.to_thread(_emptied, url) if url.startswith("sqlite") else True


def _emptied(url: str) -> bool:
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            is_busy, _frames, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    finally:
        engine.dispose()
    return not is_busy
