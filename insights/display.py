"""How a number is coded before anybody sees it; what is stored is what is shown.

One rounding rule: to the nearest step, halves upwards; halves to the even step would make one step wider than
its neighbours. What rounds to an end of its scale carries a `Bound`, whether it lay beyond it or just inside.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Final

from insights.cells import Bound, Cell, Reason, Released, Withheld
from insights.policy import (
    N_BANDS,
    PARTICIPATION_CEILING,
    PARTICIPATION_STEP,
    SCORE_CLAMPS,
    SCORE_STEPS,
    SHARE_ENDS,
    SHARE_STEPS,
    SHARES_FLOOR,
    SHARES_FROM,
    SPREAD_CEILING,
    SPREAD_STEP,
    TOP_DRIVER_SHARE,
)

NO_LIMIT: Final = sys.maxsize
"""The most answers by which a number may be coded, where nothing beside it says how many people there were."""


def nearest(value: Fraction | float, step: int) -> int:
    """The multiple of `step` nearest to `value`, halves upwards.

    >>> nearest(12.5, 5), nearest(17.5, 5), nearest(-2.5, 5)
    (15, 20, 0)
    """
    return floor(Fraction(value) / step + Fraction(1, 2)) * step


def band(n: int) -> str:
    """The band in which a number of answers is shown. Raises ValueError below the first band.

    >>> band(9), band(10), band(1200)
    ('5-9', '10-19', '200+')
    """
    found = [label for least, label in N_BANDS if n >= least]
    if not found:
        raise ValueError("too few answers for any band")
    return found[-1]


def score(mean: Fraction | float, n: int) -> Released:
    """A mean of 0-100 over `n` answers, rounded and clamped by `n`. ValueError below the first band.

    >>> score(97.5, 8)
    Released(value=80, n='5-9', bound=<Bound.AT_LEAST: '>='>)
    >>> score(97.5, 10).value, score(52.5, 49).value, score(52.5, 50).value, score(52.5, 200).value
    (90, 55, 52, 53)
    """
    step = next(step for least, step in SCORE_STEPS if n >= least)
    low, high = score_ends(n)
    value = nearest(mean, step)
    return Released(min(max(value, low), high), band(n), _bound(value, low, high))


def score_ends(n: int) -> tuple[int, int]:
    """The ends between which a score of `n` answers is shown, in points of 0-100.

    >>> score_ends(9), score_ends(10)
    ((20, 80), (10, 90))
    """
    return next((low, high) for least, low, high in SCORE_CLAMPS if n >= least)


def share(count: int, n: int, most: int = NO_LIMIT) -> Released:
    """The share of `count` among `n` answers in per cent, coded by `n` or `most`. ValueError below SHARES_FROM.

    >>> share(7, 20)
    Released(value=40, n='20-49', bound=<Bound.ABOUT: '='>)
    >>> share(0, 20).value, share(0, 50).value, share(199, 200).value
    (20, 10, 90)
    """
    coded = min(n, most)
    if coded < SHARES_FROM:
        raise ValueError("too few answers for shares")
    step = next(step for least, step in SHARE_STEPS if coded >= least)
    low = next(end for least, end in SHARE_ENDS if coded >= least)
    value = nearest(Fraction(100 * count, n), step)
    return Released(min(max(value, low), 100 - low), band(coded), _bound(value, low, 100 - low))


def mean(counts: Sequence[int], scores: Sequence[int]) -> Fraction:
    """The exact mean score, 0-100, of answers counted by option. ZeroDivisionError without answers.

    >>> mean([1, 0, 0, 0, 2], [0, 25, 50, 75, 100])
    Fraction(200, 3)
    """
    return Fraction(sum(c * s for c, s in zip(counts, scores, strict=True)), sum(counts))


def spread(counts: Sequence[int], scores: Sequence[int], most: int = NO_LIMIT) -> Cell:
    """How much further apart the answers lie than their mean leads one to expect, as a coded index.

    `100 * (v / e - 1)`, where `v` is the variance of the answers (over n) and `e` the binomial variance over
    the scale's steps at that mean `m`: `m * (100 - m) / steps`. Agreement, and a mean that is itself shown as
    an end of the scale, are shown as 0: beside an extreme mean one odd answer would stand out.

    >>> scores = [0, 25, 50, 75, 100]
    >>> spread([0, 3, 6, 3, 0], scores).value, spread([3, 3, 0, 3, 3], scores).value
    (0, 150)
    >>> spread([6, 0, 0, 0, 6], scores)
    Released(value=200, n='10-19', bound=<Bound.AT_LEAST: '>='>)
    """
    n, m = sum(counts), mean(counts, scores)
    coded = min(n, most)
    if coded < SHARES_FLOOR:
        return Withheld(Reason.TOO_FEW)
    if score(m, coded).bound is not Bound.ABOUT:
        return Released(0, band(coded))
    squares = sum(c * s * s for c, s in zip(counts, scores, strict=True))
    v = Fraction(squares, n) - m * m
    e = m * (100 - m) / (len(scores) - 1)
    value = max(nearest(100 * (v / e - 1), SPREAD_STEP), 0)
    if value >= SPREAD_CEILING:
        return Released(SPREAD_CEILING, band(coded), Bound.AT_LEAST)
    return Released(value, band(coded))


def top_driver(counts: Sequence[int], most: int = NO_LIMIT) -> Cell:
    """The option named most, if alone in front and named by enough; the value is its index.

    >>> top_driver([6, 2, 2])
    Released(value=0, n='10-19', bound=<Bound.ABOUT: '='>)
    >>> top_driver([5, 5, 0])
    Withheld(reason=<Reason.NOT_CLEAR: 'no clear majority'>)
    """
    return top(counts, sum(counts), most)


def top(counts: Sequence[int], n: int, most: int = NO_LIMIT) -> Cell:
    """The same of `n` people who may each have named several.

    >>> top([6, 5, 0], 12).value, top([4, 0, 0], 12)
    (0, Withheld(reason=<Reason.NOT_CLEAR: 'no clear majority'>))
    """
    named = max(counts)
    if min(n, most) < SHARES_FLOOR:
        return Withheld(Reason.TOO_FEW)
    if named < TOP_DRIVER_SHARE * n or list(counts).count(named) > 1:
        return Withheld(Reason.NOT_CLEAR)
    return Released(list(counts).index(named), band(min(n, most)))


def participation(n: int, people: int, k: int) -> Cell:
    """How many of `people` answered, to the nearest step of people, counted from k.

    With k = 5 the values are 6, 9, 12, each standing for three numbers. The highest is the last one within 90 per
    cent of those asked; it stands for everything from there on, so that "all of them" reads as any other. The
    band is that of the lowest number that is meant: the true number's own would narrow it.

    >>> [participation(n, 20, 5).value for n in (5, 7, 8, 17, 20)]
    [6, 6, 9, 18, 18]
    >>> participation(20, 20, 5).bound, participation(4, 20, 5)
    (<Bound.AT_LEAST: '>='>, Withheld(reason=<Reason.TOO_FEW: 'too few answers'>))
    """
    if n < k:
        return Withheld(Reason.TOO_FEW)
    lowest, is_top = _meant(n, people, k)
    value = lowest + PARTICIPATION_STEP // 2
    if is_top:
        return Released(min(value, _ceiling(people)), band(lowest), Bound.AT_LEAST)
    return Released(value, band(lowest))


def coded_up_to(n: int, people: int, k: int) -> int:
    """The most answers by which a cell may be coded when `n` of `people` are known, as shown, to have answered.

    A band, a finer step or a distribution says "at least so many answered". Beside "about 9", which means 8, 9 or
    10, what needs ten answers would say that it was exactly ten. So it must leave as many numbers open as a step of
    people has, and must not say by itself that more than 90 per cent answered.

    >>> [coded_up_to(n, 25, 5) for n in (10, 11, 20)] == [9, 19, 49]
    True
    >>> coded_up_to(12, 12, 5), coded_up_to(11, 11, 5)
    (19, 9)
    """
    if n < k:
        return NO_LIMIT
    lowest, is_top = _meant(n, people, k)
    highest = max(people, lowest) if is_top else lowest + PARTICIPATION_STEP - 1
    for least, _ in N_BANDS:
        told = least > lowest
        if told and (highest - least + 1 < PARTICIPATION_STEP or least > _ceiling(people)):
            return least - 1
    return NO_LIMIT


def coded_within(people: int) -> int:
    """The most people by which a cell may be coded when `people` could have written and how many did is not shown.

    A band says "at least so many wrote": it must not say by itself that more than 90 per cent did.

    >>> coded_within(11), coded_within(12), coded_within(25)
    (9, 19, 49)
    """
    return next((least - 1 for least, _ in N_BANDS if least > _ceiling(people)), NO_LIMIT)


def _meant(n: int, people: int, k: int) -> tuple[int, bool]:
    """The lowest number that a participation as shown may mean, and whether it means everything from there on."""
    whole = k + (n - k) // PARTICIPATION_STEP * PARTICIPATION_STEP
    room = max(_ceiling(people) - PARTICIPATION_STEP // 2 - k, 0)
    top = k + room // PARTICIPATION_STEP * PARTICIPATION_STEP
    return min(whole, top), whole >= top


def _ceiling(people: int) -> int:
    return floor(PARTICIPATION_CEILING * people)


def _bound(value: int, low: int, high: int) -> Bound:
    if value <= low:
        return Bound.AT_MOST
    return Bound.AT_LEAST if value >= high else Bound.ABOUT
