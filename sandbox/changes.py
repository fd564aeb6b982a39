"""Waiting for something to become true without polling for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """Rung whenever something changed; whoever waits looks again at what they wait for."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    async def until(self, holds: Callable[[], bool], deadline: float) -> bool:
        """Wait until `holds()`, at most `deadline` real seconds; says whether it came to hold."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + deadline
        while not holds():
            left = ends - loop.time()
            if left <= 0:
                return False
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.append(future)
            try:
                await asyncio.wait([future], timeout=left)
            finally:
                future.cancel()
                if future in self._waiting:
                    self._waiting.remove(future)
        return True
