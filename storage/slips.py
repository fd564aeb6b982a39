"""Slips: one sealed row of one size for every comment, whether anything of it was shared or not.

Whoever sees the file learns neither who shared their words nor how much they wrote, and without the round's key
nobody reads them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from storage.boxes import Sealer
from storage.stores import Slip

_PLACE = 16
_HEAD = struct.Struct(">HH?")
_PADDED = 2048
"""Bytes of a slip before it is sealed: a comment of the greatest length, with every letter at four bytes, fits."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One person's comment on its way into a box: `marks` are what is counted of it, `text` what is shared of it,
    empty where only themes are. Its repr says nothing."""

    telegram_id: int = field(repr=False)
    scope: str = field(repr=False)
    is_established: bool = field(repr=False)
    marks: tuple[int, ...] = field(repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Shared:
    """A slip, opened: whose box it belongs to and what was shared, without whoever wrote it."""

    scope: str = field(repr=False)
    is_established: bool = field(repr=False)
    text: str = field(repr=False)


def put_slip(db: Connection, sealer: Sealer, comment: Comment) -> None:
    """Seals a comment into a row of its own, at a random place. Raises ValueError when it is too long for a slip."""
    place = os.urandom(_PLACE)
    scope, text = comment.scope.encode(), comment.text.encode()
    plain = _HEAD.pack(len(scope), len(text), comment.is_established) + scope + text
    if len(plain) > _PADDED:
        raise ValueError("The comment is longer than a slip.")
    db.execute(insert(Slip).values(place=place, sealed=sealer.seal_bytes(place, plain.ljust(_PADDED, b"\0"))))


def read_slips(db: Connection, sealer: Sealer) -> Sequence[Shared]:
    """Every slip, opened, in the order of their random places. Raises `BoxDamagedError`."""
    rows = db.execute(select(col(Slip.place), col(Slip.sealed)).order_by(col(Slip.place))).all()
    return [_opened(sealer.unseal_bytes(place, sealed)) for place, sealed in rows]


def _opened(plain: bytes) -> Shared:
    at, long, is_established = _HEAD.unpack_from(plain)
    scope, text = plain[_HEAD.size : _HEAD.size + at], plain[_HEAD.size + at : _HEAD.size + at + long]
    return Shared(scope.decode(), is_established, text.decode())
