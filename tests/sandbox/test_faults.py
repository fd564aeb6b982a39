"""Trouble on demand: broken pages, dropped connections, slow answers."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientError

from sandbox import Person, Sandbox
from tests.sandbox.wire import Wire


async def test_a_bad_gateway_is_a_page_not_json(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.fail_next("sendMessage")

    async with wire.http.post(wire.address("sendMessage"), data={"chat_id": ana.id, "text": "Hi"}) as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert "502 Bad Gateway" in await response.text()

    assert ana.sees() == ""


async def test_a_fault_is_used_up(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.fail_next("sendMessage", times=2)

    statuses = []
    for _ in range(3):
        async with wire.http.post(wire.address("sendMessage"), data={"chat_id": ana.id, "text": "Hi"}) as response:
            statuses.append(response.status)

    assert statuses == [502, 502, 200]
    assert sandbox.calls.count("sendMessage", "fault") == 2


async def test_a_fault_waits_for_its_method(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.fail_next("editMessageText")

    await wire.says(ana.id, "Not touched")

    assert ana.sees() == "Not touched"


async def test_a_fault_for_any_method_takes_the_first(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.fail_next(status=500, body='{"ok": false, "error_code": 500, "description": "Internal Server Error"}')

    assert (await wire.refused("getMe")).description == "Internal Server Error"
    await wire.ok("getMe")


async def test_get_updates_can_fail_too(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await ana.says("Hello")
    sandbox.fail_next("getUpdates")

    async with wire.http.post(wire.address("getUpdates")) as response:
        assert response.status == 502

    assert len(await wire.fetches()) == 1


async def test_a_dropped_connection_before_the_effect_has_none(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.drop_next("sendMessage")

    with pytest.raises(ClientError):
        await wire.says(ana.id, "Lost")

    assert ana.sees() == ""


async def test_a_dropped_connection_after_the_effect_leaves_it(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.drop_next("sendMessage", after_effect=True)

    with pytest.raises(ClientError):
        await wire.says(ana.id, "Sent or not?")

    assert ana.sees() == "Sent or not?"


async def test_a_dropped_poll_loses_no_update(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await ana.says("Hello")
    sandbox.drop_next("getUpdates")

    with pytest.raises(ClientError):
        await wire.fetches()

    assert len(await wire.fetches()) == 1


async def test_a_lag_slows_calls(wire: Wire, sandbox: Sandbox) -> None:
    loop = asyncio.get_running_loop()
    sandbox.lag = 0.05
    began = loop.time()

    await asyncio.gather(*(wire.ok("getMe") for _ in range(10)))

    assert sandbox.lag == 0.05
    assert loop.time() - began >= 0.05


async def test_a_call_given_up_during_a_lag_has_no_effect(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    sandbox.lag = 0.2
    call = asyncio.create_task(wire.says(ana.id, "Never mind"))
    for _ in range(3):
        await wire.fetches()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    await sandbox.settled(deadline=5)

    assert ana.sees() == ""
