"""A crash before every step that lasts, of an opening, a closing, a burial: the same ledger, nobody asked twice."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import sync_engine
from storage.ledger import TABLES
from storage.migrations import metadata, migrate
from storage.rounds import Stage
from tests.privacy.lives import (
    CLOSES,
    LATER,
    MONDAY,
    MONTH,
    OPENS,
    PEOPLE,
    WEEK,
    Alive,
    Mortal,
    copied,
    peopled,
    settings_in,
)

END = "end"
EVERY_DEATH = bool(os.environ.get("EVERY_DEATH"))


def dump(folder: Path, *tables: str) -> bytes:
    """Every column of every row, sorted."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        return repr([(table, sorted(db.execute(f"SELECT * FROM {table}"), key=repr)) for table in tables]).encode()


def stage(folder: Path) -> str | None:
    """How far the only round is; None when nobody has claimed it."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        found = db.execute("SELECT stage FROM round").fetchall()
    assert len(found) <= 1
    return str(found[0][0]) if found else None


def letters(folder: Path) -> Counter[str]:
    """How many wait, by occasion; nobody has two."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        rows = db.execute("SELECT occasion, coalesce(person_id, holder_id) FROM outbox").fetchall()
    assert len(rows) == len(set(rows))
    return Counter(occasion for occasion, _whose in rows)


def left(folder: Path) -> list[str]:
    """What stands of a round, beside the database and in it."""
    files = sorted(one.name for one in (folder / "rounds").iterdir())
    return files + ([] if dump(folder, "seat", "frozen_unit", "frozen_scope").count(b"[]") == 3 else ["the roster"])


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Path:
    """The files on the day before the first opening."""
    folder = tmp_path_factory.mktemp("before") / "files"
    folder.mkdir()
    shutil.copy(template, folder / "shiftpulse.db")

    asyncio.run(begins(folder))
    return folder


async def begins(folder: Path, url: str = "") -> None:
    """The day before the first opening."""
    async with Alive(settings_in(folder, url), MONDAY) as alive:
        await peopled(alive.app)


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory, before: Path) -> Iterator[Mortal]:
    process = Mortal.begin(copied(before, tmp_path_factory.mktemp("warm") / "files"))
    yield process
    process.end()


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, before: Path, mortal: Mortal) -> Path:
    """The files of an open round that all but one have answered."""
    folder = copied(before, tmp_path_factory.mktemp("answered") / "files")
    assert mortal.lives(folder, OPENS, "answer")[-1] == END
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, answered: Path, mortal: Mortal) -> bytes:
    """The ledger of a round that nothing happened to."""
    folder = copied(answered, tmp_path_factory.mktemp("undisturbed") / "files")
    assert mortal.lives(folder, CLOSES - LATER, "close")[-1] == END
    ledger = dump(folder, *TABLES)
    assert ledger.count(b"'strain'") > 3
    return ledger


def is_over(folder: Path, undisturbed: bytes) -> bool:
    """Published as if nothing had happened, the lead told once, and nothing left."""
    return (
        dump(folder, *TABLES) == undisturbed
        and stage(folder) == Stage.SHREDDED
        and letters(folder) == {"digest": 1}
        and left(folder) == []
    )


class Deaths:
    """The lives of one bot that dies before its first step, its second, its third, until it lives to the end: each
    time on a fresh copy of the files."""

    def __init__(self, mortal: Mortal, source: Path, place: Path) -> None:
        self.mortal, self.source, self.place = mortal, source, place

    def of(self, instant: datetime, act: str) -> Iterator[tuple[int, Path]]:
        """(which step it was, the files as they were found), where the last step had changed anything; every fifth
        step, or each with `EVERY_DEATH` in the environment."""
        as_before: object = None
        for step in count(1) if EVERY_DEATH else count(4, 5):
            folder = copied(self.source, self.place / f"died-{step}")
            taken = self.mortal.lives(folder, instant, act, step)
            if taken[-1] == END and len(taken) < step:
                break
            found = traces(folder)
            if found != as_before or taken[-2:-1] != ["commit"]:
                yield step, folder
            as_before = found
            shutil.rmtree(folder)


def traces(folder: Path) -> object:
    """What a commit that changes anything changes: rows of the database, files of a store and their sizes."""
    with closing(sqlite3.connect(folder / "shiftpulse.db")) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rounds = folder / "rounds"
    sizes = {one.name: one.stat().st_size for one in rounds.iterdir()} if rounds.exists() else {}
    return dump(folder, *tables), sizes


def test_dying_anywhere_in_an_opening_opens_once_and_changes_nothing(
    mortal: Mortal, before: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    found = []
    for step, folder in Deaths(mortal, before, tmp_path).of(OPENS, "tick"):
        found.append(stage(folder))
        assert mortal.lives(folder, OPENS + LATER, "answer")[-1] == END
        assert stage(folder) == Stage.OPEN, step
        assert letters(folder) == {"opening": len(PEOPLE)}, step
        assert mortal.lives(folder, CLOSES - LATER, "close")[-1] == END
        assert is_over(folder, undisturbed), step
    assert list(dict.fromkeys(found)) == [None, Stage.DRAFT, Stage.OPEN]


def test_dying_anywhere_in_a_closing_publishes_the_same_bytes_and_leaves_nothing(
    mortal: Mortal, answered: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    found = []
    for step, folder in Deaths(mortal, answered, tmp_path).of(CLOSES - LATER, "close"):
        found.append(stage(folder))
        assert mortal.lives(folder, CLOSES, "tick")[-1] == END
        assert is_over(folder, undisturbed), step
    assert list(dict.fromkeys(found)) == [Stage.OPEN, Stage.CLOSING, Stage.RELEASED, Stage.SHREDDED]


def test_a_closing_that_tidies_up_first_does_not_survive_the_same_deaths(
    mortal: Mortal, answered: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    lost = []
    for step, folder in Deaths(mortal, answered, tmp_path).of(CLOSES - LATER, "tidy first"):
        mortal.lives(folder, CLOSES, "tick")
        if dump(folder, *TABLES) != undisturbed:
            lost.append(step)
            assert stage(folder) == Stage.VOID
    assert len(lost) > (3 if EVERY_DEATH else 0)


def test_dying_anywhere_in_a_burial_tells_everybody_once_and_leaves_nothing(
    mortal: Mortal, answered: Path, tmp_path: Path
) -> None:
    lost = copied(answered, tmp_path / "lost")
    for path in (lost / "rounds").glob("round-1.db*"):
        path.unlink()
    found = []
    for step, folder in Deaths(mortal, lost, tmp_path).of(OPENS + WEEK / 7, "tick"):
        found.append(stage(folder))
        assert mortal.lives(folder, OPENS + WEEK / 7 + LATER, "tick")[-1] == END
        assert (stage(folder), left(folder)) == (Stage.VOID, []), step
        assert letters(folder) == {"void": len(PEOPLE)}, step
        assert dump(folder, *TABLES).count(b"[]") == len(TABLES), step
    assert list(dict.fromkeys(found)) == [Stage.OPEN, Stage.VOID]


def test_a_bot_that_dies_one_step_later_each_time_comes_to_the_same_end(
    mortal: Mortal, before: Path, undisturbed: bytes, tmp_path: Path
) -> None:
    folder = copied(before, tmp_path / "files")
    deaths = dies_ever_later(mortal, folder, OPENS)
    assert mortal.lives(folder, OPENS + LATER, "answer")[-1] == END
    assert mortal.lives(folder, CLOSES - LATER, "close", 1)[-1] != END
    deaths += dies_ever_later(mortal, folder, CLOSES)
    assert is_over(folder, undisturbed)
    assert deaths > 10


def dies_ever_later(mortal: Mortal, folder: Path, instant: datetime) -> int:
    """Lives on the same files; each gets one step further than the last before it dies. How many died."""
    return next(step for step in count(1) if mortal.lives(folder, instant, "tick", step)[-1] == END) - 1


def published(url: str) -> list[list[tuple[object, ...]]]:
    """The whole ledger, from either kind of database."""
    engine = sync_engine(url)
    with engine.connect() as connection:
        found = [
            sorted((tuple(row) for row in connection.execute(select(metadata.tables[one]))), key=repr)
            for one in TABLES
        ]
    engine.dispose()
    return found


def test_on_postgresql_a_month_of_crashes_publishes_what_an_undisturbed_one_does_on_sqlite(
    mortal: Mortal, before: Path, tmp_path: Path, postgres_url: str
) -> None:
    undisturbed = copied(before, tmp_path / "undisturbed")
    assert mortal.lives(undisturbed, OPENS, "month")[-1] == END
    folder = tmp_path / "files"
    folder.mkdir()
    engine = sync_engine(postgres_url)
    migrate(engine)
    engine.dispose()
    asyncio.run(begins(folder, postgres_url))
    for week in range(MONTH):
        opens, closes = OPENS + week * WEEK, CLOSES + week * WEEK
        mortal.lives(folder, opens, "tick", 3 * week + 1, postgres_url)
        mortal.lives(folder, opens + LATER, "week", 3 * week + 2, postgres_url)
        assert mortal.lives(folder, closes + LATER, "tick", 0, postgres_url)[-1] == END
        assert list((folder / "rounds").iterdir()) == []
    assert published(postgres_url) == published(settings_in(undisturbed).database_url)
