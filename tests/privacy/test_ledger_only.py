"""Everything that anybody may see is in the ledger: with all else gone, every screen and every file is the same."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from insights.cells import Line, Page
from sandbox import Message, Person
from storage.ledger import TABLES
from storage.people import Role
from tests.command_line.shell import Shell
from tests.conversations.ward import two_divisions, week
from tests.privacy.lives import ID_KEY, MONDAY, Alive, peopled, settings_in
from tests.privacy.lives import _month as a_month
from tests.world import World

KEPT = {*TABLES, "alembic_version", "organisation", "unit", "person", "role_holder", "audit"}
"""What is published, who may look at it, and where they belong. The log of who looked is written, not read."""

WEEKS = 3
MEASURES = (0, 1, 8, 15)
PERIODS = (0, 4, 12)


def emptied(database: Path) -> None:
    """Nothing is left but what is kept."""
    with closing(sqlite3.connect(database)) as db, db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in sorted(tables - KEPT):
            db.execute(f'DELETE FROM "{table}"')


def content(message: Message) -> tuple[object, ...]:
    """What can be seen of a message: words, buttons, picture, file."""
    return message.words, message.buttons, message.photo, message.document


async def seen(world: World, person: Person, command: str = "", data: str = "") -> list[tuple[object, ...]]:
    """What a command, or a button, brings up."""
    world.clock.pass_time(seconds=10)
    before = {id(message) for message in person.screen()}
    if command:
        await person.says(command)
    else:
        on = next(one for one in reversed(person.screen()) if one.from_bot and one.text)
        await (await person.forges(data, on)).answered()
        before.discard(id(on))
    await world.sandbox.settled()
    return [content(one) for one in person.screen() if one.from_bot and id(one) not in before]


async def lines(world: World) -> Sequence[Line]:
    async with world.app.house.begin() as db:
        pages: Sequence[Page] = await world.app.house.ledger.pages(db)
    assert len(pages) == WEEKS
    return pages[-1].lines


async def everything(world: World, staff: Sequence[Person], lead: Person, hr: Person) -> list[object]:
    """Every screen of what was published, for everybody who may look."""
    units = [one.key for one in await lines(world)]
    shown: list[object] = []
    for person in (*staff, lead, hr):
        shown.append(await seen(world, person, "/team"))
        shown += [await seen(world, person, data=f"u1:{unit}") for unit in units]
    shown += [await seen(world, lead, command) for command in ("/digest", "/hotspots")]
    shown += [await seen(world, lead, data=data) for data in ("h1:medicine", "w1:ward-7:rise:3")]
    shown.append(await seen(world, hr, "/trends"))
    shown.append(await seen(world, hr, "/themes"))
    shown += [
        await seen(world, hr, data=f"v1:{unit}:{step}") for unit in ("medicine", "ward-7") for step in ("show", "csv")
    ]
    for unit in units:
        for step in ("menu", "unit", "measure", "period", "show", "csv"):
            shown.append(await seen(world, hr, data=f"t1:{unit}:0:0:{step}"))
    for measure in MEASURES[1:]:
        shown.append(await seen(world, hr, data=f"t1:trust:{measure}:0:show"))
    for period in PERIODS[1:]:
        shown.append(await seen(world, hr, data=f"t1:trust:0:{period}:show"))
    return shown


@pytest.mark.timeout(240)
async def test_every_screen_is_the_same_when_nothing_but_the_ledger_is_left(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    hr = await world.role("Kim", Role.HR, "trust")
    for number in range(1, WEEKS + 1):
        await week(world, people, number)
    staff = [people["ward-7"][0], people["clinic"][0]]
    before = await everything(world, staff, lead, hr)
    assert sum(bool(photo) for shown in before for _words, _buttons, photo, _file in shown) > len(MEASURES)
    assert "went wrong" not in repr(before)
    await world.stop()
    shutil.rmtree(world.settings.rounds_dir)
    emptied(world.settings.rounds_dir.parent / "shiftpulse.db")
    await world.comes_back()
    assert await everything(world, staff, lead, hr) == before


COMMANDS = (
    ("trends",),
    ("trends", "--last", "2"),
    *(("trends", "--unit", unit) for unit in ("trust", "medicine", "ward-7", "ward-9")),
    ("trends", "--csv", "-"),
    ("trends", "--csv", "all.csv"),
    ("trends", "--csv", "ward.csv", "--unit", "ward-8"),
    ("trends", "--png", "trust.png"),
    ("trends", "--png", "ward.png", "--unit", "ward-7"),
    ("units", "list"),
    ("roles", "list"),
    ("organisation",),
    ("doctor",),
)
FILES = ("all.csv", "ward.csv", "trust.png", "ward.png")
FOLDER_LINE = "the rounds folder"
"""The doctor's one line that says whether the folder is there."""


def told(shell: Shell) -> tuple[list[object], list[bytes]]:
    """What every command says, and the files that it writes."""
    said: list[object] = []
    for command in COMMANDS:
        one = shell.runs(*command)
        assert command == ("doctor",) or one.code == 0, command
        said.append((one.code, one.err, [line for line in one.out.splitlines() if FOLDER_LINE not in line]))
    return said, [(shell.folder / name).read_bytes() for name in FILES]


def test_every_command_says_the_same_when_nothing_but_the_ledger_is_left(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(template, tmp_path / "shiftpulse.db")
    settings = settings_in(tmp_path)

    async def lived() -> None:
        async with Alive(settings, MONDAY) as alive:
            await peopled(alive.app)
            await a_month(alive)

    asyncio.run(lived())
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    given = {"bot_token": settings.token, "id_key": ID_KEY, "api_url": settings.api_url}
    shell.sets(**given, database_url=settings.database_url, rounds_dir=str(settings.rounds_dir))
    before = told(shell)
    assert before[1][0].count(b"\n") > 40
    shutil.rmtree(settings.rounds_dir)
    emptied(tmp_path / "shiftpulse.db")
    assert told(shell) == before
    with closing(sqlite3.connect(tmp_path / "shiftpulse.db")) as db, db:
        db.execute("DROP TRIGGER ledger_line_no_update")
        db.execute("UPDATE ledger_line SET name = 'Elsewhere'")
    assert told(shell) != before
