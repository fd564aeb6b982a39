"""What the scrub goes by: lists of names and of words that are nobody's, read once, when they are first needed."""

from __future__ import annotations

import importlib.util
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

_ENDINGS = (
    "s", "es", "ed", "d", "ing", "er", "ers", "y", "ly", "ies", "ied", "est", "ful", "less", "ness", "ish", "able",
    "isation", "ise", "ised", "ising", "our", "in", "ity", "al", "ally", "ment", "ments", "ation", "ations",
)  # fmt: skip
_BEGINNINGS = ("un", "re", "non", "over", "under", "mis", "pre", "anti", "dis", "out", "sub", "super", "co")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_NEAR_LEAST = 5


@dataclass(frozen=True)
class Lists:
    """Words in small letters without accents. `given` are always names, `wordy` are ordinary words as well."""

    given: frozenset[str] = field(repr=False)
    wordy: frozenset[str] = field(repr=False)
    surnames: frozenset[str] = field(repr=False)
    common: frozenset[str] = field(repr=False)
    never: frozenset[str] = field(repr=False)
    titles: frozenset[str] = field(repr=False)
    strict_titles: frozenset[str] = field(repr=False)
    roles: frozenset[str] = field(repr=False)
    before: frozenset[str] = field(repr=False)
    strong_before: frozenset[str] = field(repr=False)
    after: frozenset[str] = field(repr=False)
    strong_after: frozenset[str] = field(repr=False)
    addressed: frozenset[str] = field(repr=False)
    months: frozenset[str] = field(repr=False)
    nobody: frozenset[str] = field(repr=False)
    no_unit: frozenset[str] = field(repr=False)
    unit_kinds: frozenset[str] = field(repr=False)
    unit_plain: frozenset[str] = field(repr=False)
    unit_names: frozenset[str] = field(repr=False)
    endings: tuple[str, ...] = field(repr=False)
    masks: re.Pattern[str] = field(repr=False)

    def is_known(self, word: str) -> bool:
        """Whether a word in small letters is an ordinary one, or made of one."""
        if word in self.common or word in self.never or word.endswith((*self.endings, "n't")):
            return True
        if any(stem in self.common for stem in _stems(word)):
            return True
        return any(
            len(word) - len(one) > 3 and word.startswith(one) and word[len(one) :] in self.common
            for one in _BEGINNINGS
        )

    def is_nobody(self, word: str) -> bool:
        """Whether a word in small letters is an ordinary one and in no list of names."""
        return self.is_known(word) and word not in self.given | self.wordy | self.surnames

    def is_slip(self, word: str) -> bool:
        """Whether a word in small letters is one slip away from an ordinary one."""
        return len(word) >= _NEAR_LEAST and any(one in self.common for one in _one_slip_away(word))


def plain(word: str) -> str:
    """A word in small letters without accents.

    >>> plain("Wi\u015bniewska"), plain("MICHA\u0141")
    ('wisniewska', 'michal')
    """
    if word.isascii():
        return word.lower()
    flat = unicodedata.normalize("NFKD", word.casefold().translate({0x142: "l", 0xF8: "o", 0x111: "d", 0x131: "i"}))
    return "".join(sign for sign in flat if not unicodedata.combining(sign)).replace("\u2019", "'")


@cache
def lists() -> Lists:
    """The lists, from `data/` and from TextBlob's word list, which is read without importing TextBlob.

    >>> "priya" in lists().given, "grace" in lists().wordy, lists().is_known("tablets")
    (True, True, True)
    """
    told = tomllib.loads(_text("scrub.toml"))
    never = frozenset(plain(word) for word in told["never"]["words"].split())
    phrases = sorted((" ".join(one.split()) for one in told["masks"]["phrases"].split(",")), key=len, reverse=True)
    masked = "|".join(re.escape(one).replace("'", "['\u2019]?").replace(r"\ ", r"\s+") for one in phrases if one)
    return Lists(
        given=frozenset(_words("names.txt")),
        wordy=frozenset(_words("names_ordinary.txt")),
        surnames=frozenset(_words("surnames.txt")),
        common=frozenset(_common()) | frozenset(_words("ward_words.txt")),
        never=never,
        titles=frozenset(told["titles"]["words"].split()),
        strict_titles=frozenset(told["titles"]["strict"].split()),
        roles=frozenset(told["roles"]["words"].split()),
        before=frozenset(told["before"]["words"].split()),
        strong_before=frozenset(told["before"]["strong"].split()),
        after=frozenset(told["after"]["words"].split()),
        strong_after=frozenset(told["after"]["strong"].split()),
        addressed=frozenset(told["addressed"]["words"].split()),
        months=frozenset(told["months"]["words"].split()),
        nobody=never.union(told["titles"]["words"].split(), told["roles"]["words"].split()),
        no_unit=never.union(told["units"]["plain"].split(), told["roles"]["words"].split()),
        unit_kinds=frozenset(told["units"]["kinds"].split()),
        unit_plain=frozenset(told["units"]["plain"].split()),
        unit_names=frozenset(told["units"]["names"].split()),
        endings=tuple(told["endings"]["words"].split()),
        masks=re.compile(rf"(?<!\w)(?:{masked})(?!\w)", re.I),
    )


def _text(name: str) -> str:
    return (resources.files("insights.comments") / "data" / name).read_text("utf-8")


def _words(name: str) -> Iterator[str]:
    for line in _text(name).splitlines():
        if not line.startswith("#"):
            yield from line.split()


def _common() -> Iterator[str]:
    """The words of TextBlob's list (Brill's, from newspapers) that are written in small letters."""
    package = importlib.util.find_spec("textblob")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("textblob")
    listed = Path(package.submodule_search_locations[0]) / "en" / "en-lexicon.txt"
    for line in listed.read_text("utf-8").splitlines():
        word = line.partition(" ")[0]
        if word.isalpha() and word.islower():
            yield word


def _stems(word: str) -> Iterator[str]:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            stem = word.removesuffix(ending)
            yield stem
            yield f"{stem}e"
            yield f"{stem}y"
            if stem[-1] == stem[-2]:
                yield stem[:-1]
    yield word.replace("our", "or")
    yield word.replace("ise", "ize").replace("isi", "izi").replace("isa", "iza")
    yield word.replace("ae", "e")


def _one_slip_away(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
