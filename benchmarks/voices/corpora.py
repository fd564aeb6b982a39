"""Labelled texts: our own, in many voices, and the sets in the folder that `DATA` names, read where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

OWN = Path(__file__).with_name("texts")
PUBLIC_EVERY = 3
"""Of the largest set (36,172 comments of a forum) every third is used: all of them teach the same and take longer."""


@dataclass(frozen=True)
class Labelled:
    """A text with its label; `author` is who wrote the file, `voice` the person they wrote as."""

    text: str = field(repr=False)
    label: str
    voice: str
    author: str


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a file of JSON lines."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def labelled(path: Path) -> list[Labelled]:
    """The texts of one file that carry a label of mood."""
    return [
        Labelled(str(row["text"]), str(row["label"]), str(row.get("voice") or path.stem), path.stem)
        for row in rows(path)
        if row.get("label") in ("neg", "neu", "pos")
    ]


def staff_texts(data: Path) -> list[Labelled]:
    """Staff comments: our own voices (told with their authors), and `staff.jsonl` as a voice of its own."""
    files = [*sorted(OWN.glob("staff_*.jsonl")), data / "staff.jsonl"]
    return [text for file in files for text in labelled(file)]


def patient_texts(data: Path) -> list[Labelled]:
    """NHS patients' comments, in the newer coding of the programme (pxtextmining)."""
    return labelled(data / "fft.jsonl")


def patient_texts_before(data: Path) -> list[Labelled]:
    """NHS patients' comments from the programme's earlier set: another source, coded by how critical they are."""
    return labelled(data / "fft_criticality.jsonl")


def forum_texts(data: Path) -> list[Labelled]:
    """Comments from a forum (GoEmotions)."""
    return labelled(data / "goemotions.jsonl")[::PUBLIC_EVERY]
