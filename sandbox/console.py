"""One person's chat in a terminal: what is typed she says, [label] she taps, a link she opens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .errors import CannotError
from .people import Person
from .transcript import paragraph

HELP = "Type to say something, [Label] to tap a button, a t.me link to open it, /quit to leave."


class Console:
    """Turns typed lines into acts and shows what happens in the chat."""

    def __init__(self, person: Person, show: Callable[[str], None]) -> None:
        self._person = person
        self._show = show
        self._shown = 0

    async def run(self, lines: asyncio.StreamReader) -> None:
        """Until /quit or the end of the input."""
        watching = asyncio.create_task(self._watch())
        try:
            while typed := await lines.readline():
                line = typed.decode().strip()
                if line == "/quit":
                    break
                if line:
                    await self.act(line)
        finally:
            watching.cancel()
            self._show_news()

    async def act(self, line: str) -> None:
        """Do what a line asks for; what a person could not do is said, not raised."""
        try:
            if line.startswith("[") and line.endswith("]"):
                await self._person.taps_without_waiting(line[1:-1])
            elif "t.me/" in line:
                await self._person.opens(line)
            else:
                await self._person.says(line)
        except CannotError as reason:
            self._show(f"({reason})")

    async def _watch(self) -> None:
        chat = self._person.chat
        while True:
            if await chat.changes.until(lambda: len(chat.history) > self._shown, deadline=3600):
                self._show_news()

    def _show_news(self) -> None:
        news = self._person.chat.history[self._shown :]
        self._shown += len(news)
        for entry in news:
            self._show("\n".join(paragraph(entry)))
