"""What a lead is told about their unit after a round: the ledger, and what the detector read in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from insights.cells import Bound, Cell, Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.comments.told import Said, is_unsaid, said
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier
from insights.intervals import variance
from insights.policy import DIGEST_HOTSPOTS, IMPROVEMENT_LEAST, INTERVAL_Z, THEMES_ROUNDS
from insights.subtree import standing, subtree

HOT = (FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC)
"""Kinds that name a hotspot."""


@dataclass(frozen=True, slots=True)
class Change:
    """By how many points (up is worse; 90 % interval `low` to `high`) scores moved since round `since`, on
    the `questions` that both rounds asked: another rotating question is no change in anybody."""

    since: int
    points: float
    low: float
    high: float
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """What weighs most on a unit: options (by index; several when they are level) of a question. `share` in
    per cent, None where only the top is published."""

    question: str
    options: tuple[int, ...]
    share: Released | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One round, as a lead reads it.

    `hotspots` are the flags of at most `DIGEST_HOTSPOTS` teams, told in full, those of a team next to each other;
    `watch` are the others', in the same order. `shared` are flags of whole groups, those above the lead's unit, too.
    `is_compared`: there was an earlier round to compare with. `drivers` has the units of hotspots, watch and open
    flags, where one is published. `learning`: rounds until teams are judged; until then `levels` has every team's
    number as shown, the most strained first. `pools` are small teams shown together. `said` has what is published of
    the comments of the lead's own unit and of the hotspots; `is_unsaid`: those of the own unit, told not long
    ago, were too few this time."""

    round: int
    opened_on: date
    line: Line
    strain: Cell
    change: Change | None
    is_compared: bool
    answered: Cell
    hotspots: tuple[Flag, ...]
    watch: tuple[Flag, ...]
    better: tuple[Flag, ...]
    silent: tuple[Flag, ...]
    shared: tuple[Flag, ...]
    still_open: tuple[OpenFlag, ...]
    cannot_judge: tuple[UnitKey, ...]
    learning: int
    levels: tuple[tuple[Line, Released], ...]
    drivers: Mapping[UnitKey, Driver]
    pools: tuple[Line, ...]
    said: Mapping[UnitKey, Said]
    is_unsaid: bool


def compose(ledger: Ledger, under: UnitKey, reading: Reading) -> Digest:
    """The digest of the last page for the lead of `under`; `reading` is the detector's of this ledger.

    Only lines at or below `under` are spoken of, and what the groups above it share. LookupError when the ledger is
    empty or its last page has no such unit.

    >>> trust = Line(UnitKey("trust"), None, "Trust", Kind.GROUP, 0, 1, 30, 40)
    >>> cells = {(trust.key, "", Stat.STRAIN): Released(45, "20-49")}
    >>> page = Page(1, date(2026, 1, 6), (), (trust,), cells)
    >>> digest = compose([page], trust.key, Reading(11, (), (), ()))
    >>> digest.strain.value, digest.hotspots, digest.learning
    (45, (), 11)
    """
    if not ledger:
        raise LookupError("the ledger has no page yet")
    page = ledger[-1]
    line, lines = standing(page, under), subtree(page, under)
    flags, still = told_to(page, under, reading)
    hotspots, watch = _first(page, flags, still)
    open_hot = (o.flag for o in still if o.flag.kind in HOT and o.state is not Course.OVER)
    drivers = {flag.unit: driver(page, flag.unit) for flag in (*hotspots, *watch, *open_hot)}
    comments = {unit: said(page, unit) for unit in (under, *(flag.unit for flag in hotspots))}
    return Digest(
        round=page.round,
        opened_on=page.opened_on,
        line=line,
        strain=page.cell(under, Stat.STRAIN),
        change=change(ledger, under),
        is_compared=_pair(ledger, under) is not None,
        answered=page.cell(under, Stat.ANSWERED),
        hotspots=hotspots,
        watch=watch,
        better=tuple(flag for flag in flags if flag.kind is FlagKind.BETTER),
        silent=tuple(flag for flag in flags if flag.kind is FlagKind.SILENCE),
        shared=tuple(flag for flag in flags if flag.kind is FlagKind.SHARED),
        still_open=still,
        cannot_judge=tuple(below.key for below in lines if below.key in set(reading.unjudged)),
        learning=reading.learning,
        levels=_levels(page, lines) if reading.learning else (),
        drivers={unit: top for unit, top in drivers.items() if top},
        pools=tuple(p for p in lines if p.kind is Kind.POOL and _is_shown(page.cell(p.key, Stat.STRAIN))),
        said={unit: found for unit, found in comments.items() if found},
        is_unsaid=comments[under] is None and _is_missed(ledger, under),
    )


def _is_missed(ledger: Ledger, unit: UnitKey) -> bool:
    """Whether too few wrote to be told, where they lately were: where nobody writes, that is not news every week."""
    lately = ledger[-THEMES_ROUNDS:]
    return is_unsaid(ledger[-1], unit) and any(said(page, unit) for page in lately)


def told_to(page: Page, under: UnitKey, reading: Reading) -> tuple[tuple[Flag, ...], tuple[OpenFlag, ...]]:
    """The flags of this round, and those still open, that the lead of `under` is told.

    They are about units at or below it, and about what the groups above it share; improvements where likely real.

    >>> ward = Line(UnitKey("w1"), None, "Ward 1", Kind.TEAM, 1, 1, 9, 9)
    >>> flag = Flag(14, UnitKey("w9"), FlagKind.RISE, Tier.ALERT, 12, 12.0, 5.0, 19.0, 0.6, 50.0)
    >>> told_to(Page(14, date(2026, 4, 7), (), (ward,), {}), ward.key, Reading(0, (flag,), (), ()))
    ((), ())
    """
    inside, above = {below.key for below in subtree(page, under)}, set(_above(page, under))

    def is_for_them(flag: Flag) -> bool:
        is_shared = flag.unit in above and flag.kind in (FlagKind.SHARED, FlagKind.BETTER)
        return (flag.unit in inside or is_shared) and is_told(flag)

    flags = tuple(flag for flag in reading.flags if is_for_them(flag))
    return flags, tuple(one for one in reading.open_flags if is_for_them(one.flag))


def is_within(page: Page, unit: UnitKey, under: UnitKey) -> bool:
    """Whether a lead of `under` may be told anything of `unit`: it is at or below theirs, or a group above.

    >>> lines = (Line(UnitKey("trust"), None, "Trust", Kind.GROUP, 0, 1, 30, 40),
    ...          Line(UnitKey("w1"), UnitKey("trust"), "Ward 1", Kind.TEAM, 1, 1, 9, 9))
    >>> page = Page(14, date(2026, 4, 7), (), lines, {})
    >>> is_within(page, UnitKey("w1"), UnitKey("trust")), is_within(page, UnitKey("w2"), UnitKey("w1"))
    (True, False)
    """
    return unit in {below.key for below in subtree(page, under)} or unit in _above(page, under)


def is_told(flag: Flag) -> bool:
    """Whether a flag is spoken of: an improvement only when it is more likely real than not.

    >>> is_told(Flag(14, UnitKey("w1"), FlagKind.BETTER, Tier.WATCH, 12, -9.0, -15.0, -3.0, 0.3, 12.0))
    False
    """
    return flag.kind is not FlagKind.BETTER or flag.p_real >= IMPROVEMENT_LEAST


def _first(page: Page, flags: Iterable[Flag], still: Iterable[OpenFlag]) -> tuple[tuple[Flag, ...], tuple[Flag, ...]]:
    """Hot flags of the teams told in full, and of the others: alerts first, what is new before what has long been so.

    While a division goes through something, a team in it is told in full only on an alert: that is its own.
    """
    known = (*flags, *(o.flag for o in still if o.state is not Course.OVER))
    shared = {flag.unit for flag in known if flag.kind is FlagKind.SHARED and any(_above(page, flag.unit))}
    hot = [flag for flag in flags if flag.kind in HOT]
    hot.sort(key=lambda flag: (flag.tier is not Tier.ALERT, flag.kind is FlagKind.CHRONIC))
    own = [flag for flag in hot if flag.tier is Tier.ALERT or not shared & set(_above(page, flag.unit))]
    teams = list(dict.fromkeys(flag.unit for flag in own))[:DIGEST_HOTSPOTS]
    full = tuple(flag for team in teams for flag in hot if flag.unit == team)
    return full, tuple(flag for flag in hot if flag not in full)


def _above(page: Page, unit: UnitKey) -> Iterator[UnitKey]:
    """The groups above a unit, nearest first."""
    line = page.line(unit)
    while line is not None and line.parent is not None:
        yield line.parent
        line = page.line(line.parent)


def _levels(page: Page, lines: Iterable[Line]) -> tuple[tuple[Line, Released], ...]:
    cells = ((line, page.cell(line.key, Stat.STRAIN)) for line in lines if line.kind is not Kind.GROUP)
    shown = [(line, cell) for line, cell in cells if isinstance(cell, Released) and line.kind is not Kind.LENS]
    return tuple(sorted(shown, key=lambda pair: -pair[1].value))


def change(ledger: Ledger, unit: UnitKey) -> Change | None:
    """How the unit's scores moved since the round in which it was last shown; None if that may be chance.

    Like is compared with like: the mean difference over the questions that both rounds asked and show without
    a coded end. Its variance is the sum of both rounds' (`insights.intervals.variance`), averaged over
    questions as if they moved as one (the same people answer them), which errs towards silence.

    >>> def week(number, score):
    ...     cells = {("w1", "", Stat.STRAIN): Released(score, "20-49"),
    ...              ("w1", "q12b", Stat.SCORE): Released(score, "20-49")}
    ...     return Page(number, date(2026, 1, 6), ("q12b",), (), cells)
    >>> change([week(1, 40), week(2, 60)], UnitKey("w1")).points
    20.0
    >>> change([week(1, 40), week(2, 45)], UnitKey("w1"))
    """
    compared = _pair(ledger, unit)
    if compared is None:
        return None
    then, now = compared
    pairs = {
        question: (before, after)
        for question in now.questions
        if isinstance(before := then.cell(unit, Stat.SCORE, question), Released)
        and isinstance(after := now.cell(unit, Stat.SCORE, question), Released)
        and before.bound is after.bound is Bound.ABOUT
    }
    if not pairs:
        return None
    points = sum(after.value - before.value for before, after in pairs.values()) / len(pairs)
    spread = sum(variance(cell, Stat.SCORE) for pair in pairs.values() for cell in pair) / len(pairs)
    half = INTERVAL_Z * sqrt(spread)
    if abs(points) <= half:
        return None
    return Change(then.round, points, points - half, points + half, tuple(pairs))


def driver(page: Page, unit: UnitKey) -> Driver | None:
    """What weighs most on a unit in this round: the published top, else the largest published share.

    Looked for in the questions without a score. Shares coded "or less" cannot be the largest. None when
    nothing is published.

    >>> cells = {("w1", "driver", Stat.share(0)): Released(40, "20-49"),
    ...          ("w1", "driver", Stat.share(2)): Released(20, "20-49", Bound.AT_MOST)}
    >>> driver(Page(1, date(2026, 1, 6), ("driver",), (), cells), UnitKey("w1")).options
    (0,)
    """
    for question in page.questions:
        if (unit, question, Stat.SCORE) in page.cells:
            continue
        top = page.cell(unit, Stat.TOP, question)
        if isinstance(top, Released):
            return Driver(question, (int(top.value),), None)
        shares = _shares(page, unit, question)
        if shares:
            most = max(shares.values(), key=lambda share: share.value)
            level = tuple(option for option, share in shares.items() if share.value == most.value)
            return Driver(question, level, most)
    return None


def _pair(ledger: Ledger, unit: UnitKey) -> tuple[Page, Page] | None:
    """The last page, and the page before it on which the unit was shown; None if it has no number on one of them."""
    shown = [page for page in ledger if _is_shown(page.cell(unit, Stat.STRAIN))]
    return (shown[-2], shown[-1]) if len(shown) > 1 and shown[-1] is ledger[-1] else None


def _shares(page: Page, unit: UnitKey, question: str) -> dict[int, Released]:
    stats = sorted(s for key, asked, s in page.cells if (key, asked) == (unit, question) and "." in s)
    cells = {int(stat.partition(".")[2]): page.cell(unit, stat, question) for stat in stats}
    return {
        option: cell
        for option, cell in sorted(cells.items())
        if isinstance(cell, Released) and cell.bound is not Bound.AT_MOST
    }


def _is_shown(cell: Cell) -> bool:
    return isinstance(cell, Released)
