"""The bot as a long-running process: one tick a minute, long polling, a quiet end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import SystemClock
from bot.intake import RETRY_SECONDS
from bot.settings import Settings
from bot.wiring import App, build
from handlers.house import Clock
from insights.policy import TICK

log = logging.getLogger(__name__)

_END_SECONDS = 3.0
"""A round that is closing just now may finish; a long drain is cut off, and what it sent is settled."""


async def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Runs until SIGTERM or SIGINT."""
    app = build(settings, clock or SystemClock())
    jobs = Jobs()
    schedule = scheduler(app, jobs)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, app.intake.stop)
    try:
        await _start(app)
        schedule.start()
        gc.collect()
        gc.freeze()
        log.info("listening")
        await app.intake.run()
        schedule.remove_all_jobs()
        await jobs.end(_END_SECONDS)
        schedule.shutdown(wait=False)
    finally:
        await app.close()


async def _start(app: App) -> None:
    """Starts as soon as Telegram can be reached; rounds open and close meanwhile."""
    while not app.intake.is_stopping:
        try:
            await app.start()
        except (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, ClientDecodeError) as error:
            log.warning("starting: %s, trying again", type(error).__name__)
            await app.intake.wait(RETRY_SECONDS)
        else:
            return


class Jobs:
    """What the scheduler has under way. A failure is tried again by the next tick; its text may name somebody."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[object]] = set()

    async def run(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Runs a job to its end, or until `end` cuts it off."""
        task = asyncio.ensure_future(work())
        self._under_way.add(task)
        await asyncio.wait({task})
        self._under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("%s failed: %s", name, type(error).__name__)

    async def end(self, seconds: float) -> None:
        """Gives what is under way so long to finish, then cuts it off and waits until it has let go."""
        if self._under_way:
            _done, pending = await asyncio.wait(set(self._under_way), timeout=seconds)
            for task in pending:
                task.cancel()
            if pending:
                await asyncio.wait(pending)


def scheduler(app: App, jobs: Jobs) -> AsyncIOScheduler:
    """Two jobs a minute, at once and then; what is due stands in our tables, the trigger alone is never trusted."""
    schedule = AsyncIOScheduler(timezone="UTC")
    for name, work in (("tick", app.tick), ("deliver", app.deliver)):
        schedule.add_job(
            jobs.run,
            IntervalTrigger(seconds=int(TICK.total_seconds()), timezone="UTC"),
            args=[name, work],
            id=name,
            next_run_time=datetime.now(UTC),
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return schedule
