"""Faults that a person at the command line can mend, told in a line that says how."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot.cli.units import MOST_FAULTS

if TYPE_CHECKING:
    from insights.json_lines import Fault

_CLICKS = (click.ClickException, click.Abort, click.exceptions.Exit)


@contextmanager
def told() -> Iterator[None]:
    """Turns what can be mended into one line on standard error and exit code 1; the rest is a bug and is raised."""
    try:
        yield
    except _CLICKS:
        raise
    except Exception as error:
        line = _line(error)
        if line is None:
            raise
        click.echo(line, err=True)
        sys.exit(1)


def refuse_lines(faults: Sequence[Fault]) -> NoReturn:
    """Names every line of the input that is wrong, up to what a terminal holds; exit code 2."""
    for fault in faults[:MOST_FAULTS]:
        click.echo(f"line {fault.line}: {fault.text}" if fault.line else fault.text, err=True)
    if len(faults) > MOST_FAULTS:
        click.echo(f"and {len(faults) - MOST_FAULTS} more", err=True)
    sys.exit(2)


def _line(error: Exception) -> str | None:
    from sqlalchemy.exc import DBAPIError

    from bot.settings import SettingsError
    from handlers.cards import HelpCardError
    from insights.schedule import ScheduleError
    from storage.identity import IdKeyError
    from storage.ledger_guard import LedgerUnguardedError

    if isinstance(error, SettingsError | HelpCardError):
        return str(error)
    if isinstance(error, ScheduleError):
        return " ".join(error.problems)
    if isinstance(error, IdKeyError):
        return "SHIFTPULSE_ID_KEY is not the key that this database was written with."
    if isinstance(error, LedgerUnguardedError):
        return "The ledger's write-once triggers are missing: run `shiftpulse doctor`."
    if isinstance(error, DBAPIError):
        from bot.database_probe import explained

        return explained(error)
    if isinstance(error, OSError) and error.filename:
        return f"{Path(str(error.filename))}: {error.strerror}."
    return None
