"""What n-grams say of every theme at once: fourteen sums for the price of one, in lanes of long whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from insights.comments.ngrams import Layer, features

_LANE, _ZERO = 32, 128
_MASK = (1 << _LANE) - 1


def leaning(text: str) -> tuple[float, ...]:
    """The sums of the layer "themes" (log-odds), in its order: what `Layer.sums` gives, several times as fast.

    >>> slow, quick = Layer.load("themes").sums("no break"), leaning("no break")
    >>> max(abs(one - other) for one, other in zip(slow, quick)) < 1e-9
    True
    """
    layer, lanes = Layer.load("themes"), _lanes()
    summed: dict[float, list[int]] = {}
    for bucket, weight in features(text, layer.buckets).items():
        part = summed.setdefault(weight, [0, 0])
        part[0] += lanes[bucket]
        part[1] += 1
    told = list(layer.biases)
    for weight, (lane, count) in summed.items():
        for place, scale in enumerate(layer.scales):
            told[place] += ((lane >> (_LANE * place) & _MASK) - _ZERO * count) * weight * scale
    return tuple(told)


@cache
def _lanes() -> tuple[int, ...]:
    """For every bucket the weights of all themes as one number, each in a lane of its own and never negative."""
    return tuple(_packed(Layer.load("themes")))


def _packed(layer: Layer) -> Iterator[int]:
    for weights in zip(*layer.rows, strict=True):
        yield sum(weight + _ZERO << _LANE * place for place, weight in enumerate(weights))
