"""A log whose entries hold on to each other: each digest is made of the one before, so that no entry can be changed,
taken out or put in without every later one telling. What is older than `AUDIT_KEPT` may be dropped from its start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Protocol

from insights.policy import AUDIT_KEPT

DROPPED: Final = "dropped"
"""What an entry is that stands for those which were dropped: the number and digest of the last of them."""

START: Final = bytes(sha256().digest_size)
"""What stands before the first entry there ever was."""


class Entry(Protocol):
    """One entry: `at` in epoch seconds, `detail` as JSON text, `digest` of 32 bytes."""

    @property
    def number(self) -> int:
        """Its place, from 1."""

    @property
    def at(self) -> int:
        """When, in epoch seconds."""

    @property
    def actor(self) -> str:
        """Who."""

    @property
    def what(self) -> str:
        """What kind of deed."""

    @property
    def detail(self) -> str:
        """What exactly, as JSON."""

    @property
    def digest(self) -> bytes:
        """What holds it to the entry before."""


def written(detail: Mapping[str, Any]) -> str:
    """Details as the one JSON text that they have: keys in order, nothing between.

    >>> written({"unit": "ward-7", "before": 18})
    '{"before":18,"unit":"ward-7"}'
    """
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(detail: str) -> dict[str, Any]:
    """Details again; nothing where the text is none of ours.

    >>> read('{"unit":"ward-7"}'), read("[7]"), read("?")
    ({'unit': 'ward-7'}, {}, {})
    """
    try:
        found = json.loads(detail)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def link(before: bytes, number: int, at: int, actor: str, what: str, detail: str) -> bytes:
    """The digest of an entry: SHA-256 over the digest before it and its own fields as a JSON list, in which no two
    different entries look alike.

    >>> link(START, 1, 0, "clock", "round_released", "{}").hex()[:16]
    '13ba5bb620da639c'
    """
    fields = json.dumps([number, at, actor, what, detail], separators=(",", ":"), ensure_ascii=False)
    return sha256(before + fields.encode()).digest()


def drops(last: Entry) -> dict[str, Any]:
    """The details of an entry that stands for all up to `last`, which it covers.

    >>> from types import SimpleNamespace as Made
    >>> drops(Made(number=3, at=60, digest=bytes.fromhex("aa" * 32)))["through"]
    3
    """
    return {"through": last.number, "digest": last.digest.hex(), "at": last.at}


def first_fault(entries: Sequence[Entry]) -> int | None:
    """The number of the first entry that does not fit what stands before it, None for a whole chain. `entries` is
    all there are, in ascending order; no entry is older than the one before, so that none can be dated forward to
    cover what was taken out. Cannot see that the newest entries are gone: a head that somebody kept can.

    >>> from types import SimpleNamespace as Made
    >>> chain, before = [], START
    >>> for number in (1, 2, 3):
    ...     before = link(before, number, 60 * number, "clock", "tick", "{}")
    ...     chain.append(Made(number=number, at=60 * number, actor="clock", what="tick", detail="{}", digest=before))
    >>> first_fault(chain), first_fault([chain[0], chain[2]]), first_fault(chain[1:])
    (None, 3, 2)
    >>> chain[1].actor = "nobody"
    >>> first_fault(chain)
    2
    """
    if not entries:
        return None
    number, before = 0, START
    cover = next((one for one in reversed(entries) if one.what == DROPPED), None)
    if cover is not None:
        told = read(cover.detail)
        if not _is_cover(cover, told, entries[0].number):
            return cover.number if entries[0].number == 1 else entries[0].number
        number, before = told["through"], bytes.fromhex(told["digest"])
    earliest = entries[0].at
    for one in entries:
        number += 1
        if one.at < earliest:
            return one.number
        earliest = one.at
        if one.number != number or one.digest != link(before, number, one.at, one.actor, one.what, one.detail):
            return one.number
        before = one.digest
    return None


def _is_cover(cover: Entry, told: Mapping[str, Any], first: int) -> bool:
    """Whether an entry covers exactly what is missing before the first one, and all of that was old enough."""
    through, digest, at = told.get("through"), told.get("digest"), told.get("at")
    if not isinstance(through, int) or not isinstance(at, int) or not isinstance(digest, str):
        return False
    is_digest = len(digest) == 2 * len(START) and set(digest) <= set("0123456789abcdef")
    return is_digest and through == first - 1 and timedelta(seconds=cover.at - at) >= AUDIT_KEPT


def find_head(entries: Sequence[Entry], head: str) -> int | None:
    """The number of the entry whose digest begins with these hexadecimal digits, None for none.

    >>> from types import SimpleNamespace as Made
    >>> find_head([Made(number=4, digest=bytes(32)), Made(number=5, digest=bytes.fromhex("ab" * 32))], "ABAB")
    5
    """
    wanted = head.lower()
    return next((one.number for one in entries if one.digest.hex().startswith(wanted)), None)
