"""PostgreSQL keeps history by design: old versions on every page, and every change in its log.

Read with `pageinspect` and `pg_waldump`, both give back the answers of everybody from plain counters, in the end by
name. Of ours they tell an order of tokens and of boxes, also after the schema was dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import make_url

from storage.sealed import create_store
from storage.stores import Stores
from tests.make import LAYOUT, SCOPES
from tests.postgres import CannotStart, all_binaries, connect, fresh_database, server
from tests.privacy.at_rest.crowd import DEMANDED, ROUND, Sent, crowd
from tests.privacy.at_rest.guessing import tokens_of
from tests.privacy.at_rest.heap import (
    Change,
    Spot,
    Version,
    entries,
    history,
    logged,
    raw_log,
    raw_tables,
    rising,
    row_of_box,
    row_of_counter,
    touched,
    unpacked,
    versions,
)
from tests.privacy.at_rest.keyring import Keys, taken_apart
from tests.privacy.at_rest.naive import COUNT, TABLES, places, plain_token
from tests.privacy.at_rest.vectors import by_person, exposed, given_back, in_clear, opened, plainly, unmasked, vectors

AS_SHIPPED: Final = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=32MB")
"""The settings that matter here (full page images, `wal_level`, autovacuum) are PostgreSQL's own."""


@dataclass
class Kept:
    """What an administrator who looks on after every Send has in the end."""

    sent: Sequence[Sent]
    at_opening: dict[Spot, Any] = field(repr=False)
    tokens: set[Version] = field(default_factory=set, repr=False)
    rows: set[Version] = field(default_factory=set, repr=False)
    indexed: set[bytes] = field(default_factory=set, repr=False)
    changes: list[Change] = field(default_factory=list, repr=False)
    log: bytes = field(default=b"", repr=False)
    tables: bytes = field(default=b"", repr=False)
    keys: Keys | None = field(default=None, repr=False)

    def looks_on(self, db: psycopg.Connection[Any], rows: str, tokens: str) -> None:
        """Another look at the pages."""
        self.rows |= versions(db, rows)
        self.tokens |= versions(db, tokens)

    def reads_the_disk(self, db: psycopg.Connection[Any], binaries: Path, start: str, relation: int) -> None:
        """The files themselves, when everything is over."""
        db.execute("CHECKPOINT")
        data = Path(one(db, "SHOW data_directory"))
        self.changes = logged(binaries, data, start, relation)
        self.log = raw_log(data)
        self.tables = raw_tables(data, one(db, "SELECT oid::int FROM pg_database WHERE datname = current_database()"))


def one(db: psycopg.Connection[Any], query: str) -> Any:
    row = db.execute(query).fetchone()
    assert row
    return row[0]


def watched(url: str) -> psycopg.Connection[Any]:
    db = connect(url)
    db.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
    return db


@pytest.fixture(scope="module")
def disk() -> Iterator[tuple[str, Path]]:
    """A server whose disk is within reach: its URL and its binaries."""
    refusals = []
    with ExitStack() as stack:
        for binaries in all_binaries():
            try:
                url = stack.enter_context(server(binaries, AS_SHIPPED))
            except CannotStart as refusal:
                refusals.append(str(refusal))
            else:
                yield url, binaries
                return
        raise CannotStart("\n".join(refusals) or "no PostgreSQL whose files could be read")


@pytest.fixture(scope="module")
def naive(disk: tuple[str, Path]) -> Kept:
    """Plain counters; tables dropped when the round is over."""
    url, binaries = disk
    with watched(fresh_database(url)) as db:
        for table in TABLES:
            db.execute(table.replace("BLOB", "BYTEA"))
        for place in places():
            db.execute("INSERT INTO counter VALUES (%s, %s, %s, 0)", place)
        kept = Kept(crowd(), {row.spot: row_of_counter(row.values)[0] for row in versions(db, "counter")})
        start, relation = one(db, "SELECT pg_current_wal_lsn()"), one(db, "SELECT 'counter'::regclass::oid::int")
        for person in kept.sent:
            with db.transaction():
                db.execute("INSERT INTO token VALUES (%s)", [plain_token(person.telegram_id)])
                for question, answer in enumerate(person.answers):
                    db.execute(COUNT.replace("?", "%s"), (person.scope, question, answer))
            kept.looks_on(db, "counter", "token")
        kept.indexed = entries(db, "token_pkey")
        db.execute("DROP TABLE counter, token")
        kept.reads_the_disk(db, binaries, start, relation)
    return kept


@pytest.fixture(scope="module")
def ours(disk: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The sealed store of a round, closed and destroyed in the end."""
    url, binaries = disk
    database = make_url(fresh_database(url)).render_as_string(hide_password=False)
    stores = Stores(tmp_path_factory.mktemp("rounds"), database)
    store = create_store(stores, ROUND, SCOPES, LAYOUT)
    box, token = f"sealed_{ROUND}.box", f"sealed_{ROUND}.token"
    with watched(database) as db:
        kept = Kept(crowd(), {row.spot: row_of_box(row.values)[0] for row in versions(db, box)})
        start, relation = one(db, "SELECT pg_current_wal_lsn()"), one(db, f"SELECT '{box}'::regclass::oid::int")
        for person in kept.sent:
            store.submit([person.submission])
            kept.looks_on(db, box, token)
        kept.indexed = entries(db, f"{token}_pkey")
        kept.keys = taken_apart(stores.key_path(ROUND).read_bytes())
        store.stop()
        store.totals()
        store.shred()
        assert one(db, f"SELECT to_regnamespace('sealed_{ROUND}')") is None
        kept.reads_the_disk(db, binaries, start, relation)
    return kept


def test_old_versions_of_plain_counters_give_back_everybody_by_name(naive: Kept) -> None:
    looks = history(naive.tokens, counters=naive.rows)
    known = tokens_of((person.telegram_id for person in naive.sent), [])
    assert given_back(vectors(looks), naive.sent) >= DEMANDED * len(naive.sent)
    assert exposed(by_person(looks, known), naive.sent) >= DEMANDED * len(naive.sent)


def test_the_log_of_plain_counters_gives_back_everybody_by_name(naive: Kept) -> None:
    """Rows are followed from where they stood at the opening; tokens stand in the log in the order of sending. The
    tables themselves are gone."""
    looks = rising(touched(naive.changes, naive.at_opening), naive.at_opening.values())
    found = vectors(looks)
    came = sorted(naive.sent, key=lambda person: naive.log.index(plain_token(person.telegram_id)))
    named = dict(zip((person.telegram_id for person in came), found, strict=True))
    assert given_back(found, naive.sent) >= DEMANDED * len(naive.sent)
    assert exposed(named, naive.sent) >= DEMANDED * len(naive.sent)


def test_old_versions_of_ours_give_back_nobody(ours: Kept) -> None:
    looks = history(ours.tokens, boxes=ours.rows)
    assert len(looks) == len(ours.sent) + 1
    for reading in (plainly, unmasked(looks[0])):
        assert vectors(looks, reading) == [None] * len(ours.sent)


def test_no_token_on_a_page_of_heap_or_index_is_anybodys(ours: Kept) -> None:
    tokens = {unpacked(version.values[0]) for version in ours.tokens}
    known = tokens_of((person.telegram_id for person in ours.sent), [bytes(32), b"", b"shiftpulse"])
    assert ours.indexed == tokens
    assert len(tokens) == len(ours.sent)
    assert tokens.isdisjoint(known)


def test_the_same_attack_with_the_key_file_in_hand_gives_back_everybody(ours: Kept) -> None:
    assert ours.keys
    looks = history(ours.tokens, boxes=ours.rows)
    assert given_back(vectors(looks, opened(ours.keys.box)), ours.sent) == len(ours.sent)


def test_what_remains_in_the_log_is_which_box_each_token_changed(ours: Kept) -> None:
    steps = touched(ours.changes, ours.at_opening)
    assert steps == [[person.scope] for person in ours.sent]


def test_neither_log_nor_tables_hold_counters_ids_or_keys_after_the_schema_was_dropped(ours: Kept) -> None:
    assert ours.keys
    secret = [*ours.keys.pieces, *in_clear(ours.sent), *(str(person.telegram_id).encode() for person in ours.sent)]
    assert sum(text in ours.log or text in ours.tables for text in secret) == 0


def test_the_raw_log_of_plain_counters_names_everybody_after_the_tables_were_dropped(naive: Kept) -> None:
    assert sum(plain_token(person.telegram_id) in naive.log for person in naive.sent) == len(naive.sent)


def test_sealed_boxes_stay_in_the_log_after_the_schema_was_dropped(ours: Kept) -> None:
    """Stated in PRIVACY.md: what is left of a round on PostgreSQL is what nobody can open."""
    boxes = [row_of_box(version.values)[1] for version in ours.rows]
    assert sum(box[:32] in ours.log for box in boxes) >= len(ours.sent)
