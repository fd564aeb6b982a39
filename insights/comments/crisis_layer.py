"""How near a text is to those by people in danger: a learnt layer that answers for what no phrase foresaw."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from insights.comments.crisis_form import END
from insights.comments.ngrams import Layer
from insights.comments.tables import table

_SHARES = (0.5, 0.25, 0.5)
_WINDOW, _STEP = 60, 40


@cache
def _about() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for concept, words in table("crisis_concepts")["about"].items():
        for word in words.split():
            found.setdefault(word, []).append(concept)
    return {word: tuple(concepts) for word, concepts in found.items()}


def features(tokens: Sequence[str], buckets: int) -> dict[int, float]:
    """Hashed features of a text in its crisis form: bucket (0 to `buckets` - 1) to weight, the same on every machine.

    Words and pairs of words; pieces of 3 to 5 letters; what the words are about, alone and in pairs of neighbours.

    >>> features(("no", "one"), 64) == features(("no", "one"), 64) != features(("one", "no"), 64)
    True
    """
    found: dict[int, float] = {}
    for share, names in zip(_SHARES, (_words(tokens), _pieces(tokens), _concepts(tokens)), strict=True):
        distinct = set(names)
        weight = math.sqrt(share / len(distinct)) if distinct else 0.0
        for name in distinct:
            bucket = zlib.crc32(name.encode()) % buckets
            found[bucket] = found.get(bucket, 0.0) + weight
    return found


def _words(tokens: Sequence[str]) -> Iterator[str]:
    before = "^"
    for token in tokens:
        yield f"w {token}"
        yield f"b {before} {token}"
        before = token
    yield f"b {before} $"


def _pieces(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        word = f"<{token[:24]}>"
        if token != END:
            for size in (3, 4, 5):
                for start in range(len(word) - size + 1):
                    yield f"c {word[start : start + size]}"


def _concepts(tokens: Sequence[str]) -> Iterator[str]:
    about = _about()
    before: tuple[str, ...] = ()
    for token in tokens:
        here = about.get(token, ())
        if token == END:
            before = ()
        elif here:
            for concept in here:
                yield f"k {concept}"
                for earlier in before:
                    yield f"p {earlier} {concept}"
            before = here


def nearness(tokens: Sequence[str]) -> float:
    """From 0 to 1, how near the tokens are to texts by people in danger; the nearest 60 of a long text count.

    No probability for anybody: it is only ever held against the two cuts of `data/crisis_cuts.toml`.

    >>> nearness(("the", "rota", "is", "late")) < nearness(("everyone", "is", "better", "off", "without", "me"))
    True
    """
    layer = Layer.load("crisis")
    last = max(len(tokens) - _WINDOW, 0)
    starts = sorted({*range(0, last + 1, _STEP), last})
    return max(_near(layer, tokens[start : start + _WINDOW]) for start in starts)


def _near(layer: Layer, tokens: Sequence[str]) -> float:
    found = features(tokens, layer.buckets)
    sums = [
        bias + scale * math.fsum(row[bucket] * weight for bucket, weight in found.items())
        for bias, scale, row in zip(layer.biases, layer.scales, layer.rows, strict=True)
    ]
    none, crisis = sums
    return 1 / (1 + math.exp(min(none - crisis, 700.0)))
