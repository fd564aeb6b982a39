"""What people said, as a page shows it: tones and themes of a unit's comments, for digests, screens and trends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from insights.cells import Bound, Page, Released, Stat, UnitKey, Withheld
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """The comments of a unit in one round. `n` is the band of commenters, such as "10-19".

    `tones` and `themes` hold shares in per cent, as shown, from 20 commenters on; below that they are empty and
    `tone` and `theme` name the one in front, None where none is clear. From 20 on these name the largest share, None
    where the two largest are level or the largest is coded "or less".
    """

    n: str
    tones: tuple[tuple[Tone, Released], ...]
    themes: tuple[tuple[Theme, Released], ...]
    tone: Tone | None
    theme: Theme | None

    @property
    def negative(self) -> Released | None:
        """The share of negative comments in per cent, where shares are shown.

        >>> Said("10-19", (), (), Tone.NEGATIVE, None).negative is None
        True
        """
        return dict(self.tones).get(Tone.NEGATIVE)

    @property
    def named(self) -> tuple[Theme, ...]:
        """The themes that more than a few wrote of, the most first: shares not coded "or less", or the one in front.

        >>> Said("10-19", (), (), None, Theme.STAFFING).named
        (<Theme.STAFFING: 'staffing'>,)
        """
        if not self.themes:
            return (self.theme,) if self.theme else ()
        most = [(theme, share) for theme, share in self.themes if share.bound is not Bound.AT_MOST]
        return tuple(theme for theme, _ in sorted(most, key=lambda pair: -pair[1].value))


def said(page: Page, unit: UnitKey) -> Said | None:
    """What is published of a unit's comments in this round; None where nothing is, for whatever reason.

    >>> from datetime import date
    >>> cells = {("w1", TONE, Stat.TOP): Released(0, "10-19"), ("w1", THEMES, Stat.TOP): Released(2, "10-19")}
    >>> found = said(Page(1, date(2026, 1, 6), (), (), cells), UnitKey("w1"))
    >>> found.n, found.tone, found.named
    ('10-19', <Tone.NEGATIVE: 'neg'>, (<Theme.BREAKS_REST: 'breaks_rest'>,))
    """
    tones, themes = _shares(page, unit, TONE, TONES), _shares(page, unit, THEMES, ALL_THEMES)
    if tones:
        return Said(tones[0][1].n, tones, themes, _front(tones), _front(themes))
    tops = page.cell(unit, Stat.TOP, TONE), page.cell(unit, Stat.TOP, THEMES)
    bands = [cell.n for cell in tops if isinstance(cell, Released)]
    if not bands:
        return None
    tone, theme = (int(cell.value) if isinstance(cell, Released) else None for cell in tops)
    front = TONES[tone] if tone is not None else None
    return Said(bands[0], (), (), front, ALL_THEMES[theme] if theme is not None else None)


def is_unsaid(page: Page, unit: UnitKey) -> bool:
    """Whether the round heard comments, but too few of this unit to be told, or too few of one mind.

    >>> from datetime import date
    >>> is_unsaid(Page(1, date(2026, 1, 6), (), (), {}), UnitKey("w1"))
    False
    """
    return (unit, TONE, Stat.TOP) in page.cells and isinstance(page.cell(unit, Stat.TOP, TONE), Withheld)


def _shares(page: Page, unit: UnitKey, question: str, options: Sequence[T]) -> tuple[tuple[T, Released], ...]:
    cells = [(one, page.cell(unit, Stat.share(i), question)) for i, one in enumerate(options)]
    return tuple((one, cell) for one, cell in cells if isinstance(cell, Released))


def _front(shares: Sequence[tuple[T, Released]]) -> T | None:
    first, second = sorted(shares, key=lambda pair: -pair[1].value)[:2]
    is_clear = first[1].value > second[1].value and first[1].bound is not Bound.AT_MOST
    return first[0] if is_clear else None
