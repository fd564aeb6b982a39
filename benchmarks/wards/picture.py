"""How late each method comes, as a picture for a phone: docs/hotspots.png."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.wards.figures import OURS, Change, Method, named
from benchmarks.wards.scorer import PATIENCE
from benchmarks.wards.truth import Truth
from benchmarks.wards.world import Fate
from insights.easel import FAINT, INK, MARGIN, SMALL, WIDTH, Easel

TITLE = "How many weeks until a team in trouble is found"
NOTE = (
    "Means over simulated teams, 27 where it was not found within half a year. All are set to the same number of "
    "false alarms. The oracles are told what nobody can know."
)
BY_SIZE = "By how much worse it gets (SD; 8-13 answers a week)"
BY_ANSWERS = "By answers a week (0.8 SD worse)"
SPANS: Final = ((4.0, 7.0), (7.0, 10.0), (10.0, 14.0), (14.0, 20.0), (20.0, math.inf))
PLOT: Final = 190.0
GRID = "#e3e6ea"


@dataclass(frozen=True, slots=True)
class Look:
    """How a method is drawn and called."""

    method: str
    words: str
    color: str
    width: float = 1.6
    style: str = "-"
    marker: str = "o"


LOOKS: Final = (
    Look("mean of 60 or more", "mean above a threshold", "#8c6d31", marker="s"),
    Look("XmR (Making Data Count)", "XmR chart", "#c2410c", marker="^"),
    Look("EWMA, shared factors removed", "EWMA, shared factors removed", "#15803d", marker="D"),
    Look(OURS, "Shiftpulse", "#08519c", width=3.2),
    Look("B", "oracle that must learn the usual (B)", INK, style="--", marker=""),
    Look("A", "oracle that knows everything (A)", FAINT, style=":", marker=""),
)


class DelayPicture:
    """Two panels below each other; `draw` returns the finished sheet."""

    def __init__(self, truth: Truth, found: Sequence[Method]) -> None:
        self.truth, self.found = truth, list(found)
        self.easel = Easel()
        self.left = MARGIN + self.easel.measure("27") + 8

    def draw(self) -> Easel:
        """From the title down to the legend."""
        easel, room = self.easel, WIDTH - 2 * MARGIN
        y = easel.block(MARGIN, MARGIN, easel.fit(TITLE, room, 2, 15, bold=True), 15, bold=True) + 4
        y = easel.block(MARGIN, y, easel.fit(NOTE, room, 5), color=FAINT) + 14
        sizes = [(f"{size:g}", Change(Fate.STEP, size)) for size in self.truth.world.step.sizes]
        y = self._panel(y, BY_SIZE, sizes)
        spans = [(_span(span), Change(Fate.STEP, 0.8, span)) for span in SPANS]
        y = self._panel(y, BY_ANSWERS, spans)
        for look in reversed(LOOKS):
            y += 16
            self._stroke(look, [(MARGIN, y), (MARGIN + 15, y), (MARGIN + 30, y)])
            easel.text(MARGIN + 38, y, look.words, bold=look.method == OURS)
        return easel.finish(y + 16)

    def _panel(self, y: float, title: str, places: Sequence[tuple[str, Change]]) -> float:
        """Draws one panel below y; where it ends."""
        easel, right = self.easel, WIDTH - MARGIN - 12
        top = easel.block(MARGIN, y, [title], SMALL + 1, bold=True) + 12
        base = top + PLOT
        for waves in (0, 4, 8, 13, 26):
            at = base - PLOT * waves / (PATIENCE + 1)
            easel.line([(self.left, at), (WIDTH - MARGIN, at)], color=GRID, linewidth=0.8)
            easel.text(self.left - 5, at, str(waves), align="right", color=FAINT)
        step = (right - self.left - 16) / max(len(places) - 1, 1)
        across = [self.left + 16 + step * i for i in range(len(places))]
        for x, (label, _) in zip(across, places, strict=True):
            easel.text(x, base + 13, label, align="center", color=FAINT)
        for look in LOOKS:
            method = named(self.found, look.method)
            means = [method.delay(self.truth, change).mean for _, change in places]
            told = [
                (x, base - PLOT * m / (PATIENCE + 1)) for x, m in zip(across, means, strict=True) if math.isfinite(m)
            ]
            self._stroke(look, told)
        return base + 34

    def _stroke(self, look: Look, points: Sequence[tuple[float, float]]) -> None:
        how = {"color": look.color, "linewidth": look.width, "linestyle": look.style}
        self.easel.line(points, marker=look.marker, markersize=3.5 + look.width / 2, **how)


def _span(span: tuple[float, float]) -> str:
    low, high = span
    return f"{low:g}-{high - 1:g}" if math.isfinite(high) else f"{low:g}+"
