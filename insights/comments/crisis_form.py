"""What somebody typed in the one form that the crisis phrases are written in: disguises, typos and text-speak undone.

Apart from `text.py` on purpose: how mood is read may change any day, and must not change who is offered help.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from insights.comments.tables import table

END = "."
"""The token that ends a sentence: no phrase reaches across it."""

_GONE = dict.fromkeys(
    (
        *(*range(0x0300, 0x0370), *range(0x064B, 0x0653), *range(0x200B, 0x2010), *range(0x202A, 0x202F)),
        *(*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0000, 0xE0080)),
        *(0x00AD, 0x034F, 0x061C, 0x0640, 0x180E, 0xFEFF),
    )
)
_STROKED = {ord(sign): letters for sign, letters in zip("łøđıæœ", ("l", "o", "d", "i", "ae", "oe"), strict=True)}
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07"), "'")
_ENDINGS = re.compile(r"(?<=[a-z])'(ll|re|ve|m|d)(?![a-z])")
_FULL = {"ll": " will", "re": " are", "ve": " have", "m": " am", "d": " would"}
_APART = re.compile(r"(?<!\w)[a-z](?:[ .\-_*/,]{1,3}[a-z](?!\w)){2,40}")
_PIECE = re.compile(
    r"[a-z]+(?:[0-9@$!|+*#]{1,3}[a-z]+)+|[@$*][a-z]+|[0-9]+[a-z]+[0-9a-z]*|[a-z]+[0-9@$]+|[^\W_]+"
    r"|(?P<end>[.!?;:\n\u2026\u0964\u3002\uff1f\uff01]+)|[\U0001F000-\U0001FAFF\u2600-\u27BF]"
)
_MARKED = re.compile(r"[0-9@$!|+*#]")
_DRAWN = re.compile(r"([a-z])\1\1+")
_LEET = tuple(str.maketrans("0134578@$!|+#", letters) for letters in ("oleastbasiith", "oieastbasllth"))
_LATIN = re.compile("[a-z]")


@dataclass(frozen=True)
class _Spelling:
    written: Mapping[str, tuple[str, ...]] = field(repr=False)
    alike: Mapping[int, str] = field(repr=False)
    pairs: Mapping[tuple[str, str], str] = field(repr=False)
    keys: frozenset[str] = field(repr=False)
    masked: Mapping[tuple[int, str], tuple[str, ...]] = field(repr=False)
    near: Mapping[str, tuple[str, ...]] = field(repr=False)
    real: frozenset[str] = field(repr=False)
    parts: frozenset[str] = field(repr=False)
    longest: int = 0


@cache
def _spelling() -> _Spelling:
    data = table("crisis_form")
    keys = frozenset(data["keys"]["words"].split())
    near: dict[str, list[str]] = defaultdict(list)
    masked: dict[tuple[int, str], list[str]] = defaultdict(list)
    for key in sorted(keys):
        masked[len(key), key[0]].append(key)
        for shorter in _shorter(key):
            near[shorter].append(key)
    parts = frozenset(data["parts"]["words"].split()) | keys
    return _Spelling(
        written={typed: tuple(meant.split()) for typed, meant in data["written"].items()},
        pairs={(first, second): one for (first, second), one in _pairs(data["pairs"])},
        alike={ord(sign): letter for letter, signs in data["alike"].items() for sign in signs},
        keys=keys,
        masked={place: tuple(words) for place, words in masked.items()},
        near={shorter: tuple(words) for shorter, words in near.items()},
        real=frozenset(data["real"]["words"].split()),
        parts=parts,
        longest=max(map(len, parts)),
    )


def form(text: str) -> tuple[str, ...]:
    """The tokens of a text in the form of the crisis phrases, with END between sentences.

    Small letters without accents; contractions in full; letters that were spaced, drawn out, mistyped, run together,
    replaced by digits, stars or lookalikes from other alphabets are put right for the words that matter. Words of
    other scripts stay as they are.

    >>> form("I can\u2019t g0 on. W4nna d.i.e")
    ('i', 'can', 'not', 'go', 'on', '.', 'want', 'to', 'die')
    """
    small = _ENDINGS.sub(lambda ending: _FULL[ending[1]], plain(text)).replace("'", "")
    pairs = _spelling().pairs
    found: list[str] = []
    for piece in _PIECE.finditer(_APART.sub(_joined, small)):
        if piece["end"]:
            if found and found[-1] != END:
                found.append(END)
        else:
            for word in _meant(piece[0]):
                if found and (one := pairs.get((found[-1], word))):
                    found[-1] = one
                else:
                    found.append(word)
    return tuple(found)


def _pairs(two: Mapping[str, str]) -> Iterable[tuple[tuple[str, str], str]]:
    for typed, meant in two.items():
        first, second = typed.split()
        yield (first, second), meant


def plain(text: str) -> str:
    """Small letters, no accents, no invisible signs; lookalikes of Latin letters only in words that mix alphabets.

    >>> plain("Suicid\u0435 Ça VA? \u0416ить")
    'suicide ca va? жить'
    """
    straight = text.translate(_QUOTES)
    folded = unicodedata.normalize("NFKC", straight)
    if len(folded) > 2 * len(straight):  # one sign can unfold into eighteen: nobody writes so, and it takes long
        folded = unicodedata.normalize("NFC", straight)
    folded = folded.casefold()
    if folded.isascii():
        return folded.translate(_GONE)
    folded = unicodedata.normalize("NFD", folded).translate(_GONE).translate(_STROKED)
    alike = _spelling().alike
    if any(ord(sign) in alike for sign in folded):
        folded = " ".join(word.translate(alike) if _LATIN.search(word) else word for word in folded.split(" "))
    return unicodedata.normalize("NFC", folded)


def _joined(found: re.Match[str]) -> str:
    """Letters that stand apart, together: "k m s", "d.i.e"; a run that is no word of ours stays apart."""
    word = "".join(filter(str.isalpha, found[0]))
    spelling = _spelling()
    if word in spelling.keys or word in spelling.written:
        return f" {word} "
    parts = _parted(word)
    return f" {' '.join(parts)} " if parts else found[0]


def _meant(piece: str) -> Iterable[str]:
    spelling = _spelling()
    if known := spelling.written.get(piece):
        return known
    if piece in spelling.parts or not _LATIN.search(piece):
        return (piece,)
    if _MARKED.search(piece):
        return _undisguised(piece)
    if _DRAWN.search(piece):
        for size in (r"\1", r"\1\1"):
            word = _DRAWN.sub(size, piece)
            if word in spelling.written:
                return spelling.written[word]
            if word in spelling.parts:
                return (word,)
        piece = _DRAWN.sub(r"\1\1", piece)
    if piece in spelling.real or len(piece) < 4:
        return (piece,)
    return spelling.written.get(meant := _typed_for(piece), (meant,)) if len(piece) < 7 else _long(piece)


def _long(piece: str) -> Iterable[str]:
    """A long unknown word: a typing error, or several words in one."""
    meant = _typed_for(piece)
    if meant != piece:
        return (meant,)
    return _parted(piece) or (piece,)


def _undisguised(piece: str) -> Iterable[str]:
    spelling = _spelling()
    for letters in _LEET:
        word = piece.translate(letters).replace("*", "")
        for tried in (word, _DRAWN.sub(r"\1", word)):
            if tried in spelling.written:
                return spelling.written[tried]
            if tried in spelling.parts or (tried not in spelling.real and _typed_for(tried) in spelling.keys):
                return (_typed_for(tried) if tried not in spelling.parts else tried,)
            if len(tried) > 6 and (parts := _parted(tried)):
                return parts
    for key in spelling.masked.get((len(piece), piece[0]), ()):
        if all(one == other or _MARKED.match(one) for one, other in zip(piece, key, strict=True)):
            return (key,)
    return (piece,)


def _shorter(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def _typed_for(piece: str) -> str:
    """The key word that a piece is one slip away from, else the piece itself."""
    spelling = _spelling()
    if piece in spelling.real or not 4 <= len(piece) <= 14:
        return piece
    for shorter in sorted(_shorter(piece), key=len, reverse=True):
        for key in spelling.near.get(shorter, ()):
            if (key[0] == piece[0] or len(key) > 5) and _is_one_slip(key, piece):
                return key
    return piece


def _is_one_slip(key: str, piece: str) -> bool:
    """Whether one letter too many, too few, wrong, or two swapped, make one of the other."""
    if len(key) != len(piece):
        return abs(len(key) - len(piece)) == 1 and min(key, piece, key=len) in _shorter(max(key, piece, key=len))
    apart = [place for place, (one, other) in enumerate(zip(key, piece, strict=True)) if one != other]
    if len(apart) == 2:
        first, second = apart
        return second == first + 1 and key[first] == piece[second] and key[second] == piece[first]
    return len(apart) == 1


def _parted(word: str) -> tuple[str, ...]:
    """Words that were run together, where one of them is a word that matters; else nothing."""
    spelling = _spelling()
    if len(word) > 60:
        return ()
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - spelling.longest), end):
            before, part = ways[start], word[start:end]
            if before is None or part not in spelling.parts:
                continue
            way = (*before, part)
            best = ways[end]
            if best is None or len(way) < len(best):
                ways[end] = way
    whole = ways[-1]
    if not whole or len(whole) < 2 or not spelling.keys.intersection(whole):
        return ()
    return tuple(token for part in whole for token in spelling.written.get(part, (part,)))
