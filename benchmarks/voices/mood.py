"""Learns the layer "sentiment": first from public comments, then from staff's words, beside what the lists say.

What public comments teach enters as further numbers that the second step weighs; then it is folded into the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack

from benchmarks.voices.corpora import Labelled, forum_texts, patient_texts_before
from benchmarks.voices.fit import Numbers, Vectors, Weights, class_weights, fit, vectors
from insights.comments.lexicon import NUMBERS, read

MOODS = ("neg", "neu", "pos")
BUCKETS = 32768
FORUM_L2, PATIENTS_L2 = 1.0, 0.3
STAFF_L2, NUMBERS_L2 = 0.1, 2.0
BALANCE = 0.5
"""How far labels are made to count alike: 0 not at all, 1 wholly. Half-way keeps what is rare without guessing it."""
PATIENTS_COUNT = 0.2
"""What a patient's comment counts beside a member of staff's: more, and staff are read worse."""
_PUBLIC_SCALE = 0.5


@dataclass(frozen=True)
class Read:
    """Texts as the model sees them."""

    labels: tuple[str, ...]
    seen: Vectors
    numbers: Numbers

    def part(self, which: Numbers) -> Read:
        """Those for which `which` is true."""
        labels = tuple(label for label, wanted in zip(self.labels, which, strict=True) if wanted)
        return Read(labels, self.seen[which], self.numbers[which])


def as_read(texts: Sequence[Labelled]) -> Read:
    """Labels, n-grams and the lists' numbers of texts."""
    written = [one.text for one in texts]
    return Read(
        tuple(one.label for one in texts),
        vectors(written, BUCKETS),
        np.array([read(one).numbers for one in written]).reshape(len(written), len(NUMBERS)),
    )


def public(data: Path) -> list[Weights]:
    """What public comments teach: a forum's, and patients' of the earlier set."""
    return [_hashed(forum_texts(data), FORUM_L2), _hashed(patient_texts_before(data), PATIENTS_L2)]


def _hashed(texts: Sequence[Labelled], l2: float) -> Weights:
    labels = [one.label for one in texts]
    return fit([one.text for one in texts], labels, _balanced(labels, 1.0), BUCKETS, l2, classes=MOODS)


def _balanced(labels: Sequence[str], power: float) -> list[float]:
    by_label = class_weights(labels)
    return [by_label[label] ** power for label in labels]


def _told(publics: Sequence[Weights], seen: Vectors) -> Numbers:
    """What the public comments say of texts: three centred sums for each of them."""
    parts = [np.asarray(seen @ _centred(one).T) * _PUBLIC_SCALE for one in publics]
    return np.hstack(parts)


def _centred(weights: Weights) -> Numbers:
    return weights.hashed - weights.hashed.mean(0)


def learn(staff: Read, patients: Read, publics: Sequence[Weights]) -> Weights:
    """The whole model: weights of n-grams with those of the public comments folded in, and of the lists' numbers.

    Patients' comments count little, and with a bias of their own: they praise more than staff do.
    """
    seen = csr_matrix(vstack([staff.seen, patients.seen]))
    told = _told(publics, seen)
    is_patient = np.repeat([0.0, 1.0], [len(staff.labels), len(patients.labels)])[:, None]
    counts = [
        *_balanced(staff.labels, BALANCE),
        *(PATIENTS_COUNT * one for one in _balanced(patients.labels, BALANCE)),
    ]
    names = (*NUMBERS, *(f"public{place}" for place in range(told.shape[1])), "patient")
    learnt = fit(
        [""] * seen.shape[0],
        [*staff.labels, *patients.labels],
        counts,
        BUCKETS,
        STAFF_L2,
        classes=MOODS,
        dense=np.hstack([np.vstack([staff.numbers, patients.numbers]), told, is_patient]),
        dense_names=names,
        dense_l2=NUMBERS_L2,
        seen=seen,
    )
    own, of_public = learnt.dense_weights[:, : len(NUMBERS)], learnt.dense_weights[:, len(NUMBERS) : -1]
    folded = learnt.hashed + of_public @ np.vstack([_centred(one) * _PUBLIC_SCALE for one in publics])
    return Weights(MOODS, BUCKETS, folded - folded.mean(0), learnt.biases, NUMBERS, own)
