"""People leave, roles end, units are renamed, rounds close: no file of the main database holds what was deleted.

Looked for on free pages, in the unused parts of others, in journal and -wal, and in both kinds of online backup.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlmodel import col, select

from storage.database import Begin, async_engine, beginner
from storage.identity import IdKeys, new_key
from storage.invites import Invite
from storage.people import Person, Role, end_role, forget_person
from storage.residue import clear_residue
from storage.roster import FrozenScope, FrozenUnit, Seat, forget_roster
from storage.units import Unit, all_units
from tests.hospital import staffed
from tests.make import Make, keep
from tests.privacy.at_rest.crowd import crowd
from tests.privacy.at_rest.naive import connected
from tests.privacy.at_rest.pages import backups, free_pages, leftovers
from tests.privacy.at_rest.recorded_run import files
from tests.privacy.records import Secrets
from tests.world import World

NAME, WARD, TEAM, PLACE = "Zelda Quarrington", "Zanthoxylum Ward", "Zircon Team", "zanthoxylum~box"
STAYS = 8
TEXTS = [one.encode() for one in (NAME, WARD, TEAM, PLACE)]


@dataclass
class House:
    """A main database with people in it, and everything in it that will be deleted."""

    url: str
    path: Path
    begin: Begin = field(repr=False)
    people: list[Person] = field(repr=False)
    gone: list[bytes] = field(repr=False)

    def found(self, contents: dict[str, bytes]) -> int:
        """How many markers of deleted text still stand in any file."""
        return sum(any(marker in content for content in contents.values()) for marker in self.gone)


@pytest.fixture
async def house(tmp_path: Path, template: Path, secrets: Secrets) -> AsyncIterator[House]:
    folder, make, ids = tmp_path / "main", Make(), IdKeys(new_key())
    folder.mkdir()
    path = folder / "shiftpulse.db"
    shutil.copyfile(template, path)
    url = f"sqlite+aiosqlite:///{path}"
    engine = async_engine(url)
    begin = beginner(engine)
    people = [
        make.person(id=f"zperson{n:017}", lookup=ids.lookup(one.telegram_id), sealed=ids.seal(one.telegram_id))
        for n, one in enumerate(crowd())
    ]
    holder = make.holder(Role.LEAD, display_name=NAME)
    invite = Invite(code_hash=b"c" * 32, kind="role", unit_id="trust", role="lead", display_name=NAME)
    ward = make.unit("ward-1", name=WARD)
    await keep(begin, make.unit("trust", None), ward, *people, holder, make.round(), invite)
    await keep(
        begin,
        FrozenUnit(round=1, unit_id="ward-9", parent_id="trust", name=TEAM, headcount=20),
        FrozenScope(round=1, scope=PLACE, at="trust", units="ward-9", people=20),
        *(Seat(round=1, person_id=one.id, scope=PLACE, is_established=True) for one in people),
        *(make.waiting(one) for one in people),
    )
    secrets.add(NAME, WARD, TEAM)
    gone = [marker for one in people[STAYS:] for marker in (one.id.encode(), one.lookup, one.sealed)]
    yield House(url, path, begin, people, [*TEXTS, holder.sealed, holder.lookup, *gone])
    await engine.dispose()


async def everybody_leaves(house: House) -> None:
    """As the bot deletes, with its own verbs."""
    async with house.begin() as db:
        for one in house.people[STAYS:]:
            await forget_person(db, one.lookup)
        await end_role(db, "h1")
        await db.delete((await db.exec(select(Invite).where(col(Invite.code_hash) == b"c" * 32))).one())
        ward = next(one for one in await all_units(db) if one.id == "ward-1")
        ward.name = "Ward 1"
        db.add(ward)
        await forget_roster(db, 1)
        await db.commit()


def everybody_leaves_a_naive_one(path: Path) -> None:
    """The same rows, deleted as most would."""
    db = connected(path)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM person WHERE id >= ?", (f"zperson{STAYS:017}",))
    for table in ("role_holder", "invite", "seat", "frozen_unit", "frozen_scope"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE unit SET name = 'Ward 1' WHERE id = 'ward-1'")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()


async def test_everything_is_there_before(house: House) -> None:
    assert house.found(files(house.path.parent)) == len(house.gone)


async def test_nothing_deleted_is_in_any_file_once_the_residue_is_cleared(house: House, tmp_path: Path) -> None:
    await everybody_leaves(house)
    assert await clear_residue(house.url)
    assert house.found(files(house.path.parent)) == 0
    assert house.found(backups(house.path, tmp_path)) == 0
    assert len(rows(house.path, "person")) == STAYS


async def test_until_then_the_log_keeps_it(house: House) -> None:
    """Why there is such a verb: `secure_delete` alone does not reach the -wal."""
    await everybody_leaves(house)
    assert house.found(files(house.path.parent)) > len(house.gone) // 2


async def test_in_a_naive_database_nearly_all_of_it_is_still_there(house: House, tmp_path: Path) -> None:
    await clear_residue(house.url)
    folder = tmp_path / "naive"
    shutil.copytree(house.path.parent, folder)
    path = folder / house.path.name
    everybody_leaves_a_naive_one(path)
    copies = backups(path, tmp_path)
    assert len(rows(path, "person")) == STAYS
    assert house.found({"free": leftovers(path.read_bytes())}) > len(house.gone) // 2
    assert house.found({"copy": copies["shiftpulse-copy.db"]}) > len(house.gone) // 2
    assert house.found({"rebuilt": copies["shiftpulse-rebuilt.db"]}) == 0


async def test_free_pages_of_ours_hold_nothing_but_zeros(house: House) -> None:
    """But for numbers of pages, in one that lists others or once did: four bytes each."""
    await everybody_leaves(house)
    await clear_residue(house.url)
    image = house.path.read_bytes()
    free = list(free_pages(image))
    assert len(free) > 0
    words = [int.from_bytes(page[at : at + 4], "big") for page in free for at in range(0, len(page), 4)]
    assert len(words) > 20 * sum(word != 0 for word in words)
    assert max(words) <= len(image) // 4096


async def test_no_telegram_id_stands_in_the_main_database(house: House) -> None:
    contents = list(files(house.path.parent).values())
    ids = [one.telegram_id for one in crowd()]
    assert not any(str(one).encode() in content for one in ids for content in contents)
    assert not any(one.to_bytes(5, "big") in content for one in ids for content in contents)


async def test_somebody_who_reads_puts_the_clearing_off(house: House) -> None:
    await everybody_leaves(house)
    with closing(sqlite3.connect(house.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchall()
        async with house.begin() as db:
            db.add(Unit(id="ward-2", parent_id="trust", name="Ward 2", headcount=3))
            await db.commit()
        assert not await clear_residue(house.url)
    assert await clear_residue(house.url)
    assert house.found(files(house.path.parent)) == 0


async def test_within_a_minute_the_bot_at_work_has_nothing_of_whoever_left_in_any_file(
    world: World, tmp_path: Path
) -> None:
    """Its own connections are open all the while."""
    nurses = await staffed(world, STAYS)
    lookup = world.app.house.ids.lookup(nurses[0].id)
    async with world.app.house.begin() as db:
        await forget_person(db, lookup)
        await db.commit()
    assert any(lookup in content for content in files(tmp_path).values())
    await world.app.tick()
    assert not any(lookup in content for content in files(tmp_path).values())


async def test_on_postgresql_there_is_nothing_to_clear() -> None:
    assert await clear_residue("postgresql+psycopg://nowhere/none")


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()
