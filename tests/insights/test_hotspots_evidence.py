"""What stands beside a flag: its size, how likely it is real, and how rarely chance alone looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from insights.hotspot_evidence import (
    BETTER_ODDS,
    DIVISION_ODDS,
    RISE_ODDS,
    SILENCE_ODDS,
    SPLIT_ODDS,
    WHOLE_ODDS,
    Odds,
    once_in_team_years,
    p_real,
    size,
)
from insights.policy import INTERVAL_Z

EVERY_ODDS = [RISE_ODDS, BETTER_ODDS, SILENCE_ODDS, SPLIT_ODDS, WHOLE_ODDS, DIVISION_ODDS]


@pytest.mark.parametrize("odds", EVERY_ODDS)
def test_without_evidence_the_size_is_the_prior(odds: Odds) -> None:
    mean, low, high = size(odds, 1, 0.0, 0.0)
    assert [mean, (high - low) / 2] == pytest.approx([odds.size, odds.widen * INTERVAL_Z * odds.size_sd])


def test_much_evidence_outweighs_the_prior() -> None:
    mean, low, high = size(RISE_ODDS, 1, 20 * 15.0, 20.0)
    assert mean == pytest.approx(15.0, abs=0.01)
    assert high - low == pytest.approx(2 * RISE_ODDS.widen * INTERVAL_Z / np.sqrt(20), rel=0.01)


def test_a_fall_is_the_mirror_image_of_a_rise() -> None:
    up, down = size(RISE_ODDS, 1, 1.2, 0.1), size(RISE_ODDS, -1, -1.2, 0.1)
    assert list(down) == pytest.approx([-up[0], -up[2], -up[1]])


@pytest.mark.parametrize("odds", EVERY_ODDS)
def test_stronger_evidence_is_more_real_and_rarer(odds: Odds) -> None:
    scores = [odds.bar, odds.bar + 0.5, odds.alert_bar, odds.alert_bar + 1, 12.0, 1000.0]
    real, rare = [p_real(odds, x) for x in scores], [once_in_team_years(odds, x) for x in scores]
    assert real == sorted(real)
    assert rare == sorted(rare)
    assert (real[-1], rare[-1]) == (0.95, 1000.0)


def test_a_watch_comes_by_chance_as_often_as_its_kind_was_measured() -> None:
    for odds in EVERY_ODDS:
        assert once_in_team_years(odds, odds.bar) == pytest.approx(1 / odds.by_chance)
    assert once_in_team_years(RISE_ODDS, RISE_ODDS.bar) >= 10.0


@pytest.mark.parametrize("odds", EVERY_ODDS)
def test_an_alert_is_rarer_by_chance_than_a_watch_and_likelier_real(odds: Odds) -> None:
    assert once_in_team_years(odds, odds.alert_bar) > 3 * once_in_team_years(odds, odds.bar)
    assert p_real(odds, odds.alert_bar) > p_real(odds, odds.bar)
    assert p_real(odds, odds.bar) == pytest.approx(1 / (1 + np.exp(-odds.real_at_bar)))
