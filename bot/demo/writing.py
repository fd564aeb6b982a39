"""What the demo's people write after they have sent their answers, and what they choose to become of it."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

import numpy as np

from bot.demo.hospital import BURNING, BURNS_FROM
from bot.demo.stage import PATIENCE, Stage, waves
from sandbox import Person

WRITES_FROM: Final = 14
"""Weeks of words: enough to see them come and be read, in a demo that is not to take long."""

_WRITES, _WRITES_BURNING, _SHARES = 0.25, 0.95, 0.4


class Writing:
    """A seeded choice of who writes what: the same seed tells the same story."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed, WRITES_FROM])
        found = tomllib.loads(resources.files(__package__).joinpath("comments.toml").read_text("utf-8"))
        self._burning: list[str] = found["burning"]
        self._usual: list[str] = found["usual"]

    async def write(self, stage: Stage, number: int, people: list[Person]) -> int:
        """Some of those who have sent write, and choose. Returns how many."""
        if number < WRITES_FROM:
            return 0
        burning = set(stage.staff[BURNING]) if number >= BURNS_FROM else set()
        chosen = [
            (one, self._text(one in burning), bool(self._rng.random() < _SHARES))
            for one in people
            if self._rng.random() < (_WRITES_BURNING if one in burning else _WRITES)
        ]
        for wave in waves(chosen):
            for one, text, _ in wave:
                await one.says(text)
            await stage.sandbox.settled(PATIENCE)
            sharers = [one for one, _, is_shared in wave if is_shared]
            others = [one for one, _, is_shared in wave if not is_shared]
            await self._choose(stage, others, stage.say.plain("comment.themes"))
            await self._choose(stage, sharers, stage.say.plain("comment.share"))
            await self._choose(stage, sharers, stage.say.plain("comment.sure"))
            stage.clock.pass_time(seconds=20)
        return len(chosen)

    async def _choose(self, stage: Stage, people: list[Person], label: str) -> None:
        for one in people:
            newest = one.newest()
            if newest and any(label in row for row in newest.buttons):
                await one.taps_without_waiting(label)
        await stage.sandbox.settled(PATIENCE)

    def _text(self, is_burning: bool) -> str:
        texts = self._burning if is_burning else self._usual
        return texts[int(self._rng.integers(len(texts)))]
