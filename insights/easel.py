"""A sheet as wide as a phone to draw on, in the phone's own points: 390 across, three pixels each.

Nothing here depends on the clock, on settings or on state that others share (`pyplot` is never imported): the
same drawing gives the same bytes, from any thread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

WIDTH: Final = 390.0
"""Points across: a phone held upright."""

MARGIN: Final = 8.0
SMALL: Final = 11.0
"""Smallest text, in points of the phone: below it people over 45 give up."""

PIXELS: Final = 3
INK, FAINT, PAPER = "#1c2430", "#6b7480", "#ffffff"
FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so that every machine draws the same; has Welsh and Polish."""

Align = Literal["left", "center", "right"]


class Easel:
    """A sheet to draw on; x runs right and y down, in points. `finish` cuts it to its height."""

    def __init__(self) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(WIDTH / 72, WIDTH / 72), dpi=72 * PIXELS, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, WIDTH)
        self._fonts = {bold: _font(bold) for bold in (False, True)}
        self._glyphs = _glyphs()
        self._widths: dict[tuple[str, float, bool], float] = {}

    def finish(self, height: float) -> Easel:
        """Cut the sheet to a height in points."""
        self.figure.set_size_inches(WIDTH / 72, round(height) / 72)
        self._axes.set_ylim(round(height), 0)
        return self

    def png(self) -> bytes:
        """The drawing as PNG, without a date or a version in it."""
        out = BytesIO()
        self.figure.savefig(out, format="png", dpi=72 * PIXELS, metadata={"Software": None})
        return out.getvalue()

    def clean(self, text: str) -> str:
        """Text on one line, without characters that the font cannot draw."""
        drawable = "".join(sign if ord(sign) in self._glyphs else " " for sign in text)
        return " ".join(drawable.split())

    def measure(self, text: str, size: float = SMALL, bold: bool = False) -> float:
        """Width of a text in points."""
        from matplotlib.textpath import text_to_path

        asked = text, size, bold
        if asked not in self._widths:
            font = self._fonts[bold].copy()
            font.set_size(size)
            width = text_to_path.get_text_width_height_descent(text, font, False)[0] if text else 0.0
            self._widths[asked] = width
        return self._widths[asked]

    def fit(self, text: str, width: float, lines: int, size: float = SMALL, bold: bool = False) -> list[str]:
        """Text as at most so many lines of a width in points. What is too long loses its middle: names that
        differ at the end ("... Ward 7A", "... Ward 7B") still differ."""
        rest, rows = self.clean(text), list[str]()
        while rest and len(rows) < lines - 1 and self.measure(rest, size, bold) > width:
            head = self._head(rest, width, size, bold)
            rows.append(head)
            rest = rest[len(head) :].lstrip()
        return [*rows, self._shorten(rest, width, size, bold, keep_start=not rows)] if rest else rows

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        bold: bool = False,
        align: Align = "left",
        color: str = INK,
        halo: bool = False,
    ) -> None:
        """One line of text, its middle at y; with a halo it can be read on a line."""
        from matplotlib.patheffects import withStroke

        font = self._fonts[bold].copy()
        font.set_size(size)
        if text:
            self._axes.text(
                x,
                y,
                text,
                ha=align,
                va="center_baseline",
                color=color,
                fontproperties=font,
                parse_math=False,
                path_effects=[withStroke(linewidth=3, foreground=PAPER)] if halo else None,
            )

    def upright(self, x: float, y: float, text: str, *, color: str = INK) -> None:
        """One line of text from y upwards, to be read with the head to the left; its middle at x."""
        font = self._fonts[False].copy()
        font.set_size(SMALL)
        self._axes.text(
            x, y, text, rotation=90, ha="center", va="bottom", color=color, fontproperties=font, parse_math=False
        )

    def block(self, x: float, y: float, lines: Sequence[str], size: float = SMALL, **how: Any) -> float:
        """Lines of text below each other, from y down; where they end."""
        for place, line in enumerate(lines):
            self.text(x, y + (place + 0.5) * size * 1.25, line, size=size, **how)
        return y + len(lines) * size * 1.25

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """A rectangle from its top left corner; `look` as matplotlib's Patch."""
        from matplotlib.patches import Rectangle

        self._axes.add_artist(Rectangle((x, y), width, height, **{"linewidth": 0, **look}))

    def hatch(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle that says: a number is withheld here."""
        from matplotlib.patches import Rectangle

        box = Rectangle((x, y), width, height, facecolor="#f4f4f2", edgecolor="#8a8f96", linewidth=0)
        box.set_hatch("////")
        box.set_hatch_linewidth(0.6)
        self._axes.add_artist(box)

    def line(self, points: Sequence[tuple[float, float]], **look: Any) -> None:
        """A line through points; `look` as matplotlib's Line2D."""
        from matplotlib.lines import Line2D

        self._axes.add_artist(Line2D([x for x, _ in points], [y for _, y in points], **look))

    def area(self, points: Sequence[tuple[float, float]], **look: Any) -> None:
        """A filled polygon; `look` as matplotlib's Patch."""
        from matplotlib.patches import Polygon

        self._axes.add_artist(Polygon(points, closed=True, **{"linewidth": 0, **look}))

    def _head(self, text: str, width: float, size: float, bold: bool) -> str:
        """The longest start that fits, up to a space if there is one."""
        wide = partial(self._too_wide, width=width, size=size, bold=bold)
        end = max(1, bisect_left(range(len(text)), True, key=lambda n: wide(text[: n + 1])))
        space = text.rfind(" ", 1, end + 1)
        return text[:space] if space > 0 else text[:end]

    def _shorten(self, text: str, width: float, size: float, bold: bool, keep_start: bool) -> str:
        if self.measure(text, size, bold) <= width:
            return text

        def parts(kept: int) -> tuple[str, str]:
            start = kept // 2 if keep_start else 0
            return text[:start], text[len(text) - (kept - start) :] if kept else ""

        wide = partial(self._too_wide, width=width, size=size, bold=bold)
        kept = bisect_left(range(len(text)), True, key=lambda n: wide("…".join(parts(n)))) - 1
        start, tail = parts(max(0, kept))
        return f"{start.rstrip()}…{_from_word(tail)}"

    def _too_wide(self, text: str, width: float, size: float, bold: bool) -> bool:
        return self.measure(text, size, bold) > width


def _from_word(tail: str) -> str:
    """The tail without the half word it starts with, unless that costs more than half of it."""
    space = tail.find(" ")
    return tail[space + 1 :] if 0 <= space < len(tail) / 2 else tail


def _font(bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=FONT, style="normal", weight="bold" if bold else "normal")


def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset.intersection(
        *(frozenset(get_font(findfont(_font(bold))).get_charmap()) for bold in (False, True))
    )
