"""The log-scan promise: whatever fails, and at whatever level, no record tells of a person or an answer.

`tests/conftest.py` holds the whole run to it; here everything is forced to fail at once, with a pack of sentinels.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sqlite3
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import JumpingClock
from bot.wiring import build
from sandbox import Person, Sandbox
from storage.units import Unit, save_units
from tests.conftest import add_world
from tests.privacy.records import Leak, Records, Secrets, heard
from tests.world import MONDAY, World, settings_for

PACK = Path(__file__).with_name("sentinel_pack.toml")
WARD = "zwombat-ward"
SAID = "zinnia: I cried in the linen room"
SHORT_WAIT = "PRAGMA busy_timeout=50"
FAULTS = ("bad gateway", "bad request", "forbidden", "flood", "lost before", "lost after")
PATH = ("answerCallbackQuery", "editMessageText")


def pack_words() -> Iterator[str]:
    """Every string of the sentinel pack, keys of options too."""
    waiting: list[object] = [tomllib.loads(PACK.read_text("utf-8"))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            yield one


@pytest.fixture
async def sentinels(
    tmp_path: Path, template: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A world where every word is a sentinel, and a locked database is given up on soon."""
    from storage import database

    shorter = [SHORT_WAIT if "busy_timeout" in one else one for one in database._PRAGMAS]
    monkeypatch.setattr(database, "_PRAGMAS", tuple(shorter))
    shutil.copy(template, tmp_path / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=4, now=clock.epoch) as sandbox:
        settings = settings_for(tmp_path, sandbox, pack=PACK)
        world = World(sandbox, clock, settings, build(settings, clock))
        await world.start()
        yield world
        await world.stop()
        secrets.add(WARD, "Zwombat Ward", *pack_words())
        add_world(secrets, world)


async def opened(world: World, count: int) -> list[Person]:
    """A launched ward with nurses in it, and a check-in on each one's screen."""
    await world.plan([("ztrust", None, 0), (WARD, "ztrust", count + 2)])
    nurses = [
        world.sandbox.person(f"Zenobia{i}x", last_name=f"Zquill{i}x", username=f"znurse{i}x") for i in range(count)
    ]
    await asyncio.gather(*(world.join(one, WARD) for one in nurses))
    await world.launches("ztrust")
    arm(world.sandbox, "sendMessage", "bad gateway", nurses[0])
    await world.onward()
    for one in nurses:
        await one.waits_for("Question 1 of 3")
    return nurses


def arm(sandbox: Sandbox, method: str, fault: str, person: Person) -> None:
    """The next call of `method` goes wrong; what Telegram says names the person, as it really does."""
    named = f"chat {person.id} of {person.first_name} said {SAID}"
    codes = {"bad request": 400, "forbidden": 403, "flood": 429}
    if fault in codes:
        body = {"ok": False, "error_code": codes[fault], "description": f"Refused: {named}"}
        if fault == "flood":
            body["parameters"] = {"retry_after": 1}
        sandbox.fail_next(method, codes[fault], json.dumps(body))
    elif fault == "bad gateway":
        sandbox.fail_next(method, 502, f"<html>{named}</html>")
    else:
        sandbox.drop_next(method, after_effect=fault == "lost after")


async def tap_on(world: World, person: Person) -> bool:
    """One tap on the first button that leads on; False when there is none left."""
    for message in reversed(person.screen()):
        if message.buttons:
            await person.taps_without_waiting(message.buttons[0][0], message)
            await world.sandbox.settled()
            return True
    return False


def is_recorded(person: Person) -> bool:
    """Whether she was told so."""
    return any("Recorded" in message.words for message in person.screen())


def guard(world: World, records: Records) -> list[Leak]:
    """What was said that must not be."""
    own = Secrets()
    own.add(WARD, "Zwombat Ward", SAID, *pack_words())
    add_world(own, world)
    return records.leaks(own)


async def test_nothing_leaks_when_every_call_of_a_check_in_fails_once(sentinels: World) -> None:
    with heard() as records:
        pairs = [(method, fault) for method in PATH for fault in FAULTS]
        nurses = await opened(sentinels, len(pairs))
        for nurse, (method, fault) in zip(nurses, pairs, strict=True):
            for _ in range(4):
                arm(sentinels.sandbox, method, fault, nurse)
                assert await tap_on(sentinels, nurse)
            while not is_recorded(nurse):
                assert await tap_on(sentinels, nurse)
        assert sentinels.sandbox.calls.count(outcome="fault") > len(pairs)
    assert "handlers.errors" in records.loggers
    assert guard(sentinels, records) == []


async def test_nothing_leaks_when_the_databases_are_locked_or_broken(sentinels: World) -> None:
    folder = sentinels.settings.rounds_dir
    main, store = folder.parent / "shiftpulse.db", folder / "round-1.db"
    with heard() as records:
        first, second, third, fourth = await opened(sentinels, 4)
        for nurse in (first, second, third, fourth):
            await sentinels.answers(nurse, "Zephyr always", "Zephyr hardly", "Zodiac people", send=False)
            await nurse.waits_for("Ready?")
        with closing(sqlite3.connect(main, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await first.says("/pause")
            await first.waits_for("went wrong")
        with closing(sqlite3.connect(store, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await second.taps("Send")
            assert "went wrong" in second.toasts[-1].text
        with closing(sqlite3.connect(store)) as other, other:
            other.execute("UPDATE box SET sealed = zeroblob(40)")
        await third.taps("Send")
        main.write_bytes(b"Zombie bytes, no database" * 4000)
        main.with_name("shiftpulse.db-wal").write_bytes(b"")
        await fourth.taps("Send")
        await fourth.says(SAID)
        await fourth.says("/leave zanzibar-code")
        await sentinels.sandbox.settled()
    assert "handlers.errors" in records.loggers
    assert guard(sentinels, records) == []


async def test_nothing_leaks_of_what_people_type_or_forge(sentinels: World) -> None:
    with heard() as records:
        nurse = (await opened(sentinels, 2))[0]
        arm(sentinels.sandbox, "sendMessage", "bad request", nurse)
        await nurse.says(SAID)
        await nurse.says("/start zcode-of-another-house")
        await nurse.sends_photo(caption=SAID)
        shown = next(one for one in reversed(nurse.screen()) if one.buttons)
        for data in ("c1:zforged-payload-of-zenobia", "nonsense:zforged", "t1:zunit:0:0:show"):
            await (await nurse.forges(data, shown)).answered()
        await nurse.blocks()
        await sentinels.sandbox.settled()
    assert guard(sentinels, records) == []


async def test_the_scan_would_see_parameters_if_a_logger_were_not_held(sentinels: World) -> None:
    records, chatty = Records(), logging.getLogger("aiosqlite")
    chatty.addHandler(records)
    was, chatty.propagate = chatty.level, False
    chatty.setLevel(logging.DEBUG)
    try:
        async with sentinels.app.house.begin() as db:
            await save_units(db, [Unit(id=WARD, name="Zwombat Ward", headcount=9)])
            await db.commit()
    finally:
        chatty.setLevel(was)
        chatty.propagate = True
        chatty.removeHandler(records)
    assert {"aiosqlite"} == {one.logger for one in guard(sentinels, records)}
