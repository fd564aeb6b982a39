"""Draws what people wrote of: a row for each unit as it was told last, a column for each theme, shares as colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from insights.cells import Bound, Released
from insights.chart_words import ThemeWords, whole
from insights.comments.counting import THEMES, Tone
from insights.comments.summary import Summary
from insights.comments.themes import Theme
from insights.comments.told import Said
from insights.easel import FAINT, MARGIN, PAPER, SMALL, WIDTH, Easel
from insights.heat_picture import BLACK, RAMP, luminance
from insights.policy import HEAT_ROWS

_HEADING, _NAME, _CELL, _GAP = 104.0, 19.0, 25.0, 9.0
"""Heights: of the themes' names, of a unit's line, of a field; and the space below and beside them."""

_PALE: Final = "#eef2f7"
_NEGATIVE: Final = "Oranges"
"""Another hue than the themes': it is another question. Its darkest shade is read by its number."""

_DARKEST: Final = 80.0
"""The largest share that is shown as such of a small group; colours run up to it in every picture."""

_TICK, _KEY = 14.0, 22.0
"""A field of the legend, and how far its words stand from it."""


class ThemePicture:
    """One table in the making; `draw` returns the finished sheet."""

    def __init__(self, rows: Sequence[Summary], words: ThemeWords) -> None:
        if not rows:
            raise ValueError("a table has at least one unit")
        self.rows, self.more = rows[:HEAT_ROWS], len(rows) - HEAT_ROWS
        self.words = words
        self.easel = Easel()
        self.width = (WIDTH - 2 * MARGIN - _GAP) / (len(THEMES) + 1)
        self.met: set[str] = set()

    def draw(self) -> Easel:
        """From the title down to the legend."""
        easel = self.easel
        title = easel.fit(self.words.title, WIDTH - 2 * MARGIN, 2, 15, bold=True)
        y = easel.block(MARGIN, MARGIN, title, 15, bold=True) + 6
        y = self._headings(y)
        for place, row in enumerate(self.rows):
            y = self._row(y, row, bold=place == 0 and len(self.rows) > 1)
        if self.more > 0:
            easel.text(MARGIN, y + 4, self.words.more(self.more), color=FAINT)
            y += 18
        return easel.finish(self._legend(y + 4) + MARGIN)

    def _left(self, column: int) -> float:
        """Left edge of a column: the share of negative comments is the first, and stands apart."""
        return MARGIN + column * self.width + (_GAP if column else 0)

    def _headings(self, y: float) -> float:
        heads = [self.words.negative, *(self.words.theme(theme) for theme in THEMES)]
        for column, head in enumerate(heads):
            [shown] = self.easel.fit(head, _HEADING - 6, 1)
            self.easel.upright(self._left(column) + self.width / 2, y + _HEADING - 4, shown)
        return y + _HEADING

    def _row(self, y: float, row: Summary, bold: bool) -> float:
        """A unit's name, when it was told and how many wrote, then its fields."""
        told = self.words.never
        if row.last:
            told = f"{self.words.week(row.last.opened_on)} · {self.words.wrote(row.last.said.n)}"
        [told] = self.easel.fit(told, WIDTH / 2 - MARGIN, 1)
        room = WIDTH - 2 * MARGIN - self.easel.measure(told) - 10
        called = self.easel.clean(self.words.name(row.line)) or row.line.key
        [name] = self.easel.fit(called, room, 1, bold=bold)
        self.easel.text(MARGIN, y + _NAME / 2, name, bold=bold)
        self.easel.text(WIDTH - MARGIN, y + _NAME / 2, told, align="right", color=FAINT)
        said = row.last.said if row.last else None
        self._field(0, y + _NAME, said.negative if said else None, _is_front(said, Tone.NEGATIVE), _NEGATIVE)
        for column, theme in enumerate(THEMES, 1):
            share = dict(said.themes).get(theme) if said else None
            self._field(column, y + _NAME, share, _is_front(said, theme), RAMP)
        return y + _NAME + _CELL + _GAP

    def _field(self, column: int, y: float, share: Released | None, is_front: bool, ramp: str) -> None:
        """A share; or that this is the one in front, where shares are not shown; or that nothing is."""
        x, width, height = self._left(column), self.width - 1, _CELL
        if share is None:
            self.met.add("front" if is_front else "withheld")
            self.easel.box(x, y, width, height, facecolor=PAPER, edgecolor=_PALE, linewidth=1)
            sign, ink = ("●", BLACK) if is_front else ("·", FAINT)
            self.easel.text(x + width / 2, y + height / 2, sign, align="center", color=ink)
            return
        if share.bound is Bound.AT_MOST:
            self.met.add("few")
            self.easel.box(x, y, width, height, facecolor=_PALE)
            return
        color = _shade(share.value, ramp)
        self.easel.box(x, y, width, height, facecolor=color)
        written = [whole(share), whole(replace(share, bound=Bound.ABOUT))]
        number = next((one for one in written if self.easel.measure(one, SMALL) <= width), "")
        ink = PAPER if luminance(color) < 0.18 else BLACK
        self.easel.text(x + width / 2, y + height / 2, number, align="center", color=ink)

    def _legend(self, y: float) -> float:
        if "few" in self.met:
            self.easel.box(MARGIN, y, _TICK, _TICK, facecolor=_PALE)
            y = self._said(y, self.words.few)
        for key, sign, said in (("front", "●", self.words.front), ("withheld", "·", self.words.withheld)):
            if key in self.met:
                self.easel.text(MARGIN + _TICK / 2, y + _TICK / 2, sign, align="center")
                y = self._said(y, said)
        note = self.easel.fit(self.words.note, WIDTH - 2 * MARGIN, 4)
        return self.easel.block(MARGIN, y, note, color=FAINT)

    def _said(self, y: float, said: str) -> float:
        lines = self.easel.fit(said, WIDTH - 2 * MARGIN - _KEY, 3)
        return self.easel.block(MARGIN + _KEY, y, lines) + 4


def _is_front(said: Said | None, one: Tone | Theme) -> bool:
    return said is not None and one in (said.tone, said.theme)


def _shade(share: float, ramp: str) -> tuple[float, float, float, float]:
    """The colour (RGBA, 0-1) of a share in per cent, the same in every picture."""
    from matplotlib import colormaps

    red, green, blue, alpha = colormaps[ramp](0.08 + 0.8 * min(1.0, share / _DARKEST))
    return float(red), float(green), float(blue), float(alpha)
