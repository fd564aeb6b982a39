"""What a tap has to know of whoever taps, read on one thread with one synchronous connection.

The same query through an async session takes a dozen thread hops; taps are most of what a bot does.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from storage.database import reading_engine
from storage.roster import Sitting, as_sitting, sitting_query


class Glance:
    """A quick look at the roster. Reads only."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = reading_engine(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="glance")

    async def sitting(self, round_number: int, lookup: bytes) -> Sitting | None:
        """Where a member sits in a round; None for whoever is no member (any more)."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._sitting, round_number, lookup)

    def _sitting(self, round_number: int, lookup: bytes) -> Sitting | None:
        with self._engine.connect() as connection:
            return as_sitting(connection.execute(sitting_query(round_number, lookup)).one_or_none())

    async def close(self) -> None:
        """Ends the thread and its connection. Safe to repeat."""
        await asyncio.to_thread(self._thread.shutdown)
        self._engine.dispose()
