"""What would end a flag, in the numbers that people are shown: where it is told as easing, and where as over."""

from __future__ import annotations

import math

from insights.hotspot_kinds import Flag, FlagKind
from insights.policy import EASING_BELOW, OVER_BELOW, SCORE_CLAMPS, SPREAD_CEILING

_STRAIN_ENDS = min(float(low) for _, low, _ in SCORE_CLAMPS), max(float(high) for _, _, high in SCORE_CLAMPS)
_SPREAD_ENDS = 0.0, float(SPREAD_CEILING)


def ends(flag: Flag) -> tuple[float, float] | None:
    """The levels of the last shown rounds together at which the flag is easing, and over; None without a `usual`.

    In the unit of the numbers shown (points of strain, per cent of those asked, the spread index), and between the
    ends that such numbers can have. A share stands between its usual and what it fell to as the detector reckons it,
    on the arcsine scale: x = arcsin sqrt(p) (Anscombe 1948, without its small corrections).

    >>> from insights.cells import UnitKey
    >>> from insights.hotspot_kinds import Tier
    >>> def flag(kind, usual, effect):
    ...     return Flag(20, UnitKey("w1"), kind, Tier.WATCH, 17, effect, effect, effect, 0.6, 50.0, usual=usual)
    >>> ends(flag(FlagKind.RISE, 40.0, 12.0)), ends(flag(FlagKind.CHRONIC, 86.0, 10.0))
    ((46.0, 43.0), (90.0, 88.5))
    >>> [round(share, 1) for share in ends(flag(FlagKind.SILENCE, 60.0, -40.0))]
    [39.0, 49.5]
    >>> ends(flag(FlagKind.SHARED, None, 12.0))
    """
    usual = flag.usual
    if usual is None:
        return None
    if flag.kind is FlagKind.SILENCE:
        before, after = _arcsine(usual), _arcsine(usual + flag.effect)
        return _per_cent(before + EASING_BELOW * (after - before)), _per_cent(before + OVER_BELOW * (after - before))
    low, high = _SPREAD_ENDS if flag.kind is FlagKind.SPLIT else _STRAIN_ENDS
    easing, over = (min(max(usual + share * flag.effect, low), high) for share in (EASING_BELOW, OVER_BELOW))
    return easing, over


def _arcsine(share: float) -> float:
    """A share in per cent on the arcsine scale."""
    return math.asin(math.sqrt(min(max(share, 0.0), 100.0) / 100))


def _per_cent(x: float) -> float:
    """The share, in per cent, behind a number on the arcsine scale."""
    return 100 * math.sin(x) ** 2
