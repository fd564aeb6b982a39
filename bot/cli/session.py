"""One transaction for one command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database_probe import reach
from bot.logs import hold_chatty_loggers
from bot.settings import Settings, load_settings
from storage.database import async_engine, beginner

T = TypeVar("T")


def in_database(work: Callable[[AsyncSession], Awaitable[T]], settings: Settings | None = None) -> T:
    """Runs `work` in a transaction on the configured database; `work` commits what it wants kept."""
    hold_chatty_loggers()
    known = settings or load_settings()
    reach(known.database_url)

    async def run() -> T:
        engine = async_engine(known.database_url)
        try:
            async with beginner(engine)() as db:
                return await work(db)
        finally:
            await engine.dispose()

    return asyncio.run(run())
