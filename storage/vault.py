"""The sealed stores of the rounds that are open in this process, and the one thread that touches them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from storage.boxes import Layout, Totals
from storage.remains import rounds_left, took_answers
from storage.sealed import (
    Receipt,
    SealedStore,
    Submission,
    VoidRoundError,
    create_store,
    discard_store,
    open_store,
)
from storage.slips import Comment, Shared
from storage.stores import Stores
from storage.writer import Writer


class Vault:
    """Opens, fills, counts and destroys sealed stores. Everything waits its turn on the writer's thread."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._open: dict[int, SealedStore] = {}
        self._opening = asyncio.Lock()
        self._writer = Writer()

    def alone(self) -> AbstractContextManager[bool]:
        """Whether no other process is making a store at this moment."""
        return self._stores.alone()

    async def create(
        self, round_number: int, scopes: Iterable[str], layout: Layout, categories: Sequence[str] = ()
    ) -> None:
        """A fresh store with empty boxes, for a lens with `categories` its box too; what a crashed opening left
        behind is replaced."""
        wanted = sorted(scopes)
        store = await self._writer.run(lambda: create_store(self._stores, round_number, wanted, layout, categories))
        self._open[round_number] = store

    @property
    def rounds(self) -> set[int]:
        """The rounds whose stores are open here."""
        return set(self._open)

    async def left(self) -> set[int]:
        """The rounds of which anything stands on the disk, whatever the database knows of them."""
        return await self._writer.run(lambda: rounds_left(self._stores))

    async def took_answers(self, round_number: int) -> bool:
        """Whether what stands of a round took answers, so that it must not be replaced."""
        return await self._writer.run(lambda: took_answers(self._stores, round_number))

    async def let_go(self, round_number: int) -> None:
        """Closes the store of a round that another process has finished: its keys do not stay in memory."""
        store = self._open.pop(round_number, None)
        if store is not None:
            await self._writer.run(store.close)

    async def reopen(self, round_number: int) -> None:
        """The store of a round that was under way. Raises `VoidRoundError`."""
        async with self._opening:
            if round_number not in self._open:
                self._open[round_number] = await self._writer.run(lambda: open_store(self._stores, round_number))

    async def takes_answers(self, round_number: int) -> bool:
        """Whether a round that is open takes answers here. One that another process has opened is opened here too."""
        try:
            await self.reopen(round_number)
        except VoidRoundError:
            return False
        return self.button_key(round_number) is not None

    def button_key(self, round_number: int) -> bytes | None:
        """What the round's buttons are sealed with; None when it takes no answers here."""
        store = self._open.get(round_number)
        return None if store is None or store.is_closing else store.button_key

    async def send(self, round_number: int, submission: Submission) -> Receipt:
        """Counts a submission, once. Returns after its commit."""
        store = self._open.get(round_number)
        return Receipt.CLOSED if store is None else await self._writer.send(store, submission)

    async def comment(self, round_number: int, comment: Comment) -> Receipt:
        """Counts a comment, once, and seals what is shared of it. Returns after its commit."""
        store = self._open.get(round_number)
        return Receipt.CLOSED if store is None else await self._writer.run(lambda: store.comment(comment))

    async def has_commented(self, round_number: int, telegram_id: int) -> bool:
        """Whether somebody's comment is in, for themself."""
        store = self._open.get(round_number)
        return store is not None and await self._writer.run(lambda: store.has_commented(telegram_id))

    async def has_sent(self, round_number: int, telegram_id: int) -> bool:
        """Whether somebody's answers are in, for themself or to spare them a reminder."""
        store = self._open.get(round_number)
        return store is not None and await self._writer.run(lambda: store.has_sent(telegram_id))

    async def stop(self, round_number: int) -> None:
        """From here on the round takes no answers, whatever crashes. Raises `VoidRoundError`."""
        await self._writer.run(self._store(round_number).stop)

    async def totals(self, round_number: int) -> Totals:
        """Every box of the round, opened. Raises `VoidRoundError`."""
        return await self._writer.run(self._store(round_number).totals)

    async def shared(self, round_number: int) -> list[Shared]:
        """What people wanted to share of their comments, in no order. Raises `VoidRoundError`."""
        return await self._writer.run(self._store(round_number).shared)

    async def shred(self, round_number: int) -> None:
        """Destroys keys and store, or whatever is left of them."""
        store = self._open.pop(round_number, None)
        work = store.shred if store else lambda: discard_store(self._stores, round_number)
        await self._writer.run(work)

    async def close(self) -> None:
        """Lets go of every store; open rounds go on at the next start."""
        for store in self._open.values():
            await self._writer.run(store.close)
        self._open.clear()
        self._writer.stop()

    def _store(self, round_number: int) -> SealedStore:
        try:
            return self._open[round_number]
        except KeyError:
            raise VoidRoundError from None
