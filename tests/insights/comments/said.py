"""Cells of comments for tests, written down by hand, coded as those of 20 to 49 commenters are."""

from __future__ import annotations

from collections.abc import Mapping

from insights.cells import Bound, Cell, CellKey, Reason, Released, Stat, UnitKey, Withheld
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme


def coded(share: float, n: str = "20-49", end: int = 20) -> Released:
    """A share in per cent, with its ends coded."""
    if share <= end:
        return Released(end, n, Bound.AT_MOST)
    return Released(min(share, 100 - end), n, Bound.AT_LEAST if share >= 100 - end else Bound.ABOUT)


def shares(
    unit: str, tones: Mapping[Tone, float], themes: Mapping[Theme, float], n: str = "20-49", end: int = 20
) -> dict[CellKey, Cell]:
    """Every share of a unit; what is not given is 0."""
    key = UnitKey(unit)
    mood = {(key, TONE, Stat.share(i)): coded(tones.get(one, 0), n, end) for i, one in enumerate(TONES)}
    return mood | {
        (key, THEMES, Stat.share(i)): coded(themes.get(one, 0), n, end) for i, one in enumerate(ALL_THEMES)
    }


def front(unit: str, tone: Tone | None, theme: Theme | None) -> dict[CellKey, Cell]:
    """Of 10 to 19 commenters: what is in front, None where nothing is."""
    unclear = Withheld(Reason.NOT_CLEAR)
    return {
        (UnitKey(unit), TONE, Stat.TOP): Released(TONES.index(tone), "10-19") if tone else unclear,
        (UnitKey(unit), THEMES, Stat.TOP): Released(ALL_THEMES.index(theme), "10-19") if theme else unclear,
    }


def hidden(unit: str) -> dict[CellKey, Cell]:
    """Too few wrote."""
    return {(UnitKey(unit), asked, Stat.TOP): Withheld(Reason.TOO_FEW) for asked in (TONE, THEMES)}
