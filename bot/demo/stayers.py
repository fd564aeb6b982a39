"""Who answers "Are you still in Ward 7?" in the demo: nearly all do, and a few have really left."""

from __future__ import annotations

import asyncio
from typing import Final

import numpy as np

from bot.demo.stage import PATIENCE, Stage, waves
from sandbox import Message, Person

_ANSWERS: Final = 0.92
_LOOKS_BACK: Final = 4
"""The question stands above the check-in that came with it: so many messages back somebody looks."""


class Stayers:
    """A seeded habit, apart from how people feel: it changes nothing about the story."""

    def __init__(self, seed: int, always: Person) -> None:
        self._rng = np.random.default_rng([seed, 1])
        self._always = always
        self._seen: set[tuple[int, int]] = set()

    async def answer(self, stage: Stage) -> None:
        """Everybody who has been asked since the last time says so, or does not."""
        yes = stage.say.plain("still.yes")
        found = [(one, self._question(one, yes)) for team in stage.staff.values() for one in team]
        asked = [(one, question) for one, question in found if question is not None]
        willing = [(one, question) for one, question in asked if self._will(one)]
        for wave in waves(willing):
            await asyncio.gather(*(one.taps_without_waiting(yes, question) for one, question in wave))
            await stage.sandbox.settled(PATIENCE)
            stage.clock.pass_time(seconds=2)

    def _question(self, person: Person, yes: str) -> Message | None:
        for message in person.screen()[-_LOOKS_BACK:]:
            here = (person.id, message.id)
            if here not in self._seen and any(yes in row for row in message.buttons):
                self._seen.add(here)
                return message
        return None

    def _will(self, person: Person) -> bool:
        return bool(self._rng.random() < _ANSWERS) or person is self._always
