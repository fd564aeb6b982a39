"""Which words are English: TextBlob's list of words, read as data without its package, and the wards' own words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from insights.comments.tables import table

_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "in", "er", "ers", "y", "ly", "ish", "able", "ness", "less")
_BEFORE = ("un", "over", "under", "re", "non", "out", "pre", "mis", "anti", "super")
_VOWELS = re.compile("[aeiouy]")


@dataclass(frozen=True)
class Words:
    """English words as far as they are known. `often` everybody uses all the time, `own` are of the wards' list."""

    known: frozenset[str] = field(repr=False)
    often: frozenset[str] = field(repr=False)
    own: frozenset[str] = field(repr=False)
    threes: Mapping[str, int] = field(repr=False)

    def has(self, word: str) -> bool:
        """Whether a word, in small letters without accents, is English: as it stands, inflected, or with a prefix."""
        if word in self.known:
            return True
        return self._is_inflected(word) or any(
            word.startswith(prefix) and len(word) - len(prefix) > 3 and self._is_inflected(word.removeprefix(prefix))
            for prefix in _BEFORE
        )

    def _is_inflected(self, word: str) -> bool:
        if word in self.known:
            return True
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) > 2:
                forms = {stem, f"{stem}e", f"{stem}y", f"{stem}ing"} | (
                    {stem[:-1]} if stem[-1] == stem[-2] else set()
                )
                if forms & self.known:
                    return True
        return False

    def is_slip_of(self, word: str) -> bool:
        """Whether a word is English with two letters swapped, one too many, vowels left out, or run together."""
        if not 2 <= len(word) <= 40:
            return False
        if not _VOWELS.search(word):
            return len(word) < 6
        swapped = (
            word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(1, len(word) - 1)
        )
        shorter = (word[:place] + word[place + 1 :] for place in range(len(word))) if len(word) > 4 else iter(())
        return any(tried in self.known for tried in (*swapped, *shorter)) or (len(word) > 7 and self._is_run(word))

    def _is_run(self, word: str) -> bool:
        """Whether a word is made of at least two English words of which most are long."""
        fewest: list[int | None] = [0] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 14), end):
                so_far, part = fewest[start], word[start:end]
                if so_far is not None and (part in self.often or (len(part) > 3 and part in self.known)):
                    best = fewest[end]
                    fewest[end] = so_far + 1 if best is None else min(best, so_far + 1)
        parts = fewest[-1]
        return parts is not None and len(word) / parts >= 2.5

    def likeness(self, word: str) -> float:
        """How English the letters of an unknown word are: 0 for "ngrdz", about 4 to 5 for most English words."""
        spaced = f"^{word}$"
        threes = [spaced[place : place + 3] for place in range(len(spaced) - 2)]
        return sum(math.log1p(self.threes.get(three, 0)) for three in threes) / len(threes)


@cache
def english() -> Words:
    """The words, read once: TextBlob's list with how often books have each, and this package's `languages.toml`.

    Raises FileNotFoundError where TextBlob is not installed.

    >>> words = english()
    >>> words.has("knackered"), words.has("understaffed"), words.has("pagod"), words.is_slip_of("nihgt")
    (True, True, False, True)
    """
    spec = find_spec("textblob")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("textblob")
    listed = Path(spec.submodule_search_locations[0], "en", "en-spelling.txt").read_text("utf-8")
    counts: Counter[str] = Counter()
    for line in listed.splitlines():
        word, _, count = line.partition(" ")
        if count.isdigit() and word.isascii() and word.isalpha():
            counts[word.lower()] += int(count)
    own = table("languages")["english"]
    words = frozenset(own["words"].split())
    seldom, often, shape = own["seldom"], own["often"], own["shape"]
    threes: Counter[str] = Counter()
    for word, times in counts.items():
        if times >= shape:
            spaced = f"^{word}$"
            threes.update(map("".join, zip(spaced, spaced[1:], spaced[2:], strict=False)))
    return Words(
        known=frozenset(word for word, times in counts.items() if times >= seldom) | words,
        often=frozenset(word for word, times in counts.items() if times >= often) | set(own["always"].split()),
        own=words,
        threes=dict(threes),
    )
