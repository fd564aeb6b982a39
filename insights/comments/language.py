"""English or not: what is not is counted as another language, and nobody guesses at its mood or its themes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from insights.comments.english import Words, english
from insights.comments.tables import table

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*(?![\d_])")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u0060\u00b4"), "'")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_DRAWN = re.compile(r"([a-z])\1\1+")
_MOST = 2000


class Language(StrEnum):
    """What a text is written in, as far as it matters here."""

    ENGLISH = "en"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True)
class _Lists:
    weights: Mapping[str, float] = field(repr=False)
    foreign: frozenset[str] = field(repr=False)
    accented: frozenset[str] = field(repr=False)


@cache
def _lists(without: frozenset[str]) -> _Lists:
    read = table("languages")
    spoken = (words for name, words in read["words"].items() if name not in without)
    foreign = frozenset(word for words in spoken for word in words.split())
    return _Lists(
        weights=read["weights"],
        foreign=foreign - english().often,
        accented=frozenset(read["english"]["accents"].split()),
    )


def language_of(text: str, *, without: frozenset[str] = frozenset()) -> Language:
    """ENGLISH, OTHER, or NONE where there is nothing to tell by: emoji, digits, punctuation.

    By script, then by how many words are known in English against words of other languages and words of none. One or
    two unknown words leave a text English; text-speak, jargon and typing errors are English. At most the first 2,000
    characters are looked at. Which other language it is, nobody is told. `without`: languages whose lists are left
    out, to see how well one is told that nobody thought of.

    >>> [language_of(text).value for text in ("Knackered!", "3rd night, no brk", "Pagod na pagod ako", "👍 10/10")]
    ['en', 'en', 'other', 'none']
    """
    text = text[:_MOST].translate(_INVISIBLE).translate(_QUOTES)
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return Language.NONE
    lists = _lists(without)
    weights = lists.weights
    latin = sum(sign.isascii() or unicodedata.name(sign, "").startswith("LATIN") for sign in letters)
    if latin < weights["latin"] * len(letters):
        return Language.OTHER
    spoken = sum(_says(found[0], lists) for found in _WORD.finditer(text))
    return Language.ENGLISH if spoken + weights["free"] >= 0 else Language.OTHER


def _says(typed: str, lists: _Lists) -> float:
    """What one word says: 1 for English, below 0 against it, 0 for nothing."""
    words = english()
    small = typed.lower()
    word = _plain(small)
    if len(word) == 1 and word not in "aio":
        return 0.0
    bare = word.replace("'", "")
    accent = lists.weights["accent"] if word != small and small not in lists.accented else 0.0
    if word in words.often:
        return 1.0 - accent
    is_foreign = bare in lists.foreign or any(part in lists.foreign for part in word.split("'"))
    if is_foreign and bare in words.own:
        return -accent
    if is_foreign and not (bare in words.known and len(bare) > 3):
        return -lists.weights["foreign"] - accent
    return _unlisted(typed, bare, words, lists.weights) - accent


def _unlisted(typed: str, bare: str, words: Words, weights: Mapping[str, float]) -> float:
    short = _DRAWN.sub(r"\1", bare)
    if words.has(bare) or (short != bare and words.has(short)) or words.has(_DRAWN.sub(r"\1\1", bare)):
        return 1.0
    if typed.isupper() and len(typed) <= weights["longest"]:
        return 0.0
    if words.is_slip_of(short):
        return 0.0
    return -weights["unknown"] - weights["unlike"] * max(0.0, weights["like"] - words.likeness(short))


def _plain(word: str) -> str:
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
