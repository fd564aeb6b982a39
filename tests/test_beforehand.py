"""What tests put down beforehand is what the conversations leave that they no longer play."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import JumpingClock
from bot.wiring import build
from sandbox import Sandbox
from storage.people import Pattern
from tests.conversations.ward import CLOSES, OPENS
from tests.world import MONDAY, World, settings_for

UNITS = [("trust", None, 0), ("ward-7", "trust", 12), ("ward-8", "trust", 12), ("clinic", "trust", 40)]


@asynccontextmanager
async def hospital(folder: Path, template: Path) -> AsyncIterator[World]:
    """Three wards and nobody in them yet."""
    folder.mkdir()
    shutil.copy(template, folder / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        settings = settings_for(folder, sandbox)
        world = World(sandbox, clock, settings, build(settings, clock))
        await world.start()
        await world.plan(UNITS)
        yield world
        await world.stop()


async def played(world: World) -> None:
    """Everybody says what it takes."""
    await world.newcomers("ward-7", 4)
    await world.newcomers("ward-8", 4, "Nights")
    await world.newcomers("clinic", 1, "A mix")
    await world.launches("trust")


async def put_down(world: World) -> None:
    """The same without a word, when they have done talking."""
    world.clock.pass_time(seconds=1.1)
    await world.joins("ward-7", 4)
    await world.joins("ward-8", 4, Pattern.NIGHTS)
    await world.joins("clinic", 1, Pattern.MIXED)
    await world.launch("trust")


def stands(world: World) -> dict[str, list[str]]:
    """All rows but for what is random in them; and everybody can be written to."""
    assert all(person.chat.is_started for person in world.sandbox.people)
    return {table: sorted(_told(table, row) for row in rows) for table, rows in world.rows().items()}


def _told(table: str, row: tuple[object, ...]) -> str:
    """Without random ids and what is made with random keys; the chain of the audit log is neither."""
    has_random_id = table in ("person", "role_holder", "outbox")
    return repr([one for one in row[has_random_id:] if table == "audit" or not isinstance(one, bytes)])


async def test_who_has_joined_and_what_was_launched_beforehand_is_as_if_it_had_been_played(
    tmp_path: Path, template: Path
) -> None:
    async with hospital(tmp_path / "played", template) as one, hospital(tmp_path / "put down", template) as other:
        await played(one)
        await put_down(other)
        assert stands(other) == stands(one)
        for world in (one, other):
            await world.to(OPENS)
            await world.to(CLOSES)
        assert stands(other) == stands(one)
