"""A fresh sandbox on a clock that stands still, a bot on the wire, and Ana who has pressed START."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from sandbox import Person, Sandbox
from tests.sandbox.wire import Clock, Wire


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=7, now=clock.now, name="Pulse", username="pulse_bot", keep_calls=True) as sandbox:
        yield sandbox


@pytest.fixture
async def wire(sandbox: Sandbox) -> AsyncIterator[Wire]:
    async with ClientSession() as http:
        yield Wire(http, sandbox)


@pytest.fixture
async def ana(sandbox: Sandbox, wire: Wire) -> Person:
    """Ana has started the bot, and the bot has seen it."""
    person = sandbox.person("Ana")
    await person.says("/start")
    await wire.fetches()
    await wire.ok("getUpdates", offset=wire.offset)
    return person
