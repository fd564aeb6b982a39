"""Learns every layer that reads comments and writes it to insights/comments/data/.

    make train-words DATA=folder
    python -m benchmarks.voices.train --data folder --only sentiment

`DATA` is a folder with staff.jsonl, crisis.jsonl, fft.jsonl, fft_criticality.jsonl and goemotions.jsonl. Minutes. The
same texts give the same weights; without scipy nothing is learnt, and nothing that is learnt needs it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.voices import crisis
from benchmarks.voices.corpora import patient_texts, staff_texts
from benchmarks.voices.fit import write_layer
from benchmarks.voices.mood import as_read, learn, public
from benchmarks.voices.themes import train_themes

LAYERS = Path("insights/comments/data")


def train_sentiment(data: Path) -> None:
    """Write sentiment.layer."""
    learnt = learn(as_read(staff_texts(data)), as_read(patient_texts(data)), public(data))
    write_layer(LAYERS / "sentiment.layer", learnt)


def train_crisis(data: Path) -> None:
    """Write crisis.layer and crisis_cuts.toml."""
    crisis.train(data, LAYERS / "crisis.layer")


TRAINED: dict[str, Callable[[Path], None]] = {
    "crisis": train_crisis,
    "sentiment": train_sentiment,
    "themes": train_themes,
}
"""What is learnt, by the layer's name."""


def main() -> int:
    """Learn all layers, or one."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, required=True, help="folder with the labelled texts")
    ask.add_argument("--only", choices=sorted(TRAINED), help="one layer")
    told = ask.parse_args()
    if not told.data.is_dir():
        ask.error("--data names no folder")
    for name in [told.only] if told.only else sorted(TRAINED):
        print(f"learning {name}", file=sys.stderr, flush=True)
        TRAINED[name](told.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
