"""What holds in every conversation: each tap gets exactly one answer, and no spinner hangs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.world import World


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """The world of every other test, whose taps are looked at when the conversation is over."""
    yield world
    await world.sandbox.settled()
    taps = [tap for person in world.sandbox.people for tap in person.tapped if tap not in world.troubled]
    assert [(tap.label, len(tap.answers)) for tap in taps] == [(tap.label, 1) for tap in taps]
