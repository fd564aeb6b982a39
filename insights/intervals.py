"""How far off a shown number may be: 90 % intervals from nothing but what the ledger shows."""

from __future__ import annotations

from math import sqrt

from insights.cells import Bound, Cell, Released, Stat
from insights.policy import INTERVAL_Z, ITEM_NOISE, N_BANDS, SCORE_STEPS, STRAIN_NOISE

_STARTS = {band: start for start, band in N_BANDS}


def band_start(n: str) -> int:
    """The fewest answers a band stands for: intervals are as wide as they may have to be.

    >>> band_start("10-19")
    10
    """
    return _STARTS[n]


def variance(cell: Released, stat: str) -> float:
    """Variance (points squared) of a shown score or strain around the true one.

    `alpha / n + step**2 / 12`: alpha is one person's spread (DESIGN 6.1, without its beta term, so that the
    interval also holds where other people answer each week), n the band's lower end, step the rounding's
    width, whose error is uniform.

    >>> round(variance(Released(45, "10-19"), Stat.STRAIN), 1)
    44.5
    """
    n = band_start(cell.n)
    alpha = STRAIN_NOISE if stat == Stat.STRAIN else ITEM_NOISE
    step = next(step for start, step in SCORE_STEPS if n >= start)
    return alpha / n + step**2 / 12


def wilson(share: float, n: int) -> tuple[float, float]:
    """Ends (0-1) of the 90 % interval of a share (0-1) of n answers (Wilson 1927, J. Am. Stat. Assoc. 22).

    >>> [round(end, 2) for end in wilson(0.3, 20)]
    [0.16, 0.48]
    """
    z2 = INTERVAL_Z**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = INTERVAL_Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def interval(cell: Cell, stat: str) -> tuple[float, float] | None:
    """Low and high end in the cell's unit; None when withheld or when the stat has no interval.

    Strain, scores and shares have one. A coded end is open: "20 or less" reaches down to 0.

    >>> low, high = interval(Released(45, "10-19"), Stat.STRAIN)
    >>> round(low), round(high)
    (34, 56)
    >>> interval(Released(20, "5-9", Bound.AT_MOST), Stat.STRAIN)[0]
    0.0
    """
    if not isinstance(cell, Released):
        return None
    if stat in (Stat.STRAIN, Stat.SCORE):
        half = INTERVAL_Z * sqrt(variance(cell, stat))
        low, high = max(0.0, cell.value - half), min(100.0, cell.value + half)
    elif stat.startswith("share."):
        low, high = (100 * end for end in wilson(cell.value / 100, band_start(cell.n)))
    else:
        return None
    if cell.bound is Bound.AT_MOST:
        low = 0.0
    if cell.bound is Bound.AT_LEAST:
        high = 100.0
    return low, high
