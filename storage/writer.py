"""The one thread that writes answers: it groups what waits, commits, then acknowledges."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from storage.sealed import Receipt, SealedStore, Submission

_GROUP = 256
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Send:
    store: SealedStore
    submission: Submission
    done: Future[Receipt]


@dataclass(frozen=True, slots=True)
class _Call:
    work: Callable[[], Any]
    done: Future[Any]


class WriterStoppedError(Exception):
    """The bot is shutting down: nothing more is written."""


class Writer:
    """Everything that touches a sealed store goes through here, in order."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Send | _Call | None] = SimpleQueue()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="sealed-writer", daemon=True)
        self._thread.start()

    async def send(self, store: SealedStore, submission: Submission) -> Receipt:
        """Counts a submission; returns after its commit."""
        done: Future[Receipt] = Future()
        self._put(_Send(store, submission, done))
        return await asyncio.wrap_future(done)

    async def run(self, work: Callable[[], T]) -> T:
        """Runs anything else on the stores, after all that was sent before it."""
        done: Future[T] = Future()
        self._put(_Call(work, done))
        return await asyncio.wrap_future(done)

    def stop(self) -> None:
        """Finishes what waits and ends the thread; who comes later is refused instead of waiting for ever."""
        self._is_stopped = True
        self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Send | _Call) -> None:
        if self._is_stopped:
            raise WriterStoppedError
        self._queue.put(item)

    def _work(self) -> None:
        """While it waits it remembers nothing: what is done would keep an answer, or a shredded key, in memory."""
        taken = deque([self._queue.get()])
        while taken[0] is not None:
            self._do(taken)
            if not taken:
                taken.append(self._queue.get())

    def _do(self, taken: deque[_Send | _Call | None]) -> None:
        """Does what was taken from the queue, and with a Send those that wait behind it for the same store; what was
        taken too many stays."""
        item = taken.popleft()
        if isinstance(item, _Send):
            group = [item]
            while len(group) < _GROUP and not taken and not self._queue.empty():
                following = self._queue.get()
                if isinstance(following, _Send) and following.store is item.store:
                    group.append(following)
                else:
                    taken.append(following)
            _commit(group)
        elif item is not None:
            _settle(item.done, item.work)


def _commit(group: list[_Send]) -> None:
    """One transaction for all; if it fails, one for each, so that nobody pays for another's fault."""
    waited_for = [item for item in group if item.done.running() or item.done.set_running_or_notify_cancel()]
    if not waited_for:
        return
    try:
        receipts = waited_for[0].store.submit([item.submission for item in waited_for])
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for it
        if len(waited_for) == 1:
            waited_for[0].done.set_exception(error)
        else:
            for item in waited_for:
                _commit([item])
        return
    for item, receipt in zip(waited_for, receipts, strict=True):
        item.done.set_result(receipt)


def _settle(done: Future[Any], work: Callable[[], Any]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(work())
    except Exception as error:  # noqa: BLE001 - likewise
        done.set_exception(error)
