"""The long-running process: its jobs, what they log, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from signal import SIGINT, SIGTERM

import pytest

from bot.clock import JumpingClock
from bot.service import Jobs, scheduler
from bot.wiring import build
from insights.policy import TICK
from sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.hospital import INVITED, OPENS, staffed, told, waiting
from tests.world import World, settings_for

NAME = "Sentinel Surname"


async def test_every_job_says_what_happens_when_it_is_late(world: World) -> None:
    jobs = {job.id: job for job in scheduler(world.app, Jobs()).get_jobs()}
    assert sorted(jobs) == ["deliver", "tick"]
    for job in jobs.values():
        assert job.trigger.interval == TICK
        assert job.misfire_grace_time is None
        assert job.coalesce
        assert job.max_instances == 1


async def test_a_job_that_fails_is_logged_by_type_alone_and_runs_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    runs = asyncio.Queue[int]()

    async def fails() -> None:
        runs.put_nowait(1)
        raise RuntimeError(NAME)

    schedule = scheduler(world.app, Jobs())
    schedule.remove_job("deliver")
    schedule.modify_job("tick", args=["tick", fails])
    schedule.reschedule_job("tick", trigger="interval", seconds=0.05)
    schedule.start()
    async with asyncio.timeout(5):
        await runs.get()
        await runs.get()
    schedule.remove_all_jobs()
    schedule.shutdown(wait=False)
    await asyncio.sleep(0)
    assert NAME not in caplog.text
    assert "tick failed: RuntimeError" in caplog.text


async def test_what_is_under_way_may_finish_and_then_is_cut_off() -> None:
    jobs, ended = Jobs(), []

    async def lasts(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(f"{name} finished")
        except asyncio.CancelledError:
            ended.append(f"{name} let go")
            raise

    running = [
        asyncio.create_task(jobs.run("short", lambda: lasts("short", 0.02))),
        asyncio.create_task(jobs.run("long", lambda: lasts("long", 60))),
    ]
    await asyncio.sleep(0)
    await jobs.end(0.2)
    await asyncio.gather(*running)
    assert ended == ["short finished", "long let go"]


@pytest.fixture
async def standing(tmp_path: Path, template: Path) -> AsyncIterator[World]:
    """A hospital just before its first opening, and nothing that runs."""
    shutil.copy(template, tmp_path / "shiftpulse.db")
    clock = JumpingClock(OPENS - timedelta(seconds=1))
    async with Sandbox(seed=1, limits=None, now=clock.epoch) as sandbox:
        settings = settings_for(tmp_path, sandbox)
        world = World(sandbox, clock, settings, build(settings, clock))
        yield world
        await world.app.close()


async def test_signals_end_the_process_quickly_in_the_middle_of_a_thousand_letters(standing: World) -> None:
    process = await BotProcess.launch(standing.settings)
    nurses = await staffed(standing, 1000)
    ahead = (OPENS + timedelta(minutes=1)).timestamp() - time.time()
    for how, until in ((SIGTERM, 20), (SIGINT, 160)):
        standing.sandbox.fail_next("deleteWebhook")
        await process.begin(ahead)
        async with asyncio.timeout(30):
            while sum(told(nurses, INVITED)) < until:
                await asyncio.sleep(0.01)
        began = time.monotonic()
        assert await process.end(how) == 0
        assert time.monotonic() - began < 6
        sent = sum(told(nurses, INVITED))
        assert until <= sent < 900
        assert 1000 - sent <= await waiting(standing) <= 1002 - sent
    await process.close()
    assert max(told(nurses, INVITED)) <= 2
    assert sum(one == 2 for one in told(nurses, INVITED)) <= 1
