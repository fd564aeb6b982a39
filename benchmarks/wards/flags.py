"""Flags as arrays: what a detector said of each team in each wave, to be scored against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.lines import ROOT
from insights.hotspot_kinds import Flag, FlagKind, Tier

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TEAM_KINDS = (FlagKind.RISE, FlagKind.SILENCE, FlagKind.SPLIT, FlagKind.CHRONIC)


@dataclass(frozen=True, slots=True)
class Flags:
    """`said` by kind, and `alerts` among the rises, (waves, teams); of the rises `lo`, `hi` in points and `p_real`,
    NaN where nothing was said. `shared` by organisation, (waves, divisions + 1), the organisation itself last."""

    said: dict[FlagKind, Mask]
    alerts: Mask
    lo: Array
    hi: Array
    p_real: Array
    shared: tuple[Mask, ...]


def as_arrays(flags: Iterable[Flag], waves: int, teams: int, divisions: int) -> Flags:
    """Flags of one organisation whose units are named as in `benchmarks/wards/lines.py`; rounds count from 0."""
    said = {kind: np.zeros((waves, teams), dtype=bool) for kind in TEAM_KINDS}
    alerts, shared = np.zeros((waves, teams), dtype=bool), np.zeros((waves, divisions + 1), dtype=bool)
    lo, hi, p_real = (np.full((waves, teams), np.nan) for _ in range(3))
    for flag in flags:
        wave = flag.round
        if flag.kind is FlagKind.SHARED:
            shared[wave, divisions if flag.unit == ROOT else int(flag.unit[1:])] = True
        elif flag.kind in said and flag.unit[0] == "t":
            team = int(flag.unit[1:])
            said[flag.kind][wave, team] = True
            if flag.kind is FlagKind.RISE:
                alerts[wave, team] = flag.tier is Tier.ALERT
                lo[wave, team], hi[wave, team], p_real[wave, team] = flag.lo, flag.hi, flag.p_real
    return Flags(said, alerts, lo, hi, p_real, (shared,))


def beside(parts: Sequence[Flags]) -> Flags:
    """The flags of several organisations as one, in this order."""
    return Flags(
        said={kind: np.concatenate([part.said[kind] for part in parts], axis=1) for kind in TEAM_KINDS},
        alerts=np.concatenate([part.alerts for part in parts], axis=1),
        lo=np.concatenate([part.lo for part in parts], axis=1),
        hi=np.concatenate([part.hi for part in parts], axis=1),
        p_real=np.concatenate([part.p_real for part in parts], axis=1),
        shared=tuple(one for part in parts for one in part.shared),
    )
