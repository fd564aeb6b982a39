"""Uploaded and downloadable files, and the little that Telegram checks of them."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import PurePosixPath

from .errors import bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
_MAX_SIDES = 10_000
_MAX_RATIO = 20
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TYPES = {
    ".csv": "text/csv",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
}


@dataclass(slots=True, frozen=True, repr=False)
class StoredFile:
    """Bytes that Telegram keeps under a file_id."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    path: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def mime_type(self) -> str:
        return _TYPES.get(PurePosixPath(self.name).suffix.lower(), "application/octet-stream")

    def payload(self) -> dict[str, str | int]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class Files:
    """Everything uploaded so far, found by file_id or by download path."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, kind: str, name: str, data: bytes) -> StoredFile:
        """Store an upload; kind is 'photo', 'document', 'voice' or 'sticker'."""
        if not data:
            raise bad_request("file must be non-empty")
        width, height = _checked_size(data) if kind == "photo" else (0, 0)
        suffix = PurePosixPath(name).suffix or ".bin"
        path = f"{kind}s/file_{len(self._by_id)}{suffix}"
        stored = StoredFile(self._code(64), self._code(14), kind, name, path, data, width, height)
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def _code(self, length: int) -> str:
        return "".join(self._dice.choices(_ALPHABET, k=length))


def _checked_size(data: bytes) -> tuple[int, int]:
    if len(data) > MAX_PHOTO:
        raise bad_request("file is too big")
    width, height = picture_size(data)
    if width == 0 or height == 0:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > _MAX_SIDES or max(width, height) > _MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG in pixels; (0, 0) for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + length
    return 0, 0
