"""Running: the bot, the demo, the doctor, and the kill switch."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command(epilog="Example: shiftpulse run")
def run() -> None:
    """Run the bot by long polling, with the settings in .env."""
    from bot.database_probe import probe
    from bot.logs import set_up_logs
    from bot.rounds_folder import make_rounds_folder
    from bot.settings import load_settings
    from handlers.cards import national_cards

    settings = load_settings()
    settings.token, settings.keys  # noqa: B018 - both are asked for before anything heavy is loaded
    national_cards()
    probe(settings.database_url)
    make_rounds_folder(settings)
    set_up_logs(settings.log_level)
    serve_until_stopped(settings)


def serve_until_stopped(settings: Settings) -> None:
    """The bot itself. Raises `SettingsError` where Telegram will not have it."""
    from aiogram.exceptions import TelegramNetworkError, TelegramNotFound, TelegramUnauthorizedError

    from bot.service import serve
    from bot.settings import SettingsError

    try:
        asyncio.run(serve(settings))
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise SettingsError("SHIFTPULSE_BOT_TOKEN is refused by Telegram: run `shiftpulse doctor`.") from None
    except TelegramNetworkError:
        raise SettingsError("SHIFTPULSE_API_URL does not answer: run `shiftpulse doctor`.") from None


@click.command(epilog="Example: shiftpulse doctor")
def doctor() -> None:
    """Say in one screen what is missing or wrong, and how to mend it."""
    from bot.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(finding.text)
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


@click.command("void-round", epilog="Example: shiftpulse void-round --yes")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def void_round(yes: bool) -> None:
    """Kill switch: the open check-in dies uncounted, and people are told within two minutes."""
    from bot.cli.session import in_database
    from storage.rounds import Stage, unfinished_rounds, void_latest

    under_way = in_database(unfinished_rounds)
    if not any(one.stage in (Stage.OPEN, Stage.CLOSING) for one in under_way):
        click.echo("No check-in is open.", err=True)
        sys.exit(1)
    if not yes:
        click.confirm("Everything sent in the open check-in will be destroyed uncounted. Go on?", abort=True)
    number = in_database(lambda db: void_latest(db, datetime.now(UTC)))
    if number is None:
        click.echo("No check-in is open.", err=True)
        sys.exit(1)
    click.echo(f"Round {number} is void. The running bot destroys its store and tells people within two minutes.")


@click.command(epilog="Example: shiftpulse demo --weeks 20 --seed 7")
@click.option("--weeks", type=click.IntRange(14, 60), default=20, show_default=True, help="Simulated weekly rounds.")
@click.option("--seed", type=int, default=7, show_default=True, help="Another seed, another hospital.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"), show_default=True)
def demo(weeks: int, seed: int, folder: Path) -> None:
    """Twenty weeks of a small hospital through the real bot, without a Telegram account."""
    from bot.demo_folder import emptied

    emptied(folder)
    from bot.demo import perform

    perform(weeks, seed, folder)
