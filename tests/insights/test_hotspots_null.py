"""The rates that the evidence quotes, held on simulated organisations small enough for every run of the tests."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.hotspots_null import Change, alarms, delays, ledger
from insights.hotspots import FlagKind

CALM = Change(shocks=0.0)


@pytest.mark.parametrize(("organisations", "teams", "rounds"), [(12, 14, 52), (1, 200, 52), (40, 14, 20)])
def test_where_nothing_happens_flags_are_as_rare_as_promised(organisations: int, teams: int, rounds: int) -> None:
    told = alarms(organisations, teams, rounds, CALM)
    # about 130 team-years: ten per 100 give 13 +- 4
    for kind in (FlagKind.RISE, FlagKind.BETTER, FlagKind.SILENCE):
        flags, alerts = told[kind]
        assert flags <= 16
        assert alerts <= 5


def test_nothing_is_told_of_the_whole_when_nothing_befalls_it() -> None:
    assert alarms(20, 4, 52, CALM)[FlagKind.SHARED][0] <= 15


def test_shared_shocks_do_not_flag_everybody() -> None:
    assert alarms(12, 14, 52, Change(shocks=4.0))[FlagKind.RISE][0] <= 25


def test_most_large_rises_are_found_within_two_months() -> None:
    waits = delays(12, 14, 40, Change(begins=16, step=1.2), FlagKind.RISE)
    assert np.median(waits) <= 4
    assert np.mean(np.array(waits) <= 8) >= 0.7


def test_most_teams_that_fall_silent_are_found_within_two_months() -> None:
    waits = delays(12, 14, 40, Change(begins=16, logits=2.0), FlagKind.SILENCE)
    assert np.mean(np.array(waits) <= 8) >= 0.6


def test_the_same_seed_is_the_same_organisation() -> None:
    assert ledger(3, 5, 6, CALM) == ledger(3, 5, 6, CALM)
    assert ledger(3, 5, 6, CALM) != ledger(4, 5, 6, CALM)
