"""How well English is kept and other languages are told apart, also with a language's own list left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.voices.corpora import OWN, rows
from insights.comments.language import Language, language_of


def said(path: Path) -> list[str]:
    """The texts of a file of JSON lines that are in English."""
    return [str(row["text"]) for row in rows(path) if row.get("category") not in ("non_english", "language")]


def abroad(data: Path) -> list[tuple[str, str]]:
    """Language and text of every one in another language; "hi-Latn" is Hindi too."""
    both = [*rows(OWN / "languages.jsonl"), *rows(data / "languages.jsonl")]
    return [(str(row["lang"]).partition("-")[0], str(row["text"])) for row in both]


def kept(texts: Sequence[str]) -> float:
    """Share that is not taken for another language."""
    return sum(language_of(text) is not Language.OTHER for text in texts) / len(texts)


def caught(told: Sequence[tuple[str, str]], *, own_list: bool) -> float:
    """Share of texts told apart; without their own language's list where `own_list` is False."""
    without: Collection[str]
    found = 0
    for name, text in told:
        without = () if own_list else (name,)
        found += language_of(text, without=frozenset(without)) is Language.OTHER
    return found / len(told)


def section(data: Path) -> str:
    """The table."""
    files = [*sorted(OWN.glob("staff_*.jsonl")), *sorted(OWN.glob("crisis_*.jsonl")), OWN / "english_odd.jsonl"]
    files += [data / "staff.jsonl", data / "crisis.jsonl", data / "fft.jsonl"]
    lines = [
        "## English or not",
        "",
        "Lists were written with these texts at hand; each language without its list is how one is told that nobody"
        " thought of.",
        "",
        "| Texts | n | right |",
        "|---|---|---|",
    ]
    for path in files:
        texts = said(path)
        lines.append(f"| English: {path.stem} | {len(texts)} | {kept(texts):.3f} |")
    told = abroad(data)
    names = len({name for name, _ in told})
    lines.append(f"| {names} other languages | {len(told)} | {caught(told, own_list=True):.3f} |")
    lines.append(f"| ... each without its list | {len(told)} | {caught(told, own_list=False):.3f} |")
    return "\n".join([*lines, ""])
