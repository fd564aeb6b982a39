"""Wards and sites in what somebody typed, and all names that the caller knows beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from insights.comments.scrub_lists import Lists, lists, plain
from insights.comments.scrub_numbers import Span
from insights.comments.scrub_words import Word, is_beside, words_of

NAME, UNIT = "name", "unit"

_LEADS_THERE = frozenset(("on", "at", "from", "to", "in", "of", "and", "for", "onto", "off"))
_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
_NUMBERED = re.compile(
    r"\b(?:(?:wards?|wd|theatres?|recovery)\.?"
    rf"(?:[ -]?\d{{1,3}}[a-z]?\b|[ -](?:{_NUMBER_WORDS})\b|[ -](?-i:[A-HJ-Z])\b)"
    r"(?:(?:,| and| &| n| or|/) ?\d{1,3}[a-z]?\b)*"
    r"(?-i:,? (?:at |in )?(?:the )?[A-Z][a-z]{3,}(?= |[.,;!?]|$)(?<!Sister))?"
    r"|block [A-Z]\b(?:,? (?:level|floor) \d{1,2})?)",
    re.I,
)
_SHORT = re.compile(
    r"\b(?:W\d{1,3}[A-Z]?|(?:AMU|MAU|SAU|EAU|CDU|ITU|ICU|HDU|CCU|NICU|SCBU|MSS?U|SSU) ?\d{1,2}[A-Z]?"
    r"|[A-Z]\d{1,2} [Ww]ard"
    r"|(?:SDEC|AMU|MAU|SAU|ITU|ICU|CCU|HDU|NICU|A&E|ED|ACU) (?:at |in )?[A-Z][a-z]{3,})\b"
)
_SAINT = re.compile(
    r"\b(?:St\.?|Saint|Queen|King|Lady|Princess) (?!John Ambulance|Elizabeth line|Charles\b)"
    r"[A-Z][\w-]*(?:['\u2019]s?)?"
    r"(?: (?:Hospital|Infirmary|Hospice|Ward|Wing|House|General|Unit|Court|Campus))?(?!\w)"
)
_ROYAL = re.compile(
    r"\b(?:[A-Z]{2,4} at )?(?:the |The )?"
    r"Royal(?! College| Mail| Famil| Visit| visit| college| mail| famil| Air| Navy| Marine)"
    r"(?: [A-Z]\w+){0,3}\b"
)
_UNITS = (_NUMBERED, _SHORT, _SAINT, _ROYAL)
_IS_UNIT = re.compile(
    r"\d|\b(?:wards?|unit|theatres?|clinic|department|dept|team|hospital|infirmary|trust|centre|center|site|house|wing|"
    r"lodge|court|floor|level|division|directorate|surgery|service|services|maternity|community|outpatients|emergency)\b",
    re.I,
)


@lru_cache(maxsize=64)
def _known_pattern(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """A pattern for every name that the caller knows, as a whole and, where it is no ordinary word, in parts."""
    found = []
    known = lists()
    for name in sorted(set(names), key=lambda one: (-len(one), one)):
        words = name.split()
        kind = UNIT if _IS_UNIT.search(name) or all(known.is_nobody(plain(word)) for word in words) else NAME
        whole = r"\s+".join(re.escape(word).replace("'", "['\u2019]?") for word in words)
        if whole:
            found.append((re.compile(rf"(?<!\w){whole}(?!\w)", re.I), kind))
        for word in words if len(words) > 1 else ():
            low = plain(word)
            if len(low) > 2 and low.isalpha() and not known.is_known(low) and low not in known.titles:
                found.append((re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I), kind))
            elif len(low) > 2 and kind == NAME and low.isalpha() and low not in known.titles | known.roles:
                found.append((re.compile(rf"(?<=\w[ ,]){re.escape(word.title())}(?!\w)"), kind))
    return tuple(found)


def known_names(text: str, names: Iterable[str]) -> Iterator[Span]:
    """Names that the caller knows (units, role-holders) in any case, and their parts that are no ordinary words.

    >>> [(one.start, one.end, one.kind) for one in known_names("ask moira or ward b", ["Moira Tunstall", "Ward B"])]
    [(4, 9, 'name'), (13, 19, 'unit')]
    """
    for pattern, kind in _known_pattern(tuple(names)):
        for found in pattern.finditer(text):
            yield Span(*found.span(), kind)


def units(text: str) -> Iterator[Span]:
    """Wards and sites as they are usually called.

    >>> [text for text in ("on Ward 7B", "Larch Ward is full", "a ward round", "Labour Ward") if [*units(text)]]
    ['on Ward 7B', 'Larch Ward is full']
    """
    found = [Span(*one.span(), UNIT) for pattern in _UNITS for one in pattern.finditer(text)]
    yield from sorted((*found, *_named_units(text)), key=lambda one: one.start - one.end)


def _named_units(text: str) -> Iterator[Span]:
    known, words = lists(), words_of(text)
    for place, word in enumerate(words):
        if word.low in known.unit_kinds:
            yield from _named_before(text, words, place, known)
        elif word.low in known.unit_names and word.is_capital and not word.is_shouted and not word.begins:
            if place and words[place - 1].low in _LEADS_THERE:
                yield Span(word.start, word.stop, UNIT)
        elif word.low in known.unit_names and word.begins and word.is_capital:
            following = [one.low for one in words[place + 1 : place + 3]]
            if following[:1] == ["to"] and following[1:] and following[1] in known.unit_names:
                yield Span(word.start, word.stop, UNIT)


def _named_before(text: str, words: Sequence[Word], place: int, known: Lists) -> Iterator[Span]:
    """Capitals before a kind of place ("Larch Ward"), unless they are its speciality ("Labour Ward")."""
    first = place
    while first and first > place - 3 and words[first - 1].is_capital and is_beside(text, words, first - 1):
        first -= 1
    named = words[first:place]
    while named and named[0].low in known.no_unit:
        named = named[1:]
    is_name = any(not known.is_known(word.low) or word.low in known.unit_names for word in named)
    if named and (is_name or (words[place].is_capital and not named[0].begins)):
        yield Span(named[0].start, words[place].stop, UNIT)
