"""Learns how often each phrase of a theme is right, and how phrases and n-grams add up; and judges both on strangers.

    python -m benchmarks.voices.themes --data folder

writes insights/comments/data/themes.layer and themes.json. Whoever wrote a text is never judged by what their own
texts taught: phrases are weighed and n-grams learnt on other voices, first within the training texts, so that the
evidence is added up as it will be on strangers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.voices.corpora import OWN, rows
from benchmarks.voices.fit import Numbers, Vectors, Weights, vectors, write_layer
from insights.comments import themes as reading
from insights.comments.phrases import Found
from insights.comments.theme_phrases import log_odds, strongest, theme_phrases
from insights.comments.themes import Theme

DATA = Path("insights/comments/data")
BUCKETS = 4096
PRIOR = 2.0
"""A phrase's list counts as so many texts, beside those in which it was met."""
L2_GRAMS, L2_EVIDENCE = 0.1, 0.5
FOLDS = 4
PRECISE = 0.74
"""Themes told of strangers within the training texts are right so often; strangers at large are stranger."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Comment:
    """A comment with its themes; `author` wrote the file, as `voice`."""

    text: str = field(repr=False)
    themes: frozenset[str]
    voice: str
    author: str


@dataclass(frozen=True)
class Read:
    """Comments as they are read: which themes are meant (comments x themes), phrases found, n-grams."""

    comments: Sequence[Comment]
    meant: Numbers
    found: Sequence[list[list[Found]]]
    grams: Vectors
    voices: NDArray[np.str_]


@dataclass(frozen=True)
class Learnt:
    """What themes.json and themes.layer hold."""

    evidence: Numbers
    usual: Numbers
    cut: float
    chances: Numbers
    met: Flags
    hashed: Numbers
    biases: Numbers

    def scores(self, read: Read, which: Flags) -> Numbers:
        """Log-odds, comments x themes, as insights/comments/themes.py adds them up."""
        odds = [log_odds(float(chance)) for chance in self.chances]
        leaning = read.grams[which] @ self.hashed.T + self.biases
        told = [
            reading.weighed(
                [strongest(one, odds.__getitem__) for one in read.found[place]],
                [float(one) for one in leaning[row]],
                [float(one) for one in self.evidence],
                [float(one) for one in self.usual],
            )
            for row, place in enumerate(np.flatnonzero(which))
        ]
        return np.asarray(told)


def staff_comments(data: Path) -> list[Comment]:
    """Our own voices, and staff.jsonl as an author of its own."""
    told = []
    for file in (*sorted(OWN.glob("staff_*.jsonl")), data / "staff.jsonl"):
        for row in rows(file):
            themes = row["themes"]
            assert isinstance(themes, list)
            told.append(Comment(str(row["text"]), frozenset(themes), str(row.get("voice") or file.stem), file.stem))
    return told


def as_read(comments: Sequence[Comment]) -> Read:
    """Everything of the comments that does not depend on what is learnt."""
    return Read(
        comments,
        np.array([[theme.value in one.themes for theme in Theme] for one in comments], dtype=float),
        [theme_phrases().found(one.text) for one in comments],
        vectors([one.text for one in comments], BUCKETS),
        np.array([one.voice for one in comments]),
    )


def learn(read: Read, kept: Flags) -> Learnt:
    """All that is learnt, from the comments that are kept."""
    leaning = np.zeros_like(read.meant)
    evidence = np.zeros((*read.meant.shape, 4))
    for fold in _folds(read.voices, kept):
        hashed, biases = _sigmoids(read.grams[kept & ~fold], read.meant[kept & ~fold], L2_GRAMS)
        leaning[fold] = read.grams[fold] @ hashed.T + biases
        chances, _ = _chances(read, kept & ~fold)
        evidence[fold] = _evidence(read, fold, chances)
    flat = np.concatenate([evidence, leaning[:, :, None]], axis=2)[kept].reshape(-1, 5)
    which = np.tile(np.eye(len(Theme)), (int(kept.sum()), 1))
    weights, [bias] = _sigmoids(csr_matrix(np.hstack([flat, which])), read.meant[kept].reshape(-1, 1), L2_EVIDENCE)
    scores = (flat @ weights[0, :5]).reshape(-1, len(Theme)) + weights[0, 5:] + bias
    hashed, biases = _sigmoids(read.grams[kept], read.meant[kept], L2_GRAMS)
    chances, met = _chances(read, kept)
    return Learnt(weights[0, :5], weights[0, 5:] + bias, _cut(scores, read.meant[kept]), chances, met, hashed, biases)


def held_out(read: Read) -> Iterator[tuple[str, Flags, Flags]]:
    """Every author, which comments are theirs, and what is told of these by what never met them."""
    authors = np.array([one.author for one in read.comments])
    for author in sorted(set(authors)):
        own = authors == author
        learnt = learn(read, ~own)
        yield str(author), own, learnt.scores(read, own) > learnt.cut


def judged(told: Flags, meant: Numbers) -> tuple[float, float, float]:
    """Precision, recall and F1 over all comments and themes together.

    >>> judged(np.array([[True, True]]), np.array([[1.0, 0.0]]))
    (0.5, 1.0, 0.6666666666666666)
    """
    right = float((told * meant).sum())
    told_at_all, meant_at_all = float(told.sum()), float(meant.sum())
    both = told_at_all + meant_at_all
    return right / max(told_at_all, 1.0), right / max(meant_at_all, 1.0), 2 * right / both if both else 0.0


def write(learnt: Learnt, folder: Path) -> None:
    """themes.layer and themes.json."""
    classes = tuple(theme.value for theme in Theme)
    none = np.zeros((len(classes), 0))
    write_layer(folder / "themes.layer", Weights(classes, BUCKETS, learnt.hashed, learnt.biases, (), none))
    phrases = theme_phrases()
    met: dict[str, dict[str, float]] = {theme: {} for theme in phrases.themes}
    for number in np.flatnonzero(learnt.met):
        met[phrases.themes[phrases.of[number]]][phrases.names[number]] = round(float(learnt.chances[number]), 2)
    told = {
        "evidence": [round(float(one), 3) for one in learnt.evidence],
        "usual": {name: round(float(one), 3) for name, one in zip(classes, learnt.usual, strict=True)},
        "cut": round(learnt.cut, 2),
        "phrases": {theme: dict(sorted(found.items())) for theme, found in met.items()},
    }
    (folder / "themes.json").write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", "utf-8")


def train_themes(data: Path) -> None:
    """Learn from all texts and write what is shipped."""
    read = as_read(staff_comments(data))
    write(learn(read, np.ones(len(read.comments), dtype=bool)), DATA)


def _folds(voices: NDArray[np.str_], kept: Flags) -> Iterator[Flags]:
    named = sorted(set(voices[kept]))
    for fold in range(FOLDS):
        yield kept & np.isin(voices, named[fold::FOLDS])


def _chances(read: Read, which: Flags) -> tuple[Numbers, Flags]:
    """How often every phrase is right, between its list's word and what the comments say; and which were met."""
    phrases = theme_phrases()
    met, right = np.zeros(len(phrases.names)), np.zeros(len(phrases.names))
    for place in np.flatnonzero(which):
        for theme, found in enumerate(read.found[place]):
            for number in {one.label for one in found}:
                met[number] += 1
                right[number] += read.meant[place, theme]
    chances = (right + PRIOR * np.array(phrases.chances)) / (met + PRIOR)
    return np.clip(chances, 0.02, 0.98), met > 0


def _evidence(read: Read, which: Flags, chances: Numbers) -> Numbers:
    odds = [log_odds(float(chance)) for chance in chances]
    told = np.array(
        [[strongest(one, odds.__getitem__) for one in read.found[place]] for place in np.flatnonzero(which)]
    )
    first = told[:, :, 0]
    top = np.sort(first, axis=1)
    rival = np.where(first == top[:, -1:], top[:, -2:-1], top[:, -1:])
    return np.concatenate([told, rival[:, :, None]], axis=2)


def _cut(scores: Numbers, meant: Numbers) -> float:
    """The best F1 among the cuts that are precise enough."""
    tried = [(cut, judged(scores > cut, meant)) for cut in np.arange(-1.5, 1.5, 0.05)]
    return max((f1, float(cut)) for cut, (precision, _, f1) in tried if precision >= PRECISE)[1]


def _sigmoids(matrix: Vectors, wanted: Numbers, l2: float) -> tuple[Numbers, Numbers]:
    """One logistic regression a column of `wanted`, with an L2 penalty: weights (columns x features) and biases."""
    used = np.flatnonzero(np.diff(csr_matrix(matrix).tocsc().indptr))
    small = csr_matrix(matrix)[:, used]
    turned = csr_matrix(small.T)
    columns = wanted.shape[1]

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        both = flat.reshape(columns, len(used) + 1)
        sums = np.asarray(small @ both[:, :-1].T) + both[:, -1]
        error = 1 / (1 + np.exp(-sums)) - wanted
        slope = np.empty_like(both)
        slope[:, :-1] = np.asarray(turned @ error).T + l2 * both[:, :-1]
        slope[:, -1] = error.sum(0)
        value = float((np.logaddexp(0, sums) - wanted * sums).sum()) + 0.5 * l2 * float((both[:, :-1] ** 2).sum())
        return value, slope.ravel()

    start = np.zeros(columns * (len(used) + 1))
    both = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x.reshape(columns, -1)
    weights = np.zeros((columns, matrix.shape[1]))
    weights[:, used] = both[:, :-1]
    return weights, both[:, -1]


def main() -> None:
    """Learn and write, or judge."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True, help="folder with staff.jsonl")
    train_themes(ask.parse_args().data)


if __name__ == "__main__":
    main()
