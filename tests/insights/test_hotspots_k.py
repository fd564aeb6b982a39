"""What "fewer than k answered" means depends on k: with a larger one an ordinary week is not taken for silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from insights.cells import Page, Reason, Stat, Withheld
from insights.hotspot_kinds import FlagKind
from insights.hotspots import history
from tests.insights.hotspot_ledgers import of
from tests.insights.orgs import DRIVER, FIXED, leaf, released, unit

ROUNDS, TEAMS, PEOPLE, USUALLY = 30, 16, 60, 26
K = 20
UNITS = [unit("trust", headcount=0), *(unit(f"ward-{n:02d}", "trust", headcount=PEOPLE) for n in range(TEAMS))]


def quiet_weeks(seed: int, k: int = K) -> Iterator[Page]:
    """What the release shows of teams of 60 of whom usually 26 answer, while nothing changes."""
    rng = np.random.default_rng(seed)
    for number in range(1, ROUNDS + 1):
        answered = rng.binomial(PEOPLE, USUALLY / PEOPLE, TEAMS)
        wards = [leaf(one.id, int(n), people=PEOPLE) for one, n in zip(UNITS[1:], answered, strict=True)]
        shown = released(UNITS, wards, k)
        day = date(2026, 1, 6) + timedelta(weeks=number - 1)
        yield Page(number, day, (FIXED.id, "q12c", DRIVER.id), shown.lines, shown.cells, k)


@pytest.mark.parametrize("seed", range(3))
def test_a_week_below_a_large_k_is_no_silence(seed: int) -> None:
    pages = [*quiet_weeks(seed)]
    hidden = [page.cell(line.key, Stat.ANSWERED) for page in pages for line in page.lines[1:]]
    assert Withheld(Reason.TOO_FEW) in hidden
    assert of(history(pages), FlagKind.SILENCE) == []
