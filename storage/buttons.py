"""What a button carries: the answers so far, encrypted for one person and one round.

The server keeps no conversation. A button is the whole next state; its length does not depend on the answers.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from storage.boxes import SKIPPED

REVIEW = 0xF0
SEND = 0xF1
_ROUND = struct.Struct(">H")
_OPEN, _SKIP = 0, 15


class ForgedButtonError(Exception):
    """A button that was not made by us for this person in this round."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a press leads (a question's index, `REVIEW` or `SEND`) and the answers it carries (None: still open)."""

    leads_to: int
    answers: tuple[int | None, ...] = field(repr=False)

    def with_answer(self, question: int, answer: int, leads_to: int) -> State:
        """The state after one more answer."""
        answers = list(self.answers)
        answers[question] = answer
        return State(leads_to, tuple(answers))

    @property
    def is_complete(self) -> bool:
        """Every question is answered or skipped."""
        return None not in self.answers


def round_of(payload: str) -> int:
    """The round a button says it belongs to, unproven. Raises `ForgedButtonError`."""
    return int(_ROUND.unpack(_bytes(payload)[: _ROUND.size])[0])


def seal_state(key: bytes, round_number: int, telegram_id: int, state: State) -> str:
    """The payload of a button: URL-safe base64, 30 characters for three questions."""
    sealed = AESSIV(key).encrypt(_pack(state), _bound_to(round_number, telegram_id))
    return _text(_ROUND.pack(round_number) + sealed)


def open_state(key: bytes, round_number: int, telegram_id: int, payload: str) -> State:
    """The state again. Raises `ForgedButtonError` for anybody else's, any other round's, anything changed."""
    sealed = _bytes(payload)
    if round_of(payload) != round_number:
        raise ForgedButtonError
    try:
        return _unpack(AESSIV(key).decrypt(sealed[_ROUND.size :], _bound_to(round_number, telegram_id)))
    except (InvalidTag, ValueError):
        raise ForgedButtonError from None


def plain_state(state: State) -> str:
    """The payload of a practice button: the same shape, nothing to protect."""
    return _text(_pack(state))


def open_plain(payload: str) -> State:
    """A practice button's state. Raises `ForgedButtonError` when it is none."""
    packed = _bytes(payload, shortest=2)
    try:
        return _unpack(packed)
    except ValueError:
        raise ForgedButtonError from None


def _bytes(payload: str, shortest: int = _ROUND.size + 17) -> bytes:
    try:
        raw = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ForgedButtonError from None
    if len(raw) < shortest or _text(raw) != payload:
        raise ForgedButtonError
    return raw


def _text(raw: bytes) -> str:
    """The one way in which we write bytes; others that mean the same (padding, spare bits) are not ours."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bound_to(round_number: int, telegram_id: int) -> list[bytes]:
    return [_ROUND.pack(round_number), telegram_id.to_bytes(8, "big")]


def _pack(state: State) -> bytes:
    codes = [_OPEN if a is None else _SKIP if a == SKIPPED else a + 1 for a in state.answers]
    codes += [_OPEN] * (len(codes) % 2)
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return bytes([state.leads_to, len(state.answers), *(high << 4 | low for high, low in pairs)])


def _unpack(packed: bytes) -> State:
    leads_to, count = packed[0], packed[1]
    codes = [half for byte in packed[2:] for half in (byte >> 4, byte & 15)]
    if not count <= len(codes) <= count + 1:
        raise ValueError("The button does not hold what it says.")
    answers = tuple(None if c == _OPEN else SKIPPED if c == _SKIP else c - 1 for c in codes[:count])
    return State(leads_to, answers)
