"""What every test may ask for: a migrated template, a world of people, a real PostgreSQL.

And what every test is asked for: no record of any logger, and nothing on standard error, holds a person.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.clock import JumpingClock
from bot.wiring import build
from sandbox import Sandbox
from tests.postgres import postgres_server, postgres_url
from tests.privacy.promise import PROMISE, pytest_configure, secrets
from tests.privacy.records import Secrets
from tests.world import MONDAY, World, migrated, settings_for

__all__ = ["postgres_server", "postgres_url", "pytest_configure", "secrets"]


LONGEST = ("tests/demo/test_demo.py", "tests/privacy/test_kill.py", "tests/delivery/test_service.py")
"""Files with a single long test: begun last they would keep one worker busy while the others wait."""


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for clocks and processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first (the command of the tests keeps this order)."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """What is imported and collected stays until the end: to look for garbage in it takes a quarter of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Garbage is looked for among what the tests make, as the service does once it listens."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _logs_are_heard(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that sets up logging anew (to standard error, which is heard too) leaves nothing of that behind."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    for one in set(root.handlers).difference(handlers):
        root.removeHandler(one)
    root.addHandler(request.config.stash[PROMISE].records)
    root.setLevel(logging.DEBUG)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """No setting of the machine reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [one for one in os.environ if one.startswith("SHIFTPULSE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _authorities_are_read_once() -> Iterator[None]:
    """Each bot's session reads every certificate authority there is, for longer than all else takes it to start;
    the tests' Bot API speaks plain HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, made once."""
    return migrated(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def world(tmp_path: Path, template: Path, secrets: Secrets) -> AsyncIterator[World]:
    """A bot that listens, a sandbox, and nobody in it yet."""
    shutil.copy(template, tmp_path / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        settings = settings_for(tmp_path, sandbox)
        one = World(sandbox, clock, settings, build(settings, clock))
        await one.start()
        yield one
        await one.stop()
        add_world(secrets, one)
        sandbox.assert_all_modelled()


def add_world(secrets: Secrets, world: World) -> None:
    """Everybody in a world, its posters' codes and its keys."""
    secrets.add_sandbox(world.sandbox)
    secrets.add_tokens(world.settings.rounds_dir)
    secrets.add(*world.posters.values(), world.settings.id_key.get_secret_value())
