"""The two pictures people get: a lead's heat map and a trend, as PNG, made to be read on a phone.

Drawing takes up to half a second of CPU: call it off the event loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from insights.cells import Ledger, UnitKey
from insights.chart_words import ChartWords, Scale
from insights.heat_picture import HeatPicture
from insights.hotspot_kinds import Reading
from insights.trend_picture import TrendPicture
from insights.trends import Point

__all__ = ["ChartWords", "Scale", "heat_map", "trend_chart"]


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


def trend_chart(points: Sequence[Point], title: str, words: ChartWords, scale: Scale = Scale.SCORE) -> bytes:
    """A series (`insights.trends.series`) as PNG, 1170 pixels wide, with its 90 % band and gaps if withheld.

    The line does not cross a withheld round. The same input gives the same bytes. ValueError without a point.

    >>> trend_chart([], "Strain", None)
    Traceback (most recent call last):
    ...
    ValueError: a trend has at least one round
    """
    return TrendPicture(points, title, words, scale).draw().png()
