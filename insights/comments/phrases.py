"""Lists of phrases as people can review them, found in one pass by their first words, not by expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, TypeAlias

GAP: Final = ".."
ANY_NUMBER: Final = "#"

_REACH = 4
_NUMBERS = frozenset(
    (
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "twenty", "thirty", "forty", "fifty", "sixty", "hundred"),
        "dozen",
    )
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One place of a phrase: words, beginnings of words, or a number; `reach` words may be skipped before it."""

    words: frozenset[str]
    stems: tuple[str, ...]
    is_number: bool
    reach: int

    @property
    def is_plain(self) -> bool:
        return not (self.stems or self.is_number or self.reach)

    def fits(self, token: str) -> bool:
        return (
            token in self.words
            or (self.is_number and is_number(token))
            or (bool(self.stems) and token.startswith(self.stems))
        )


_Rest: TypeAlias = tuple[int, tuple[_Part, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of list `label`, from token `start` to before token `end`."""

    label: int
    start: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """Compiled phrases, by what their first word is or begins with, or by the first two where these are plain."""

    by_word: dict[str, list[_Rest]] = field(repr=False)
    by_pair: dict[tuple[str, str], list[_Rest]] = field(repr=False)
    by_stem: dict[str, list[_Rest]] = field(repr=False)
    sizes: tuple[int, ...]

    def found(self, tokens: Sequence[str]) -> Iterator[Found]:
        """Every phrase in its order; of one phrase at one place the shortest. Time grows with tokens alone."""
        for start, token in enumerate(tokens):
            begun = [self.by_word.get(token, ())]
            if is_number(token):
                begun.append(self.by_word.get(ANY_NUMBER, ()))
            begun += [self.by_stem.get(token[:size], ()) for size in self.sizes if size <= len(token)]
            for some in begun:
                yield from _whole(some, tokens, start, start + 1)
            if start + 1 < len(tokens):
                yield from _whole(self.by_pair.get((token, tokens[start + 1]), ()), tokens, start, start + 2)


def is_number(token: str) -> bool:
    """Whether a token is a number, in figures or spelt.

    >>> is_number("12"), is_number("twelve"), is_number("7am")
    (True, True, False)
    """
    return token.isdigit() or token in _NUMBERS


def compiled(lists: Sequence[str]) -> Phrases:
    """Phrases parted by commas, one string a list; what is found has the number of its list as `label`.

    >>> found = compiled(["short* .. staff*", "# hcas"]).found("shortage of good staff and 2 hcas".split())
    >>> [(one.label, one.start, one.end) for one in found]
    [(0, 0, 4), (1, 5, 7)]
    """
    by_word: dict[str, list[_Rest]] = defaultdict(list)
    by_stem: dict[str, list[_Rest]] = defaultdict(list)
    by_pair: dict[tuple[str, str], list[_Rest]] = defaultdict(list)
    for label, text in enumerate(lists):
        for phrase in dict.fromkeys(" ".join(one.split()) for one in text.split(",")):
            if phrase:
                first, *rest = _parts(phrase)
                if rest and rest[0].is_plain:
                    for pair in product(first.words, rest[0].words):
                        by_pair[pair].append((label, tuple(rest[1:])))
                else:
                    for word in first.words:
                        by_word[word].append((label, tuple(rest)))
                if first.is_number:
                    by_word[ANY_NUMBER].append((label, tuple(rest)))
                for stem in first.stems:
                    by_stem[stem].append((label, tuple(rest)))
    return Phrases(dict(by_word), dict(by_pair), dict(by_stem), tuple(sorted({len(stem) for stem in by_stem})))


def _parts(phrase: str) -> Iterator[_Part]:
    reach = 0
    for written in phrase.split():
        if written == GAP:
            reach = _REACH
            continue
        choices = written.split("|")
        yield _Part(
            words=frozenset(one for one in choices if not one.endswith("*") and one != ANY_NUMBER),
            stems=tuple(one[:-1] for one in choices if one.endswith("*")),
            is_number=ANY_NUMBER in choices,
            reach=reach,
        )
        reach = 0


def _whole(begun: Iterable[_Rest], tokens: Sequence[str], start: int, read: int) -> Iterator[Found]:
    """Of the phrases that have begun at `start` and were read up to `read`, those that stand there whole."""
    for label, rest in begun:
        end = _end(rest, tokens, read) if rest else read
        if end:
            yield Found(label, start, end)


def _end(parts: tuple[_Part, ...], tokens: Sequence[str], start: int) -> int:
    """Where a phrase ends whose remaining parts begin at `start`; 0 where it does not go on so."""
    if not parts:
        return start
    first = parts[0]
    if not first.reach:
        return _end(parts[1:], tokens, start + 1) if start < len(tokens) and first.fits(tokens[start]) else 0
    for place in range(start, min(start + first.reach + 1, len(tokens))):
        if first.fits(tokens[place]) and (end := _end(parts[1:], tokens, place + 1)):
            return end
    return 0
