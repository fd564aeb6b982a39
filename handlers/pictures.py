"""Pictures with words in the reader's language, drawn off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from handlers.figures import name
from handlers.words import Speaker
from insights.cells import Ledger, UnitKey
from insights.charts import ChartWords, Scale, heat_map, trend_chart
from insights.hotspot_kinds import Reading
from insights.poster import Format, draw_poster
from insights.trends import Point


def chart_words(say: Speaker, title: str, note: str = "") -> ChartWords:
    """Everything a picture says."""

    def week(day: date) -> str:
        return say.short_day(day)

    return ChartWords(
        title=title,
        note=note,
        low=say.plain("chart.low"),
        high=say.plain("chart.high"),
        withheld=say.plain("chart.withheld"),
        absent=say.plain("chart.absent"),
        hotspot=say.plain("chart.hotspot"),
        watch=say.plain("chart.watch"),
        silent=say.plain("chart.silent"),
        band=say.plain("chart.band"),
        week=week,
        name=lambda line: name(line, say),
        more=lambda count: say.plain("chart.more", count=count),
    )


async def digest_picture(ledger: Ledger, under: UnitKey, reading: Reading, say: Speaker, title: str) -> bytes:
    """The heat map of a lead's units, as PNG."""
    words = chart_words(say, title, say.plain("chart.note"))
    return await asyncio.to_thread(heat_map, ledger, under, reading, words)


async def trend_picture(points: Sequence[Point], title: str, say: Speaker, scale: Scale) -> bytes:
    """A trend, as PNG."""
    return await asyncio.to_thread(trend_chart, points, title, chart_words(say, title), scale)


def poster(link: str, unit: str, say: Speaker, form: Format = Format.PNG) -> bytes:
    """A unit's code to print, with its name and what it is for."""
    return draw_poster(poster_code(link), unit, say.plain("poster.line", unit=unit), form)


async def poster_picture(link: str, unit: str, say: Speaker) -> bytes:
    """The same as PNG, off the event loop."""
    return await asyncio.to_thread(poster, link, unit, say)


def poster_code(link: str) -> list[list[bool]]:
    """The link as the squares of a QR code, rows from the top; it can be read with a seventh of it damaged."""
    import segno

    return [[bool(square) for square in row] for row in segno.make(link, error="m", micro=False).matrix]
