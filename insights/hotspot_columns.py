"""Which column of the detector's arrays a team or a division has: for good, from the round it was first seen in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np

from insights.cells import UnitKey
from insights.hotspot_change import Array, Numbers
from insights.hotspot_round import Shown


@dataclass(slots=True)
class Columns:
    """Columns in the order in which units were first seen; those of one round in the order of its keys."""

    keys: list[UnitKey] = field(default_factory=list)
    number: dict[UnitKey, int] = field(default_factory=dict)

    def place(self, keys: tuple[UnitKey, ...]) -> Numbers:
        """The columns of these units; those not seen before get the next ones.

        >>> Columns().place((UnitKey("a"), UnitKey("b"))).tolist()
        [0, 1]
        """
        for key in sorted(set(keys) - self.number.keys()):
            self.number[key] = len(self.keys)
            self.keys.append(key)
        return np.array([self.number[key] for key in keys], dtype=np.int64)


def spread_out(shown: Shown, at: Numbers, columns: int) -> Shown:
    """The same round with one entry a column: NaN, nobody asked, not silent for teams that are not in it.

    `units` and `parents` stay as they are.

    >>> one, nobody = np.array([45.0]), np.array([False])
    >>> shown = Shown(1, (UnitKey("b"),), (None,), one, one, one, 2, one, one, nobody, one, 2, 5, None)
    >>> spread_out(shown, np.array([1]), 2).strain.tolist()
    [nan, 45.0]
    """

    def out(values: Array) -> Array:
        wide = np.full(columns, np.nan)
        wide[at] = values
        return wide

    silent = np.zeros(columns, dtype=bool)
    silent[at] = shown.silent
    return dataclasses.replace(
        shown,
        strain=out(shown.strain),
        answers=out(shown.answers),
        coding=out(shown.coding),
        people=np.nan_to_num(out(shown.people)),
        answered=out(shown.answered),
        spread=out(shown.spread),
        silent=silent,
    )
