"""PostgreSQL as an administrator reads it: old versions on the pages of heap and index, and the write-ahead log."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import psycopg

from tests.privacy.at_rest.looks import Look, Place

_VERSIONS: Final = """
SELECT block, lp, t_xmin::text::bigint, t_attrs
FROM generate_series(0, pg_relation_size(%(table)s::text::regclass) / 8192 - 1) AS block,
     heap_page_item_attrs(get_raw_page(%(table)s::text, block::int), %(table)s::text::regclass)
WHERE t_attrs IS NOT NULL
"""
_ENTRIES: Final = """
SELECT data
FROM generate_series(1, pg_relation_size(%(index)s::text::regclass) / 8192 - 1) AS block,
     bt_page_items(%(index)s::text, block::int)
"""
_UPDATED: Final = re.compile(
    r"tx: +(?P<tx>\d+),.*UPDATE (?:off|old_xmax: \d+, old_off:) ?(?P<old>\d+)"
    r".*?new[_ ]off:? (?P<new>\d+)"
    r".*?blkref #0: rel \d+/\d+/(?P<relation>\d+) blk (?P<block>\d+)"
    r"(?:.*?blkref #1: rel \d+/\d+/\d+ blk (?P<old_block>\d+))?"
)
_SHORT: Final = 1
"""The lowest bit of a value's first byte: its length fits into that byte."""

Spot: TypeAlias = tuple[int, int]
"""(block, line pointer)"""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a row, living or dead, and the transaction that made it."""

    spot: Spot
    transaction: int
    values: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """That a row was replaced: by which transaction, where it stood, where it stands now."""

    transaction: int
    relation: int
    old: Spot
    new: Spot


def versions(db: psycopg.Connection[Any], table: str) -> set[Version]:
    """Every version of a table's rows that its pages still hold."""
    rows = db.execute(_VERSIONS, {"table": table}).fetchall()
    return {Version((block, lp), made_by, tuple(attrs)) for block, lp, made_by, attrs in rows}


def entries(db: psycopg.Connection[Any], index: str) -> set[bytes]:
    """What the leaves of an index hold of each key."""
    rows = db.execute(_ENTRIES, {"index": index}).fetchall()
    return {unpacked(bytes.fromhex(data)) for (data,) in rows if data}


def unpacked(value: bytes) -> bytes:
    """A text or bytea without its length: https://www.postgresql.org/docs/current/storage-toast.html."""
    return value[1 : value[0] >> 1] if value[0] & _SHORT else value[4 : int.from_bytes(value[:4], "little") >> 2]


def row_of_counter(values: Sequence[bytes]) -> tuple[Place, int]:
    """A counter of the naive design: (scope, question, option) and how many."""
    question, option, n = (int.from_bytes(one, "little", signed=True) for one in values[1:])
    return (unpacked(values[0]).decode(), question, option), n


def row_of_box(values: Sequence[bytes]) -> tuple[str, bytes]:
    """A box of ours: scope and what is sealed."""
    return unpacked(values[0]).decode(), unpacked(values[1])


def history(tokens: Iterable[Version], counters: Iterable[Version] = (), boxes: Iterable[Version] = ()) -> list[Look]:
    """The store before the first token, and after each transaction that left one: a transaction is a person."""
    came = _by_transaction(tokens, lambda values: unpacked(values[0]))
    rose = _by_transaction(counters, row_of_counter)
    sealed = _by_transaction(boxes, row_of_box)
    look, found = Look(), list[Look]()
    for number in sorted({*came, *rose, *sealed}):
        after = Look(
            {**look.counters, **dict(rose.get(number, []))},
            {**look.boxes, **dict(sealed.get(number, []))},
            look.tokens.union(came.get(number, [])),
        )
        if number in came:
            found += [after] if found else [look, after]
        look = after
    return found


def _by_transaction(rows: Iterable[Version], read: Callable[[Sequence[bytes]], T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for one in rows:
        found.setdefault(one.transaction, []).append(read(one.values))
    return found


def logged(binaries: Path, data: Path, start: str, relation: int) -> list[Change]:
    """What `pg_waldump` tells of a table's rows since a place in the log, in order."""
    command = [str(binaries / "pg_waldump"), "-p", str(data / "pg_wal"), "--start", start]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    return [one for one in _changes(said) if one.relation == relation]


def _changes(said: str) -> Iterator[Change]:
    for line in said.splitlines():
        found = _UPDATED.search(line)
        if found and line.startswith("rmgr: Heap "):
            block = int(found["block"])
            old_block = int(found["old_block"]) if found["old_block"] else block
            old, new = (old_block, int(found["old"])), (block, int(found["new"]))
            yield Change(int(found["tx"]), int(found["relation"]), old, new)


def touched(changes: Sequence[Change], rows: Mapping[Spot, Any]) -> list[list[Any]]:
    """Which rows each transaction replaced, in order: followed through the log from where they stood in a backup."""
    stands, found = dict(rows), dict[int, list[Any]]()
    for one in sorted(changes, key=attrgetter("transaction")):
        stands[one.new] = stands[one.old]
        found.setdefault(one.transaction, []).append(stands[one.new])
    return list(found.values())


def rising(steps: Sequence[Sequence[Place]], places: Iterable[Place]) -> list[Look]:
    """Counters that started at nothing and rose by one whenever they were replaced."""
    counters = dict.fromkeys(places, 0)
    looks = [Look(counters)]
    for step in steps:
        counters = {place: n + step.count(place) for place, n in counters.items()}
        looks.append(Look(counters))
    return looks


def raw_log(data: Path) -> bytes:
    """The files of the write-ahead log, one after the other."""
    return b"".join(path.read_bytes().rstrip(b"\0") for path in sorted((data / "pg_wal").glob("0*")))


def raw_tables(data: Path, database: int) -> bytes:
    """Every file of a database."""
    return b"".join(path.read_bytes() for path in sorted((data / "base" / str(database)).iterdir()))
