"""Which phrases of which theme stand in a comment: the reviewable half of reading themes."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from insights.comments.phrases import Found, Phrases, compiled
from insights.comments.text import tokens

_NOTHING = -3.0
"""The log-odds of a theme that no phrase speaks for."""

_SPOKEN = str.maketrans({"\u00a3": " pounds ", "&": " and ", "%": " percent "})
_COUNTED = 3
_CHANCES = {"sure": 0.7, "likely": 0.6, "hints": 0.2}


@dataclass(frozen=True)
class ThemePhrases:
    """All phrases. `names[n]`, `of[n]` (its theme) and `chances[n]` belong to phrase n, `drivers` to the themes."""

    themes: tuple[str, ...]
    drivers: tuple[str | None, ...]
    of: tuple[int, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    chances: tuple[float, ...] = field(repr=False)
    looked_for: Phrases = field(repr=False)
    passed_over: Phrases = field(repr=False)

    def found(self, text: str) -> list[list[Found]]:
        """What stands in a text, by theme; the label of what is found is the phrase's number."""
        read = tokens(text.translate(_SPOKEN))
        hidden: list[set[int]] = [set() for _ in self.themes]
        for one in self.passed_over.found(read):
            hidden[one.label].update(range(one.start, one.end))
        told: list[list[Found]] = [[] for _ in self.themes]
        for one in self.looked_for.found(read):
            theme = self.of[one.label]
            if hidden[theme].isdisjoint(range(one.start, one.end)):
                told[theme].append(one)
        return told


def strongest(found: Sequence[Found], odds: Callable[[int], float]) -> tuple[float, ...]:
    """The log-odds of the three phrases that say most, none about the words of another; -3 where there are fewer.

    >>> strongest([Found(0, 0, 2), Found(1, 1, 3), Found(2, 4, 5)], {0: 1.5, 1: 0.5, 2: -0.5}.__getitem__)
    (1.5, -0.5, -3.0)
    """
    best: list[float] = []
    taken: set[int] = set()
    for chance, one in sorted(((odds(one.label), one) for one in found), key=lambda pair: (-pair[0], pair[1].start)):
        words = range(one.start, one.end)
        if len(best) < _COUNTED and taken.isdisjoint(words):
            taken.update(words)
            best.append(chance)
    return (*best, *[_NOTHING] * (_COUNTED - len(best)))


def log_odds(chance: float) -> float:
    """
    >>> log_odds(0.5)
    0.0
    """
    return math.log(chance / (1 - chance))


@cache
def theme_phrases() -> ThemePhrases:
    """The lists of `data/themes.toml`, compiled once.

    >>> [len(found) > 0 for found in theme_phrases().found("two nurses short again")][:2]
    [True, False]
    """
    told = tomllib.loads((resources.files("insights.comments") / "data" / "themes.toml").read_text("utf-8"))
    of: list[int] = []
    names: list[str] = []
    chances: list[float] = []
    for place, lists in enumerate(told.values()):
        for kind, chance in _CHANCES.items():
            phrases = [" ".join(one.split()) for one in lists[kind].split(",")]
            of += [place] * len(phrases)
            names += phrases
            chances += [chance] * len(phrases)
    return ThemePhrases(
        themes=tuple(told),
        drivers=tuple(lists.get("driver") for lists in told.values()),
        of=tuple(of),
        names=tuple(names),
        chances=tuple(chances),
        looked_for=compiled(names),
        passed_over=compiled([lists["not"] for lists in told.values()]),
    )
