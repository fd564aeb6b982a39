"""What `shiftpulse doctor` finds in the database, in the rounds folder and in the organisation."""

from __future__ import annotations

import sqlite3
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.boxes import Layout
from storage.database import sync_engine
from storage.identity import new_key
from storage.ledger import publish
from storage.ledger_guard import guard
from storage.people import Person
from storage.rounds import Stage
from storage.sealed import create_store
from storage.stores import Stores
from tests.command_line.findings import the_fault, to_mend
from tests.command_line.shell import Shell
from tests.postgres import connect

# --- the key


def test_another_key_than_the_stored_ids_were_sealed_with_is_told(house: Shell) -> None:
    house.sets(id_key=new_key())
    assert the_fault(house).startswith("SHIFTPULSE_ID_KEY is not the key that this database was written with")


def test_the_key_is_tried_on_members_too(ready: Shell) -> None:
    ready.has_a_house(stewards=0)

    async def join(db: AsyncSession) -> None:
        db.add(Person(lookup=b"x", sealed=bytes(36), unit_id="ward-7"))

    ready.stores(join)
    assert any(line.startswith("SHIFTPULSE_ID_KEY is not the key") for line in to_mend(ready.runs("doctor")))


def test_before_anybody_is_stored_the_key_is_only_to_be_kept(ready: Shell) -> None:
    assert "the id key: nothing is stored yet; keep a copy of it" in ready.runs("doctor").out


# --- the database


def test_a_database_without_tables_is_told(house: Shell) -> None:
    house.database_file.write_bytes(b"")
    assert the_fault(house) == "The database is not migrated to this version: run `shiftpulse migrate`."


def test_a_file_that_is_no_database_is_told(house: Shell) -> None:
    house.database_file.write_bytes(b"sentinel" * 1000)
    assert "is not a database" in the_fault(house)


def test_a_folder_in_place_of_the_database_is_told(house: Shell) -> None:
    house.sets(database_url="sqlite+aiosqlite:///var")
    assert the_fault(house).startswith("SHIFTPULSE_DATABASE_URL names a file that cannot be opened")


def test_a_locked_database_is_told(house: Shell) -> None:
    holder = sqlite3.connect(house.database_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert the_fault(house).startswith("The database is locked by another process")
    finally:
        holder.close()


def test_a_postgresql_that_does_not_answer_is_told_without_its_password(house: Shell) -> None:
    house.sets(database_url="postgresql+psycopg://pulse:sentinel@127.0.0.1:9/pulse")
    fault = the_fault(house)
    assert fault.startswith("SHIFTPULSE_DATABASE_URL does not answer")
    assert "sentinel" not in fault


def test_a_migrated_postgresql_is_well_until_the_account_may_not_make_stores(ready: Shell, postgres_url: str) -> None:
    ready.sets(database_url=postgres_url)
    assert "is not migrated" in to_mend(ready.runs("doctor"))[0]
    assert ready.runs("migrate").code == 0
    said = ready.runs("doctor")
    assert "ok      the database: answers, is migrated" in said.out
    assert "ok      the ledger: empty" in said.out
    with connect(postgres_url) as db:
        name = make_url(postgres_url).database
        db.execute(f'CREATE ROLE "{name}_few" LOGIN')
        db.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{name}_few"')
    few = make_url(postgres_url).set(username=f"{name}_few").render_as_string(hide_password=False)
    ready.sets(database_url=few)
    assert "may not make a round's store: GRANT CREATE" in to_mend(ready.runs("doctor"))[0]
    with connect(postgres_url) as db:
        db.execute(f'REVOKE DELETE ON outbox FROM "{name}_few"')
    assert "may not write there" in to_mend(ready.runs("doctor"))[0]
    with connect(postgres_url) as db:
        db.execute(f'DROP OWNED BY "{name}_few"')
        db.execute(f'DROP ROLE "{name}_few"')


def test_the_write_once_triggers_come_with_the_first_start(house: Shell) -> None:
    assert "the bot makes its write-once triggers when it starts" in house.runs("doctor").out
    engine = sync_engine(f"sqlite+aiosqlite:///{house.database_file}")
    with engine.begin() as connection:
        guard(connection)
    engine.dispose()
    assert "ok      the ledger: write-once, guarded by the database itself" in house.runs("doctor").out


def test_triggers_that_are_gone_from_a_written_ledger_are_told(house: Shell) -> None:
    house.stores(lambda db: publish(db, 1, date(2026, 1, 6), ("q12b",), (), {}))
    assert the_fault(house).startswith("the ledger has lost its write-once triggers")


# --- the rounds folder


def test_a_rounds_folder_that_others_may_look_into_is_told(house: Shell) -> None:
    folder = house.folder / "var" / "rounds"
    folder.mkdir(mode=0o755)
    assert the_fault(house) == "SHIFTPULSE_ROUNDS_DIR names a folder that others may look into: chmod 700 var/rounds"
    folder.chmod(0o700)
    assert "private and writable; leave it out of every backup" in house.runs("doctor").out


@pytest.mark.parametrize("place", ["file", "file/rounds"])
def test_a_rounds_folder_that_cannot_be_is_told(house: Shell, place: str) -> None:
    (house.folder / "file").write_text("")
    house.sets(rounds_dir=place)
    assert the_fault(house).startswith("SHIFTPULSE_ROUNDS_DIR")


def test_what_a_git_work_tree_would_commit_is_told(house: Shell) -> None:
    subprocess.run(["git", "init", "--quiet", str(house.folder)], check=True, capture_output=True)
    found = to_mend(house.runs("doctor"))
    assert [line.split()[0] for line in found] == [".env", "SHIFTPULSE_ROUNDS_DIR"]
    Path(".gitignore").write_text(".env\nvar/\n")
    assert to_mend(house.runs("doctor")) == []


# --- words


def test_a_help_card_that_nobody_checked_for_a_year_is_told(house: Shell) -> None:
    long_ago = date.today() - timedelta(days=366)  # noqa: DTZ011
    Path("help.toml").write_text(f'owner = "Us"\nchecked_on = {long_ago}\nentries = [{{name = "Us", how = "1"}}]\n')
    house.sets(site_card="help.toml")
    assert the_fault(house).startswith(f"the help card was last checked on {long_ago}")


def test_a_pack_of_ones_own_is_named(house: Shell) -> None:
    from importlib import resources

    text = (resources.files("insights") / "packs" / "q12.toml").read_text("utf-8")
    Path("ours.toml").write_text(text.replace('id = "q12"', 'id = "ours"'))
    house.sets(pack="ours.toml")
    assert "ok      the check-in: pack ours, version 1" in house.runs("doctor").out


# --- the house


def test_one_steward_is_too_few(ready: Shell) -> None:
    ready.has_a_house(stewards=1)
    assert the_fault(ready).startswith("stewards: 1, and it takes 2: shiftpulse invite --role steward")


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Olympus"}, {"opens": "nine"}, {"open_days": 9}])
def test_a_plan_that_cannot_be_kept_is_told(ready: Shell, wrong: dict[str, object]) -> None:
    ready.has_a_house(**wrong)
    assert the_fault(ready).startswith("the plan of check-ins cannot be kept")


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.CLOSING])
@pytest.mark.parametrize("lost", ["round-7.key", "round-7.db", None])
def test_a_round_under_way_needs_its_store_and_its_key(house: Shell, stage: Stage, lost: str | None) -> None:
    house.has_a_round(stage, number=7)
    folder = house.folder / "var" / "rounds"
    stores = Stores(folder, f"sqlite+aiosqlite:///{house.database_file}")
    stores.prepare()
    create_store(stores, 7, ["ward-7"], Layout((5, 5, 7))).close()
    if lost is None:
        assert "ok      round 7: its store and its key file are there" in house.runs("doctor").out
    else:
        (folder / lost).unlink()
        assert the_fault(house).startswith("round 7 lost its store or its key file")


@pytest.mark.parametrize("broken", ["round-7.key", "round-7.db"])
def test_a_key_file_or_a_store_that_cannot_be_opened_is_told_and_is_not_called_lost(
    house: Shell, broken: str
) -> None:
    house.has_a_round(number=7)
    folder = house.folder / "var" / "rounds"
    stores = Stores(folder, f"sqlite+aiosqlite:///{house.database_file}")
    stores.prepare()
    create_store(stores, 7, ["ward-7"], Layout((5, 5, 7))).close()
    (folder / broken).unlink()
    (folder / broken).mkdir()
    assert the_fault(house).startswith("round 7 has a store or a key file that cannot be opened")


@pytest.mark.parametrize("stage", [Stage.RELEASED, Stage.SHREDDED, Stage.VOID])
def test_a_round_that_is_over_needs_no_store(house: Shell, stage: Stage) -> None:
    house.has_a_round(stage)
    assert to_mend(house.runs("doctor")) == []
