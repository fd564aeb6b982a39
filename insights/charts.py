"""The pictures people get: a lead's small multiples and heat map, a trend, and themes by division, as PNG, made to be
read on a phone.

Drawing takes up to half a second of CPU: call it off the event loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from insights.cells import Ledger, UnitKey
from insights.chart_words import ChartWords, PanelWords, Scale, ThemeWords
from insights.comments.summary import Summary
from insights.heat_picture import HeatPicture
from insights.hotspot_kinds import Reading
from insights.multiples_picture import MultiplesPicture
from insights.theme_picture import ThemePicture
from insights.trend_picture import TrendPicture
from insights.trends import Point

__all__ = [
    "ChartWords",
    "PanelWords",
    "Scale",
    "ThemeWords",
    "heat_map",
    "small_multiples",
    "theme_table",
    "trend_chart",
]


def heat_map(ledger: Ledger, under: UnitKey, reading: Reading, words: ChartWords, last: int = 12) -> bytes:
    """Strain (0-100) of the teams below a unit over the last rounds, as PNG, 1170 pixels wide.

    At most `HEAT_ROWS` teams, marked ones and the most strained first to stay; withheld cells are hatched and
    the legend says so; flags of `reading` are marked and framed since they began. The same input gives the
    same bytes. LookupError when the ledger is empty or its last page has no such unit; ValueError if last < 1.

    >>> heat_map([], UnitKey("w1"), Reading(12, (), (), ()), None)
    Traceback (most recent call last):
    ...
    LookupError: the ledger has no page yet
    """
    return HeatPicture(ledger, under, reading, words, last).draw().png()


def small_multiples(ledger: Ledger, under: UnitKey, reading: Reading, words: PanelWords) -> bytes:
    """A panel for each of the teams below a unit that matter most, as PNG, 1170 pixels wide.

    Flagged teams first, then the most strained (`insights.multiples_rows`): every shown number with its 90 %
    interval, what is usual there, and since when it is not; withheld rounds are hatched and the legend says so. The
    same input gives the same bytes. LookupError when the ledger is empty or its last page has no such unit.

    >>> small_multiples([], UnitKey("w1"), Reading(12, (), (), ()), None)
    Traceback (most recent call last):
    ...
    LookupError: the ledger has no page yet
    """
    return MultiplesPicture(ledger, under, reading, words).draw().png()


def trend_chart(points: Sequence[Point], title: str, words: ChartWords, scale: Scale = Scale.SCORE) -> bytes:
    """A series (`insights.trends.series`) as PNG, 1170 pixels wide, with its 90 % band and gaps if withheld.

    The line does not cross a withheld round. The same input gives the same bytes. ValueError without a point.

    >>> trend_chart([], "Strain", None)
    Traceback (most recent call last):
    ...
    ValueError: a trend has at least one round
    """
    return TrendPicture(points, title, words, scale).draw().png()


def theme_table(rows: Sequence[Summary], words: ThemeWords) -> bytes:
    """What each unit's people wrote of when it was last told (`insights.comments.summary.summaries`), as PNG, 1170
    pixels wide: units by themes, the share as colour and number.

    At most `HEAT_ROWS` units, the first ones; a share coded "or less" is a pale field, what is withheld a dot. The
    same input gives the same bytes. ValueError without a row.

    >>> theme_table([], None)
    Traceback (most recent call last):
    ...
    ValueError: a table has at least one unit
    """
    return ThemePicture(rows, words).draw().png()
