"""A poster to print: a code to scan, whose team it is, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import BytesIO
from itertools import groupby
from typing import Final

from insights.easel import INK, MARGIN, PAPER, WIDTH, Easel

_QUIET: Final = 4
"""Empty squares around a code: its standard (ISO/IEC 18004) asks for so many."""

_TITLE: Final = 22.0
_LINE: Final = 13.0


class Format(StrEnum):
    """What a poster is kept as."""

    PNG = "png"
    SVG = "svg"


def draw_poster(code: Sequence[Sequence[bool]], title: str, line: str, form: Format) -> bytes:
    """The picture: `code` in rows from the top, True is dark; `title` in at most three lines, `line` in four.

    >>> draw_poster([[True, False], [False, True]], "Ward 7", "Scan to join.", Format.PNG)[:4]
    b'\\x89PNG'
    """
    easel = Easel()
    square = int(WIDTH // (len(code) + 2 * _QUIET))
    left = round((WIDTH - square * len(code)) / 2)
    top = square * _QUIET
    for row, start, length in _dark(code):
        easel.box(
            left + start * square, top + row * square, length * square, square, facecolor="black", antialiased=False
        )
    y = float(top + (len(code) + _QUIET) * square)
    wide = WIDTH - 2 * MARGIN
    heading = easel.fit(title, wide, 3, _TITLE, bold=True)
    y = easel.block(WIDTH / 2, y, heading, _TITLE, bold=True, align="center", color=INK)
    y = easel.block(WIDTH / 2, y + MARGIN, easel.fit(line, wide, 4, _LINE), _LINE, align="center", color=INK)
    easel.finish(y + 2 * MARGIN)
    return easel.png() if form is Format.PNG else _svg(easel)


def _dark(code: Sequence[Sequence[bool]]) -> Iterator[tuple[int, int, int]]:
    """Runs of dark squares: row, first column, length."""
    for row, squares in enumerate(code):
        column = 0
        for is_dark, run in groupby(squares):
            length = len(list(run))
            if is_dark:
                yield row, column, length
            column += length


def _svg(easel: Easel) -> bytes:
    out = BytesIO()
    easel.figure.savefig(out, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    return out.getvalue()
