"""Names of people in what somebody typed: lists, what stands beside a word, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from insights.comments.scrub_lists import Lists, lists
from insights.comments.scrub_numbers import Span
from insights.comments.scrub_units import NAME
from insights.comments.scrub_words import Word, is_beside, words_of

_TITLED = 0.6
_FEW = 5
_INITIALS = frozenset("bcdefghjklmopqstvwz")
_SHORT_TITLES = frozenset(("dr", "mr", "mrs", "ms", "prof", "rev", "fr", "sr", "mx"))
_DRAWN_OUT = re.compile(r"(.)\1\1+")
_DOING = ("ing", "off", "on", "in", "gone", "back", "our")


def people(text: str) -> Iterator[Span]:
    """Names of people: from the lists, after titles and roles, and capitals that no list of words knows.

    >>> text = "Told Priya and dr okafor that Mark said thanks in March"
    >>> [text[one.start : one.end] for one in people(text)]
    ['Priya', 'okafor', 'Mark']
    """
    words, known = words_of(text), lists()
    masked = [found.span() for found in known.masks.finditer(text)]
    inner = [word for word in words if not word.begins and len(word.low) > 1]
    is_titled = len(inner) > _FEW and sum(word.is_capital for word in inner) > _TITLED * len(inner)
    reader = _Reader(text, words, known, is_titled)
    taken: set[int] = set()
    for place, word in enumerate(words):
        if any(start <= word.start < end for start, end in masked):
            continue
        if reader.is_name(place, taken):
            taken.add(place)
            yield Span(word.start, word.end, NAME)


@dataclass(frozen=True)
class _Reader:
    """Decides word by word whether it is somebody's name."""

    text: str = field(repr=False)
    words: Sequence[Word] = field(repr=False)
    known: Lists = field(repr=False)
    is_titled: bool

    def is_name(self, place: int, taken: set[int]) -> bool:
        word = self.words[place]
        before = self.words[place - 1] if place and is_beside(self.text, self.words, place - 1) else None
        if before and place - 1 in taken and self._goes_on(word, before):
            return True
        if self._is_titled_name(word, place):
            return True
        if word.low in self.known.months:
            return self._is_meant(word, place)
        if word.low in self.known.nobody:
            return False
        parts = [part for part in re.split(r"['-]", word.low) if len(part) > 2]
        if word.low in self.known.given or (len(parts) > 1 and any(part in self.known.given for part in parts)):
            return True
        if word.low in self.known.wordy:
            return self._is_meant(word, place)
        if word.low in self.known.surnames and word.is_capital and not self.known.is_known(word.low):
            return True
        return self._is_unheard_of(word, place, parts)

    def _goes_on(self, word: Word, before: Word) -> bool:
        """A surname or an initial after a name."""
        if before.is_owner or word.low in self.known.after or word.low in self.known.roles:
            return False
        if len(word.low) == 1:
            return word.low in _INITIALS
        if word.low in self.known.surnames:
            return True
        is_plain = word.low in self.known.never or word.low in self.known.unit_kinds or word.is_shouted
        return word.is_capital and not word.begins and not is_plain and not self.is_titled

    def _is_titled_name(self, word: Word, place: int) -> bool:
        if not place or len(word.low) < 2:
            return False
        title = self.words[place - 1]
        gap = self.text[title.stop : word.start]
        gaps = (" ", "  ", ". ", ".") if title.low in _SHORT_TITLES else (" ", "  ")
        if title.low not in self.known.titles or gap not in gaps:
            return False
        if word.low in self.known.never and title.low in self.known.strict_titles:
            return False
        if word.is_capital and not word.is_shouted:
            return title.low not in self.known.strict_titles or not self.is_titled
        if word.low in self.known.surnames:
            return not word.is_shouted
        return title.low not in self.known.strict_titles and not self.known.is_known(word.low)

    def _is_meant(self, word: Word, place: int) -> bool:
        """An ordinary word that is a name as well: the words beside it decide."""
        if not word.is_capital or word.is_shouted or self.is_titled:
            return False
        before = self.words[place - 1].low if place else ""
        next_ = self.words[place + 1].low if place + 1 < len(self.words) else ""
        later = self.words[place + 2].low if place + 2 < len(self.words) else ""
        is_doing = next_ in ("is", "was") and later.endswith(_DOING)
        is_strong = next_ in self.known.strong_after or is_doing or (next_ == "by" and later == "name")
        if word.low in self.known.months:
            return is_strong or (not word.begins and before in self.known.strong_before)
        if word.begins:
            is_pair = next_ in ("and", "n") and later in (self.known.given | self.known.wordy)
            return is_strong or is_pair or next_ in self.known.after or self._is_capital_stranger(place + 1)
        if before in self.known.before or before in self.known.roles or word.is_owner:
            return True
        is_last = place + 1 == len(self.words)
        return is_strong or next_ in self.known.after or next_ in ("and", "n") or is_last or before in ("if", "that")

    def _is_capital_stranger(self, place: int) -> bool:
        """Whether a word is a capital that can be a surname or an initial."""
        if place >= len(self.words) or not is_beside(self.text, self.words, place - 1):
            return False
        word = self.words[place]
        if not word.is_capital or word.low in self.known.never:
            return False
        return (len(word.low) == 1 and word.low in _INITIALS) or not self.known.is_known(word.low)

    def _is_unheard_of(self, word: Word, place: int, parts: Sequence[str]) -> bool:
        """A word that no list knows: a name where it has a capital, or somebody was told or asked."""
        if len(word.low) < 3 or word.is_shouted or self.known.is_known(_DRAWN_OUT.sub(r"\1", word.low)):
            return False
        if self.known.is_known(word.low) or self.known.is_known(_DRAWN_OUT.sub(r"\1\1", word.low)):
            return False
        if parts != [word.low] and all(self.known.is_known(part) for part in parts):
            return False
        if "'" in word.low and self.known.is_known(word.low.replace("'", "")):
            return False
        if not word.is_capital:
            before = self.words[place - 1].low if place else ""
            next_ = self.words[place + 1].low if place + 1 < len(self.words) else ""
            is_acting = before in self.known.addressed or next_ in self.known.strong_after
            return is_acting and word.low.isascii() and not self.known.is_slip(word.low)
        if self.is_titled:
            return False
        if not word.begins:
            return True
        return not self.known.is_slip(word.low)
