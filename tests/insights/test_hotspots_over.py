"""What is over is no news: the evidence of a change outlives it, and must not be told as if it lasted."""

from __future__ import annotations

import numpy as np
import pytest

from insights.hotspot_kinds import Course, Flag, FlagKind
from insights.hotspots import detect, history
from insights.policy import SILENT_ROUNDS
from tests.insights.hotspot_ledgers import BURNING, NAN, coded, ledger, ordinary

BEGINS = 15
WAITS = 3
"""Rounds after its end in which a change may still be told: the last three shown are what is judged."""


def told_after(flags: tuple[Flag, ...], kind: FlagKind, end: int) -> list[int]:
    return [flag.round for flag in flags if flag.unit == BURNING and flag.kind is kind and flag.round >= end + WAITS]


@pytest.mark.parametrize("lasts", [18, 22, 26, 30])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rise_that_has_ended_is_not_told_anew(lasts: int, seed: int) -> None:
    strain, end = ordinary(BEGINS + lasts + 12, 14, seed), BEGINS + lasts
    strain[BEGINS - 1 : end - 1, 4] = coded(strain[BEGINS - 1 : end - 1, 4] + 16)
    flags = history(ledger(strain))
    assert [flag for flag in flags if flag.unit == BURNING and flag.kind is FlagKind.RISE and flag.round < end]
    assert told_after(flags, FlagKind.RISE, end) == []


@pytest.mark.parametrize("lasts", [22, 26, 30])
def test_a_silence_that_has_ended_is_not_told_anew(lasts: int) -> None:
    rounds, end = BEGINS + lasts + 12, BEGINS + lasts
    strain, answered = ordinary(rounds, 14), np.full((rounds, 14), 12.0)
    strain[BEGINS - 1 : end - 1, 4] = answered[BEGINS - 1 : end - 1, 4] = NAN
    assert told_after(history(ledger(strain, answered)), FlagKind.SILENCE, end) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lasting_strain_that_has_ended_is_over_and_not_told_anew(seed: int) -> None:
    strain = ordinary(64, 14, seed)
    strain[:, 4] = coded(strain[:, 4] - strain[:, 4].mean() + 40 + np.where(np.arange(64) < 44, 16.0, 0.0))
    pages = ledger(strain)
    lasting = [one.round for one in history(pages) if one.unit == BURNING and one.kind is FlagKind.CHRONIC]
    assert lasting
    assert max(lasting) < 44 + WAITS
    states = {
        still.state
        for end in range(44 + 2 * WAITS, 44 + SILENT_ROUNDS)
        for still in detect(pages[:end]).open_flags
        if still.flag.unit == BURNING and still.flag.kind is FlagKind.CHRONIC
    }
    assert states <= {Course.OVER, Course.EASING}
