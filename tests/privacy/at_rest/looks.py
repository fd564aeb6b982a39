"""What one look into a store shows: counters where they lie open, boxes where they are sealed, and tokens."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Place: TypeAlias = tuple[str, int, int]
"""(scope, question, option): where a counter stands."""

_JOURNAL_MODE: Final = slice(18, 20)
_TABLES: Final = {
    "counter": "SELECT scope, question, option, n FROM counter",
    "box": "SELECT scope, sealed FROM box",
    "token": "SELECT token FROM token",
}


@dataclass(frozen=True, slots=True)
class Look:
    """The rows of a store at one instant, ours or a naive one."""

    counters: Mapping[Place, int] = field(default_factory=dict)
    boxes: Mapping[str, bytes] = field(default_factory=dict)
    tokens: frozenset[bytes] = frozenset()


def look_into(image: bytes) -> Look:
    """The rows of a SQLite file that holds all it has to say: no -wal beside it."""
    content = bytearray(image)
    content[_JOURNAL_MODE] = b"\x01\x01"
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(bytes(content))
        there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        rows = {name: list(db.execute(query)) if name in there else [] for name, query in _TABLES.items()}
    return Look(
        counters={(scope, question, option): n for scope, question, option, n in rows["counter"]},
        boxes=dict(rows["box"]),
        tokens=frozenset(token for (token,) in rows["token"]),
    )
