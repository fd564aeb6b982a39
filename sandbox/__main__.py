"""`python -m sandbox`: the Bot API by hand, with one person in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys

from .console import HELP, Console
from .flood import USUAL_LIMITS
from .town import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A Telegram Bot API on 127.0.0.1 with a person in it. Point a bot at the printed address "
        "and token, then be the person.",
        epilog=HELP,
    )
    parser.add_argument("--port", type=int, default=8081, help="port on 127.0.0.1, 0 for any free one (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="ids and the token follow from it (%(default)s)")
    parser.add_argument("--name", default="Sandbox bot", help="the bot's name (%(default)s)")
    parser.add_argument("--username", default="sandbox_bot", help="the bot's username (%(default)s)")
    parser.add_argument("--person", default="Ana", help="first name of the person you are (%(default)s)")
    parser.add_argument("--no-limits", action="store_true", help="no flood windows")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.stdout.write("\n")


async def _serve(asked: argparse.Namespace) -> None:
    sandbox = Sandbox(
        seed=asked.seed,
        name=asked.name,
        username=asked.username,
        limits=None if asked.no_limits else USUAL_LIMITS,
        port=asked.port,
    )
    async with sandbox:
        person = sandbox.person(asked.person)
        _show(f"address  {sandbox.url}\ntoken    {sandbox.token}\n\nYou are {person.first_name}. {HELP}\n")
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        await Console(person, _show).run(lines)
    if sandbox.unmodelled:
        _show("not modelled: " + "; ".join(sandbox.unmodelled))


def _show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
