"""Draws one number from round to round: its line, how far off it may be, and where nothing was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from insights.cells import Released
from insights.chart_words import ChartWords, Scale, bounded
from insights.easel import FAINT, MARGIN, WIDTH, Easel
from insights.trends import Point

LINE, BAND, GRID = "#08519c", "#c6dbef", "#e3e6ea"
PLOT_HEIGHT: Final = 200.0
TICKS: Final = 4


class TrendPicture:
    """One trend in the making; `draw` returns the finished sheet."""

    def __init__(self, points: Sequence[Point], title: str, words: ChartWords, scale: Scale) -> None:
        if not points:
            raise ValueError("a trend has at least one round")
        self.points, self.title, self.words, self.scale = points, title, words, scale
        self.easel = Easel()
        self.top = ceiling(points) if scale is Scale.OPEN else 100.0
        self.labels = [self._worded(self.top * tick / TICKS) for tick in range(TICKS + 1)]
        self.left = MARGIN + max(self.easel.measure(label) for label in self.labels) + 6
        self.days = [point.opened_on.toordinal() for point in points]
        self.step = min((after - before for before, after in pairwise(self.days)), default=7)
        self.base = 0.0

    def draw(self) -> Easel:
        """From the title down to the legend."""
        easel = self.easel
        title = easel.fit(self.title, WIDTH - 2 * MARGIN, 3, 15, bold=True)
        y = easel.block(MARGIN, MARGIN, title, 15, bold=True) + 22
        self.base = y + PLOT_HEIGHT
        self._grid()
        for point in self.points:
            if not isinstance(point.cell, Released):
                half = self._half()
                easel.hatch(self._x(point) - half, y, 2 * half, PLOT_HEIGHT)
        for run in runs(self.points):
            self._run(run)
        self._newest()
        self._days(self.base + 14)
        return easel.finish(self._legend(self.base + 30) + MARGIN)

    def _x(self, point: Point) -> float:
        """Points in time, half a round of room on both sides."""
        first, last = self.days[0] - self.step / 2, self.days[-1] + self.step / 2
        room = WIDTH - MARGIN - self.left
        return self.left + room * (point.opened_on.toordinal() - first) / (last - first)

    def _half(self) -> float:
        room = WIDTH - MARGIN - self.left
        return room * self.step / (self.days[-1] - self.days[0] + self.step) / 2

    def _y(self, value: float) -> float:
        return self.base - PLOT_HEIGHT * min(value, self.top) / self.top

    def _worded(self, value: float) -> str:
        number = self.words.number(value)
        return self.easel.clean(self.words.percent(number) if self.scale is Scale.PER_CENT else number)

    def _grid(self) -> None:
        for tick, label in enumerate(self.labels):
            y = self._y(self.top * tick / TICKS)
            self.easel.line([(self.left, y), (WIDTH - MARGIN, y)], color=GRID, linewidth=0.8)
            self.easel.text(self.left - 5, y, label, align="right", color=FAINT)

    def _run(self, run: Sequence[Point]) -> None:
        """One unbroken stretch: its band where there is one, then its line."""
        ends = [(self._x(p), p.low, p.high) for p in run if p.low is not None and p.high is not None]
        if len(ends) == 1:
            x, low, high = ends[0]
            ends = [(x - 3, low, high), (x + 3, low, high)]
        upper = [(x, self._y(high)) for x, _, high in ends]
        lower = [(x, self._y(low)) for x, low, _ in reversed(ends)]
        if ends:
            self.easel.area([*upper, *lower], facecolor=BAND, alpha=0.7)
        line = [(self._x(point), self._y(value(point))) for point in run]
        self.easel.line(line, color=LINE, linewidth=2, marker="o", markersize=4, markeredgewidth=0)

    def _newest(self) -> None:
        """The last shown number, larger and in words."""
        shown = next((p for p in reversed(self.points) if isinstance(p.cell, Released)), None)
        if shown is None or not isinstance(shown.cell, Released):
            return
        x, y = self._x(shown), self._y(shown.cell.value)
        self.easel.line([(x, y)], color=LINE, marker="o", markersize=8, linestyle="none")
        number = bounded(self._worded(shown.cell.value), shown.cell.bound)
        half = self.easel.measure(number, 14, bold=True) / 2
        middle = min(max(x, self.left + half), WIDTH - MARGIN - half)
        self.easel.text(middle, y - 14, number, size=14, bold=True, align="center", halo=True)

    def _days(self, y: float) -> None:
        """The days of the rounds, as many as do not touch, from the newest back."""
        free = WIDTH + 10
        for point in reversed(self.points):
            label = self.easel.fit(self.words.week(point.opened_on), 90, 1)[0]
            width = self.easel.measure(label)
            right = min(self._x(point) + width / 2, WIDTH - MARGIN)
            if right + 10 <= free and right - width >= 0:
                self.easel.text(right, y, label, align="right", color=FAINT)
                free = right - width

    def _legend(self, y: float) -> float:
        if any(point.low is not None for point in self.points):
            self.easel.box(MARGIN, y, 14, 14, facecolor=BAND, alpha=0.7)
            self.easel.line([(MARGIN, y + 7), (MARGIN + 14, y + 7)], color=LINE, linewidth=2)
            y = self._said(y, self.words.band)
        if not all(isinstance(point.cell, Released) for point in self.points):
            self.easel.hatch(MARGIN, y, 14, 14)
            y = self._said(y, self.words.withheld)
        return y

    def _said(self, y: float, said: str) -> float:
        lines = self.easel.fit(said, WIDTH - 2 * MARGIN - 22, 3)
        return self.easel.block(MARGIN + 22, y, lines) + 4


def value(point: Point) -> float:
    """The shown number of a point that has one.

    >>> from datetime import date
    >>> value(Point(1, date(2026, 1, 6), Released(55.0, "20-49"), None, None))
    55.0
    """
    assert isinstance(point.cell, Released)
    return point.cell.value


def runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Unbroken stretches of shown points.

    >>> list(runs([]))
    []
    """
    run: list[Point] = []
    for point in points:
        if isinstance(point.cell, Released):
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def ceiling(points: Sequence[Point]) -> float:
    """A round number that no shown point passes, divisible by the ticks: 4, 8, 20, 40, 80, 200 ...

    >>> ceiling([])
    4.0
    """
    most = max((p.cell.value for p in points if isinstance(p.cell, Released)), default=0.0)
    tops = (TICKS * step * 10**power for power in range(9) for step in (1, 2, 5))
    return float(next(top for top in tops if top >= most))
