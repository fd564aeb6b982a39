"""A round that was interrupted, wherever it was, publishes the same bytes as one that was not, and leaves nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import JumpingClock
from bot.wiring import build
from handlers.closing import compute
from insights.release import Release
from sandbox import Person, Sandbox
from storage.boxes import Layout
from storage.keyfile import overwrite_and_unlink
from storage.ledger import TABLES, publish
from storage.people import Role
from storage.roster import frozen_scopes, frozen_units
from storage.rounds import Stage, advance, round_by_number
from tests.world import MONDAY, World, settings_for

UNITS = [
    ("trust", None, 0),
    ("medicine", "trust", 0),
    ("ward-7", "medicine", 9),
    ("ward-8", "medicine", 7),
    ("ward-9", "medicine", 4),
]
OPENS = MONDAY + timedelta(hours=21)
CLOSES = OPENS + timedelta(days=6)
CHOICES = (("Never", "Often", "Workload"), ("Often", "Always", "Workload"), ("Skip", "Sometimes", "Unclear role"))

Cut = Callable[[World], Awaitable[None]]


@asynccontextmanager
async def hospital(folder: Path, template: Path) -> AsyncIterator[tuple[World, list[Person], Person]]:
    """A launched hospital on the day before its first check-in."""
    folder.mkdir()
    shutil.copy(template, folder / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        settings = settings_for(folder, sandbox)
        world = World(sandbox, clock, settings, build(settings, clock))
        await world.start()
        await world.plan(UNITS)
        nurses = [*await world.joins("ward-7", 7), *await world.joins("ward-8", 5), *await world.joins("ward-9", 3)]
        lead = await world.role("Jo", Role.LEAD, "medicine")
        await world.launch("trust")
        yield world, nurses, lead
        await world.stop()
        sandbox.assert_all_modelled()


async def lived(world: World, nurses: list[Person], at_opening: Cut, when_open: Cut, at_closing: Cut) -> None:
    """One round from opening to closing, interrupted where a cut says so."""
    world.clock.jump(OPENS)
    await at_opening(world)
    await world.to(OPENS)
    await answered(world, nurses[:9], 0)
    await when_open(world)
    await answered(world, nurses[9:14], 9)
    world.clock.jump(CLOSES)
    await at_closing(world)
    await world.to(CLOSES)
    await world.to(CLOSES + timedelta(minutes=1))


async def answered(world: World, nurses: list[Person], first: int) -> None:
    for number, nurse in enumerate(nurses, first):
        await nurse.says("/checkin")
        await world.answers(nurse, *CHOICES[number % len(CHOICES)])


async def nothing(_world: World) -> None:
    """No crash."""


async def claimed_only(world: World) -> None:
    await _claimed(world)
    await world.restart()


async def store_made(world: World) -> None:
    await _claimed(world)
    async with world.app.house.begin() as db:
        scopes = [one.scope for one in await frozen_scopes(db, 1)]
    questions = world.app.house.pack.round_questions(1)
    await world.app.house.vault.create(1, scopes, Layout(tuple(len(one.options) for one in questions)))
    await world.restart()


async def _claimed(world: World) -> None:
    """The disk with the round's folder is gone when the store is to be made."""
    folder = world.settings.rounds_dir
    shutil.move(folder, f"{folder}.gone")
    with pytest.raises(FileNotFoundError):
        await world.app.tick()
    shutil.move(f"{folder}.gone", folder)
    assert await stage(world) == Stage.DRAFT


async def restarted(world: World) -> None:
    await world.restart()


async def stopped(world: World) -> None:
    await world.app.house.vault.stop(1)
    await world.restart()


async def computed(world: World) -> None:
    """Everything is worked out; the process ends before it is written."""
    await _computed(world)
    assert await stage(world) == Stage.CLOSING
    await world.restart()


async def released(world: World) -> None:
    await _released(world)
    await world.restart()


async def keys_shredded(world: World) -> None:
    await _released(world)
    overwrite_and_unlink(world.settings.rounds_dir / "round-1.key")
    await world.restart()


async def keys_overwritten(world: World) -> None:
    await _released(world)
    key = world.settings.rounds_dir / "round-1.key"
    key.write_bytes(bytes(key.stat().st_size))
    await world.restart()


async def all_shredded(world: World) -> None:
    await _released(world)
    await world.app.house.vault.shred(1)
    await world.restart()


async def _computed(world: World) -> Release:
    house = world.app.house
    await house.vault.stop(1)
    async with house.begin() as db:
        assert await advance(db, 1, Stage.OPEN, Stage.CLOSING)
        current = await round_by_number(db, 1)
        units, scopes = await frozen_units(db, 1), await frozen_scopes(db, 1)
        await db.commit()
    assert current
    return compute(house, current, units, scopes, await house.vault.totals(1))


async def _released(world: World) -> None:
    published = await _computed(world)
    async with world.app.house.begin() as db:
        current = await round_by_number(db, 1)
        assert current
        assert await advance(db, 1, Stage.CLOSING, Stage.RELEASED)
        ids = current.question_ids
        await publish(db, 1, current.opened_on, ids, published.lines, published.cells, current.k)
        await db.commit()


async def stage(world: World) -> str:
    async with world.app.house.begin() as db:
        current = await round_by_number(db, 1)
    assert current
    return current.stage


def rows(folder: Path, *tables: str) -> bytes:
    """Every column of every row, sorted."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        return repr([(table, sorted(db.execute(f"SELECT * FROM {table}"), key=repr)) for table in tables]).encode()


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory, template: Path) -> bytes:
    """The ledger of a round that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed") / "hospital"
    async with hospital(folder, template) as (world, nurses, _lead):
        await lived(world, nurses, nothing, nothing, nothing)
    return rows(folder, *TABLES)


CRASHES = {
    "after the claim": (claimed_only, nothing, nothing),
    "after the store": (store_made, nothing, nothing),
    "while open": (nothing, restarted, nothing),
    "at closing time": (nothing, nothing, restarted),
    "after the stop": (nothing, nothing, stopped),
    "before the commit": (nothing, nothing, computed),
    "after the release": (nothing, nothing, released),
    "between keys and store": (nothing, nothing, keys_shredded),
    "keys half-way": (nothing, nothing, keys_overwritten),
    "before the roster went": (nothing, nothing, all_shredded),
    "everywhere": (store_made, restarted, computed),
}


@pytest.mark.parametrize("cuts", CRASHES.values(), ids=CRASHES.keys())
async def test_an_interrupted_round_publishes_the_same_bytes_and_leaves_nothing(
    tmp_path: Path, template: Path, undisturbed: bytes, cuts: tuple[Cut, Cut, Cut]
) -> None:
    folder = tmp_path / "hospital"
    async with hospital(folder, template) as (world, nurses, lead):
        await lived(world, nurses, *cuts)
        assert await stage(world) == Stage.SHREDDED
        assert [invitations(nurse) for nurse in nurses] == [1] * len(nurses)
        wants_digest = cuts[2] not in (released, keys_shredded, keys_overwritten, all_shredded)
        assert len([one for one in lead.screen() if one.photo]) == wants_digest
    assert rows(folder, *TABLES) == undisturbed
    assert rows(folder, "seat", "frozen_unit", "frozen_scope", "outbox").count(b"[]") == 4
    assert list((folder / "rounds").iterdir()) == []


def invitations(nurse: Person) -> int:
    """How often she was written to of her own check-in, beyond what she asked for."""
    said = [(one.who, one.body) for one in nurse.chat.history if one.what == "says"]
    forms = sum(who == "Sandbox bot" and "Your weekly check-in" in body for who, body in said)
    return forms - sum(body == "/checkin" for _who, body in said)
