"""A bot in a process of its own, for tests that end it without warning.

Imports take seconds, so they are made once: for each line on its input the process forks a life, in which the real
bot is served on the real clock, so many seconds ahead; it says the life's number, and how it ended.
"""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import sys
from datetime import datetime, timedelta
from functools import cache
from signal import SIGKILL
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.service import serve
from bot.settings import Settings
from bot.wiring import build

if TYPE_CHECKING:
    from collections.abc import Mapping


class ShiftedClock(SystemClock):
    """The real clock, so many seconds ahead."""

    def __init__(self, ahead: float) -> None:
        self._ahead = timedelta(seconds=ahead)

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return super().now() + self._ahead


class BotProcess:
    """The other end: begins lives, ends them, and tells how they ended."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._life = 0

    @classmethod
    async def launch(cls, settings: Settings) -> BotProcess:
        """A process that has imported everything and serves nothing yet."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-W", "error", "-m", "tests.bot_process"),
            env=_environment(settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def begin(self, ahead: float) -> None:
        """A life begins, on a clock that is so many seconds ahead."""
        assert self._process.stdin
        self._process.stdin.write(f"{ahead}\n".encode())
        self._life = int(await self._line())

    async def end(self, how: int = SIGKILL) -> int:
        """Sends it a signal; returns its exit code, negative for the signal that ended it."""
        os.kill(self._life, how)
        return int(await self._line())

    async def close(self) -> None:
        """No more lives."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _line(self) -> bytes:
        assert self._process.stdout
        return await asyncio.wait_for(self._process.stdout.readline(), 30)


def _environment(settings: Settings) -> Mapping[str, str]:
    given = {
        "BOT_TOKEN": settings.token,
        "ID_KEY": settings.id_key.get_secret_value(),
        "DATABASE_URL": settings.database_url,
        "ROUNDS_DIR": str(settings.rounds_dir),
        "API_URL": settings.api_url,
        "LOG_LEVEL": "ERROR",
    }
    return {
        "PATH": os.environ["PATH"],
        "OPENBLAS_NUM_THREADS": "1",
        **{f"SHIFTPULSE_{name}": value for name, value in given.items()},
    }


def _live(ahead: float) -> None:
    settings = Settings(_env_file=None)
    set_up_logs(settings.log_level)
    asyncio.run(serve(settings, ShiftedClock(ahead)))


def _lives() -> None:
    """What every life would read anew is read once, and left alone by its garbage collection: pages stay shared."""
    ssl.create_default_context = cache(ssl.create_default_context)
    build(Settings(_env_file=None), SystemClock())
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        life = os.fork()
        if not life:
            _live(float(line))
            os._exit(0)
        print(life, flush=True)  # noqa: T201 - this is how it speaks
        print(os.waitstatus_to_exitcode(os.waitpid(life, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _lives()
