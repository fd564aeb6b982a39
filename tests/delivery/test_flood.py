"""A 429 met by anybody's answer silences everything, and nothing is tried before the server's time."""

from __future__ import annotations

from tests.hospital import INVITED, OPENS, staffed, told
from tests.world import World


async def test_a_pause_asked_of_an_answer_holds_the_outbox_back(world: World) -> None:
    nurses = await staffed(world, 5)
    stranger = world.sandbox.person("Stranger")
    world.clock.jump(OPENS)
    await world.app.tick()
    before = world.clock.now()
    world.sandbox.flood(40)
    await stranger.says("/start")
    await world.sandbox.settled()
    await world.app.deliver()
    await world.sandbox.settled()
    assert told(nurses, INVITED) == [1] * 5
    assert (world.clock.now() - before).total_seconds() >= 40
    assert world.sandbox.retried_early == 0


async def test_polling_goes_on_during_a_pause(world: World) -> None:
    await staffed(world, 1)
    world.app.delivery._pacing.pause(3600)
    before = world.clock.now()
    await world.app.bot.get_updates(timeout=0)
    assert world.clock.now() == before
    await world.app.bot.get_me()
    assert (world.clock.now() - before).total_seconds() >= 3600
