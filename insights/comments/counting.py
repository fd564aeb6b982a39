"""What is counted of a comment, in the order of a sealed box's counters: its tone, and its themes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from insights.comments.themes import Theme


class Tone(StrEnum):
    """How a comment sounds, as far as it can be told; exactly one of them for every comment. New ones go last."""

    NEGATIVE = "neg"
    NEUTRAL = "neu"
    POSITIVE = "pos"
    UNCLEAR = "unclear"
    OTHER_LANGUAGE = "other"


TONES: Final = tuple(Tone)
THEMES: Final = tuple(Theme)
MARKS: Final = len(TONES) + len(THEMES)
"""How many counters a box has for comments, beside commenters and established ones."""


@dataclass(frozen=True, slots=True)
class CommentTally:
    """The comments of one box: `commenters` wrote one each, `established` of them are established members; `marks`
    counts tones, then themes."""

    commenters: int
    established: int
    marks: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether people can have written like this: one tone each, no theme more often than comments.

        >>> CommentTally(1, 1, (1, *[0] * (MARKS - 1))).is_whole, CommentTally(1, 1, (0,) * MARKS).is_whole
        (True, False)
        """
        tones, themes = self.marks[: len(TONES)], self.marks[len(TONES) :]
        fits = len(self.marks) == MARKS and sum(tones) == self.commenters >= self.established
        return fits and min(*self.marks, self.established) >= 0 and max(themes) <= self.commenters


def marks_of(tone: Tone, themes: Iterable[Theme]) -> tuple[int, ...]:
    """The counters that one comment raises, in ascending order.

    >>> marks_of(Tone.NEGATIVE, (Theme.WORKLOAD, Theme.STAFFING))
    (0, 5, 6)
    """
    return tuple(sorted({TONES.index(tone), *(len(TONES) + THEMES.index(theme) for theme in themes)}))


def together(tallies: Iterable[CommentTally]) -> CommentTally:
    """The comments of several boxes as one tally.

    >>> together([]).commenters
    0
    """
    held = [*tallies]
    marks = [sum(column) for column in zip([0] * MARKS, *(one.marks for one in held), strict=True)]
    return CommentTally(sum(one.commenters for one in held), sum(one.established for one in held), tuple(marks))
