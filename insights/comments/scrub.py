"""Takes out what says who somebody is before words are shown: what was foreseen, and about half of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from insights.comments.scrub_names import people
from insights.comments.scrub_numbers import Span, identifiers
from insights.comments.scrub_units import known_names, units
from insights.policy import COMMENT_LENGTH

_BLANK_LEAST = COMMENT_LENGTH - 40
"""How far back the cut may go to end between two words."""


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """The text with direct identifiers replaced by what they are: [name], [unit], [phone], [email], [web], [number],
    [postcode], [date], [car]. At most COMMENT_LENGTH signs: what is longer is cut at its end.

    `names` are names of units and display names of role-holders, as written; they are found in any case, and in parts
    where a part is no ordinary word. It works by lists and forms: a nickname, a story that only one person can tell,
    or how somebody writes is not found.

    >>> scrub("Dr Okafor on ward 7b told sarah to ring 07700 900461, thanks Moira", ["Moira Tunstall"])
    'Dr [name] on [unit] told [name] to ring [phone], thanks [name]'
    >>> scrub("Monday, 12.5 mg, Parkinson's, band 5")
    "Monday, 12.5 mg, Parkinson's, band 5"
    """
    pieces: list[str] = []
    end = 0
    for span in spans(text, names):
        pieces += text[end : span.start], f"[{span.kind}]"
        end = span.end
    return _cut("".join((*pieces, text[end:])))


def spans(text: str, names: Iterable[str] = ()) -> Sequence[Span]:
    """What `scrub` takes out, in the order of the text; none overlaps another, neighbours of a kind are one.

    >>> [(one.start, one.end, one.kind) for one in spans("ask Priya Patel")]
    [(4, 15, 'name')]
    """
    taken: list[Span] = []
    for span in _found(text, names):
        if span.end > span.start and all(span.end <= one.start or one.end <= span.start for one in taken):
            taken.append(span)
    return _joined(text, sorted(taken, key=lambda one: one.start))


def _found(text: str, names: Iterable[str]) -> Iterator[Span]:
    """All that is found, what matters most first."""
    yield from known_names(text, names)
    yield from sorted(identifiers(text), key=lambda one: one.start - one.end)
    yield from units(text)
    yield from people(text)


def _joined(text: str, found: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        if last and last.kind == span.kind and text[last.end : span.start] in ("", " ", "-", "'", "\u2019", ". "):
            joined[-1] = Span(last.start, span.end, span.kind)
        else:
            joined.append(span)
    return joined


def _cut(text: str) -> str:
    """Its first COMMENT_LENGTH signs, no word and no replacement halved where that can be helped."""
    if len(text) <= COMMENT_LENGTH:
        return text
    short = text[:COMMENT_LENGTH]
    opened = short.rfind("[")
    if opened > short.rfind("]"):
        short = short[:opened]
    blank = short.rfind(" ")
    return (short[:blank] if blank > _BLANK_LEAST and not text[COMMENT_LENGTH].isspace() else short).rstrip()
