"""A disk whose raw bytes can be read: an ext4 image that is mounted, or else the blocks behind open descriptors."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

_SIZE: Final = 16 << 20
_SECONDS: Final = 20

PLAIN: Final[tuple[str, ...]] = ()
INLINE: Final = ("-O", "inline_data", "-I", "512")
"""Small files live in their inodes, and inodes pass through the journal."""


class Disk(Protocol):
    """A folder, and what its blocks hold, also those that belong to no file any more."""

    @property
    def folder(self) -> Path: ...

    def hold(self) -> None:
        """Remembers the blocks of every file that is there now."""

    def raw(self) -> bytes:
        """Every byte that can still be read."""


@dataclass(frozen=True)
class Image:
    """A file system in a file: all of its blocks, its inodes and its journal."""

    folder: Path
    file: Path

    def hold(self) -> None:
        """Nothing to do: every block is read anyway."""

    def raw(self) -> bytes:
        """The whole image, with everything written out."""
        _done(["sync", "-f", str(self.folder)])
        return self.file.read_bytes()


@dataclass
class Descriptors:
    """For whoever may not mount: a file that is gone can be read by who holds it open."""

    folder: Path
    held: list[int] = field(default_factory=list)

    def hold(self) -> None:
        """Opens every file there is."""
        self.held += [os.open(path, os.O_RDONLY) for path in sorted(self.folder.rglob("*")) if path.is_file()]

    def raw(self) -> bytes:
        """What stands in the blocks of the files that were held."""
        return b"".join(os.pread(one, os.fstat(one).st_size, 0) for one in self.held)

    def close(self) -> None:
        """Lets go of them."""
        for one in self.held:
            os.close(one)


@contextmanager
def disk(where: Path, form: Sequence[str] = PLAIN, options: str = "") -> Iterator[Disk]:
    """A mounted ext4 image, where root may make one; else open descriptors. Unmounted whatever happens."""
    where.mkdir()
    with ExitStack() as stack:
        image = _mounted(stack, where, form, options)
        if image is not None:
            yield image
            return
        held = Descriptors(where)
        stack.callback(held.close)
        yield held


def _mounted(stack: ExitStack, where: Path, form: Sequence[str], options: str) -> Image | None:
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        return None
    file = where.with_suffix(".ext4")
    with file.open("wb") as empty:
        empty.truncate(_SIZE)
    mount = ["mount", "-o", f"loop{options}", str(file), str(where)]
    if not (_done(["mkfs.ext4", "-q", "-F", *form, str(file)]) and _done(mount)):
        return None
    stack.callback(lambda: _done(["umount", str(where)]) or _done(["umount", "-l", str(where)]))
    return Image(where, file)


def _done(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
