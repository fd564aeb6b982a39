"""What the detector has learnt is kept for a round, and the ledger alone brings back the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func
from sqlmodel import select

from insights.cells import Page, UnitKey
from insights.hotspot_kinds import Flag
from insights.hotspot_resume import taken_up
from insights.hotspot_warm import Warm, WarmLevel, learning_rounds
from insights.hotspots import Detector, history
from insights.policy import LEARNING_ROUNDS, WARM_ROUNDS
from storage.database import Begin, async_engine, beginner
from storage.hotspots import (
    HotspotState,
    WarmTooLateError,
    forget_states,
    keep_state,
    load_warm,
    newest_state,
    save_warm,
)
from storage.ledger import LedgerReader, publish
from tests.insights.hotspot_ledgers import ledger, ordinary
from tests.make import FIRST_DAY, Make

ROUNDS = 20
WARM = Warm({UnitKey("t00"): WarmLevel(-4.25, 9.1, 11), UnitKey("t01"): WarmLevel(1 / 3, 2.0**-40, 12)}, 12)


def eventful() -> list[Page]:
    """Twelve teams; from round 14 on one burns, one falls silent in round 9, one is never shown."""
    strain = ordinary(ROUNDS, 12, seed=3)
    strain[13:, 0] = 80.0
    strain[8:, 1] = np.nan
    strain[:, 2] = np.nan
    return ledger(strain, divisions=3)


PAGES = eventful()


async def keep(begin: Begin, number: int, state: bytes) -> None:
    async with begin() as db:
        await keep_state(db, number, state)
        await db.commit()


async def kept_rounds(begin: Begin) -> list[int]:
    async with begin() as db:
        return sorted((await db.exec(select(HotspotState.round))).all())


async def published(begin: Begin, make: Make, pages: int) -> None:
    """So many pages, of a round each."""
    async with begin() as db:
        there = (await LedgerReader().pages(db))[-1:]
        for number in range(there[0].round + 1 if there else 1, pages + 1):
            page = make.page(number)
            day = FIRST_DAY + timedelta(weeks=number)
            await publish(db, number, day, page.questions, page.lines, page.cells)
        await db.commit()


async def begins(begin: Begin, warm: Warm) -> None:
    async with begin() as db:
        await save_warm(db, warm)
        await db.commit()


async def loaded(begin: Begin) -> Warm | None:
    async with begin() as db:
        return await load_warm(db)


# --- what was learnt


async def stepped(begin: Begin, warm: Warm | None = None) -> tuple[list[bytes], list[Flag]]:
    """Each round by a process of its own, which finds in the database what the one before has left there."""
    states, flags = [], []
    for end in range(1, ROUNDS + 1):
        async with begin() as db:
            kept = await newest_state(db, end)
        assert (kept.round if kept else 0) == end - 1
        detector = taken_up(PAGES[:end], warm, kept.state if kept else None)
        states.append(detector.dump())
        flags += detector.reading().flags
        await keep(begin, end, states[-1])
    return states, flags


async def test_round_by_round_through_the_database_comes_to_the_same_as_the_whole_ledger_at_once(
    begin: Begin,
) -> None:
    states, flags = await stepped(begin)
    assert states == [taken_up(PAGES[:end]).dump() for end in range(1, ROUNDS + 1)]
    assert tuple(flags) == history(PAGES)
    assert {flag.unit for flag in flags} >= {"t00"}


async def test_with_a_warm_start_it_does_so_too(begin: Begin) -> None:
    states, flags = await stepped(begin, WARM)
    assert states[-1] == taken_up(PAGES, WARM).dump()
    assert tuple(flags) == history(PAGES, WARM)
    assert states[-1] != taken_up(PAGES).dump()


def test_it_may_have_missed_several_rounds() -> None:
    whole = taken_up(PAGES).dump()
    for seen in (1, 7, ROUNDS - 1, ROUNDS):
        assert taken_up(PAGES, None, taken_up(PAGES[:seen]).dump()).dump() == whole


async def test_before_the_first_round_nothing_is_kept(begin: Begin) -> None:
    async with begin() as db:
        assert await newest_state(db, 10) is None


async def test_every_byte_comes_back(begin: Begin) -> None:
    state = bytes(range(256)) * 20_000
    await keep(begin, 7, state)
    async with begin() as db:
        kept = await newest_state(db, 7)
    assert kept is not None
    assert (kept.round, kept.state) == (7, state)
    assert "state" not in repr(kept)


async def test_only_the_newest_round_is_kept(begin: Begin) -> None:
    for number in (1, 2, 5):
        await keep(begin, number, b"learnt")
    assert await kept_rounds(begin) == [5]


async def test_who_is_late_with_an_older_round_leaves_nothing(begin: Begin) -> None:
    await keep(begin, 5, b"newer")
    await keep(begin, 4, b"older")
    async with begin() as db:
        kept = await newest_state(db, 9)
    assert kept is not None
    assert (kept.round, kept.state) == (5, b"newer")


async def test_a_round_of_the_past_is_not_answered_from_a_later_one(begin: Begin) -> None:
    await keep(begin, 5, b"newer")
    async with begin() as db:
        assert await newest_state(db, 4) is None


async def test_what_cannot_be_read_is_written_over(begin: Begin) -> None:
    await keep(begin, 5, b"damaged")
    await keep(begin, 5, b"sound")
    async with begin() as db:
        kept = await newest_state(db, 5)
    assert kept is not None
    assert kept.state == b"sound"


async def test_left_without_a_commit_nothing_is_kept(begin: Begin) -> None:
    async with begin() as db:
        await keep_state(db, 1, b"learnt")
    assert await kept_rounds(begin) == []


async def test_two_processes_may_come_to_the_same_round_at_once(url: str) -> None:
    engines = [async_engine(url) for _ in range(2)]
    one, other = (beginner(engine) for engine in engines)
    for end in (3, 4):
        state = taken_up(PAGES[:end]).dump()
        await asyncio.gather(keep(one, end, state), keep(other, end, state))
        async with other() as db:
            kept = await newest_state(db, end)
        assert kept is not None
        assert kept.state == state
    assert await kept_rounds(one) == [4]
    for engine in engines:
        await engine.dispose()


def refused(written: bytes, pages: Sequence[Page] = PAGES, warm: Warm | None = None) -> bool:
    try:
        taken_up(pages, warm, written)
    except ValueError:
        return True
    return False


def test_damage_is_noticed_or_makes_no_difference_wherever_it_is() -> None:
    """Compressed bytes say some things in two ways: a bit turned over there changes nothing that was kept."""
    sound = taken_up(PAGES[:14]).dump()
    places = range(0, len(sound), 200)
    changed = [sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :] for at in (*places, len(sound) - 1)]
    taken = [one for one in changed if not refused(one)]
    assert len(taken) < len(changed) / 10
    assert all(Detector.load(one).dump() == sound for one in taken)


@pytest.mark.parametrize("length", [0, 1, 8, 9, 40, -4000, -1])
def test_a_state_that_was_cut_off_is_refused(length: int) -> None:
    assert refused(taken_up(PAGES[:14]).dump()[:length])


def test_a_state_with_another_beginning_is_refused() -> None:
    cold, warm = taken_up(PAGES[:5]).dump(), taken_up(PAGES[:5], WARM).dump()
    assert refused(cold, warm=WARM)
    assert refused(warm)
    assert refused(warm, warm=Warm(WARM.levels, WARM.rounds + 1))
    assert not refused(warm, warm=WARM)


def test_a_state_that_has_seen_more_than_the_ledger_is_refused() -> None:
    assert refused(taken_up(PAGES[:9]).dump(), PAGES[:8])


# --- what it began with


async def test_without_a_warm_start_there_is_none(begin: Begin) -> None:
    assert await loaded(begin) is None


async def test_a_warm_start_comes_back_to_the_last_bit(begin: Begin) -> None:
    await begins(begin, WARM)
    assert await loaded(begin) == WARM


async def test_a_warm_start_replaces_the_one_before_and_an_empty_one_takes_it_back(begin: Begin) -> None:
    await begins(begin, WARM)
    other = Warm({UnitKey("t09"): WarmLevel(0.0, 0.0, 1)}, 1)
    await begins(begin, other)
    assert await loaded(begin) == other
    await begins(begin, Warm({}, 0))
    assert await loaded(begin) is None


async def test_a_warm_start_has_everything_learnt_anew(begin: Begin) -> None:
    await keep(begin, 3, b"learnt")
    await begins(begin, WARM)
    assert await kept_rounds(begin) == []


async def test_what_was_learnt_can_be_forgotten(begin: Begin) -> None:
    await keep(begin, 3, b"learnt")
    async with begin() as db:
        await forget_states(db)
        await db.commit()
    assert await kept_rounds(begin) == []


@pytest.mark.parametrize("pages", [WARM_ROUNDS - 1, WARM_ROUNDS])
async def test_while_nobody_is_judged_a_warm_start_is_taken(begin: Begin, make: Make, pages: int) -> None:
    await published(begin, make, pages)
    await begins(begin, WARM)
    assert await loaded(begin) == WARM


async def test_once_teams_are_judged_a_warm_start_is_refused_and_nothing_changes(begin: Begin, make: Make) -> None:
    await published(begin, make, LEARNING_ROUNDS + 1)
    await keep(begin, LEARNING_ROUNDS + 1, b"learnt")
    with pytest.raises(WarmTooLateError, match="Teams have been judged already"):
        await begins(begin, WARM)
    assert await loaded(begin) is None
    assert await kept_rounds(begin) == [LEARNING_ROUNDS + 1]


async def test_a_warm_start_that_would_have_judged_rounds_that_are_gone_is_refused(begin: Begin, make: Make) -> None:
    await published(begin, make, WARM_ROUNDS + 1)
    with pytest.raises(WarmTooLateError):
        await begins(begin, WARM)


async def test_a_warm_start_that_may_have_spoken_is_not_taken_back(begin: Begin, make: Make) -> None:
    few = Warm(WARM.levels, LEARNING_ROUNDS - 5)
    await begins(begin, few)
    await published(begin, make, learning_rounds(few))
    await begins(begin, few)
    await published(begin, make, learning_rounds(few) + 1)
    with pytest.raises(WarmTooLateError):
        await begins(begin, Warm({}, 0))
    assert await loaded(begin) == few


async def test_the_ledger_is_as_it_was(begin: Begin, make: Make) -> None:
    await published(begin, make, 2)
    async with begin() as db:
        before = await LedgerReader().pages(db)
    await keep(begin, 2, b"learnt")
    await begins(begin, WARM)
    async with begin() as db:
        assert await LedgerReader().pages(db) == before
        assert (await db.exec(select(func.count()).select_from(HotspotState))).one() == 0
