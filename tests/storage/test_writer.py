"""The writer's thread and the vault: acknowledged after the commit, grouped, and nobody pays for another's fault."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound

from storage.sealed import Receipt, SealedStore, Submission, VoidRoundError, create_store
from storage.stores import Stores
from storage.vault import Vault
from storage.writer import Writer, WriterStoppedError
from tests.make import FIRST_ID, LAYOUT, SCOPES, Make

RECORDED, ALREADY, CLOSED = Receipt.RECORDED, Receipt.ALREADY, Receipt.CLOSED


class Watched(SealedStore):
    """A store that remembers the sizes of its batches."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.sizes: list[int] = []

    def submit(self, batch: Sequence[Submission]) -> list[Receipt]:
        self.sizes.append(len(batch))
        return super().submit(batch)


@pytest.fixture
def store(stores: Stores) -> Iterator[Watched]:
    made = create_store(stores, 7, SCOPES, LAYOUT)
    store = Watched(made._engine, made._keys, LAYOUT, stores)
    yield store
    store.close()


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.stop()


@pytest.fixture
async def vault(stores: Stores) -> AsyncIterator[Vault]:
    vault = Vault(stores)
    yield vault
    await vault.close()


class Held:
    """Keeps the writer's thread busy until it is let go, so that what is sent meanwhile waits together."""

    def __init__(self, writer: Writer) -> None:
        self._go = threading.Event()
        self._task = asyncio.ensure_future(writer.run(self._go.wait))

    async def let_go(self) -> None:
        self._go.set()
        await self._task


async def started(*coroutines: Coroutine[Any, Any, Receipt]) -> list[asyncio.Task[Receipt]]:
    """These coroutines, each run up to where it waits."""
    tasks = [asyncio.create_task(one) for one in coroutines]
    await asyncio.sleep(0)
    return tasks


async def test_a_send_is_acknowledged_after_its_commit(writer: Writer, store: Watched, make: Make) -> None:
    assert await writer.send(store, make.submission(1)) == RECORDED
    assert store.has_sent(FIRST_ID + 1)


async def test_five_hundred_at_once_are_each_counted_once_in_few_commits(
    writer: Writer, store: Watched, make: Make
) -> None:
    held = Held(writer)
    tasks = await started(*(writer.send(store, make.submission(n, SCOPES[n % 2])) for n in range(500)))
    await held.let_go()
    assert Counter(await asyncio.gather(*tasks)) == {RECORDED: 500}
    assert [store.totals()[scope].respondents for scope in SCOPES[:2]] == [250, 250]
    assert store.sizes == [256, 244]


async def test_a_person_on_two_devices_is_counted_once_within_a_group(
    writer: Writer, store: Watched, make: Make
) -> None:
    held = Held(writer)
    tasks = await started(*(writer.send(store, make.submission(n // 2)) for n in range(20)))
    await held.let_go()
    assert await asyncio.gather(*tasks) == [RECORDED, ALREADY] * 10


async def test_an_unknown_scope_is_told_to_its_sender_and_to_nobody_else(
    writer: Writer, store: Watched, make: Make
) -> None:
    held = Held(writer)
    batch = [
        make.submission(1),
        make.submission(2, "nowhere"),
        make.submission(3, answers=(9, 9, 9)),
        make.submission(4),
    ]
    tasks = await started(*(writer.send(store, one) for one in batch))
    await held.let_go()
    first, nowhere, misfit, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == (RECORDED, RECORDED)
    assert isinstance(nowhere, NoResultFound)
    assert isinstance(misfit, ValueError)
    assert store.totals()["ward-1"].respondents == 2
    assert store.sizes == [4, 1, 1, 1, 1]


async def test_after_a_fault_the_thread_goes_on(writer: Writer, store: Watched, make: Make) -> None:
    with pytest.raises(NoResultFound):
        await writer.send(store, make.submission(1, "nowhere"))
    with pytest.raises(ZeroDivisionError):
        await writer.run(lambda: 1 // 0)
    assert await writer.send(store, make.submission(1)) == RECORDED


async def test_who_stopped_waiting_before_their_turn_is_not_counted(
    writer: Writer, store: Watched, make: Make
) -> None:
    held = Held(writer)
    gone, stays = await started(*(writer.send(store, make.submission(n)) for n in (1, 2)))
    gone.cancel()
    await asyncio.wait({gone})
    await held.let_go()
    assert await stays == RECORDED
    assert gone.cancelled()
    assert not store.has_sent(FIRST_ID + 1)
    assert store.sizes == [1]


async def test_when_everybody_stopped_waiting_nothing_is_committed(
    writer: Writer, store: Watched, make: Make
) -> None:
    held = Held(writer)
    tasks = await started(*(writer.send(store, make.submission(n)) for n in range(3)))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await held.let_go()
    assert await writer.run(lambda: store.totals()["ward-1"].respondents) == 0
    assert store.sizes == []


async def test_what_is_run_comes_after_what_was_sent_before_it(writer: Writer, store: Watched, make: Make) -> None:
    held = Held(writer)
    before = await started(writer.send(store, make.submission(1)))
    stops = asyncio.create_task(writer.run(store.stop))
    await asyncio.sleep(0)
    after = await started(writer.send(store, make.submission(2)))
    await held.let_go()
    await stops
    assert [await one for one in (*before, *after)] == [RECORDED, CLOSED]


async def test_sends_to_two_rounds_are_not_mixed(writer: Writer, store: Watched, stores: Stores, make: Make) -> None:
    other = create_store(stores, 8, SCOPES, LAYOUT)
    held = Held(writer)
    tasks = await started(*(writer.send((store, other)[n % 2], make.submission(n)) for n in range(10)))
    await held.let_go()
    assert Counter(await asyncio.gather(*tasks)) == {RECORDED: 10}
    assert [one.totals()["ward-1"].respondents for one in (store, other)] == [5, 5]
    other.close()


async def test_stopping_finishes_what_waits(store: Watched, make: Make) -> None:
    writer = Writer()
    held = Held(writer)
    tasks = await started(*(writer.send(store, make.submission(n)) for n in range(30)))
    held._go.set()
    writer.stop()
    assert Counter(await asyncio.gather(*tasks)) == {RECORDED: 30}
    assert store.totals()["ward-1"].respondents == 30


async def test_who_comes_after_the_end_is_refused_instead_of_waiting(store: Watched, make: Make) -> None:
    writer = Writer()
    writer.stop()
    writer.stop()
    with pytest.raises(WriterStoppedError):
        await writer.send(store, make.submission(1))
    with pytest.raises(WriterStoppedError):
        await writer.run(store.stop)


async def test_a_round_in_the_vault_from_opening_to_shredding(vault: Vault, stores: Stores, make: Make) -> None:
    await vault.create(7, SCOPES, LAYOUT)
    assert vault.button_key(7)
    receipts = [await vault.send(7, make.submission(n)) for n in (1, 2, 1)]
    assert receipts == [RECORDED, RECORDED, ALREADY]
    assert [await vault.has_sent(7, FIRST_ID + n) for n in (1, 3)] == [True, False]
    await vault.stop(7)
    assert vault.button_key(7) is None
    assert await vault.send(7, make.submission(4)) == CLOSED
    assert (await vault.totals(7))["ward-1"].respondents == 2
    await vault.shred(7)
    assert list(stores.folder.iterdir()) == []
    assert await vault.send(7, make.submission(5)) == CLOSED


async def test_a_round_that_is_not_here_takes_nothing_and_counts_nothing(vault: Vault, make: Make) -> None:
    assert vault.button_key(7) is None
    assert await vault.send(7, make.submission(1)) == CLOSED
    assert not await vault.has_sent(7, FIRST_ID)
    for verb in (vault.reopen, vault.stop, vault.totals):
        with pytest.raises(VoidRoundError):
            await verb(7)


async def test_a_round_goes_on_after_a_restart(vault: Vault, stores: Stores, make: Make) -> None:
    await vault.create(7, SCOPES, LAYOUT)
    key = vault.button_key(7)
    await vault.send(7, make.submission(1))
    await vault.close()
    second = Vault(stores)
    await second.reopen(7)
    await second.reopen(7)
    assert second.button_key(7) == key
    assert [await second.send(7, make.submission(n)) for n in (1, 2)] == [ALREADY, RECORDED]
    await second.close()


async def test_shredding_what_is_not_open_destroys_what_is_left(vault: Vault, stores: Stores) -> None:
    create_store(stores, 7, SCOPES, LAYOUT).close()
    await vault.shred(7)
    assert list(stores.folder.iterdir()) == []
