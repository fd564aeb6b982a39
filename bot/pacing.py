"""How fast we may talk to Telegram: evenly, never faster, and one pause for all when the server asks for it."""

from __future__ import annotations

import math
from datetime import timedelta

from handlers.house import Clock

_MICROSECONDS = 1_000_000


class Pacing:
    """A bucket of one token on the injected clock.

    It saves nothing up: Telegram's own bucket stays full for the answers to those who tap meanwhile. Steps are whole
    microseconds, rounded up, since a clock that jumps cannot wait for less.
    """

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._paused_until = clock.now()
        self._gap = timedelta(microseconds=math.ceil(_MICROSECONDS / per_second))
        self._next = clock.now()

    async def turn(self) -> None:
        """Waits until one more message may be sent."""
        while (wait := self._next - self._clock.now()) > timedelta():
            await self._clock.sleep(wait.total_seconds())
        self._next = self._clock.now() + self._gap

    def pause(self, seconds: float) -> None:
        """Nothing at all for so long: the server said so."""
        self._paused_until = max(self._paused_until, self._clock.now() + timedelta(seconds=seconds))
        self._next = max(self._next, self._paused_until)

    async def silence(self) -> None:
        """Waits until the server's pause is over, if there is one."""
        while (wait := self._paused_until - self._clock.now()) > timedelta():
            await self._clock.sleep(wait.total_seconds())
