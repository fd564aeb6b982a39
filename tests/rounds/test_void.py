"""A round that cannot be counted, or is stopped: nothing is published, people are told, the next one opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.wiring import build
from handlers.rounds import carry_on
from sandbox import Person
from storage.keyfile import read
from storage.rounds import Stage, advance, round_by_number, void_latest
from tests.hospital import CLOSES, INVITED, NEXT, OPENS, STOPPED, rounds, staffed, stage, told
from tests.world import World

CHOICE = ("Often", "Sometimes", "Workload")
NUMBER = 6


def key_lost(folder: Path) -> None:
    (folder / "round-1.key").unlink()


def key_damaged(folder: Path) -> None:
    (folder / "round-1.key").write_bytes(b"short")


def store_lost(folder: Path) -> None:
    for path in folder.glob("round-1.db*"):
        path.unlink()


def store_overwritten(folder: Path) -> None:
    for path in folder.glob("round-1.db*"):
        path.unlink()
    (folder / "round-1.db").write_bytes(b"no database at all" * 1000)


def store_emptied(folder: Path) -> None:
    for path in folder.glob("round-1.db*"):
        path.unlink()
    (folder / "round-1.db").touch()


def mark_ahead(folder: Path) -> None:
    keys = read(folder / "round-1.key", 1)
    keys.note(keys.mark + 1)
    keys.close()


def box_tampered(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "round-1.db")) as db, db:
        db.execute("UPDATE box SET sealed = zeroblob(length(sealed)) WHERE scope = 'ward-7'")


def answers_added(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "round-1.db")) as db, db:
        db.execute("INSERT INTO token VALUES (zeroblob(32))")


def answers_removed(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "round-1.db")) as db, db:
        db.execute("DELETE FROM token")


WHILE_DOWN = [
    key_lost,
    key_damaged,
    store_lost,
    store_overwritten,
    store_emptied,
    mark_ahead,
    box_tampered,
    answers_added,
    answers_removed,
]


async def opened(world: World) -> list[Person]:
    nurses = await staffed(world, NUMBER)
    await world.to(OPENS)
    for nurse in nurses[:2]:
        await world.answers(nurse, *CHOICE)
    return nurses


async def is_buried(world: World, nurses: list[Person]) -> None:
    """People were told once, nothing is published, nothing is left, and the next round opens."""
    await world.to(world.clock.now() + timedelta(minutes=1))
    await world.to(world.clock.now() + timedelta(minutes=1))
    assert await stage(world) == Stage.VOID
    assert told(nurses, STOPPED) == [1] * len(nurses)
    async with world.app.house.begin() as db:
        assert not await world.app.house.ledger.pages(db)
    assert list(world.settings.rounds_dir.iterdir()) == []
    await world.to(NEXT)
    assert [one.stage for one in await rounds(world)] == [Stage.VOID, Stage.OPEN]
    assert told(nurses, INVITED) == [2] * len(nurses)


@pytest.mark.parametrize("damage", WHILE_DOWN)
async def test_what_was_damaged_while_the_bot_was_down_voids_the_round_at_boot(
    world: World, damage: Callable[[Path], None]
) -> None:
    nurses = await opened(world)
    await world.stop()
    damage(world.settings.rounds_dir)
    world.app = build(world.settings, world.clock)
    await world.start()
    await is_buried(world, nurses)


@pytest.mark.parametrize("damage", [box_tampered, answers_added, answers_removed])
async def test_what_was_damaged_while_the_bot_ran_voids_the_round_at_closing(
    world: World, damage: Callable[[Path], None]
) -> None:
    nurses = await opened(world)
    damage(world.settings.rounds_dir)
    await world.to(CLOSES)
    await is_buried(world, nurses)


async def test_the_kill_switch_from_outside_stops_the_open_round_within_a_tick(world: World) -> None:
    nurses = await opened(world)
    async with world.app.house.begin() as db:
        assert await void_latest(db) == 1
    tap = await nurses[3].taps("Often")
    assert "closed" in tap.answers[0].text
    await is_buried(world, nurses)


async def test_the_kill_switch_pressed_while_a_round_closes_wins_and_people_are_told(world: World) -> None:
    nurses = await opened(world)
    async with world.app.house.begin() as db:
        as_read_by_the_tick = await round_by_number(db, 1)
        assert await void_latest(db) == 1
    assert as_read_by_the_tick
    as_read_by_the_tick.stage = Stage.OPEN
    world.clock.jump(CLOSES)
    await carry_on(world.app.house, as_read_by_the_tick)
    assert await stage(world) == Stage.VOID
    await is_buried(world, nurses)


async def test_the_kill_switch_reaches_a_round_that_is_being_computed(world: World) -> None:
    nurses = await opened(world)
    await world.app.house.vault.stop(1)
    async with world.app.house.begin() as db:
        assert await advance(db, 1, Stage.OPEN, Stage.CLOSING)
        assert await void_latest(db) == 1
    await world.restart()
    await is_buried(world, nurses)


async def test_there_is_nothing_to_stop_before_the_first_round_or_after_a_release(world: World) -> None:
    async with world.app.house.begin() as db:
        assert await void_latest(db) is None
    await opened(world)
    await world.to(CLOSES)
    async with world.app.house.begin() as db:
        assert await void_latest(db) is None
    assert await stage(world) == Stage.SHREDDED
