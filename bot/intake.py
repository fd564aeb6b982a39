"""Long polling that confirms an update after it was handled, never before."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import TypeVar

from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import Update

from handlers.house import Clock
from handlers.speech import Errands

log = logging.getLogger(__name__)
T = TypeVar("T")

ALLOWED = ["message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
RETRY_SECONDS = 2.0
_CONFIRM_SECONDS = 5
_PATIENCE_SECONDS = 2.0
"""How long a chat may take before polling goes on beside it."""
_END_SECONDS = 3.0


class Intake:
    """Fetches updates, handles them (chats side by side, each chat in order), then confirms them.

    A chat that takes long holds up no other: polling goes on, and Telegram is told of all that stands before the
    oldest unfinished update. What stands after it comes again and is known. One poll holds a hundred updates: so
    many are under way at most.
    """

    def __init__(self, bot: Bot, dispatcher: Dispatcher, clock: Clock) -> None:
        self._bot, self._dispatcher, self._clock = bot, dispatcher, clock
        self._next: int | None = None
        self._known: set[int] = set()
        self._unfinished: set[int] = set()
        self._waiting: dict[int, deque[Update]] = {}
        self._chats: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    @property
    def is_stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    @property
    def _offset(self) -> int | None:
        return min(self._unfinished, default=self._next)

    async def run(self) -> None:
        """Until `stop`. What was fetched is finished and confirmed first; what takes long comes again."""
        try:
            while not self.is_stopping:
                self._take(await self._fetch())
                await self._unless_stopped(self._finished(_PATIENCE_SECONDS))
            await self._finished(_END_SECONDS)
            await self._confirm()
        finally:
            for task in self._chats:
                task.cancel()
            await asyncio.gather(*self._chats, return_exceptions=True)
            errands = self._dispatcher.get("errands")
            if isinstance(errands, Errands):
                await errands.end()

    def stop(self) -> None:
        """Ends the loop; a waiting poll is left."""
        self._stopping.set()

    async def wait(self, seconds: float) -> None:
        """Waits so long, or until `stop`."""
        await self._unless_stopped(self._clock.sleep(seconds))

    async def _fetch(self) -> Sequence[Update]:
        poll = self._bot.get_updates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED, request_timeout=POLL_SECONDS + 15
        )
        try:
            return await self._unless_stopped(poll) or []
        except TelegramRetryAfter as error:
            log.warning("polling: Telegram asks for a pause of %d seconds", error.retry_after)
            await self.wait(error.retry_after)
        except TelegramConflictError:
            log.error("another process polls with this token: stop it, only one may")
            await self.wait(RETRY_SECONDS)
        except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
            log.warning("polling: %s, trying again", type(error).__name__)
            await self.wait(RETRY_SECONDS)
        return []

    async def _unless_stopped(self, work: Awaitable[T]) -> T | None:
        """Its result, or None as soon as the end is asked for; then it is cancelled and has let go of everything."""
        working = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            return None
        finally:
            for one in (working, stopped):
                one.cancel()
            await asyncio.gather(working, stopped, return_exceptions=True)

    async def _confirm(self) -> None:
        """Tells Telegram what was handled. If that fails it is handed out again, which does no harm."""
        if self._offset is None:
            return
        with suppress(AiogramError):
            await self._bot.get_updates(
                offset=self._offset, limit=1, timeout=0, allowed_updates=ALLOWED, request_timeout=_CONFIRM_SECONDS
            )

    def _take(self, updates: Sequence[Update]) -> None:
        """Queues what is new, each in its chat."""
        fresh = [one for one in updates if one.update_id not in self._known]
        for update in fresh:
            self._known.add(update.update_id)
            self._unfinished.add(update.update_id)
            self._next = update.update_id + 1
            chat = _chat(update)
            if chat in self._waiting:
                self._waiting[chat].append(update)
            else:
                self._waiting[chat] = deque([update])
                task = asyncio.create_task(self._one_chat(chat))
                self._chats.add(task)
                task.add_done_callback(self._chats.discard)

    async def _finished(self, seconds: float) -> None:
        """Waits until nothing is under way, but not longer than this: others may have written meanwhile."""
        if self._chats:
            await asyncio.wait(set(self._chats), timeout=seconds)
        if not self._unfinished:
            self._known.clear()

    async def _one_chat(self, chat: int) -> None:
        queue = self._waiting[chat]
        while queue:
            update = queue.popleft()
            try:
                await self._dispatcher.feed_update(self._bot, update)
            except Exception as error:  # noqa: BLE001 - one poisoned update must not stop the rest
                log.error("update %d was given up: %s", update.update_id, type(error).__name__)
            self._unfinished.discard(update.update_id)
        del self._waiting[chat]


def _chat(update: Update) -> int:
    if update.callback_query:
        return update.callback_query.from_user.id
    event = update.message or update.my_chat_member
    return event.chat.id if event else 0
