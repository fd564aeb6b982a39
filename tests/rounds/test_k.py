"""A page tells the k that its round was asked with, so that "fewer than k answered" can be read."""

from __future__ import annotations

import pytest

from insights.cells import Reason, Stat, UnitKey, Withheld
from storage.ledger import LedgerReader
from tests.hospital import CLOSES, OPENS, staffed
from tests.world import World


@pytest.mark.parametrize("k", [5, 6, 7])
async def test_a_closed_round_carries_its_k_onto_its_page(world: World, k: int) -> None:
    nurses = await staffed(world, 7, k=k)
    await world.to(OPENS)
    for nurse in nurses[:6]:
        await world.answers(nurse, "Often", "Rarely", "Workload")
    await world.to(CLOSES)
    async with world.app.house.begin() as db:
        (page,) = await LedgerReader().pages(db)
    assert page.k == k
    turnout = page.cell(UnitKey("ward-7"), Stat.ANSWERED)
    assert (turnout == Withheld(Reason.TOO_FEW)) is (k > 6)
