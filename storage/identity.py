"""Telegram ids at rest: found by a keyed hash, readable only with the key from the environment."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class IdKeyError(ValueError):
    """The key for Telegram ids is not 32 bytes in base64; make one with `shiftpulse keygen`."""


class IdKeys:
    """Seals and finds Telegram ids. Shows nothing of itself."""

    __slots__ = ("_lookup", "_seal")

    def __init__(self, key: str) -> None:
        """`key`: 32 bytes in URL-safe base64. Raises `IdKeyError`."""
        try:
            master = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError):
            raise IdKeyError from None
        if len(master) != KEY_BYTES:
            raise IdKeyError
        self._lookup = hmac.digest(master, b"shiftpulse lookup", hashlib.sha256)
        self._seal = AESGCM(hmac.digest(master, b"shiftpulse seal", hashlib.sha256))

    def __repr__(self) -> str:
        return "IdKeys()"

    def lookup(self, telegram_id: int) -> bytes:
        """What a person is found by: 32 bytes, the same every time, meaningless without the key."""
        return hmac.digest(self._lookup, telegram_id.to_bytes(8, "big"), hashlib.sha256)

    def seal(self, telegram_id: int) -> bytes:
        """The id, encrypted with a fresh nonce: 36 bytes."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, telegram_id.to_bytes(8, "big"), None)

    def unseal(self, sealed: bytes) -> int:
        """The id again. Raises `IdKeyError` when it was sealed with another key, or damaged."""
        try:
            return int.from_bytes(self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None), "big")
        except (InvalidTag, ValueError):
            raise IdKeyError from None


def new_key() -> str:
    """A fresh key for the environment."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()
