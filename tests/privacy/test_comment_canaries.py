"""What is typed and not shared is found nowhere afterwards: in no file, table, log, temporary file or exception.

There is a marked word for each fate; the same search finds one that was stored.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.clock import JumpingClock
from bot.wiring import build
from handlers.staff.commenting import Tapped
from sandbox import Sandbox
from storage.slips import Comment
from tests.conftest import add_world
from tests.conversations.saying import SHARE, SURE, Checker, asked, comments, says, texts, watched
from tests.conversations.ward import renamed
from tests.postgres import connect
from tests.privacy.at_rest.heap import raw_log, raw_tables
from tests.privacy.records import Secrets, heard
from tests.privacy.test_postgres_log import TALKATIVE, Listened, database, listened_server
from tests.privacy.typed import FATES, canary, everything_is_typed, files, found_in
from tests.world import MONDAY, World, settings_for

__all__ = ["listened_server"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files go to a folder of their own, where they are found."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@asynccontextmanager
async def living(folder: Path, secrets: Secrets, **settings: object) -> AsyncIterator[tuple[World, Checker]]:
    """A world whose checker finds what it is told to find."""
    clock, checker = JumpingClock(MONDAY), Checker()
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        given = settings_for(folder, sandbox, **settings)
        world = World(sandbox, clock, given, build(given, clock, checker), care=checker)
        await world.start()
        try:
            yield world, checker
        finally:
            await world.stop()
        add_world(secrets, world)
        secrets.add(*map(canary, FATES))


async def test_no_word_is_left_in_any_file_or_record(
    tmp_path: Path, template: Path, temporary: Path, secrets: Secrets
) -> None:
    shutil.copy(template, tmp_path / "shiftpulse.db")
    words = Secrets()
    words.add(*map(canary, FATES))
    with heard() as records:
        async with living(tmp_path, secrets) as (world, checker):
            await everything_is_typed(world, checker)
            assert found_in(files(tmp_path)) == set()
            assert [one for person in world.sandbox.people for one in _left(texts(person))] == [
                "forged",
                "unanswered",
            ]
    assert found_in(files(tmp_path)) == set()
    assert list(temporary.iterdir()) == []
    assert "handlers.errors" in records.loggers
    assert records.leaks(words) == []


def _left(shown: str) -> list[str]:
    """Whose words the bot still shows: those of whoever has not tapped yet."""
    return [fate for fate in FATES if canary(fate) in shown]


async def test_shared_words_are_sealed_until_the_check_in_closes(
    tmp_path: Path, template: Path, temporary: Path, secrets: Secrets
) -> None:
    shutil.copy(template, tmp_path / "shiftpulse.db")
    async with living(tmp_path, secrets) as (world, _):
        ana, *_others = await asked(world)
        await says(ana, f"{canary('sealed')} no breaks")
        await ana.taps(SHARE)
        await ana.waits_for("This is what others would read")
        await ana.taps(SURE)
        assert await comments(world) == 1
        assert found_in(files(tmp_path)) == set()
    assert found_in(files(tmp_path)) == set()


async def test_a_word_that_is_stored_would_be_found(world: World, tmp_path: Path) -> None:
    """The same search finds what stands in a table, in its write-ahead log and in a record."""
    await asked(world)
    await renamed(world, "ward-7", f"Ward {canary('crisis')}")
    assert found_in(files(tmp_path)) == {"crisis"}
    assert found_in([canary("gentle").upper().encode("utf-16-le")]) == {"gentle"}


async def test_no_word_is_left_in_postgresql_with_every_statement_logged(
    tmp_path: Path, listened_server: str, secrets: Secrets
) -> None:
    with database(listened_server, TALKATIVE) as listened:
        async with living(tmp_path, secrets, database_url=listened.url) as (world, checker):
            await everything_is_typed(world, checker)
            assert "INSERT INTO" in listened.said()
            assert found_in([listened.said().encode(), *_pages(listened), *files(tmp_path)]) == set()


def _pages(listened: Listened) -> list[bytes]:
    """The server's tables and its write-ahead log, as they lie on the disk."""
    with connect(listened.url) as connection:
        connection.execute("CHECKPOINT")
        number = connection.execute("SELECT oid::int FROM pg_database WHERE datname = current_database()").fetchone()
    assert number
    data = Path(str(make_url(listened.url).query["host"])) / "data"
    return [raw_log(data), raw_tables(data, number[0])]


async def test_nothing_on_the_way_of_words_prints_them(world: World) -> None:
    await asked(world)
    checker = await watched(world)
    comment = Comment(12345, "ward-7", is_established=True, marks=(0, 5), text=canary("sealed"))
    fields = dict.fromkeys(Tapped.__dataclass_fields__)
    tapped = Tapped(**{**fields, "step": "themes", "round": 1, "words": canary("themes")})  # type: ignore[arg-type]
    checker.seen.append(canary("crisis"))
    for one in (comment, tapped, checker, world.app.house, world.app.house.contact):
        assert found_in([repr(one).encode(), str(one).encode()]) == set()
