"""What `shiftpulse doctor` says of the detector: it goes through the ledger from the first page, and compares."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.cells import Page, UnitKey
from insights.hotspot_resume import taken_up
from insights.hotspot_warm import Warm, WarmLevel
from storage.database import sync_engine
from storage.hotspots import keep_state, save_warm
from storage.ledger import publish
from storage.ledger_guard import guard
from tests.command_line.findings import the_fault, to_mend
from tests.command_line.shell import Shell
from tests.insights.hotspot_ledgers import ledger, ordinary

ROUNDS = 15
WARM = Warm({UnitKey("t00"): WarmLevel(3.0, 4.0, 9)}, 9)


def eventful() -> list[Page]:
    strain = ordinary(ROUNDS, 6, seed=8)
    strain[12:, 0] = 80.0
    return ledger(strain)


PAGES = eventful()


@pytest.fixture
def told(house: Shell) -> Shell:
    """A house with fifteen rounds in its guarded ledger."""

    async def work(db: AsyncSession) -> None:
        for page in PAGES:
            await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells)

    house.stores(work)
    engine: Engine = sync_engine(f"sqlite+aiosqlite:///{house.database_file}")
    with engine.begin() as connection:
        guard(connection)
    engine.dispose()
    return house


def keeps(house: Shell, number: int, state: bytes) -> None:
    house.stores(lambda db: keep_state(db, number, state))


def said_of_hotspots(house: Shell) -> str:
    said = house.runs("doctor")
    assert to_mend(said) == []
    [line] = [one for one in said.out.splitlines() if "hotspots" in one]
    return line.removeprefix("ok      hotspots: ")


def test_where_nothing_is_kept_there_is_nothing_to_compare(told: Shell) -> None:
    assert said_of_hotspots(told) == "nothing is kept yet; the next digest takes it from the ledger"


def test_before_the_first_round_too(house: Shell) -> None:
    keeps(house, 1, b"of nowhere")
    assert said_of_hotspots(house) == "nothing is kept yet; the next digest takes it from the ledger"


@pytest.mark.parametrize("seen", [1, ROUNDS - 1, ROUNDS])
def test_what_is_kept_is_what_the_ledger_says(told: Shell, seen: int) -> None:
    keeps(told, seen, taken_up(PAGES[:seen]).dump())
    expected = f"what is kept after round {seen} is what the ledger says, gone through from the start"
    assert said_of_hotspots(told) == expected


def test_with_a_warm_start_it_goes_through_the_ledger_from_there(told: Shell) -> None:
    keeps(told, ROUNDS, taken_up(PAGES, WARM).dump())
    assert "cannot be used" in said_of_hotspots(told)


def test_a_warm_start_of_before_the_first_round_is_begun_with(house: Shell) -> None:
    async def work(db: AsyncSession) -> None:
        await save_warm(db, WARM)
        page = PAGES[0]
        await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells)
        await keep_state(db, 1, taken_up(PAGES[:1], WARM).dump())

    house.stores(work)
    assert "ok      hotspots: what is kept after round 1 is what the ledger says" in house.runs("doctor").out


@pytest.mark.parametrize("state", [b"", b"nothing of ours", bytes(4000)])
def test_what_cannot_be_used_does_not_matter(told: Shell, state: bytes) -> None:
    keeps(told, ROUNDS, state)
    expected = "what is kept cannot be used by this version; the next digest takes it from the ledger"
    assert said_of_hotspots(told) == expected


def test_a_state_that_somebody_has_made_up_is_told(told: Shell) -> None:
    calm = ledger(ordinary(ROUNDS, 6, seed=8))
    state = taken_up(calm).dump()
    assert taken_up(calm).reading().open_flags != taken_up(PAGES).reading().open_flags
    keeps(told, ROUNDS, state)
    assert the_fault(told).startswith(f"hotspots: what is kept after round {ROUNDS} is not what the ledger says")
