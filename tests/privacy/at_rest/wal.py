"""SQLite's -wal, read as an attacker reads it: frame by frame, and the database as it stood after each commit.

Format: https://www.sqlite.org/fileformat2.html#walformat (32 bytes of header, 24 before each page).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_MAGIC: Final = (0x377F0682, 0x377F0683)


@dataclass(frozen=True, slots=True)
class Frame:
    """One page that was written. `pages` is the size of the database where the frame ends a commit, else 0; `is_live`
    is false for what an earlier -wal left behind in the same file."""

    number: int
    pages: int
    is_live: bool
    content: bytes = field(repr=False)


class NoWalError(ValueError):
    """It is no write-ahead log."""


def frames(wal: bytes) -> Iterator[Frame]:
    """Every frame of a -wal, also those that SQLite itself would pass over. Raises `NoWalError`."""
    if len(wal) < _HEADER.size or _HEADER.unpack_from(wal)[0] not in _MAGIC:
        raise NoWalError
    _magic, _version, size, _sequence, *salts, _sum, _sum2 = _HEADER.unpack_from(wal)
    for start in range(_HEADER.size, len(wal) - _FRAME.size - size + 1, _FRAME.size + size):
        number, pages, salt, salt2, _sum, _sum2 = _FRAME.unpack_from(wal, start)
        content = wal[start + _FRAME.size : start + _FRAME.size + size]
        yield Frame(number, pages, [salt, salt2] == salts, content)


def states(database: bytes, wal: bytes) -> list[bytes]:
    """The database as it was before the -wal, and after each commit in it."""
    found = [database]
    if not wal:
        return found
    pages: dict[int, bytes] = {}
    size = _HEADER.unpack_from(wal)[2]
    for frame in frames(wal):
        if frame.is_live:
            pages[frame.number] = frame.content
        if frame.is_live and frame.pages:
            found.append(_image(database, pages, frame.pages, size))
    return found


def latest(database: bytes, wal: bytes) -> bytes:
    """The database with everything that its -wal has to add."""
    return states(database, wal)[-1]


def _image(database: bytes, changed: dict[int, bytes], pages: int, size: int) -> bytes:
    old = (database[start : start + size] for start in range(0, pages * size, size))
    return b"".join(changed.get(number, page.ljust(size, b"\0")) for number, page in enumerate(old, 1))
