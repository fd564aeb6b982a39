"""What every test may ask for: a migrated template, a world of people, a real PostgreSQL.

And what every test is asked for: no record of any logger, and nothing on standard error, holds a person.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.clock import JumpingClock
from bot.logs import hold_chatty_loggers
from bot.wiring import build
from sandbox import Sandbox
from tests.postgres import postgres_server, postgres_url
from tests.privacy.records import Records, Secrets, told
from tests.world import MONDAY, World, migrated, settings_for

__all__ = ["postgres_server", "postgres_url"]


class LogPromise:
    """Hears every record of the whole run at DEBUG; at its end none may hold what a test called a secret."""

    def __init__(self) -> None:
        self.records = Records()
        self.secrets = Secrets()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What was printed to standard error counts as logged: tracebacks end up there."""
        self.records.hear(f"standard error of {report.nodeid}", report.capstderr)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A leak fails the run, whatever the tests said."""
        if self.records.leaks(self.secrets):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Logger and template only: the report must not be a leak itself."""
        leaks = self.records.leaks(self.secrets)
        if leaks:
            terminalreporter.section("the log-scan promise is broken", red=True)
            terminalreporter.write_line(told(leaks))


PROMISE = pytest.StashKey[LogPromise]()


def pytest_configure(config: pytest.Config) -> None:
    """From the first import on, as in production: libraries that print what they handle are held."""
    hold_chatty_loggers()
    promise = config.stash[PROMISE] = LogPromise()
    logging.getLogger().addHandler(promise.records)
    logging.getLogger().setLevel(logging.DEBUG)
    config.pluginmanager.register(promise, "log-promise")
    config.add_cleanup(lambda: logging.getLogger().removeHandler(promise.records))


@pytest.fixture
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """What no record of the run may hold: a test that makes people outside `world` adds them."""
    return request.config.stash[PROMISE].secrets


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
        add_world(secrets, one)
        await one.stop()
        sandbox.assert_all_modelled()


def add_world(secrets: Secrets, world: World) -> None:
    """Everybody in a world, its posters' codes and its keys."""
    secrets.add_sandbox(world.sandbox)
    secrets.add(*world.posters.values(), world.settings.id_key.get_secret_value())
