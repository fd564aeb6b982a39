"""Pictures with words in the reader's language, drawn off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from handlers.figures import kind_of, name, state_of
from handlers.saying import theme_name
from handlers.words import Speaker
from insights.cells import Ledger, UnitKey
from insights.charts import (
    ChartWords,
    PanelWords,
    Scale,
    ThemeWords,
    heat_map,
    small_multiples,
    theme_table,
    trend_chart,
)
from insights.comments.summary import Summary
from insights.digest import HOT
from insights.hotspot_kinds import Course, Flag, Reading, Tier
from insights.policy import SHARE_ENDS
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
        more=lambda count: say.count("chart.more", count),
    )


def panel_words(say: Speaker, title: str) -> PanelWords:
    """Everything the small multiples say."""

    def told(flag: Flag, course: Course | None) -> str:
        kind = kind_of(flag, say)
        if course is not None:
            return say.plain("chart.open", kind=kind, state=state_of(flag, course, say))
        if flag.kind not in HOT:
            return kind
        return say.plain("chart.alert" if flag.tier is Tier.ALERT else "chart.watched", kind=kind)

    return PanelWords(
        title=title,
        note=say.plain("chart.note"),
        strain=say.plain("chart.number"),
        answered=say.plain("chart.answered"),
        spread=say.plain("chart.spread"),
        spread_means=say.plain("chart.spread_means"),
        usual=say.plain("chart.usual"),
        organisation=say.plain("chart.organisation"),
        since=say.plain("chart.since"),
        withheld=say.plain("chart.withheld"),
        told=told,
        week=say.short_day,
        name=lambda line: name(line, say),
        more=lambda count: say.count("chart.more", count),
    )


def theme_words(say: Speaker, title: str) -> ThemeWords:
    """Everything the table of themes says."""
    (many, large), (_, small) = SHARE_ENDS
    return ThemeWords(
        title=title,
        note=say.plain("chart.themes_note"),
        negative=say.plain("tone.neg"),
        few=say.plain("chart.few", small=small, large=large, many=many),
        front=say.plain("chart.front"),
        withheld=say.plain("chart.unshown"),
        never=say.plain("chart.never"),
        theme=lambda theme: theme_name(theme, say),
        wrote=lambda n: say.plain("chart.wrote", n=n),
        week=say.short_day,
        name=lambda line: name(line, say),
        more=lambda count: say.count("chart.more", count),
    )


async def digest_picture(ledger: Ledger, under: UnitKey, reading: Reading, say: Speaker, title: str) -> bytes:
    """Small multiples of a lead's teams, as PNG."""
    return await asyncio.to_thread(small_multiples, ledger, under, reading, panel_words(say, title))


async def teams_picture(ledger: Ledger, under: UnitKey, reading: Reading, say: Speaker, title: str) -> bytes:
    """The heat map of a lead's units, as PNG."""
    words = chart_words(say, title, say.plain("chart.note"))
    return await asyncio.to_thread(heat_map, ledger, under, reading, words)


async def trend_picture(points: Sequence[Point], title: str, say: Speaker, scale: Scale) -> bytes:
    """A trend, as PNG."""
    return await asyncio.to_thread(trend_chart, points, title, chart_words(say, title), scale)


async def themes_picture(rows: Sequence[Summary], say: Speaker, title: str) -> bytes:
    """What the people of each unit wrote of, as PNG."""
    return await asyncio.to_thread(theme_table, rows, theme_words(say, title))


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
