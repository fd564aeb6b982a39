"""Every wait and every step of a Send is failed in turn: nothing of it is told anywhere, nothing counts twice, and
"recorded" is said of what is committed alone.

The errors carry what they could carry at worst: id, answers, token, box, parameters. The places are not named here:
they are counted in a run without a fault, so that a new one is failed, too.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from threading import Event

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, ErrorEvent, Update
from sqlalchemy.exc import OperationalError

from handlers.house import House
from handlers.speech import Errands, note
from handlers.staff import checkin
from handlers.words import Speaker
from sandbox import Tap
from storage.sealed import Submission
from tests.hospital import CLOSES, OPENS, staffed
from tests.privacy.faults import Failing, Trap
from tests.privacy.records import Leak, Records, Secrets, heard
from tests.privacy.senders import ANSWERS, CLAIMS, LABELS, SENTINEL, Sender, senders
from tests.world import World

LEAST_PLACES = 4
"""Fewer waits than this are not a whole Send: the glance, the commit, the answer, the receipt."""

Kind = Callable[["Sender"], BaseException]


def runtime(one: Sender) -> BaseException:
    return RuntimeError(one.text)


def database(one: Sender) -> BaseException:
    return OperationalError(one.text, {"token": one.token}, sqlite3.OperationalError(one.text))


def network(one: Sender) -> BaseException:
    return TelegramNetworkError(_method(one), one.text)


def refused(one: Sender) -> BaseException:
    return TelegramBadRequest(_method(one), one.text)


def garbled(one: Sender) -> BaseException:
    return ClientDecodeError(one.text, ValueError(one.text), one.text)


def flooded(one: Sender) -> BaseException:
    return TelegramRetryAfter(_method(one), one.text, 1)


def blocked(one: Sender) -> BaseException:
    return TelegramForbiddenError(_method(one), one.text)


def _method(one: Sender) -> AnswerCallbackQuery:
    return AnswerCallbackQuery(callback_query_id=str(one.person.id), text=one.text)


class Ward:
    """An open round and a queue of people who have filled in their forms."""

    def __init__(self, world: World, senders: Iterator[Sender], monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self._senders = world, senders
        self.tried: list[Sender] = []
        self._next: tuple[Mapping[int, BaseException], bool] = {}, False
        self.silent = 0
        """How many were told nothing at all."""
        self._places = 0
        self._feed = world.app.dispatcher.feed_update
        monkeypatch.setattr(world.app.dispatcher, "feed_update", self._failing)

    async def _failing(self, bot: Bot, update: Update) -> object:
        errors, is_at_once = self._next
        self._next = {}, False
        failing = Failing(self._feed(bot, update), errors, is_at_once)
        try:
            return await failing
        except asyncio.CancelledError:
            if not any(isinstance(one, asyncio.CancelledError) for one in errors.values()):
                raise
            return await self._feed(bot, update)
        finally:
            self._places = failing.places

    async def attempt(self, kinds: Mapping[int, Kind], is_at_once: bool = False) -> int:
        """The next person sends, and this goes wrong at these waits. How many waits there were."""
        one = self.take()
        self._next = {place: kind(one) for place, kind in kinds.items()}, is_at_once
        await self.sent(one)
        return self._places

    def take(self) -> Sender:
        """The next person."""
        one = next(self._senders)
        self.tried.append(one)
        return one

    async def sent(self, one: Sender) -> Tap:
        """She sends, and everything that follows has happened."""
        before = one.person.chat.revision
        tap = await one.sends()
        await self.world.sandbox.settled()
        said = {one.text for one in tap.answers}
        assert len(said) <= 1 or all(one.startswith(CLAIMS) for one in said), "said again, never something else"
        is_told = bool(tap.answers) or one.person.chat.revision > before
        self.silent += not is_told
        assert not one.has_read_recorded or await self.is_counted(one), "claims more than is committed"
        return tap

    async def is_counted(self, one: Sender) -> bool:
        """Whether her answers are in."""
        return await self.world.app.house.vault.has_sent(1, one.person.id)

    async def settles(self) -> None:
        """Everybody taps once more, as they are asked to; then each is told so, and counted once."""
        for one in self.tried:
            await one.sends()
        await self.world.sandbox.settled()
        assert [one.has_read_recorded for one in self.tried] == [True] * len(self.tried)
        assert await self.world.counted() == len(self.tried)


def leaks(ward: Ward, records: Records, printed: str) -> list[object]:
    """Where something of anybody stands that must not: in a record, on standard error, on a screen."""
    gc.collect()
    own = Secrets()
    own.add(SENTINEL, *LABELS)
    for one in ward.tried:
        own.add(one.person.id, one.payload, one.token.hex(), repr(one.token), one.person.first_name)
    seen: list[object] = list(records.leaks(own))
    if own.are_in(printed):
        seen.append("standard error")
    for one in ward.tried:
        shown = [message.words for message in one.person.screen() if message.from_bot] + one.toasts
        seen += ["a screen" for words in shown if own.are_in(words)]
    return seen


PEOPLE = 150


@pytest.fixture
async def ward(world: World, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """The ward's round is open, and everybody has the form on the screen."""
    people = await staffed(world, PEOPLE)
    await world.to(OPENS)
    return Ward(world, iter(senders(world, people)), monkeypatch)


KINDS = (runtime, database, network, refused, garbled, flooded)


async def test_a_fault_at_any_wait_of_a_send_tells_nothing_and_loses_nothing(
    ward: Ward, capfd: pytest.CaptureFixture[str]
) -> None:
    with heard() as records:
        places = await ward.attempt({})
        assert places >= LEAST_PLACES
        for place in range(places):
            for kind in KINDS:
                await ward.attempt({place: kind})
        assert ward.silent == 0
        await ward.settles()
    assert "handlers.errors" in records.loggers
    assert leaks(ward, records, capfd.readouterr().err) == []


def cancelled(_one: Sender) -> BaseException:
    return asyncio.CancelledError()


async def test_who_is_cut_off_at_any_wait_or_meets_a_second_fault_is_told_the_truth(
    ward: Ward, capfd: pytest.CaptureFixture[str]
) -> None:
    with heard() as records:
        places = await ward.attempt({})
        for place in range(places):
            await ward.attempt({place: runtime}, is_at_once=True)
            await ward.attempt({place: cancelled}, is_at_once=True)
            await ward.attempt({place: cancelled})
            for second in (runtime, network, blocked):
                await ward.attempt({place: database, place + 1: second})
                await ward.attempt({place: network, place + 2: second})
        await ward.settles()
    assert leaks(ward, records, capfd.readouterr().err) == []


async def steps(ward: Ward, begins: str, arm: Callable[[Trap], Awaitable[object]]) -> int:
    """Fails every step of a thread's work in turn, each for another person. How many steps there are."""
    counting = Trap(begins)
    await arm(counting)
    await ward.attempt({})
    for place in range(counting.places):
        one = ward.take()
        trap = Trap(begins, place, (runtime, database)[place % 2](one))
        await arm(trap)
        await ward.sent(one)
        assert trap.places == place + 1
    await arm(Trap(begins))
    return counting.places


async def test_a_fault_at_any_step_of_the_commit_or_the_glance_tells_nothing_and_counts_once(
    ward: Ward, capfd: pytest.CaptureFixture[str]
) -> None:
    house, loop = ward.world.app.house, asyncio.get_running_loop()
    with heard() as records:
        written = await steps(ward, "submit", lambda trap: house.vault._writer.run(lambda: sys.setprofile(trap)))
        glanced = await steps(
            ward, "_sitting", lambda trap: loop.run_in_executor(house.glance._thread, sys.setprofile, trap)
        )
        assert ward.silent == 0
        await ward.settles()
    assert written > 40
    assert glanced > 4
    assert leaks(ward, records, capfd.readouterr().err) == []


async def test_a_fault_in_a_group_that_is_committed_together_loses_nobody_and_counts_nobody_twice(ward: Ward) -> None:
    vault = ward.world.app.house.vault
    counting = Trap("submit")
    for place in range(1000):
        gate = Event()
        blocked_until = asyncio.create_task(vault._writer.run(gate.wait))
        group = [ward.take() for _ in range(2)]
        trap = Trap("submit", place, runtime(group[0])) if place else counting
        arming = asyncio.create_task(vault._writer.run(lambda trap=trap: sys.setprofile(trap)))
        await asyncio.sleep(0)
        sends = [asyncio.create_task(vault.send(1, submission(one))) for one in group]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(blocked_until, arming, *sends)
        if place >= min(counting.places, 60):
            break
    assert await ward.world.counted() == len(ward.tried)


def submission(one: Sender) -> Submission:
    return Submission(one.person.id, "ward-7", ANSWERS, True)


async def test_a_fault_at_any_wait_of_a_tap_that_comes_too_late_claims_nothing(
    ward: Ward, capfd: pytest.CaptureFixture[str]
) -> None:
    await ward.world.to(CLOSES)
    with heard() as records:
        places = await ward.attempt({})
        for place in range(places):
            for kind in (runtime, database, network):
                await ward.attempt({place: kind})
        assert ward.silent == 0
    assert not any(one.has_read_recorded for one in ward.tried)
    assert leaks(ward, records, capfd.readouterr().err) == []


async def test_an_error_that_is_logged_with_its_text_is_found(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive: an operator wants to read why. On a logger of its own, which the whole run does not hear."""
    records, careless = Records(), logging.getLogger("careless")
    careless.addHandler(records)
    monkeypatch.setattr(careless, "propagate", False)

    async def failed(event: ErrorEvent) -> bool:
        careless.error("failed: %s", event.exception)
        return True

    handlers = next(one for one in ward.world.app.dispatcher.sub_routers if one.name == "errors").errors.handlers
    monkeypatch.setattr(handlers[0], "callback", failed)
    monkeypatch.setattr(handlers[0], "params", {"event"})
    await ward.attempt({0: runtime})
    careless.removeHandler(records)
    assert leaks(ward, records, "") == [Leak("careless", "failed: %s")]
    assert ward.silent == 1


async def test_an_answer_before_the_commit_is_found(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive: people wait for it, so it is said first."""

    async def send(
        tap: CallbackQuery, _bot: Bot, house: House, _errands: Errands, say: Speaker, number: int, what: Submission
    ) -> None:
        await note(tap, say.plain("tap.recorded"))
        await house.vault.send(number, what)

    monkeypatch.setattr(checkin, "_send", send)
    one = ward.take()
    trap = Trap("submit", 0, runtime(one))
    await ward.world.app.house.vault._writer.run(lambda: sys.setprofile(trap))
    with pytest.raises(AssertionError, match="claims more than is committed"):
        await ward.sent(one)
