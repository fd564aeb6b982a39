"""Learns the layer of the crisis check, sets its two cuts on voices it has not met, and says how many it would miss.

The texts are about suicide, self-harm and violence: nothing here prints one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.voices.corpora import OWN, rows
from benchmarks.voices.fit import Weights, fit, held_out, write_layer
from insights import policy
from insights.comments.crisis import Care, by_phrases, joined
from insights.comments.crisis_form import form
from insights.comments.crisis_layer import features

BUCKETS, L2 = 16384, 0.2
CLASSES = ("none", "crisis")
HARD = {"idiom", "clinical", "lookalike", "denial", "third_party"}
COUNTS = {"explicit": 1.0, "oblique": 1.0, "support": 0.0, "hard": 0.7, "ordinary": 1.0, "public": 0.5}
"""How much a text counts in learning. Support is neither: a card is welcome there, and never wrong."""

FOLDS = 8
FORUM_EVERY, PATIENTS_EVERY = 5, 2
CUTS = Path("insights/comments/data/crisis_cuts.toml")


@dataclass(frozen=True)
class Told:
    """A text and what its author meant: explicit or oblique (somebody in danger), support, hard, ordinary, public."""

    text: str = field(repr=False)
    kind: str
    voice: str
    tokens: tuple[str, ...] = field(repr=False)


def texts(data: Path) -> list[Told]:
    """Our own texts and the folder's; what other people's sets hold counts as ordinary, and less."""
    found = []
    for path in [*sorted(OWN.glob("crisis_*.jsonl")), data / "crisis.jsonl"]:
        found += [_told(row, _kind(row), path.stem) for row in rows(path) if row.get("category") != "non_english"]
    for path in [*sorted(OWN.glob("staff_*.jsonl")), data / "staff.jsonl"]:
        found += [_told(row, "explicit" if row.get("crisis") else "ordinary", path.stem) for row in rows(path)]
    for name, every in (("goemotions", FORUM_EVERY), ("fft", PATIENTS_EVERY)):
        found += [_told(row, "public", name) for row in list(rows(data / f"{name}.jsonl"))[::every]]
    return found


def _kind(row: Mapping[str, object]) -> str:
    if row["level"] == "crisis":
        return "explicit" if row.get("explicit", bool(row["category"])) else "oblique"
    if row["level"] == "support":
        return "support"
    return "hard" if row["category"] in HARD else "ordinary"


def _told(row: Mapping[str, object], kind: str, author: str) -> Told:
    text = str(row["text"])
    return Told(text, kind, str(row.get("voice") or author), form(text))


def seen(told: Sequence[Told]) -> csr_matrix:
    """The hashed features of texts, texts x buckets."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for one in told:
        found = features(one.tokens, BUCKETS)
        columns += found.keys()
        values += found.values()
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(told), BUCKETS))


def learn(told: Sequence[Told], table: csr_matrix) -> Weights:
    """The layer's weights: near to the texts of people in danger, or not."""
    use = [place for place, one in enumerate(told) if COUNTS[one.kind]]
    kept = [told[place] for place in use]
    labels = ["crisis" if one.kind in ("explicit", "oblique") else "none" for one in kept]
    counts = [COUNTS[one.kind] for one in kept]
    return fit([one.text for one in kept], labels, counts, BUCKETS, L2, classes=CLASSES, seen=csr_matrix(table[use]))


def unmet(told: Sequence[Told], table: csr_matrix) -> NDArray[np.float64]:
    """How near each text is, by a layer that has not met its voice: an eighth of all voices is left out at a time."""
    order = sorted({one.voice for one in told})
    fold = {voice: str(place % FOLDS) for place, voice in enumerate(order)}

    def without(kept: NDArray[np.bool_]) -> object:
        weights = learn([one for one, keep in zip(told, kept, strict=True) if keep], csr_matrix(table[kept]))
        return lambda own: weights.scores(csr_matrix(table[own]))

    return held_out([fold[one.voice] for one in told], 2, without)[:, 1]


def cuts(told: Sequence[Told], near: NDArray[np.float64]) -> tuple[float, float]:
    """From where on a card is given, and from where on the crisis card: by the policy's shares of ordinary texts."""
    ordinary = near[[one.kind == "ordinary" for one in told]]
    hard = near[[one.kind == "hard" for one in told]]
    gentle = float(np.quantile(ordinary, 1 - policy.CARE_ORDINARY_GENTLE))
    crisis = max(
        float(np.quantile(ordinary, 1 - policy.CARE_ORDINARY_CRISIS)),
        float(np.quantile(hard, 1 - policy.CARE_HARD_CRISIS)),
    )
    return round(gentle, 3), round(crisis, 3)


def train(data: Path, layer: Path) -> None:
    """Write the layer and its cuts."""
    told = texts(data)
    table = seen(told)
    gentle, crisis = cuts(told, unmet(told, table))
    write_layer(layer, learn(told, table))
    CUTS.write_text(
        "# Written by make train-words: from which nearness on a card is given. See benchmarks/voices/crisis.py.\n"
        f"gentle = {gentle}\ncrisis = {crisis}\n",
        "utf-8",
    )


def section(data: Path) -> str:
    """The table of cards by kind of text: phrases alone, and with a layer that has not met the voice."""
    told = texts(data)
    near = unmet(told, seen(told))
    gentle, crisis = cuts(told, near)
    said = [by_phrases(one.tokens, one.text) for one in told]
    both = [joined(one, float(how_near), gentle, crisis) for one, how_near in zip(said, near, strict=True)]
    alone = [one.care for one in said]
    lines = [
        "## Who is offered help",
        "",
        "Share of texts answered with any card, and with the crisis card. Phrases were written with most of the texts"
        " at hand, so that they do worse on new ones: docs/comments-crisis.md has the figures of a file nobody had"
        " read. The layer has not met the voice.",
        "",
        "| Texts | n | phrases: any | crisis | with the layer: any | crisis |",
        "|---|---|---|---|---|---|",
    ]
    for kind in ("explicit", "oblique", "support", "hard", "ordinary", "public"):
        places = [place for place, one in enumerate(told) if one.kind == kind]
        shown = [
            f"{_share([cares[place] for place in places], least):.3f}" for cares in (alone, both) for least in (1, 2)
        ]
        lines.append(f"| {kind} | {len(places)} | {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def _share(cares: Sequence[Care], least: int) -> float:
    order = (Care.NONE, Care.GENTLE, Care.CRISIS)
    return sum(order.index(care) >= least for care in cares) / len(cares)
