"""Updates are handled, then confirmed: what is cut off in between comes again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from bot.clock import JumpingClock
from bot.intake import RETRY_SECONDS, Intake
from sandbox import Person, Sandbox
from tests.world import MONDAY

Handler = Callable[[Message], Awaitable[object]]


@dataclass
class Desk:
    """A bot with one handler, and somebody to write to it."""

    sandbox: Sandbox
    clock: JumpingClock
    bot: Bot
    handled: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    def intake(self) -> Intake:
        """A fresh process, as far as updates are concerned."""
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.message.register(self._handle)
        return Intake(self.bot, dispatcher, self.clock)

    async def _handle(self, message: Message) -> None:
        text = message.text or ""
        self.handled.append(text)
        if text in self.gates:
            await self.gates[text].wait()
            self.handled.append(f"{text} done")
        if text == "poison":
            raise ValueError(f"what {message.chat.first_name} wrote")

    def person(self, name: str = "Ana") -> Person:
        """Somebody who has started the bot before."""
        person = self.sandbox.person(name)
        person.chat.is_started = True
        return person

    def gate(self, text: str) -> asyncio.Event:
        """Handling this text takes until the gate opens."""
        self.gates[text] = asyncio.Event()
        return self.gates[text]

    async def until(self, holds: Callable[[], bool], seconds: float = 5) -> None:
        """Polls for something, with a deadline."""
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.002)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url))
        async with Bot(sandbox.token, session=session).context() as bot:
            yield Desk(sandbox, clock, bot)


@asynccontextmanager
async def listening(intake: Intake) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(intake.run())
    yield task
    intake.stop()
    async with asyncio.timeout(5):
        await task


async def killed(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_an_update_is_confirmed_after_it_was_handled_and_not_before(desk: Desk) -> None:
    ana, gate = desk.person(), desk.gate("slow")
    async with listening(desk.intake()):
        await ana.says("slow")
        await desk.until(lambda: desk.handled == ["slow"])
        assert desk.sandbox.unconfirmed == 1
        gate.set()
        await desk.sandbox.settled()
    assert desk.handled == ["slow", "slow done"]


async def test_what_was_cut_off_between_handling_and_confirming_comes_again(desk: Desk) -> None:
    ana, gate = desk.person(), desk.gate("slow")
    await ana.says("slow")
    task = asyncio.create_task(desk.intake().run())
    await desk.until(lambda: desk.handled == ["slow"])
    await killed(task)
    gate.set()
    async with listening(desk.intake()):
        await desk.sandbox.settled()
    assert desk.handled == ["slow", "slow", "slow done"]


async def test_stopping_finishes_what_was_fetched_and_confirms_it(desk: Desk) -> None:
    ana, gate = desk.person(), desk.gate("slow")
    await ana.says("slow")
    async with listening(desk.intake()) as task:
        await desk.until(lambda: desk.handled == ["slow"])
        asyncio.get_running_loop().call_later(0.05, gate.set)
        assert not task.done()
    assert desk.sandbox.unconfirmed == 0
    assert desk.handled == ["slow", "slow done"]


async def test_stopping_while_nothing_comes_takes_no_time(desk: Desk) -> None:
    intake = desk.intake()
    loop = asyncio.get_running_loop()
    async with listening(intake):
        await desk.until(lambda: not desk.sandbox.unconfirmed)
        began = loop.time()
    assert loop.time() - began < 1


async def test_a_confirmation_that_fails_at_the_end_is_no_crash(desk: Desk) -> None:
    ana, gate = desk.person(), desk.gate("slow")
    await ana.says("slow")
    async with listening(desk.intake()):
        await desk.until(lambda: desk.handled == ["slow"])
        desk.sandbox.fail_next("getUpdates", times=2)
        asyncio.get_running_loop().call_later(0.05, gate.set)
    async with listening(desk.intake()):
        await desk.until(lambda: desk.handled.count("slow") == 2)


async def test_one_person_is_served_in_order_and_nobody_waits_for_another(desk: Desk) -> None:
    ana, ben, gate = desk.person("Ana"), desk.person("Ben"), desk.gate("slow")
    await ana.says("slow")
    await ana.says("later")
    await ben.says("quick")
    async with listening(desk.intake()):
        await desk.until(lambda: "quick" in desk.handled)
        assert "later" not in desk.handled
        gate.set()
        await desk.sandbox.settled()
    assert desk.handled == ["slow", "quick", "slow done", "later"]


async def test_who_writes_while_another_chat_is_busy_is_served_and_nothing_spins(desk: Desk) -> None:
    ana, ben, gate = desk.person("Ana"), desk.person("Ben"), desk.gate("slow")
    async with listening(desk.intake()):
        await ana.says("slow")
        await desk.until(lambda: desk.handled == ["slow"])
        await ben.says("quick")
        await desk.until(lambda: "quick" in desk.handled)
        await ana.says("later")
        await ben.says("again")
        await desk.until(lambda: "again" in desk.handled)
        assert desk.handled == ["slow", "quick", "again"]
        assert desk.sandbox.unconfirmed == 4
        assert desk.sandbox.calls.count("getUpdates") < 12
        gate.set()
        await desk.sandbox.settled()
    assert desk.handled == ["slow", "quick", "again", "slow done", "later"]


async def test_stopping_leaves_what_takes_too_long_for_the_next_process(desk: Desk) -> None:
    ana, gate = desk.person(), desk.gate("slow")
    await ana.says("slow")
    async with listening(desk.intake()):
        await desk.until(lambda: desk.handled == ["slow"])
    assert desk.sandbox.unconfirmed == 1
    gate.set()
    async with listening(desk.intake()):
        await desk.sandbox.settled()
    assert desk.handled == ["slow", "slow", "slow done"]


async def test_a_handler_that_raises_blocks_nothing_and_names_nobody(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    ana = desk.person("Sentinel")
    await ana.says("poison")
    await ana.says("after")
    async with listening(desk.intake()):
        await desk.sandbox.settled()
    assert desk.handled == ["poison", "after"]
    assert [one.getMessage().partition(" was ")[2] for one in caplog.records if one.name == "bot.intake"] == [
        "given up: ValueError"
    ]
    ours = [one for one in caplog.records if one.name.startswith(("bot", "handlers"))]
    assert "Sentinel" not in "".join(one.getMessage() for one in ours)


async def test_a_broken_page_and_a_dropped_connection_are_polled_through(desk: Desk) -> None:
    ana = desk.person()
    desk.sandbox.fail_next("getUpdates")
    desk.sandbox.drop_next("getUpdates")
    await ana.says("hello")
    async with listening(desk.intake()):
        await desk.sandbox.settled()
    assert desk.handled == ["hello"]
    assert (desk.clock.now() - MONDAY).total_seconds() == 2 * RETRY_SECONDS


async def test_a_second_reader_is_told_of_as_an_error_and_waited_out(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    ana = desk.person()
    async with listening(desk.intake()):
        await asyncio.sleep(0.05)
        await desk.bot.get_updates(timeout=0)
        await desk.until(lambda: desk.sandbox.calls.count("getUpdates", "409") == 1)
        await ana.says("hello")
        await desk.sandbox.settled()
    assert desk.handled == ["hello"]
    assert [one.levelno for one in caplog.records if "another process polls" in one.getMessage()] == [logging.ERROR]
