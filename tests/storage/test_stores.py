"""Where sealed stores live: what their tables may hold, and that a destroyed file is overwritten first."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from storage.sealed import SealedStore, VoidRoundError, open_store
from storage.stores import Stores
from tests.make import Make

NO_STORES = {"empty": b"", "text": b"no database at all " * 500, "noise": bytes(range(255, -1, -1)) * 64}


def schema(engine: Engine) -> str | None:
    return engine.get_execution_options()["schema_translate_map"]["sealed"]


def test_a_store_holds_boxes_tokens_and_its_format_and_nothing_else(behind: Engine) -> None:
    shape = {
        name: {column["name"] for column in inspect(behind).get_columns(name, schema(behind))}
        for name in inspect(behind).get_table_names(schema(behind))
    }
    assert shape == {
        "box": {"scope", "sealed"},
        "token": {"token"},
        "slip": {"place", "sealed"},
        "format": {"number", "options", "categories", "marks"},
    }


def test_nothing_on_the_submit_path_has_a_time_a_serial_a_person_or_a_default(behind: Engine) -> None:
    for name in ("box", "token", "slip"):
        for column in inspect(behind).get_columns(name, schema(behind)):
            assert column["default"] is None
            assert column.get("autoincrement") in (None, False, "auto")
            assert str(column["type"]) in ("VARCHAR", "BLOB", "BYTEA")
        assert inspect(behind).get_foreign_keys(name, schema(behind)) == []
        assert inspect(behind).get_indexes(name, schema(behind)) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_store_has_no_sequence_and_no_trigger(behind: Engine) -> None:
    with behind.connect() as connection:
        made = "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'sealed_7'"
        assert connection.execute(text(f"{made} AND relkind NOT IN ('r', 'i', 't')")).all() == []
        triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'sealed_7.token'::regclass"
        assert connection.execute(text(triggers)).all() == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["box", "token"])
def test_rows_have_no_number_that_tells_their_order(behind: Engine, name: str) -> None:
    with behind.connect() as connection:
        made = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
        ).scalar_one()
    assert "WITHOUT ROWID" in made.upper()


def test_the_main_database_knows_no_answer_table(sync: Engine) -> None:
    assert not {"box", "token", "slip", "format"} & set(SQLModel.metadata.tables)
    assert not {"box", "token", "slip", "format"} & set(inspect(sync).get_table_names())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_on_sqlite_a_store_is_a_file_beside_its_key_in_a_private_folder(store: SealedStore, stores: Stores) -> None:
    assert {one.name.removesuffix("-wal").removesuffix("-shm") for one in stores.folder.iterdir()} == {
        "round-7.db",
        "round-7.key",
    }
    assert stat.S_IMODE(stores.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_destroyed_file_is_overwritten_before_it_is_removed(
    store: SealedStore, stores: Stores, tmp_path: Path, make: Make
) -> None:
    store.submit([make.submission(n) for n in range(20)])
    links = []
    for file in list(stores.folder.iterdir()):
        if not file.name.endswith("-shm"):
            links.append(tmp_path / f"link-{file.name}")
            os.link(file, links[-1])
    before = [link.read_bytes() for link in links]
    store.shred()
    assert list(stores.folder.iterdir()) == []
    for old, link in zip(before, links, strict=True):
        new = link.read_bytes()
        pieces = [old[i : i + 16] for i in range(0, len(old) - 16, 16) if any(old[i : i + 16])]
        assert not [piece for piece in pieces if piece in new]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("content", NO_STORES.values(), ids=NO_STORES.keys())
def test_a_file_that_is_no_store_any_more_voids_the_round(store: SealedStore, stores: Stores, content: bytes) -> None:
    store.close()
    (stores.folder / "round-7.db").write_bytes(content)
    with pytest.raises(VoidRoundError):
        open_store(stores, 7)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_file_damaged_in_the_middle_voids_the_round(store: SealedStore, stores: Stores, make: Make) -> None:
    store.submit([make.submission(n) for n in range(20)])
    store.close()
    path = stores.folder / "round-7.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes([0xA5]) * (len(content) - 4096))
    with pytest.raises(VoidRoundError):
        reopened(stores)


def reopened(stores: Stores) -> None:
    store = open_store(stores, 7)
    try:
        store.totals()
    finally:
        store.close()


def test_opening_what_is_not_there_leaves_nothing_open(store: SealedStore, stores: Stores) -> None:
    store.close()
    stores.destroy(7)
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(VoidRoundError):
            open_store(stores, 7)
    assert len(os.listdir("/dev/fd")) == before


def test_preparing_twice_is_harmless(stores: Stores) -> None:
    stores.prepare()
    assert stores.folder.is_dir()
