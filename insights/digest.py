"""What a lead is told about their unit after a round: the ledger, and what the detector read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from insights.cells import Bound, Cell, Kind, Ledger, Line, Page, Released, Stat, UnitKey
from insights.hotspot_kinds import Course, Flag, FlagKind, OpenFlag, Reading, Tier
from insights.intervals import variance
from insights.policy import DIGEST_HOTSPOTS, IMPROVEMENT_LEAST, INTERVAL_Z
from insights.subtree import standing, subtree

_HOT = (FlagKind.RISE, FlagKind.SPLIT, FlagKind.CHRONIC)


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
    """One round, as a lead reads it. `hotspots` are told in full, `watch` are the flags that did not fit, in
    the same order; `shared` is the whole organisation's. `drivers` has the units of both, and of those
    still open, where one is published. `learning`: rounds until teams are judged. `pools` are small teams shown
    together."""

    round: int
    opened_on: date
    line: Line
    strain: Cell
    change: Change | None
    answered: Cell
    hotspots: tuple[Flag, ...]
    watch: tuple[Flag, ...]
    better: tuple[Flag, ...]
    silent: tuple[Flag, ...]
    shared: Flag | None
    still_open: tuple[OpenFlag, ...]
    cannot_judge: tuple[UnitKey, ...]
    learning: int
    drivers: Mapping[UnitKey, Driver]
    pools: tuple[Line, ...]


def compose(ledger: Ledger, under: UnitKey, reading: Reading) -> Digest:
    """The digest of the last page for the lead of `under`; `reading` is `detect(ledger)`.

    Only lines at or below `under` are spoken of, and what the whole organisation shares. LookupError when the
    ledger is empty or its last page has no such unit.

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
    line = standing(page, under)
    lines = subtree(page, under)
    inside = {below.key for below in lines}
    flags = [flag for flag in reading.flags if flag.unit in inside]
    hot = sorted((f for f in flags if f.kind in _HOT), key=lambda flag: flag.tier is not Tier.ALERT)
    still = tuple(o for o in reading.open_flags if o.flag.unit in inside or o.flag.kind is FlagKind.SHARED)
    open_hot = (o.flag for o in still if o.flag.kind in _HOT and o.state is not Course.OVER)
    drivers = {flag.unit: driver(page, flag.unit) for flag in (*hot, *open_hot)}
    return Digest(
        round=page.round,
        opened_on=page.opened_on,
        line=line,
        strain=page.cell(under, Stat.STRAIN),
        change=change(ledger, under),
        answered=page.cell(under, Stat.ANSWERED),
        hotspots=tuple(hot[:DIGEST_HOTSPOTS]),
        watch=tuple(hot[DIGEST_HOTSPOTS:]),
        better=tuple(flag for flag in flags if flag.kind is FlagKind.BETTER and flag.p_real >= IMPROVEMENT_LEAST),
        silent=tuple(flag for flag in flags if flag.kind is FlagKind.SILENCE),
        shared=next((flag for flag in reading.flags if flag.kind is FlagKind.SHARED), None),
        still_open=still,
        cannot_judge=tuple(unit for unit in reading.unjudged if unit in inside),
        learning=reading.learning,
        drivers={unit: top for unit, top in drivers.items() if top},
        pools=tuple(p for p in lines if p.kind is Kind.POOL and _is_shown(page.cell(p.key, Stat.STRAIN))),
    )


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
    shown = [page for page in ledger if _is_shown(page.cell(unit, Stat.STRAIN))]
    if len(shown) < 2 or shown[-1] is not ledger[-1]:
        return None
    then, now = shown[-2:]
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
