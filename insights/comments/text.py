"""One way to read what people type in many: quotes, contractions, text-speak, drawn-out letters, emoji."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

PICTURE = r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\u2300-\u23FF]"
"""One emoji, as a pattern; skin tones and joiners are gone when it is looked for."""

_SIGNS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"), '"'),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"), None),
    **dict.fromkeys(range(0x1F3FB, 0x1F400), None),
    **dict.fromkeys((0x2011, 0x2013), "-"),
    0xA0: " ",
    0x2026: "...",
    0x2014: " - ",
}
_PICTURES = re.compile(PICTURE)
_DRAWN_OUT = re.compile(r"([^\W\d_])\1\1+")
_BEFORE_NOT = "is|are|was|were|do|does|did|has|have|had|ca|wo|could|would|should"
_SLIPS = (
    (re.compile(r"(?<=n);(?=t\b)", re.I), "'"),  # doesn;t
    (re.compile(r"(?<=[a-z])'(n)(t)\b", re.I), r"\1'\2"),  # did'nt
    (re.compile(r"(?<=[a-z]n)(t)'(?!\w)", re.I), r"'\1"),  # dont'
    (
        re.compile(
            r"\b((?:is|are|was|were|do|does|did|has|have|had|ca|wo|could|would|should)n)(?: '?|' )(t)\b", re.I
        ),
        r"\1'\2",
    ),
)
_WORD = re.compile(r"w/o?(?!\w)|'?[^\W_]+(?:'[^\W_]+)*'?", re.I)
_ENDINGS = {"n't": " not", "'ll": " will", "'re": " are", "'ve": " have", "'d": " would", "'m": " am"}
_TOKEN = re.compile(rf"[^\W_]+|{PICTURE}|[!?]+|\.\.+")


@dataclass(frozen=True)
class _Spelling:
    whole: Mapping[str, str] = field(repr=False)
    is_before: frozenset[str] = field(repr=False)
    faces: Mapping[str, str] = field(repr=False)
    any_face: re.Pattern[str] = field(repr=False)
    once: frozenset[str] = field(repr=False)


@cache
def _spelling() -> _Spelling:
    data = tomllib.loads((resources.files("insights.comments") / "data" / "spelling.toml").read_text("utf-8"))
    faces: dict[str, str] = data["emoticons"]
    apart = [re.escape(face) for face in faces if face[0].isalpha() or face[-1] == "/"]
    anywhere = [re.escape(face) for face in faces if not (face[0].isalpha() or face[-1] == "/")]
    return _Spelling(
        whole=data["said"] | data["bare"] | data["contractions"],
        is_before=frozenset(data["is"]["words"]),
        faces=faces,
        any_face=re.compile(rf"(?:{'|'.join(anywhere)}|(?<!\w)(?:{'|'.join(apart)}))(?![\w/])"),
        once=frozenset(data["long"]["words"]),
    )


def normalise(text: str) -> str:
    """The same words in one spelling: straight quotes, contractions in full, no drawn-out letters. Case is kept.

    `text` may be anything; the answer has single spaces, and normalised again it stays as it is. Words that are
    not known stay as they are.

    >>> normalise("It isn\u2019t gooood, i cant go on w/o a break :(")
    'It is not good, i can not go on without a break 🙁'
    """
    spelling = _spelling()
    text = text.translate(_SIGNS)
    text = spelling.any_face.sub(lambda found: f" {spelling.faces[found[0]]} ", text)
    text = _PICTURES.sub(lambda found: f" {found[0]} ", text)
    if "'" in text or ";" in text:
        for slip, meant in _SLIPS:
            text = slip.sub(meant, text)
    return " ".join(_WORD.sub(_in_full, text).replace("'", " ").split())


def tokens(text: str) -> tuple[str, ...]:
    """Words in small letters, emoji, runs of ! and ?, and "..", in their order; other punctuation only parts words.

    >>> tokens("WON'T be missed!! 😡 Short-staffed...")
    ('will', 'not', 'be', 'missed', '!!', '😡', 'short', 'staffed', '...')
    """
    return tuple(_TOKEN.findall(normalise(text).lower()))


def _in_full(found: re.Match[str]) -> str:
    word = found[0]
    typed = word.lower()
    known = _spelling().whole
    quoted = typed.strip("'")
    full = known.get(typed) or known.get(quoted) or _unfolded(_shortened(quoted))
    if full == typed:
        return word
    bare = word.strip("'")
    if len(bare) > 1 and bare.isupper():
        return full.upper()
    return full[:1].upper() + full[1:] if bare[:1].isupper() else full


def _shortened(word: str) -> str:
    """Without drawn-out letters: "sooo" is so, "goood" is good."""
    if not _DRAWN_OUT.search(word):
        return word
    single = _DRAWN_OUT.sub(r"\1", word)
    return single if single in _spelling().once else _DRAWN_OUT.sub(r"\1\1", word)


def _unfolded(word: str) -> str:
    """A contraction that a rule builds, in full; a possessive without its quote."""
    spelling = _spelling()
    if word in spelling.whole:
        return spelling.whole[word]
    if "'" not in word:
        return word
    for ending, meant in _ENDINGS.items():
        if word.endswith(ending):
            return f"{_unfolded(word.removesuffix(ending))}{meant}".strip()
    stem = word.removesuffix("'s")
    if stem != word and stem in spelling.is_before:
        return f"{stem} is"
    return word.replace("'", "")
