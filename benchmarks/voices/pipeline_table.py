"""The section on the whole reading of docs/comments-table.md: what a comment costs, step by step."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.voices.corpora import staff_texts
from insights.comments.analysis import analyse
from insights.comments.crisis import care_for
from insights.comments.language import language_of
from insights.comments.scrub import scrub
from insights.comments.sentiment import sentiment
from insights.comments.themes import themes_of
from insights.policy import COMMENT_LENGTH

STEPS: dict[str, Callable[[str], object]] = {
    "everything": analyse,
    "care": care_for,
    "language": language_of,
    "mood": sentiment,
    "themes": themes_of,
    "scrub": scrub,
}
_IMPORT = "import time; a = time.process_time(); import insights.comments.analysis; print(time.process_time() - a)"
_FIRST = (
    f"{_IMPORT}; a = time.process_time(); insights.comments.analysis.analyse('first'); print(time.process_time() - a)"
)


def section(data: Path) -> str:
    """The section's text: CPU time by step, for comments as they come and for the longest."""
    texts = [one.text[:COMMENT_LENGTH] for one in staff_texts(data)][::3]
    longest = [" ".join(texts[at : at + 12])[:COMMENT_LENGTH] for at in range(0, len(texts) - 12, 12)]
    lines = [
        "## The whole reading\n",
        f"Milliseconds of CPU on one core, mean / 95th percentile, for {len(texts)} staff comments, and for",
        f"{len(longest)} of {COMMENT_LENGTH} characters.\n",
        "| step | comments | longest |",
        "|---|---|---|",
        *_rows(texts, longest),
        "",
        _starting(),
    ]
    return "\n".join(lines) + "\n"


def _rows(texts: Sequence[str], longest: Sequence[str]) -> Iterator[str]:
    for name, step in STEPS.items():
        usual, long = _timed(step, texts), _timed(step, longest)
        shown = [f"{taken.mean() * 1000:.1f} / {np.percentile(taken, 95) * 1000:.1f}" for taken in (usual, long)]
        yield f"| {name} | {shown[0]} | {shown[1]} |"


def _timed(step: Callable[[str], object], texts: Sequence[str]) -> np.ndarray:
    step("a first one")
    taken = []
    for text in texts:
        before = time.process_time()
        step(text)
        taken.append(time.process_time() - before)
    return np.asarray(taken)


def _starting() -> str:
    done = subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, text=True, check=True)
    imported, first = map(float, done.stdout.split())
    return f"Import {imported:.1f} s of CPU; the first comment, which loads all lists, {first:.1f} s more."
