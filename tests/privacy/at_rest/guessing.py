"""From tokens back to people: the attacker knows everybody's Telegram id, every secret that is left, and the code."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.tokens import token
from tests.privacy.at_rest.crowd import ROUND
from tests.privacy.at_rest.vectors import NONCE

_KEY: Final = 32
_RANDOM_LOOKING: Final = 20
"""Different bytes in a window: a key has about 30, text and empty pages far fewer."""


def tokens_of(ids: Iterable[int], secrets: Collection[bytes]) -> dict[bytes, int]:
    """Every token that anybody would think of, and whose it would be: hashes, and hashes keyed with each secret."""
    found: dict[bytes, int] = {}
    for one in ids:
        for message in _spellings(one):
            for algorithm in ("sha256", "sha3_256", "blake2s"):
                found[hashlib.new(algorithm, message).digest()] = one
            for secret in secrets:
                found[hmac.digest(secret, message, "sha256")] = one
                found[hashlib.sha256(secret + message).digest()] = one
    return found


def _spellings(telegram_id: int) -> Iterator[bytes]:
    for plain in (telegram_id.to_bytes(8, "big"), telegram_id.to_bytes(8, "little"), str(telegram_id).encode()):
        yield from (plain, b"send" + plain, f"{ROUND}|".encode() + plain)


def windows(contents: Iterable[bytes]) -> set[bytes]:
    """Every 32 bytes in a row that could be a key."""
    found: set[bytes] = set()
    for content in contents:
        found.update(content[start : start + _KEY] for start in range(len(content) - _KEY + 1))
    return {one for one in found if len(set(one)) >= _RANDOM_LOOKING}


def token_keys(candidates: Iterable[bytes], telegram_id: int, tokens: Collection[bytes]) -> list[bytes]:
    """Which of them makes a token of somebody who is known to have sent."""
    return [key for key in candidates if token(key, telegram_id) in tokens]


def box_keys(candidates: Iterable[bytes], boxes: Mapping[str, bytes], round_number: int = ROUND) -> list[bytes]:
    """Which of them opens a box."""
    scope, box = next(iter(boxes.items()))
    return [key for key in candidates if _opens(key, f"{round_number}|{scope}".encode(), box)]


def _opens(key: bytes, bound_to: bytes, box: bytes) -> bool:
    try:
        AESGCM(key).decrypt(box[:NONCE], box[NONCE:], bound_to)
    except InvalidTag:
        return False
    return True
