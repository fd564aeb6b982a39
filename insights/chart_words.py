"""What a picture says: everything arrives translated, because words for people live outside this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from insights.cells import Bound, Line, Released
from insights.comments.themes import Theme
from insights.hotspot_kinds import Course, Flag


class Scale(StrEnum):
    """The vertical axis of a trend: 0-100, per cent, or from 0 without an end (people, spread)."""

    SCORE = "score"
    PER_CENT = "per cent"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ChartWords:
    """The words of a picture. Long ones are wrapped, then shortened; none is drawn as a formula.

    `title` and `note` (may be empty) stand above and below the heat map. `low` and `high` name the ends of
    its colours; `withheld` is the one public wording; `absent` says "not there that week" (a new team, a pool
    that did not come about); `hotspot`, `watch` and `silent` name the marks, `band` a trend's interval. `week`
    writes a round's day (short: "3 Mar"), `name` a line, pools included ("3 small teams together"), `more` how
    many teams did not fit ("+ 12 more").
    """

    title: str
    note: str
    low: str
    high: str
    withheld: str
    absent: str
    hotspot: str
    watch: str
    silent: str
    band: str
    week: Callable[[date], str]
    name: Callable[[Line], str]
    more: Callable[[int], str]
    number: Callable[[float], str] = "{:g}".format
    percent: Callable[[str], str] = "{}%".format


@dataclass(frozen=True, slots=True)
class PanelWords:
    """The words of small multiples, wrapped and shortened like those of `ChartWords`.

    `strain` says what the dots are; `answered` and `spread` stand in panels that show something else, and
    `spread_means` explains it. `usual` and `organisation` say what the broken lines are, `since` what is shaded.
    `told` says what is unusual about a team and, for a flag raised earlier, how it has gone on ("hotspot: rising
    strain", "rising strain: easing").
    """

    title: str
    note: str
    strain: str
    answered: str
    spread: str
    spread_means: str
    usual: str
    organisation: str
    since: str
    withheld: str
    told: Callable[[Flag, Course | None], str]
    week: Callable[[date], str]
    name: Callable[[Line], str]
    more: Callable[[int], str]
    number: Callable[[float], str] = "{:g}".format
    percent: Callable[[str], str] = "{}%".format


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """The words of a table of themes, wrapped and shortened like those of `ChartWords`.

    `negative` heads the column of negative comments, `theme` each other one. `few` says what a pale field is, `front`
    what the full dot, `withheld` what the small one; `never` stands in the row of a unit that was not told at all.
    `wrote` says how many wrote, of their band ("20-49 wrote").
    """

    title: str
    note: str
    negative: str
    few: str
    front: str
    withheld: str
    never: str
    theme: Callable[[Theme], str]
    wrote: Callable[[str], str]
    week: Callable[[date], str]
    name: Callable[[Line], str]
    more: Callable[[int], str]


def bounded(number: str, bound: Bound) -> str:
    """A number with its bound as a sign: "≤20" is 20 or less.

    >>> bounded("20", Bound.AT_MOST), bounded("45", Bound.ABOUT)
    ('≤20', '45')
    """
    return {Bound.ABOUT: "", Bound.AT_MOST: "≤", Bound.AT_LEAST: "≥"}[bound] + number


def whole(cell: Released) -> str:
    """A cell as a whole number, halves upwards: what fits a square of the heat map.

    >>> whole(Released(47.5, "10-19"))
    '48'
    """
    return bounded(str(int(cell.value + 0.5)), cell.bound)
