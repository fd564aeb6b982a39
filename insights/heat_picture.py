"""Draws the heat map: teams by weeks, newest on the right, withheld weeks hatched, and said so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from insights.cells import Bound, Ledger, Line, Page, Released, Stat, UnitKey
from insights.chart_words import ChartWords, bounded, whole
from insights.easel import FAINT, INK, MARGIN, PAPER, SMALL, WIDTH, Easel
from insights.heat_rows import Mark, Rows, Sign, choose, marks, window
from insights.hotspot_kinds import Reading
from insights.policy import HEAT_ENDS

SIGNAL: Final = "#d55e00"
"""Vermilion of Okabe and Ito's palette: told from blue by all common kinds of colour vision."""

BLACK: Final = "#000000"
"""Ink on colours: with it or with white, every shade has a contrast of at least 4.5 (WCAG 2.2 AA)."""

RAMP: Final = "Blues"
"""One hue, ever darker: readable without colour at all."""

ROW, HEADING, GUTTER = 30.0, 24.0, 14.0
NEWEST, OLDER = 34.0, 20.0
OLDER_ROOM: Final = 220.0
"""Points for all older weeks together: what is left of a phone beside names and the newest week."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the weeks stand: `count` of them, the newest wider than the others."""

    count: int

    @property
    def older(self) -> float:
        """Width of an older week."""
        return min(OLDER, OLDER_ROOM / max(1, self.count - 1))

    def left(self, place: int) -> float:
        """Left edge of a week."""
        return WIDTH - MARGIN - NEWEST - (self.count - 1 - place) * self.older

    def width(self, place: int) -> float:
        """Width of a week."""
        return NEWEST if self.is_newest(place) else self.older

    def is_newest(self, place: int) -> bool:
        """Whether this is this week."""
        return place == self.count - 1


class HeatPicture:
    """One heat map in the making; `draw` returns the finished sheet."""

    def __init__(self, ledger: Ledger, under: UnitKey, reading: Reading, words: ChartWords, last: int) -> None:
        self.pages = window(ledger, last)
        self.marks: dict[UnitKey, Mark] = marks(reading)
        self.rows: Rows = choose(self.pages[-1], under, self.marks)
        self.words = words
        self.columns = Columns(len(self.pages))
        self.easel = Easel()
        self.met: set[str] = set()

    def draw(self) -> Easel:
        """From the title down to the legend."""
        easel = self.easel
        title = easel.fit(self.words.title, WIDTH - 2 * MARGIN, 2, 15, bold=True)
        y = easel.block(MARGIN, MARGIN, title, 15, bold=True) + 6
        y = self._weeks(y)
        if self.rows.whole:
            y = self._row(y, self.rows.whole, bold=True) + 4
        for headings, lines in self.rows.groups:
            y = self._heading(y, headings)
            for line in lines:
                y = self._row(y, line)
        if self.rows.more:
            easel.text(MARGIN, y + 10, self.words.more(self.rows.more), color=FAINT)
            y += 18
        return easel.finish(self._legend(y + 10) + MARGIN)

    def _weeks(self, y: float) -> float:
        """The days of the weeks, as many as do not touch, from the newest back."""
        free = WIDTH
        for place in reversed(range(self.columns.count)):
            newest = self.columns.is_newest(place)
            label = self.easel.clean(self.words.week(self.pages[place].opened_on))
            label = self.easel.fit(label, 90, 1, bold=newest)[0]
            width = self.easel.measure(label, bold=newest)
            right = self.columns.left(place) + self.columns.width(place) / 2 + width / 2
            right = min(right, WIDTH - MARGIN)
            if right + 6 <= free or newest:
                self.easel.text(right, y + 7, label, bold=newest, align="right", color=INK if newest else FAINT)
                free = right - width
        return y + 18

    def _heading(self, y: float, headings: tuple[Line, ...]) -> float:
        if not headings:
            return y
        path = " › ".join(self.words.name(line) for line in headings)
        shown = self.easel.fit(path, WIDTH - 2 * MARGIN, 1, bold=True)
        self.easel.block(MARGIN, y + 5, shown, bold=True, color=FAINT)
        return y + HEADING

    def _row(self, y: float, line: Line, bold: bool = False) -> float:
        left = MARGIN + (0 if bold else GUTTER)
        room = self.columns.left(0) - left - 5
        name = self.easel.clean(self.words.name(line)) or line.key
        names = self.easel.fit(name, room, 2, bold=bold)
        self.easel.block(left, y + (ROW - 2 - len(names) * SMALL * 1.25) / 2, names, bold=bold)
        for place, page in enumerate(self.pages):
            self._cell(y, place, page, line.key)
        mark = self.marks.get(line.key)
        if mark:
            self._mark(y, mark)
        return y + ROW

    def _cell(self, y: float, place: int, page: Page, unit: UnitKey) -> None:
        x, width, height = self.columns.left(place), self.columns.width(place) - 1, ROW - 2
        if page.line(unit) is None:
            self.easel.text(x + width / 2, y + height / 2, "·", align="center", color=FAINT)
            self.met.add("absent")
            return
        cell = page.cell(unit, Stat.STRAIN)
        if not isinstance(cell, Released):
            self.easel.hatch(x, y, width, height)
            self.met.add("withheld")
            return
        color = shade(cell.value)
        self.easel.box(x, y, width, height, facecolor=color)
        newest = self.columns.is_newest(place)
        size = 13 if newest else SMALL
        written = [whole(cell), whole(replace(cell, bound=Bound.ABOUT))]
        number = next((one for one in written if self.easel.measure(one, size, newest) <= width), "")
        ink = PAPER if luminance(color) < 0.18 else BLACK
        self.easel.text(x + width / 2, y + height / 2, number, size=size, bold=newest, align="center", color=ink)

    def _mark(self, y: float, mark: Mark) -> None:
        """The sign before the name, and a frame around the weeks since it began."""
        self.met.add(mark.sign.name)
        draw_sign(self.easel, MARGIN + 5, y + (ROW - 2) / 2, mark.sign)
        since = next((place for place, page in enumerate(self.pages) if page.round >= mark.since), None)
        if since is not None:
            left = self.columns.left(since)
            frame(self.easel, left, y, WIDTH - MARGIN - 1 - left, ROW - 2, mark.sign)

    def _legend(self, y: float) -> float:
        y = self._ramp(y)
        signs = {
            Sign.HOTSPOT: self.words.hotspot,
            Sign.WATCH: self.words.watch,
            Sign.SILENT: self.words.silent,
        }
        for sign, said in signs.items():
            if sign.name in self.met:
                draw_sign(self.easel, MARGIN + 7, y + 7, sign)
                y = self._said(y, said)
        if "withheld" in self.met:
            self.easel.hatch(MARGIN, y, 14, 14)
            y = self._said(y, self.words.withheld)
        if "absent" in self.met:
            self.easel.text(MARGIN + 7, y + 7, "·", align="center", color=FAINT)
            y = self._said(y, self.words.absent)
        note = self.easel.fit(self.words.note, WIDTH - 2 * MARGIN, 4)
        return self.easel.block(MARGIN, y, note, color=FAINT)

    def _ramp(self, y: float) -> float:
        """The colours, and what their ends mean."""
        low, high = HEAT_ENDS
        steps, room = 40, WIDTH - 2 * MARGIN
        for step in range(steps):
            color = shade(low + (high - low) * step / (steps - 1))
            self.easel.box(MARGIN + room * step / steps, y, room / steps + 0.4, 10, facecolor=color)
        ends = (
            f"{bounded(f'{low:g}', Bound.AT_MOST)} {self.words.low}",
            (f"{self.words.high} {bounded(f'{high:g}', Bound.AT_LEAST)}"),
        )
        lows, highs = (self.easel.fit(end, room / 2 - 6, 2) for end in ends)
        below = self.easel.block(MARGIN, y + 13, lows)
        return max(below, self.easel.block(WIDTH - MARGIN, y + 13, highs, align="right")) + 6

    def _said(self, y: float, said: str) -> float:
        lines = self.easel.fit(said, WIDTH - 2 * MARGIN - 22, 3)
        return self.easel.block(MARGIN + 22, y, lines) + 4


@cache
def shade(strain: float) -> tuple[float, float, float, float]:
    """The colour (RGBA, 0-1) of a strain of 0-100, the same in every picture.

    >>> shade(5) == shade(20), sum(shade(30)) > sum(shade(70))
    (True, True)
    """
    from matplotlib import colormaps

    low, high = HEAT_ENDS
    place = min(1.0, max(0.0, (strain - low) / (high - low)))
    red, green, blue, alpha = colormaps[RAMP](0.04 + 0.92 * place)
    return float(red), float(green), float(blue), float(alpha)


def luminance(color: tuple[float, float, float, float]) -> float:
    """Relative luminance (0-1) of a colour; black ink reads better above 0.18 (WCAG 2.2, "contrast ratio").

    >>> round(luminance((1.0, 1.0, 1.0, 1.0)), 2)
    1.0
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def draw_sign(easel: Easel, x: float, y: float, sign: Sign) -> None:
    """A full triangle for a hotspot, an empty one for a watch, an empty circle for silence, around x, y."""
    look = {
        Sign.HOTSPOT: {"marker": "^", "markerfacecolor": SIGNAL},
        Sign.WATCH: {"marker": "^", "markerfacecolor": PAPER},
        Sign.SILENT: {"marker": "o", "markerfacecolor": PAPER},
    }[sign]
    easel.line([(x, y)], markersize=8, markeredgecolor=SIGNAL, markeredgewidth=1.5, linestyle="none", **look)


def frame(easel: Easel, x: float, y: float, width: float, height: float, sign: Sign) -> None:
    """A frame with a light edge, so that it stands out from dark and light cells; dashed unless a hotspot."""
    dashes = "solid" if sign is Sign.HOTSPOT else (0, (3, 2))
    easel.box(x, y, width, height, fill=False, edgecolor=PAPER, linewidth=3.5)
    easel.box(x, y, width, height, fill=False, edgecolor=SIGNAL, linewidth=2, linestyle=dashes)
