"""What a story leaves in the main database's file and in the log: every row, every commit, every line, and when."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import event

from tests.world import World

_HEADER: Final = 32
_FRAME: Final = 24

Rows = dict[str, list[tuple[object, ...]]]
Commit = tuple[tuple[int, bytes], ...]
"""The pages that one transaction wrote, as they were written: (number, bytes)."""


@dataclass
class Trace:
    """What somebody finds who may read everything but the round's own store. Two stories of the same people with
    other answers must be equal here, byte for byte."""

    rows: list[Rows] = field(default_factory=list, repr=False)
    instants: list[datetime] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list, repr=False)
    stores: list[tuple[tuple[str, int], ...]] = field(default_factory=list)
    log: list[tuple[datetime, str]] = field(default_factory=list)

    def differences(self, other: Trace) -> list[str]:
        """Where two stories can be told apart, in words; nothing when they cannot."""
        found = []
        for step, (mine, theirs) in enumerate(zip(self.rows, other.rows, strict=True)):
            found += [f"rows of {name} at step {step}" for name in mine if mine[name] != theirs[name]]
        if self.instants != other.instants:
            found.append("instants of commits")
        if self.commits != other.commits:
            found.append("bytes of commits")
        if self.stores != other.stores:
            found.append("sizes in the rounds folder")
        if self.log != other.log:
            found.append("lines of the log")
        return found


def rows_in_place(path: Path) -> Rows:
    """Every row of every table, in the order in which they stand in the file, with the row's number where it has one.

    Without the names of columns: what is compared is the whole.
    """
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {
            name: db.execute(f'SELECT {"" if "WITHOUT ROWID" in sql else "rowid,"} * FROM "{name}"').fetchall()
            for name, sql in tables
        }


def commits(path: Path) -> list[Commit]:
    """What the `-wal` holds, transaction by transaction."""
    raw = Path(f"{path}-wal").read_bytes()
    page, salts = int.from_bytes(raw[8:12], "big"), raw[16:24]
    found: list[Commit] = []
    pages: list[tuple[int, bytes]] = []
    for start in range(_HEADER, len(raw) - page - _FRAME + 1, page + _FRAME):
        head = raw[start : start + _FRAME]
        if head[8:16] != salts:
            break
        pages.append((int.from_bytes(head[:4], "big"), raw[start + _FRAME : start + _FRAME + page]))
        if int.from_bytes(head[4:8], "big"):
            found.append(tuple(pages))
            pages = []
    return found


@contextmanager
def nothing_is_forgotten(path: Path) -> Iterator[None]:
    """A reader who stays keeps the whole `-wal`: no checkpoint may begin it anew."""
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM round").fetchall()
        yield


def watch(world: World, trace: Trace) -> None:
    """Notes the instant of each commit of the bot's main engine from here on."""
    event.listen(world.app.engine.sync_engine, "commit", lambda _: trace.instants.append(world.clock.now()))


class _Log(logging.Handler):
    def __init__(self, world: World, trace: Trace) -> None:
        super().__init__(logging.INFO)
        self._world, self._trace = world, trace

    def emit(self, record: logging.LogRecord) -> None:
        """With the story's instant, which a real log has in milliseconds."""
        if record.name.partition(".")[0] in {"bot", "handlers", "storage"}:
            self._trace.log.append((self._world.clock.now(), record.getMessage()))


@contextmanager
def log_is_kept(world: World, trace: Trace) -> Iterator[None]:
    """What our own loggers say meanwhile, as an operator's log file has it."""
    handler = _Log(world, trace)
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)


def note(world: World, trace: Trace) -> None:
    """One more step: how everything stands now."""
    folder = world.settings.rounds_dir
    trace.rows.append(rows_in_place(folder.parent / "shiftpulse.db"))
    trace.stores.append(_sizes(folder))


def _sizes(folder: Path) -> tuple[tuple[str, int], ...]:
    """Of each round's store: how many boxes and tokens, and how many bytes each of them has."""
    found = []
    for path in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(path)) as db:
            for table, column in (("box", "sealed"), ("token", "token")):
                for size in db.execute(f"SELECT length({column}) FROM {table}"):
                    found.append((f"{path.name}: {table}", int(size[0])))
    return tuple(found)
