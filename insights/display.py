"""How a number is coded before anybody sees it; what is stored is what is shown.

One rounding rule: to the nearest step, halves upwards; halves to the even step would make one step wider than
its neighbours. What rounds to an end of its scale carries a `Bound`, whether it lay beyond it or just inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

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


def share(count: int, n: int) -> Released:
    """The share of `count` among `n` answers in per cent, coded by `n`. ValueError below SHARES_FROM.

    >>> share(7, 20)
    Released(value=40, n='20-49', bound=<Bound.ABOUT: '='>)
    >>> share(0, 20).value, share(0, 50).value, share(199, 200).value
    (20, 10, 90)
    """
    if n < SHARES_FROM:
        raise ValueError("too few answers for shares")
    step = next(step for least, step in SHARE_STEPS if n >= least)
    low = next(end for least, end in SHARE_ENDS if n >= least)
    value = nearest(Fraction(100 * count, n), step)
    return Released(min(max(value, low), 100 - low), band(n), _bound(value, low, 100 - low))


def mean(counts: Sequence[int], scores: Sequence[int]) -> Fraction:
    """The exact mean score, 0-100, of answers counted by option. ZeroDivisionError without answers.

    >>> mean([1, 0, 0, 0, 2], [0, 25, 50, 75, 100])
    Fraction(200, 3)
    """
    return Fraction(sum(c * s for c, s in zip(counts, scores, strict=True)), sum(counts))


def spread(counts: Sequence[int], scores: Sequence[int]) -> Released:
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
    if score(m, n).bound is not Bound.ABOUT:
        return Released(0, band(n))
    squares = sum(c * s * s for c, s in zip(counts, scores, strict=True))
    v = Fraction(squares, n) - m * m
    e = m * (100 - m) / (len(scores) - 1)
    value = max(nearest(100 * (v / e - 1), SPREAD_STEP), 0)
    if value >= SPREAD_CEILING:
        return Released(SPREAD_CEILING, band(n), Bound.AT_LEAST)
    return Released(value, band(n))


def top_driver(counts: Sequence[int]) -> Cell:
    """The option named most, if alone in front and named by enough; the value is its index.

    >>> top_driver([6, 2, 2])
    Released(value=0, n='10-19', bound=<Bound.ABOUT: '='>)
    >>> top_driver([5, 5, 0])
    Withheld(reason=<Reason.NOT_CLEAR: 'no clear majority'>)
    """
    n, most = sum(counts), max(counts)
    if n < SHARES_FLOOR:
        return Withheld(Reason.TOO_FEW)
    if most < TOP_DRIVER_SHARE * n or list(counts).count(most) > 1:
        return Withheld(Reason.NOT_CLEAR)
    return Released(list(counts).index(most), band(n))


def participation(n: int, people: int, k: int) -> Cell:
    """How many of `people` answered, to the nearest step of people, counted from k.

    With k = 5 the values are 6, 9, 12, each standing for three numbers. The highest is the last one within 90 per
    cent of those asked; it stands for everything from there on, so that "all of them" reads as any other. The
    band is that of the value: the true number's own would narrow it.

    >>> [participation(n, 20, 5).value for n in (5, 7, 8, 17, 20)]
    [6, 6, 9, 18, 18]
    >>> participation(20, 20, 5).bound, participation(4, 20, 5)
    (<Bound.AT_LEAST: '>='>, Withheld(reason=<Reason.TOO_FEW: 'too few answers'>))
    """
    if n < k:
        return Withheld(Reason.TOO_FEW)
    ceiling = floor(PARTICIPATION_CEILING * people)
    middle = PARTICIPATION_STEP // 2
    top = k + middle + max(ceiling - k - middle, 0) // PARTICIPATION_STEP * PARTICIPATION_STEP
    value = k + middle + (n - k) // PARTICIPATION_STEP * PARTICIPATION_STEP
    if value >= top:
        return Released(min(top, ceiling), band(top), Bound.AT_LEAST)
    return Released(value, band(value))


def _bound(value: int, low: int, high: int) -> Bound:
    if value <= low:
        return Bound.AT_MOST
    return Bound.AT_LEAST if value >= high else Bound.ABOUT
