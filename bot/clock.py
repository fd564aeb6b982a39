"""Clocks: the system's, and one that jumps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class SystemClock:
    """What time it is."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Waits for real."""
        await asyncio.sleep(seconds)


class JumpingClock:
    """A clock that stands still until somebody waits, then jumps: tests and the demo live twenty weeks in minutes."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._now

    def epoch(self) -> float:
        """The instant in seconds, for the sandbox."""
        return self._now.timestamp()

    def jump(self, instant: datetime) -> None:
        """Goes forward to an instant; never back."""
        self._now = max(self._now, instant)

    def pass_time(self, **units: float) -> None:
        """Goes forward by so many `hours=`, `minutes=`, `days=`."""
        self._now += timedelta(**units)

    async def sleep(self, seconds: float) -> None:
        """Lets others run, then is as late as it wanted to be. Two who wait at once do not wait twice."""
        until = self._now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.jump(until)
