"""A folder to work in, a database to work on, and a Bot API that answers from a thread of its own."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.command_line.shell import Shell, filled


@pytest.fixture(scope="session")
def telegram() -> Iterator[Sandbox]:
    """A sandbox that answers while the test itself waits for a command."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    sandbox = Sandbox(username="pulse_bot")
    asyncio.run_coroutine_threadsafe(sandbox.start(), loop).result(10)
    yield sandbox
    asyncio.run_coroutine_threadsafe(sandbox.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


@pytest.fixture
def migrated_shell(shell: Shell, template: Path) -> Shell:
    """A folder after `shiftpulse migrate`, without an `.env`."""
    shell.database_file.parent.mkdir()
    shutil.copy(template, shell.database_file)
    return shell


@pytest.fixture
def ready(migrated_shell: Shell, telegram: Sandbox) -> Shell:
    """A folder with an `.env` whose token the sandbox knows, and a migrated database."""
    migrated_shell.sets(**filled(telegram.token, telegram.url))
    return migrated_shell


@pytest.fixture
def house(ready: Shell) -> Shell:
    """... with an organisation, units and two stewards: everything is as it should be."""
    ready.has_a_house()
    return ready
