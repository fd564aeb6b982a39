"""Draws small multiples: a panel a team with every shown number, how far off it may be, and what is usual there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from insights.cells import Ledger, UnitKey
from insights.chart_words import PanelWords, bounded
from insights.easel import FAINT, INK, MARGIN, WIDTH, Easel
from insights.heat_picture import SIGNAL, draw_sign
from insights.heat_rows import sign_of
from insights.hotspot_kinds import FlagKind, Reading, Tier
from insights.multiples_rows import Dot, Measure, Multiples, Panel, multiples
from insights.trend_picture import BAND, GRID, LINE

SPOKEN: Final = "#a84300"
"""The signal's colour as text: darker, so that its contrast on paper is at least 4.5 (WCAG 2.2 AA)."""

BETTER, BETTER_SPOKEN, BETTER_BAND, SIGNAL_BAND, SINCE = "#009e73", "#00705a", "#a6dccb", "#f3bd98", "#fdf1e8"
BETTER_SINCE: Final = "#eaf7f2"
GAP, PLOT_HEIGHT, NAME, HEADER, AXIS, BELOW = 14.0, 66.0, 20.0, 36.0, 16.0, 12.0

SCALES: Final = {
    Measure.STRAIN: (10.0, 90.0, (25, 50, 75)),
    Measure.ANSWERED: (0.0, 100.0, (25, 50, 75)),
    Measure.SPREAD: (0.0, 200.0, (50, 100, 150)),
}
"""Ends and marks of the axes, the same in every picture: two can be compared. Strain between its wide clamps."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of what happened since a flag began: of dots, words, intervals, and the ground behind them."""

    dot: str
    word: str
    band: str
    ground: str


HOT, IMPROVED = Look(SIGNAL, SPOKEN, SIGNAL_BAND, SINCE), Look(BETTER, BETTER_SPOKEN, BETTER_BAND, BETTER_SINCE)


class MultiplesPicture:
    """One picture in the making; `draw` returns the finished sheet."""

    def __init__(self, ledger: Ledger, under: UnitKey, reading: Reading, words: PanelWords) -> None:
        self.chosen: Multiples = multiples(ledger, under, reading)
        self.words = words
        self.easel = Easel()
        self.met: set[str] = set()
        self.marked: Look | None = None
        self.across = 1 if len(self.chosen.panels) == 1 else 2
        self.width = (WIDTH - 2 * MARGIN - (self.across - 1) * GAP) / self.across
        shown = {panel.measure for panel in self.chosen.panels}
        marks = [self._worded(mark, measure) for measure in shown for mark in SCALES[measure][2]]
        self.label = max(self.easel.measure(mark) for mark in marks) + 4

    def draw(self) -> Easel:
        """From the title down to the legend."""
        easel = self.easel
        title = easel.fit(self.words.title, WIDTH - 2 * MARGIN, 2, 15, bold=True)
        y = easel.block(MARGIN, MARGIN, title, 15, bold=True) + 8
        panels = self.chosen.panels
        for place in range(0, len(panels), self.across):
            row = panels[place : place + self.across]
            header = HEADER if any(panel.flag for panel in row) else NAME
            for side, panel in enumerate(row):
                self._panel(MARGIN + side * (self.width + GAP), y, header, panel)
            y += header + PLOT_HEIGHT + AXIS + BELOW
        if self.chosen.more:
            easel.text(MARGIN, y + 2, self.words.more(self.chosen.more), color=FAINT)
            y += 18
        return easel.finish(self._legend(y) + MARGIN)

    def _panel(self, x: float, y: float, header: float, panel: Panel) -> None:
        look = IMPROVED if panel.flag and panel.flag.kind is FlagKind.BETTER else HOT
        self._header(x, y, panel, look)
        plot = Plot(self.easel, x + self.label, y + header, self.width - self.label, panel, self.chosen.room)
        if panel.since is not None:
            plot.since(look)
            self.marked = self.marked or look
        plot.grid([self._worded(mark, panel.measure) for mark in SCALES[panel.measure][2]])
        self.met |= plot.missing()
        if panel.usual is not None:
            self.met.add(plot.usual())
        plot.dots(look)
        names = {Measure.ANSWERED: self.words.answered, Measure.SPREAD: self.words.spread}
        plot.named(names.get(panel.measure, ""))
        self.met |= {panel.measure} if any(dot.value is not None for dot in panel.dots) else set()
        self._days(plot, panel, look)

    def _header(self, x: float, y: float, panel: Panel, look: Look) -> None:
        """The name and the newest number; below them what is unusual, in words beside its sign."""
        newest = panel.dots[-1]
        # a number without a name is taken for strain
        is_bare = newest.value is None or panel.measure is Measure.SPREAD
        number = "" if is_bare else self._number(newest, panel.measure)
        room = self.width - (self.easel.measure(number, 14, bold=True) + 6 if number else 0)
        name = self.easel.clean(self.words.name(panel.line)) or panel.line.key
        self.easel.block(x, y, self.easel.fit(name, room, 1, bold=True), bold=True)
        self.easel.text(x + self.width, y + 8, number, size=14, bold=True, align="right")
        if panel.flag is None:
            return
        left = x
        if sign := sign_of(panel.flag):
            draw_sign(self.easel, x + 5, y + 23, sign)
            left += 14
        told = self.easel.fit(self.words.told(panel.flag, panel.course), self.width - (left - x), 1, bold=True)
        self.easel.block(left, y + 16, told, bold=panel.flag.tier is Tier.ALERT, color=look.word)

    def _number(self, dot: Dot, measure: Measure) -> str:
        return bounded(self._worded(int((dot.value or 0.0) + 0.5), measure), dot.bound)

    def _worded(self, value: float, measure: Measure) -> str:
        number = self.words.number(value)
        return self.easel.clean(self.words.percent(number) if measure is Measure.ANSWERED else number)

    def _days(self, plot: Plot, panel: Panel, look: Look) -> None:
        """Since when, the newest day and the oldest, as many as do not touch."""
        taken: list[tuple[float, float]] = []
        last = len(panel.dots) - 1
        days = [(place, self.words.week(self.chosen.pages[place].opened_on)) for place in (last, 0)]
        wanted = [(place, day, FAINT, False) for place, day in days]
        if panel.since is not None and panel.began:
            earlier = "‹ " if panel.since < 0 else ""
            wanted.insert(0, (max(0, panel.since), earlier + self.words.week(panel.began), look.word, True))
        for place, day, color, bold in wanted:
            label = self.easel.fit(day, 90, 1, bold=bold)[0]
            half = self.easel.measure(label, bold=bold) / 2
            middle = min(max(plot.middle(place), plot.x + half), plot.x + plot.width - half)
            if all(abs(middle - there) > half + other + 4 for there, other in taken):
                self.easel.text(middle, plot.base + 9, label, bold=bold, align="center", color=color)
                taken.append((middle, half))

    def _legend(self, y: float) -> float:
        """What was drawn and nothing else."""
        lines = {"usual": self.words.usual, "organisation": self.words.organisation}
        if Measure.STRAIN in self.met:
            _whisker(self.easel, MARGIN + 7, y + 7, 6, LINE, BAND)
            y = self._said(y, self.words.strain)
        if Measure.SPREAD in self.met:
            self.easel.line([(MARGIN + 7, y + 7)], color=LINE, marker="o", markersize=5, linestyle="none")
            y = self._said(y, self.words.spread_means)
        for key, words in lines.items():
            if key in self.met:
                _level(self.easel, MARGIN, MARGIN + 16, y + 7, key)
                y = self._said(y, words)
        if self.marked:
            self.easel.box(MARGIN, y, 14, 14, facecolor=self.marked.ground)
            self.easel.line([(MARGIN, y), (MARGIN, y + 14)], color=self.marked.dot, linewidth=1.5)
            y = self._said(y, self.words.since)
        if "withheld" in self.met:
            self.easel.hatch(MARGIN, y, 14, 14)
            y = self._said(y, self.words.withheld)
        note = self.easel.fit(self.words.note, WIDTH - 2 * MARGIN, 4)
        return self.easel.block(MARGIN, y, note, color=FAINT)

    def _said(self, y: float, said: str) -> float:
        lines = self.easel.fit(said, WIDTH - 2 * MARGIN - 22, 3)
        return self.easel.block(MARGIN + 22, y, lines) + 4


@dataclass(frozen=True, slots=True)
class Plot:
    """One panel's field, from its top left corner: rounds to the right, the measure upwards."""

    easel: Easel
    x: float
    y: float
    width: float
    panel: Panel
    room: int

    @property
    def base(self) -> float:
        """Its lower edge."""
        return self.y + PLOT_HEIGHT

    @property
    def step(self) -> float:
        """Width of a round."""
        return self.width / self.room

    def middle(self, place: int) -> float:
        """The middle of a round."""
        return self.x + (place + 0.5) * self.step

    def height(self, value: float) -> float:
        """Where a value stands; what lies beyond the axis stands at its end."""
        low, high, _ = SCALES[self.panel.measure]
        return self.base - PLOT_HEIGHT * (min(max(value, low), high) - low) / (high - low)

    def grid(self, labels: Sequence[str]) -> None:
        """Three lines with their labels, and the ground."""
        for mark, label in zip(SCALES[self.panel.measure][2], labels, strict=True):
            y = self.height(mark)
            self.easel.line([(self.x, y), (self.x + self.width, y)], color=GRID, linewidth=0.8)
            self.easel.text(self.x - 4, y, label, align="right", color=FAINT)
        self.easel.line([(self.x, self.base), (self.x + self.width, self.base)], color=GRID, linewidth=1.2)

    def since(self, look: Look) -> None:
        """A ground behind everything since it began, and a mark where."""
        start = max(0, self.panel.since or 0)
        left, right = self.x + start * self.step, self.x + len(self.panel.dots) * self.step
        self.easel.box(left, self.y, right - left, PLOT_HEIGHT, facecolor=look.ground)
        if self.panel.since is not None and self.panel.since >= 0:
            self.easel.line([(left, self.y), (left, self.base)], color=look.dot, linewidth=1.5)

    def missing(self) -> set[str]:
        """Hatches rounds in which nothing is shown; {"withheld"} if there was one."""
        gaps = [place for place, dot in enumerate(self.panel.dots) if dot.is_there and dot.value is None]
        for place in gaps:
            self.easel.hatch(self.x + place * self.step + 0.5, self.y, self.step - 1, PLOT_HEIGHT)
        return {"withheld"} if gaps else set()

    def usual(self) -> str:
        """The level the team is held against; whose it is."""
        flag = self.panel.flag
        whose = "organisation" if flag and flag.kind is FlagKind.CHRONIC else "usual"
        _level(self.easel, self.x, self.x + self.width, self.height(self.panel.usual or 0.0), whose)
        return whose

    def named(self, what: str) -> None:
        """What is measured, where it is not strain: in the corner in which such numbers seldom lie."""
        y = self.base - 8 if self.panel.measure is Measure.ANSWERED else self.y + 6
        for line in self.easel.fit(what, self.width - 6, 1):
            self.easel.text(self.x + 3, y, line, color=FAINT, halo=True)

    def dots(self, look: Look) -> None:
        """Every shown number with its interval; those since the flag in its colour."""
        since = self.panel.since
        for place, dot in enumerate(self.panel.dots):
            if dot.value is None:
                continue
            is_since = since is not None and place >= since
            color, band = (look.dot, look.band) if is_since else (LINE, BAND)
            x, y = self.middle(place), self.height(dot.value)
            if dot.low is not None and dot.high is not None:
                ends = [(x, self.height(dot.low)), (x, self.height(dot.high))]
                self.easel.line(ends, color=band, linewidth=2.5, solid_capstyle="butt")
            is_newest = place == len(self.panel.dots) - 1
            size = 7 if is_newest else 5
            self.easel.line([(x, y)], color=color, marker="o", markersize=size, markeredgewidth=0, linestyle="none")


def _whisker(easel: Easel, x: float, y: float, half: float, color: str, band: str) -> None:
    """A dot with its interval, around x, y."""
    easel.line([(x, y - half), (x, y + half)], color=band, linewidth=2.5, solid_capstyle="butt")
    easel.line([(x, y)], color=color, marker="o", markersize=5, markeredgewidth=0, linestyle="none")


def _level(easel: Easel, left: float, right: float, y: float, whose: str) -> None:
    """What is usual: broken, so that it is no series; dashes for the team's own, dots for the organisation's."""
    dashes = (0, (1, 1.5)) if whose == "organisation" else (0, (4, 2))
    easel.line([(left, y), (right, y)], color=INK, linewidth=1.2, linestyle=dashes)
