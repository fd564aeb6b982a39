"""Learns a layer of hashed n-grams (insights/comments/ngrams.py) from labelled texts: a softmax with an L2 penalty.

Needs scipy; what it learns is read without. The same texts in the same order give the same file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from insights.comments.ngrams import Layer, features

Vectors = csr_matrix
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """What was learnt: `hashed` is classes x buckets, `dense_weights` classes x names, `biases` one a class."""

    classes: tuple[str, ...]
    buckets: int
    hashed: Numbers
    biases: Numbers
    dense: tuple[str, ...]
    dense_weights: Numbers

    def scores(self, vectors: Vectors, dense: Numbers | None = None) -> Numbers:
        """Probabilities, texts x classes, before anything is rounded to a byte."""
        sums = vectors @ self.hashed.T + self.biases
        if dense is not None:
            sums = sums + dense @ self.dense_weights.T
        return _softmax(np.asarray(sums))


def vectors(texts: Sequence[str], buckets: int) -> Vectors:
    """The hashed features of texts, texts x buckets."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        found = features(text, buckets)
        columns += found.keys()
        values += found.values()
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(texts), buckets))


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    sample_weights: Sequence[float] | None = None,
    buckets: int = 32768,
    l2: float = 1.0,
    *,
    classes: Sequence[str] | None = None,
    dense: Numbers | None = None,
    dense_names: Sequence[str] = (),
    dense_l2: float = 0.1,
    seen: Vectors | None = None,
) -> Weights:
    """Weights that make the labels likely, less `l2`/2 times the squared weights (biases are free).

    `sample_weights`: how much each text counts (1 where not told); multiply class weights into them. `dense`: further
    numbers, texts x names, about as large as 1. `seen`: `vectors(texts, buckets)` where they are at hand already.
    """
    order = tuple(classes) if classes else tuple(sorted(set(labels)))
    table = vectors(texts, buckets) if seen is None else seen
    extra = np.zeros((len(texts), 0)) if dense is None else np.asarray(dense, dtype=float)
    matrix = csr_matrix(hstack([table, csr_matrix(extra)]))
    penalty = np.concatenate([np.full(buckets, l2), np.full(extra.shape[1], dense_l2)])
    wanted = np.zeros((len(texts), len(order)))
    wanted[np.arange(len(texts)), [order.index(label) for label in labels]] = 1.0
    counts = np.ones(len(texts)) if sample_weights is None else np.asarray(sample_weights, dtype=float)
    learnt, biases = _minimised(matrix, wanted, counts, penalty)
    return Weights(order, buckets, learnt[:, :buckets], biases, tuple(dense_names), learnt[:, buckets:])


def _minimised(matrix: Vectors, wanted: Numbers, counts: Numbers, penalty: Numbers) -> tuple[Numbers, Numbers]:
    classes, size = wanted.shape[1], matrix.shape[1]
    used = np.flatnonzero(np.diff(matrix.tocsc().indptr))
    small, small_penalty = csr_matrix(matrix[:, used]), penalty[used]
    turned = csr_matrix(small.T)

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        both = flat.reshape(classes, len(used) + 1)
        weights, biases = both[:, :-1], both[:, -1]
        likely = _softmax(np.asarray(small @ weights.T) + biases)
        value = -float(counts @ np.log(np.maximum((likely * wanted).sum(1), 1e-12)))
        error = (likely - wanted) * counts[:, None]
        slope = np.empty_like(both)
        slope[:, :-1] = np.asarray(turned @ error).T + small_penalty * weights
        slope[:, -1] = error.sum(0)
        return value + 0.5 * float((small_penalty * weights**2).sum()), slope.ravel()

    start = np.zeros(classes * (len(used) + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-6, "gtol": 1e-4})
    both = found.x.reshape(classes, len(used) + 1)
    weights = np.zeros((classes, size))
    weights[:, used] = both[:, :-1]
    return weights, both[:, -1]


def _softmax(sums: Numbers) -> Numbers:
    parts = np.exp(sums - sums.max(1, keepdims=True))
    return parts / parts.sum(1, keepdims=True)


def as_bytes(weights: Weights) -> bytes:
    """The file that `Layer.read` reads: one line of JSON, then one signed byte a bucket, class by class."""
    scales = np.abs(weights.hashed).max(1) / 127
    scales[scales == 0] = 1.0
    head = {
        "classes": weights.classes,
        "buckets": weights.buckets,
        "biases": [round(float(bias), 5) for bias in weights.biases],
        "scales": [float(f"{scale:.6g}") for scale in scales],
        "dense": weights.dense,
        "dense_weights": [[round(float(one), 5) for one in row] for row in weights.dense_weights],
    }
    whole = np.rint(weights.hashed / scales[:, None]).astype(np.int8)
    return json.dumps(head).encode() + b"\n" + whole.tobytes()


def as_layer(weights: Weights) -> Layer:
    """The layer as it will be read, rounded to bytes."""
    return Layer.read(as_bytes(weights))


def write_layer(path: Path, weights: Weights) -> None:
    """Write what `Layer.load` reads; `path` ends in insights/comments/data/<name>.layer."""
    path.write_bytes(as_bytes(weights))


def by_voice(voices: Sequence[str]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each voice once, with which texts are its own: hold them out, never single lines."""
    named = np.asarray(voices)
    for voice in sorted(set(voices)):
        yield voice, named == voice


def held_out(
    voices: Sequence[str], classes: int, learn: Callable[[NDArray[np.bool_]], Callable[[NDArray[np.bool_]], Numbers]]
) -> Numbers:
    """Probabilities of every text by a model that has not met its voice.

    `learn(kept)` is told which texts it may see and gives a function from which texts to their probabilities.
    """
    scores = np.zeros((len(voices), classes))
    for _, own in by_voice(voices):
        scores[own] = learn(~own)(own)
    return scores


def class_weights(labels: Iterable[str]) -> dict[str, float]:
    """Weights that make every label count as much as any other, 1 on average."""
    told = list(labels)
    return {label: len(told) / (len(set(told)) * told.count(label)) for label in sorted(set(told))}
