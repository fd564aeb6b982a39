"""The key file of a round: its secrets, how many answers are committed at least, and whether it is closing.

One fixed-size file, 0600, written in place, so that shredding overwrites every byte that ever held a key. It fills
a block: ext4 and others may keep a smaller file in its inode, and old inodes in their journal.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from pathlib import Path

_MAGIC = b"SPK1"
_KEY = 32
_BUTTON_KEY = 64
_LAYOUT = struct.Struct(f">4sI{_KEY}s{_KEY}s{_BUTTON_KEY}s")
_HEAD = struct.Struct(">4sI")
_SECRETS = slice(_HEAD.size, _LAYOUT.size)
_STATE = struct.Struct(">QB")
_MARK, _CLOSING = struct.Struct(">Q"), struct.Struct(">B")
_BLOCK = 4096
SIZE = _BLOCK
_PRIVATE = 0o600
_PIECE = 1 << 20


class KeyFileError(Exception):
    """The round's key file is missing or damaged."""


@dataclass(slots=True)
class KeyFile:
    """An open key file. `mark` lags behind what is committed and never leads. Letting go wipes the keys of tokens and
    boxes from memory; the buttons' key may be in somebody's hands, and opens nothing that is counted."""

    path: Path
    round: int
    token_key: bytearray = field(repr=False)
    box_key: bytearray = field(repr=False)
    button_key: bytes = field(repr=False)
    mark: int = field(repr=False)
    is_closing: bool
    _handle: int = field(repr=False)

    def note(self, mark: int) -> None:
        """Remembers that this many answers are committed. Touches nothing but the mark: another process that
        has the file open may have noted closing."""
        self.mark = mark
        os.pwrite(self._handle, _MARK.pack(mark), _LAYOUT.size)

    def note_closing(self) -> None:
        """Remembers for good that the round takes no more answers, before anything is computed."""
        self.is_closing = True
        os.pwrite(self._handle, _CLOSING.pack(True), _LAYOUT.size + _MARK.size)
        os.fsync(self._handle)

    def has_closed(self) -> bool:
        """Whether any process has noted closing, asked of the file itself. One that was shredded or is gone takes
        no answers either: the magic is read last, so that whoever shreds meanwhile is noticed."""
        if not self.is_closing:
            closing = os.pread(self._handle, _CLOSING.size, _LAYOUT.size + _MARK.size)
            is_whole = os.pread(self._handle, len(_MAGIC), 0) == _MAGIC and os.fstat(self._handle).st_size == SIZE
            is_there = os.fstat(self._handle).st_nlink > 0
            self.is_closing = not (is_whole and is_there) or any(closing)
        return self.is_closing

    def close(self) -> None:
        """Lets go of the file, and of its keys."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        for key in (self.token_key, self.box_key):
            _wipe(key)

    def shred(self) -> None:
        """Overwrites the keys in place, makes that durable, removes the file."""
        self.close()
        overwrite_and_unlink(self.path)


def create(path: Path, round_number: int) -> KeyFile:
    """Makes the secrets of a round. Raises FileExistsError if they exist."""
    content = bytearray(SIZE)
    _LAYOUT.pack_into(content, 0, _MAGIC, round_number, b"", b"", b"")
    with Path("/dev/urandom").open("rb", buffering=0) as noise:
        noise.readinto(memoryview(content)[_SECRETS])
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE)
    os.pwrite(handle, content, 0)
    os.fsync(handle)
    sync_folder(path.parent)
    return _opened(path, content, handle)


def read(path: Path, round_number: int) -> KeyFile:
    """Opens the secrets of a round. Raises `KeyFileError`; another OSError when it is there and cannot be opened
    now, which voids no round."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        raise KeyFileError("The round's key file is missing: the round cannot be counted.") from None
    content = bytearray(SIZE + 1)
    is_whole = os.preadv(handle, [content], 0) == SIZE
    magic, number = _HEAD.unpack_from(content)
    if is_whole and (magic, number) == (_MAGIC, round_number):
        return _opened(path, content, handle)
    _wipe(content)
    os.close(handle)
    raise KeyFileError("The round's key file is damaged: the round cannot be counted.")


def _opened(path: Path, content: bytearray, handle: int) -> KeyFile:
    """The key file with this content, of which no copy stays in memory."""
    _magic, number = _HEAD.unpack_from(content)
    mark, closing = _STATE.unpack_from(content, _LAYOUT.size)
    secrets, box, button = memoryview(content)[_SECRETS], _KEY, 2 * _KEY
    token_key, box_key, button_key = bytearray(secrets[:box]), bytearray(secrets[box:button]), bytes(secrets[button:])
    _wipe(content)
    return KeyFile(path, number, token_key, box_key, button_key, mark, bool(closing), handle)


def _wipe(secret: bytearray) -> None:
    """In place: a new value would leave the old one to whoever reads the memory."""
    memoryview(secret)[:] = bytes(len(secret))


def overwrite_and_unlink(path: Path) -> None:
    """Overwrites a file in place with random bytes, syncs, removes it. Nothing if it is not there."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        overwrite(handle)
    finally:
        os.close(handle)
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def overwrite(handle: int) -> None:
    """Overwrites an open file in place with random bytes and syncs, also when its name is gone already."""
    size = os.fstat(handle).st_size
    for start in range(0, size, _PIECE):
        os.pwrite(handle, os.urandom(min(_PIECE, size - start)), start)
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Makes the creation or removal of a file durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
