"""The audit log: listed, and proved to be whole."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from insights.policy import AUDIT_HEAD_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from storage.audit import AuditEntry


@click.group()
def audit() -> None:
    """Who asked for what: a log to which entries are only added."""


@audit.command(
    "verify",
    epilog="\b\nExamples:\n  shiftpulse audit verify\n"
    "  shiftpulse audit verify --head 13ba5bb620da639c      from a weekly message of the stewards",
)
@click.option("--head", help=f"Whether this head is in the log: {AUDIT_HEAD_DIGITS} digits or more of it.")
def verify(head: str | None) -> None:
    """Walk through the log and say whether every entry holds on to the one before; exit code 1 if not."""
    from bot.cli.session import in_database
    from insights.chain import find_head, first_fault
    from storage.audit import entries

    if head is not None and not re.fullmatch(rf"[0-9a-fA-F]{{{AUDIT_HEAD_DIGITS},64}}", head.strip()):
        raise click.UsageError(f"--head is {AUDIT_HEAD_DIGITS} to 64 of the digits 0-9 and a-f.")
    log = in_database(entries)
    fault = first_fault(log)
    if fault is not None:
        click.echo(f"Entry {fault} does not fit what stands before it: the log has been changed.", err=True)
        sys.exit(1)
    if not log:
        click.echo("0 entries.")
    else:
        last = log[-1]
        click.echo(f"{len(log)} entries, chain intact, head {last.digest.hex()} (entry {last.number})")
    if head is not None:
        number = find_head(log, head.strip())
        if number is None:
            click.echo(_missing(log), err=True)
            sys.exit(1)
        click.echo(f"The head {head.strip().lower()} is that of entry {number}.")


def _missing(log: Sequence[AuditEntry]) -> str:
    begins = f" Entries before {log[0].number} have been dropped, being too old." if log and log[0].number > 1 else ""
    return (
        "No entry has that head: entries have been taken out, or another log was put in its place, "
        f"or the head was mistyped.{begins}"
    )


@audit.command("list", epilog="Example: shiftpulse audit list --last 50")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many entries.")
def list_entries(last: int) -> None:
    """Show the newest entries: number, instant (UTC), who, what, and its details."""
    from bot.cli.session import in_database

    click.echo(in_database(lambda db: _listed(db, last)))


async def _listed(db: AsyncSession, last: int) -> str:
    from datetime import UTC, datetime

    from storage.audit import last_entries

    found = await last_entries(db, last)
    if not found:
        return "Nothing has been noted yet."
    return "\n".join(
        f"{one.number:>6}  {datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M}  {one.actor}: {one.what} {one.detail}"
        for one in found
    )
