"""The designs that Shiftpulse does not have, so that each attack is seen to succeed once.

`NaiveCounters`: "counters instead of answer rows", with a hash of the Telegram id against voting twice.
`NaiveMasked`: boxes like ours, encrypted under a nonce that comes back.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.boxes import SKIPPED, Counters
from tests.make import LAYOUT, SCOPES
from tests.privacy.at_rest.crowd import Sent

TABLES: Final = (
    "CREATE TABLE counter (scope TEXT, question INTEGER, option INTEGER, n INTEGER,"
    " PRIMARY KEY (scope, question, option))",
    "CREATE TABLE token (token BLOB PRIMARY KEY)",
)
COUNT: Final = "UPDATE counter SET n = n + 1 WHERE scope = ? AND question = ? AND option = ?"
_MASKED_TABLES: Final = (
    "CREATE TABLE box (scope TEXT PRIMARY KEY, sealed BLOB)",
    "CREATE TABLE token (token BLOB PRIMARY KEY)",
)
_NONCE: Final = bytes(12)


def places() -> Iterator[tuple[str, int, int]]:
    """Every counter of the round, in the order in which they are made."""
    for scope in SCOPES:
        for question, options in enumerate(LAYOUT.options):
            for option in (*range(options), SKIPPED):
                yield scope, question, option


def plain_token(telegram_id: int) -> bytes:
    """A hash without a key: it looks like nobody, and is anybody's to compute."""
    return hashlib.sha256(str(telegram_id).encode()).digest()


def connected(path: Path) -> sqlite3.Connection:
    """As most would connect: -wal on, what is deleted stays where it was."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "secure_delete = OFF"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


class NaiveCounters:
    """A row for each counter, and a transaction for each person."""

    def __init__(self, path: Path) -> None:
        self._db = connected(path)
        for table in TABLES:
            self._db.execute(table)
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO counter VALUES (?, ?, ?, 0)", list(places()))

    def submit(self, one: Sent) -> None:
        """Counts an answer for each question, in one transaction."""
        with self._db:
            self._db.execute("BEGIN")
            self._db.execute("INSERT INTO token VALUES (?)", (plain_token(one.telegram_id),))
            for question, answer in enumerate(one.answers):
                self._db.execute(COUNT, (one.scope, question, answer))

    def end(self) -> None:
        """The round is over: totals stay, tokens are deleted and the -wal is folded in."""
        self._db.execute("DELETE FROM token")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()


class NaiveMasked:
    """Boxes like ours, but every one under the same nonce."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._db, self._aead = connected(path), AESGCM(key)
        self._counters = {scope: Counters.zero(LAYOUT) for scope in SCOPES}
        for table in _MASKED_TABLES:
            self._db.execute(table)
        for scope in SCOPES:
            self._db.execute("INSERT INTO box VALUES (?, ?)", (scope, self._sealed(scope)))

    def submit(self, one: Sent) -> None:
        """Counts, and seals again under the nonce of before."""
        self._counters[one.scope].count(one.answers, is_established=True)
        with self._db:
            self._db.execute("BEGIN")
            self._db.execute("INSERT INTO token VALUES (?)", (plain_token(one.telegram_id),))
            self._db.execute("UPDATE box SET sealed = ? WHERE scope = ?", (self._sealed(one.scope), one.scope))

    def end(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def _sealed(self, scope: str) -> bytes:
        plain = b"".join(n.to_bytes(4, "big") for n in self._counters[scope].values)
        return _NONCE + self._aead.encrypt(_NONCE, plain, scope.encode())
