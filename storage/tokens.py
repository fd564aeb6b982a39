"""Tokens: what keeps a person from answering twice, and names nobody once the round's key is gone."""

from __future__ import annotations

import hashlib
import hmac

CHECKIN = b"send"
COMMENT = b"word"
"""What somebody may do once in a round. Without the key nobody can tell which two tokens are one person's."""


def token(key: bytes | bytearray, telegram_id: int, label: bytes = CHECKIN) -> bytes:
    """32 bytes; the same person gets the same token in the same round, whatever they left and rejoined."""
    return hmac.digest(key, label + telegram_id.to_bytes(8, "big"), hashlib.sha256)
