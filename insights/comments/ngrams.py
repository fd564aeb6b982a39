"""A linear layer on hashed n-grams of words and letters: what no list of words foresaw, without a library."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from insights.comments.text import tokens

_NEGATIONS = frozenset(
    ("not", "no", "never", "without", "nothing", "nobody", "none", "hardly", "barely", "neither", "nor")
)
_TURNS = frozenset(("but", "because", "although", "though", "however", "yet", "except"))
_REACH = 3
_DIGIT = re.compile(r"\d")
_WORD, _PAIR, _THREE, _LETTERS = 1, 2, 3, 4


def features(text: str, buckets: int) -> dict[int, float]:
    """Hashed features of a text: bucket (0 to `buckets` - 1) to weight. The same in every process, on every machine.

    Half of the squared length are words, pairs and threes of words, with a mark on what follows a negation; the other
    half are pieces of 3 to 5 letters within words, which forgive typing errors. Case, quotes, contractions and digits
    make no difference. A text without words has no features.

    >>> features("ISN\u2019T good", 4096) == features("is not good", 4096) != features("is good", 4096)
    True
    >>> features("", 4096)
    {}
    """
    read = [_DIGIT.sub("0", token).encode() for token in tokens(text)]
    found: dict[int, float] = {}
    for hashes in (set(_of_words(read)), set(_of_letters(read))):
        weight = math.sqrt(0.5 / len(hashes)) if hashes else 0.0
        for hashed in hashes:
            bucket = hashed % buckets
            found[bucket] = found.get(bucket, 0.0) + weight
    return found


def _of_words(read: Sequence[bytes]) -> Iterator[int]:
    before, last, negated = b"", b"", 0
    for token in read:
        word = token.decode()
        is_word = word[0].isalnum()
        mark = b"!" if negated and is_word else b""
        yield zlib.crc32(mark + token, _WORD)
        yield zlib.crc32(last + b" " + token, _PAIR)
        yield zlib.crc32(before + b" " + last + b" " + token, _THREE)
        negated = _REACH if word in _NEGATIONS else max(negated - 1, 0) if is_word and word not in _TURNS else 0
        before, last = last, token
    if read:
        yield zlib.crc32(last + b" ", _PAIR)


def _of_letters(read: Sequence[bytes]) -> Iterator[int]:
    for token in read:
        word = b"<" + token + b">"
        for size in (3, 4, 5):
            for start in range(len(word) - size + 1):
                yield zlib.crc32(word[start : start + size], _LETTERS)


@dataclass(frozen=True)
class Layer:
    """Weights of a few classes over hashed features, and over numbers that somebody else makes ("dense").

    `rows[c][bucket]` is a whole number from -127 to 127, to be multiplied by `scales[c]`.
    """

    classes: tuple[str, ...]
    buckets: int
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    dense: tuple[str, ...]
    dense_weights: tuple[tuple[float, ...], ...] = field(repr=False)
    rows: tuple[memoryview, ...] = field(repr=False)

    @staticmethod
    def load(name: str) -> Layer:
        """The layer in `data/<name>.layer`, read once. Raises FileNotFoundError where there is none."""
        return _loaded(name)

    @staticmethod
    def read(raw: bytes) -> Layer:
        """A layer from its file's bytes: a line of JSON, then one signed byte a bucket, class by class.

        Raises ValueError where the length is not what the first line says.
        """
        head, _, weights = raw.partition(b"\n")
        told = json.loads(head)
        buckets, classes = int(told["buckets"]), tuple(told["classes"])
        if len(weights) != buckets * len(classes):
            raise ValueError("a layer's weights do not fit its first line")
        signed = memoryview(weights).cast("b")
        return Layer(
            classes=classes,
            buckets=buckets,
            biases=tuple(told["biases"]),
            scales=tuple(told["scales"]),
            dense=tuple(told["dense"]),
            dense_weights=tuple(tuple(row) for row in told["dense_weights"]),
            rows=tuple(signed[place * buckets : (place + 1) * buckets] for place in range(len(classes))),
        )

    def sums(self, text: str, dense: Sequence[float] = ()) -> tuple[float, ...]:
        """One weighted sum (log-odds up to a constant) a class, in the order of `classes`.

        `dense` has one number for each name in `self.dense`; ValueError otherwise.
        """
        if len(dense) != len(self.dense):
            raise ValueError("a layer was given other numbers than it was fitted with")
        found = features(text, self.buckets)
        sums = []
        for place, row in enumerate(self.rows):
            hashed = sum(row[bucket] * weight for bucket, weight in found.items()) * self.scales[place]
            seen = sum(map(float.__mul__, self.dense_weights[place], map(float, dense)))
            sums.append(self.biases[place] + hashed + seen)
        return tuple(sums)

    def scores(self, text: str, dense: Sequence[float] = ()) -> tuple[float, ...]:
        """One probability a class, in the order of `classes`; they add up to 1. `dense` as in `sums`."""
        sums = self.sums(text, dense)
        highest = max(sums)
        parts = [math.exp(one - highest) for one in sums]
        whole = math.fsum(parts)
        return tuple(part / whole for part in parts)


@cache
def _loaded(name: str) -> Layer:
    return Layer.read((resources.files("insights.comments") / "data" / f"{name}.layer").read_bytes())
