"""The section on themes of docs/comments-table.md: what is told of comments by authors who were never met."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.voices.themes import Flags, Read, as_read, held_out, judged, staff_comments
from insights.comments.themes import Theme, themes_of


def section(data: Path) -> str:
    """The section's text: by author and voice, by theme, speed."""
    read = as_read(staff_comments(data))
    told = np.zeros(read.meant.shape, dtype=bool)
    lines = [
        "## Themes\n",
        "Precision / recall / F1 over all comments and themes together, several themes a comment. Everything that is",
        "texts; a file is an author, who wrote as several voices. The phrases themselves were written by somebody",
        "texts; a file is an author, who wrote as several voices. The phrases themselves were written by somebody",
        "who had read staff, staff_manners, staff_wards and staff_worlds, and none of the others.\n",
        "| texts | n | precision / recall / F1 |",
        "|---|---|---|",
    ]
    for author, own, found in held_out(read):
        told[own] = found
        lines.append(f"| {author} | {int(own.sum())} | {_line(told, read, own)} |")
        voices = sorted(set(read.voices[own]) - {author})
        lines += [
            f"| {author}: {voice} | {n} | {_line(told, read, which)} |" for voice, n, which in _each(read, voices)
        ]
    everybody = np.ones(len(told), dtype=bool)
    lines += [
        f"| all | {len(told)} | {_line(told, read, everybody)} |",
        "",
        "| theme | n | precision / recall / F1 |",
        "|---|---|---|",
    ]
    for place, theme in enumerate(Theme):
        of_theme = judged(told[:, place], read.meant[:, place])
        lines.append(f"| {theme.value} | {int(read.meant[:, place].sum())} | {_shown(of_theme)} |")
    return "\n".join([*lines, "", *_speed([one.text[:400] for one in read.comments][::4])]) + "\n"


def _each(read: Read, voices: list[str]) -> Iterator[tuple[str, int, Flags]]:
    for voice in voices:
        which = read.voices == voice
        yield voice, int(which.sum()), which


def _line(told: Flags, read: Read, which: Flags) -> str:
    return _shown(judged(told[which], read.meant[which]))


def _shown(found: tuple[float, float, float]) -> str:
    return " / ".join(f"{one:.2f}" for one in found)


def _speed(texts: list[str]) -> Iterator[str]:
    themes_of("a first one")
    taken = []
    for text in texts:
        before = time.process_time()
        themes_of(text)
        taken.append(time.process_time() - before)
    yield f"Speed: {np.mean(taken) * 1000:.2f} ms of CPU a text, p95 {np.percentile(taken, 95) * 1000:.2f} ms."
