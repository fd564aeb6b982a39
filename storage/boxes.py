"""Sealed totals: one fixed-size encrypted box per scope that holds every counter of that scope."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SKIPPED = -1
EVERYBODY = ""
"""The one category of a box whose people are not told apart."""
LENS_BOX = "~lens"
"""The scope of the organisation's lens box: every staff answer once more, by category."""
_NONCE = 12


class BoxDamagedError(Exception):
    """A box does not open with the round's key: the round cannot be counted."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which counters a box holds: `options[i]` is the number of options of the round's question i.

    The lens box holds them once for each of its `categories`, so that a box which changed tells nobody's. `marks` is
    the number of things that are counted of comments; in the lens box comments are not counted at all: 0.
    """

    options: tuple[int, ...]
    categories: tuple[str, ...] = (EVERYBODY,)
    marks: int = 0

    @property
    def size(self) -> int:
        """Number of counters: respondents, then per category and question its options, skips, and established; of
        comments, where they are counted, commenters, established ones, and each mark."""
        return self.answers + (2 + self.marks if self.marks else 0)

    @property
    def answers(self) -> int:
        """Number of the counters that check-ins are counted in: the first ones."""
        return 1 + len(self.categories) * self.width

    def start(self, question: int, category: str) -> int:
        """Where a question's counters begin. Raises ValueError for a category that the box does not have."""
        if category not in self.categories:
            raise ValueError("The box does not have that category.")
        before = sum(count + 2 for count in self.options[:question])
        return 1 + self.categories.index(category) * self.width + before

    @property
    def width(self) -> int:
        """Number of counters of one category."""
        return sum(count + 2 for count in self.options)


@dataclass(slots=True)
class Counters:
    """An opened box. Its repr says nothing of what is in it."""

    layout: Layout
    values: list[int] = field(repr=False)

    @classmethod
    def zero(cls, layout: Layout) -> Counters:
        """An empty box."""
        return cls(layout, [0] * layout.size)

    def count(self, answers: Sequence[int], is_established: bool, category: str = EVERYBODY) -> None:
        """Adds one respondent. `answers[i]`: option index or `SKIPPED`. Raises ValueError on a misfit."""
        places = self._places(answers, category)
        self.values[0] += 1
        for start, options, answer in places:
            if answer == SKIPPED:
                self.values[start + options] += 1
            else:
                self.values[start + answer] += 1
                self.values[start + options + 1] += is_established

    def _places(self, answers: Sequence[int], category: str) -> list[tuple[int, int, int]]:
        if len(answers) != len(self.layout.options):
            raise ValueError("The answers do not fit the round's questions.")
        places, start = [], self.layout.start(0, category)
        for options, answer in zip(self.layout.options, answers, strict=True):
            if not SKIPPED <= answer < options:
                raise ValueError("An answer is none of its question's options.")
            places.append((start, options, answer))
            start += options + 2
        return places

    def count_comment(self, marks: Iterable[int], is_established: bool) -> None:
        """Adds one commenter. `marks`: what is counted of the comment, each once. Raises ValueError on a misfit."""
        start, places = self.layout.answers, set(marks)
        if not places <= set(range(self.layout.marks)):
            raise ValueError("A mark of the comment is none that the box counts.")
        self.values[start] += 1
        self.values[start + 1] += is_established
        for place in places:
            self.values[start + 2 + place] += 1

    @property
    def respondents(self) -> int:
        """How many were counted, in all categories together."""
        return self.values[0]

    @property
    def commenters(self) -> int:
        """How many of their comments were counted, one each."""
        return self.values[self.layout.answers] if self.layout.marks else 0

    def comments(self) -> tuple[int, int, tuple[int, ...]]:
        """(commenters, established ones, counts by mark)."""
        start = self.layout.answers
        return self.commenters, self.values[start + 1] if self.layout.marks else 0, tuple(self.values[start + 2 :])

    def together(self) -> list[int]:
        """The counters of check-ins with all categories added up: those of a box that does not tell them apart."""
        width, end = self.layout.width, self.layout.answers
        parts = [self.values[start : start + width] for start in range(1, end, width)]
        return [self.respondents, *map(sum, zip(*parts, strict=True))]

    def question(self, index: int, category: str = EVERYBODY) -> tuple[tuple[int, ...], int, int]:
        """(counts by option, skips, valid answers of established people) of one question. ValueError as `count`."""
        start = self.layout.start(index, category)
        end = start + self.layout.options[index]
        return tuple(self.values[start:end]), self.values[end], self.values[end + 1]


class Sealer:
    """Seals and opens the boxes of one round."""

    __slots__ = ("_aead", "_round")

    def __init__(self, key: bytes | bytearray, round_number: int) -> None:
        self._aead = AESGCM(key)
        self._round = round_number

    def seal(self, scope: str, counters: Counters) -> bytes:
        """The box, under a fresh nonce; bound to its round and scope."""
        nonce = os.urandom(_NONCE)
        plain = struct.pack(f">{counters.layout.size}I", *counters.values)
        return nonce + self._aead.encrypt(nonce, plain, self._bound_to(scope))

    def unseal(self, scope: str, layout: Layout, box: bytes) -> Counters:
        """The counters again. Raises `BoxDamagedError`."""
        try:
            plain = self._aead.decrypt(box[:_NONCE], box[_NONCE:], self._bound_to(scope))
            return Counters(layout, list(struct.unpack(f">{layout.size}I", plain)))
        except (InvalidTag, ValueError, struct.error):
            raise BoxDamagedError from None

    def seal_bytes(self, place: bytes, plain: bytes) -> bytes:
        """Bytes under a fresh nonce, bound to the round and to where they stand."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, plain, self._bound_to(f"slip|{place.hex()}"))

    def unseal_bytes(self, place: bytes, sealed: bytes) -> bytes:
        """The bytes again. Raises `BoxDamagedError`."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound_to(f"slip|{place.hex()}"))
        except (InvalidTag, ValueError):
            raise BoxDamagedError from None

    def _bound_to(self, scope: str) -> bytes:
        return f"{self._round}|{scope}".encode()


Totals = Mapping[str, Counters]
"""Opened boxes by scope; the lens box, where there is one, counts again what the others hold."""
