"""What a SQLite file holds beside its rows: free pages, and the unused parts of the others.

Format: https://www.sqlite.org/fileformat2.html#b_tree_pages (and the free-list, a section before).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

_HEADER: Final = 100
_LEAVES: Final = (10, 13)
_INNER: Final = (2, 5)


def leftovers(image: bytes) -> bytes:
    """Everything in a file that belongs to no row."""
    return b"".join([*free_pages(image), *_unused_parts(image)])


def free_pages(image: bytes) -> Iterator[bytes]:
    """The pages that belong to no table: of those that list others, what lies behind the list."""
    size, trunk = _page_size(image), _number(image, 32, 4)
    while trunk:
        page = _page(image, trunk, size)
        yield page[8 + 4 * _number(page, 4, 4) :]
        for place in range(_number(page, 4, 4)):
            yield _page(image, _number(page, 8 + 4 * place, 4), size)
        trunk = _number(page, 0, 4)


def _unused_parts(image: bytes) -> Iterator[bytes]:
    size = _page_size(image)
    for number in range(1, len(image) // size + 1):
        page, start = _page(image, number, size), _HEADER if number == 1 else 0
        if page[start] not in (*_LEAVES, *_INNER):
            continue
        cells = start + (8 if page[start] in _LEAVES else 12) + 2 * _number(page, start + 3, 2)
        yield page[cells : _number(page, start + 5, 2) or size]
        block = _number(page, start + 1, 2)
        while block:
            yield page[block + 4 : block + _number(page, block + 2, 2)]
            block = _number(page, block, 2)


def _page_size(image: bytes) -> int:
    return _number(image, 16, 2)


def _page(image: bytes, number: int, size: int) -> bytes:
    return image[(number - 1) * size : number * size]


def _number(content: bytes, start: int, length: int) -> int:
    return int.from_bytes(content[start : start + length], "big")


def backups(path: Path, folder: Path) -> dict[str, bytes]:
    """What a careful administrator's backup takes along: SQLite's own online copy, and `VACUUM INTO`."""
    copy, rebuilt = folder / f"{path.stem}-copy.db", folder / f"{path.stem}-rebuilt.db"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(copy)) as target:
        db.backup(target)
        db.execute("VACUUM INTO ?", (str(rebuilt),))
    return {one.name: one.read_bytes() for one in (copy, rebuilt)}
