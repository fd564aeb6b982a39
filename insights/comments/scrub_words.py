"""The words of a comment as the scrub looks at them: where each stands, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from insights.comments.scrub_lists import plain

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['\u2019](?:s|ll|d|ve|re)$", re.I)
_STARTS = re.compile(r"(?:^|[.!?\u2026\n:;]|[^\w\s,'\u2019\u201c\"()/&@#\u00a3$%+*=-])[\s\"'\u201c\u2018(]*$")
_ACRONYM = re.compile(r"[A-Z]{2,}s$|[A-Z][A-Za-z]?[A-Z][A-Za-z]?$")
_SHOUTED = 0.7
_LOOK_BACK = 6


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands. `end` is before a possessive; `low` in small letters without accents."""

    start: int
    end: int
    stop: int
    low: str = field(repr=False)
    is_capital: bool
    is_shouted: bool
    begins: bool

    @property
    def is_owner(self) -> bool:
        """Whether something of theirs follows: "Priya's"."""
        return self.stop > self.end


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text. Where nearly all letters are capitals, none is one.

    >>> [(word.low, word.is_capital, word.begins) for word in words_of("Ask Priya\u2019s")]
    [('ask', True, True), ('priya', True, False)]
    """
    found = []
    letters = [sign for sign in text if sign.isalpha()]
    is_shouted = bool(letters) and sum(map(str.isupper, letters)) / len(letters) > _SHOUTED
    for match in _WORD.finditer(text):
        core = _POSSESSIVE.sub("", match[0])
        found.append(
            Word(
                start=match.start(),
                end=match.start() + len(core),
                stop=match.end(),
                low=plain(core),
                is_capital=core[0].isupper() and not is_shouted,
                is_shouted=len(core) > 1 and (core.isupper() or bool(_ACRONYM.match(core))),
                begins=bool(_STARTS.search(text[max(0, match.start() - _LOOK_BACK) : match.start()])),
            )
        )
    return tuple(found)


def is_beside(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether nothing but a space, a hyphen or the stop of an initial parts a word from the next.

    >>> is_beside("Tom, Dick", words_of("Tom, Dick"), 0), is_beside("Tom Dick", words_of("Tom Dick"), 0)
    (False, True)
    """
    if place + 1 >= len(words):
        return False
    gap = text[words[place].stop : words[place + 1].start]
    return gap in (" ", "  ", "-") or (gap == ". " and len(words[place].low) == 1)
