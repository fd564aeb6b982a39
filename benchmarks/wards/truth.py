"""What really happened, for scorers: one organisation's, or several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.wards.course import Shock
from benchmarks.wards.simulator import Organisation
from benchmarks.wards.world import Fate, World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

AT_ONSET = 8
"""Waves from the onset on over which a team's number of answers is reckoned."""

FELT_ORGANISATION, FELT_DIVISION = 0.20, 0.25
"""SD of shock from which a wave counts as shaken, of the organisation and of the division."""


@dataclass(frozen=True, slots=True)
class Truth:
    """By team (teams,) or by wave and team (waves, teams), as in `Organisation`.

    `answers` is what a team's number of answers was to be around its onset (in the first waves where there is none),
    `mean_answers` over all waves; `shaken`: a shared shock is on. `shocks` and `divisions` are by organisation, and
    `division` numbers divisions within each.
    """

    world: World
    kind: NDArray[np.str_]
    size: Array
    onset: Ints
    end: Ints
    usual: Array
    answers: Array
    mean_answers: Array
    withheld: Mask
    slope: Array
    shaken: Mask
    division: Ints
    shocks: tuple[tuple[Shock, ...], ...]
    divisions: tuple[int, ...]

    @property
    def calm(self) -> Mask:
        """Teams that are in control from the first wave to the last."""
        calm: Mask = self.kind == Fate.NONE
        return calm

    def hit_by(self, kind: Fate, size: float, answers: tuple[float, float] = (0.0, np.inf)) -> Mask:
        """Teams that a change of this kind and size befell, with so many answers around its onset."""
        least, below = answers
        right = (self.kind == kind) & (np.abs(self.size - size) < 1e-9)
        hit: Mask = right & (self.answers >= least) & (self.answers < below)
        return hit


def truth_of(o: Organisation) -> Truth:
    """The truth about one organisation."""
    fates, course = o.course.fates, o.course
    start = np.maximum(fates.onset, 0)
    around = [o.expected_answers[s : s + AT_ONSET, i].mean() for i, s in enumerate(start.tolist())]
    by_organisation = np.abs(course.organisation) > FELT_ORGANISATION
    by_division = np.abs(course.divisions) > FELT_DIVISION
    return Truth(
        world=o.world,
        kind=fates.kind,
        size=fates.size,
        onset=fates.onset,
        end=fates.end,
        usual=o.usual,
        answers=np.array(around),
        mean_answers=o.expected_answers.mean(axis=0),
        withheld=o.withheld,
        slope=o.oracle.slope,
        shaken=by_organisation[:, None] | by_division[:, course.division],
        division=course.division,
        shocks=(course.shocks,),
        divisions=(int(course.division[-1]) + 1,),
    )


def side_by_side(parts: Sequence[Truth]) -> Truth:
    """Organisations of one world as one, in this order."""

    def joined(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    names = ("kind", "size", "onset", "end", "usual", "answers", "mean_answers", "withheld", "slope", "shaken")
    return Truth(
        world=parts[0].world,
        **{name: joined(name) for name in (*names, "division")},  # type: ignore[arg-type]
        shocks=tuple(one for part in parts for one in part.shocks),
        divisions=tuple(one for part in parts for one in part.divisions),
    )
