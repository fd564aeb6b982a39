"""Keys are read back from the raw blocks of the disk they stood on: removed ones are there, shredded ones are not.

Where root may mount, from an ext4 image with its journal (each test notes which disk it read). Limits that stay: a
file system mounted with `data=journal` keeps copies of whatever was written, in its journal, and so do copy-on-write
file systems, snapshots and the spare blocks of a solid-state disk. No program that runs above them reaches those.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.keyfile import KeyFile, create
from storage.sealed import create_store, open_store
from storage.stores import Stores
from storage.tokens import token
from tests.make import LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import ROUND, crowd
from tests.privacy.at_rest.image import INLINE, PLAIN, Descriptors, Disk, Image, disk
from tests.privacy.at_rest.keyring import taken_apart

FILES = 4
Note = Callable[[str, object], None]


def used(place: Disk) -> tuple[list[KeyFile], list[bytes]]:
    """Key files that went through a round (written, marked, closing), and the secrets in them."""
    found, secrets = [], []
    for number in range(FILES):
        keys = create(place.folder / f"round-{number}.key", number)
        keys.note(number)
        keys.note_closing()
        found.append(keys)
        secrets += taken_apart(keys.path.read_bytes()).pieces
    place.hold()
    return found, secrets


def left_of(place: Disk, secrets: list[bytes]) -> int:
    raw = place.raw()
    return sum(one in raw for one in secrets)


@pytest.fixture
def states_its_disk(record_property: Note) -> Callable[[Disk], None]:
    """Which of the two branches was taken stands in the report of the run."""
    return lambda place: record_property("disk", type(place).__name__)


@pytest.mark.parametrize("form", [PLAIN, INLINE], ids=["ext4", "ext4 with small files in inodes"])
def test_removed_key_files_are_read_back_and_shredded_ones_are_not(
    tmp_path: Path, form: tuple[str, ...], states_its_disk: Callable[[Disk], None]
) -> None:
    with disk(tmp_path / "removed", form) as place:
        states_its_disk(place)
        removed, secrets = used(place)
        for keys in removed:
            keys.close()
            keys.path.unlink()
        assert left_of(place, secrets) == 4 * FILES
    with disk(tmp_path / "shredded", form) as place:
        shredded, secrets = used(place)
        assert left_of(place, secrets) == 4 * FILES
        for keys in shredded:
            keys.shred()
        assert left_of(place, secrets) == 0


def test_nothing_of_a_whole_round_is_left_in_the_blocks_it_stood_in(
    tmp_path: Path, states_its_disk: Callable[[Disk], None]
) -> None:
    with disk(tmp_path / "rounds") as place:
        states_its_disk(place)
        stores = Stores(place.folder, "sqlite+aiosqlite:///main.db")
        store = create_store(stores, ROUND, SCOPES, LAYOUT)
        for one in crowd():
            store.submit([one.submission])
        place.hold()
        keys = taken_apart(stores.key_path(ROUND).read_bytes())
        tokens = [token(keys.token, one.telegram_id) for one in crowd()]
        before = place.raw()
        store.stop()
        store.totals()
        store.shred()
        after = place.raw()
    assert [sum(one in raw for one in tokens) for raw in (before, after)] == [len(tokens), 0]
    assert [sum(one in raw for one in keys.pieces) for raw in (before, after)] == [4, 0]


def test_a_restart_in_mid_round_leaves_tokens_on_the_disk_and_no_key_to_read_them_by(
    tmp_path: Path, states_its_disk: Callable[[Disk], None]
) -> None:
    """SQLite removes its -wal when the last connection closes. Those blocks are free and not overwritten."""
    half = len(crowd()) // 2
    with disk(tmp_path / "rounds") as place:
        states_its_disk(place)
        stores = Stores(place.folder, "sqlite+aiosqlite:///main.db")
        store = create_store(stores, ROUND, SCOPES, LAYOUT)
        for one in crowd()[:half]:
            store.submit([one.submission])
        place.hold()
        store.close()
        store = open_store(stores, ROUND)
        for one in crowd()[half:]:
            store.submit([one.submission])
        keys = taken_apart(stores.key_path(ROUND).read_bytes())
        store.shred()
        raw = place.raw()
    assert sum(token(keys.token, one.telegram_id) in raw for one in crowd()) > 0
    assert [piece for piece in keys.pieces if piece in raw] == []


def test_a_journal_of_data_keeps_keys_whatever_is_overwritten(
    tmp_path: Path, states_its_disk: Callable[[Disk], None]
) -> None:
    """The limit, shown where it can be; open descriptors have no journal."""
    with disk(tmp_path / "journalled", PLAIN, ",data=journal") as place:
        states_its_disk(place)
        files, secrets = used(place)
        place.raw()
        for keys in files:
            keys.shred()
        left = left_of(place, secrets)
    assert left > 0 if isinstance(place, Image) else (left == 0 and isinstance(place, Descriptors))
