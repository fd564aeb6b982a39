"""A key file that somebody copied in time, taken apart."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_LAYOUT: Final = struct.Struct(">4sI32s32s64s")


class Keys(NamedTuple):
    """The secrets of a round."""

    token: bytes
    box: bytes
    button: bytes

    @property
    def pieces(self) -> list[bytes]:
        """In pieces of 32 bytes, to be looked for."""
        return [self.token, self.box, self.button[:32], self.button[32:]]


def taken_apart(content: bytes) -> Keys:
    """The secrets in a key file's content."""
    return Keys(*_LAYOUT.unpack_from(content)[2:])
