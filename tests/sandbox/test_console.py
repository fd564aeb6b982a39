"""`python -m sandbox`: being the person by hand."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from sandbox import Person, Sandbox
from sandbox.console import Console
from tests.sandbox.wire import Wire


def fed(text: str) -> asyncio.StreamReader:
    """An input with these lines and its end."""
    reader = asyncio.StreamReader()
    reader.feed_data(text.encode())
    reader.feed_eof()
    return reader


async def test_a_typed_line_is_said(sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")
    shown: list[str] = []
    await Console(ben, shown.append).run(fed("/start\n\nLong night\n"))

    assert [message.words for message in ben.screen()] == ["/start", "Long night"]
    assert "Long night" in "\n".join(shown)


async def test_a_label_in_brackets_is_tapped(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "How often?", "Often")
    await Console(ana, lambda line: None).act("[Often]")

    (update,) = await wire.fetches()
    assert update["callback_query"]["data"] == "Often"


async def test_a_link_is_opened(sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")
    await Console(ben, lambda line: None).act("https://t.me/pulse_bot?start=ward7")

    assert ben.screen()[0].words == "/start ward7"


async def test_what_a_person_cannot_do_is_said(ana: Person) -> None:
    shown: list[str] = []
    await Console(ana, shown.append).act("[Often]")

    assert shown == ["(no button [Often] on her screen; the newest buttons are [])"]


async def test_what_the_bot_says_is_shown(wire: Wire, ana: Person) -> None:
    shown: list[str] = []
    lines = asyncio.StreamReader()
    running = asyncio.create_task(Console(ana, shown.append).run(lines))
    await wire.says(ana.id, "How often?", "Often")
    await ana.chat.changes.until(lambda: any("[Often]" in each for each in shown), 5)
    lines.feed_data(b"/quit\n")
    await running

    assert "How often?" in "\n".join(shown)


def test_the_command_starts_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", "0", "--person", "Ben", "--no-limits"],
        input="/start\n/quit\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert "http://127.0.0.1:" in done.stdout
    assert "You are Ben." in done.stdout
    assert done.stderr == ""


def test_the_command_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"], capture_output=True, text=True, timeout=30, check=True
    )

    for option in ("--port", "--seed", "--name", "--username", "--person", "--no-limits"):
        assert option in done.stdout
