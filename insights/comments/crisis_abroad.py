"""Phrases of other languages, Welsh included. No speaker has reviewed them, so they give the gentle card at most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from insights.comments.crisis_form import plain
from insights.comments.tables import lines_of, table

_APART = re.compile(
    r"[\s.,;:!?\u2026\u060c\u061f\u06d4\u0964\u3001\u3002\uff0c\uff01\uff1f\"()\[\]/|\-_*~\u00bf\u00a1]+"
)


@dataclass(frozen=True)
class _Abroad:
    anywhere: tuple[str, ...] = field(repr=False)
    beginning: tuple[str, ...] = field(repr=False)


def spread(text: str) -> str:
    """A text as foreign phrases are looked for in it: small letters without accents, single spaces, no quotes.

    >>> spread("Dwi ddim  eisiau\u2019r... Té")
    ' dwi ddim eisiaur te '
    """
    return f" {_APART.sub(' ', plain(text)).replace(chr(39), '').strip()} "


@cache
def _abroad() -> _Abroad:
    phrases = sorted(
        {spread(line).strip() for block in table("crisis_languages")["phrases"].values() for line in lines_of(block)}
    )
    latin = [phrase for phrase in phrases if phrase.isascii()]
    return _Abroad(
        tuple(phrase for phrase in phrases if not phrase.isascii()), tuple(f" {phrase}" for phrase in latin)
    )


def _of(text: str, phrases: Iterable[str]) -> bool:
    return any(phrase in text for phrase in phrases)


def is_abroad(text: str) -> bool:
    """Whether a text has one of the phrases of other languages.

    >>> is_abroad("Ich will nicht mehr leben"), is_abroad("Ich will nach Hause")
    (True, False)
    """
    rules, looked = _abroad(), spread(text)
    return _of(looked, rules.beginning) or (not looked.isascii() and _of(looked, rules.anywhere))
