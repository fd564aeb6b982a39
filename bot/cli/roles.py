"""Who holds a role, and taking one away."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession


@click.group()
def roles() -> None:
    """Leads, HR analysts and stewards."""


@roles.command("list", epilog="Example: shiftpulse roles list")
def list_roles() -> None:
    """Show every role with its id, display name and unit."""
    from bot.cli.session import in_database

    click.echo(in_database(_listed))


async def _listed(db: AsyncSession) -> str:
    from storage.people import Role, role_holders

    rows = [one for role in Role for one in await role_holders(db, role)]
    if not rows:
        return 'Nobody holds a role yet: shiftpulse invite --role steward --name "Sam, matron"'
    return "\n".join(f"{one.id}  {one.role:<9}{one.unit_id:<26}{one.display_name}" for one in rows)


@roles.command("end", epilog="Example: shiftpulse roles end 3f2a9c")
@click.argument("role_id")
def end_role(role_id: str) -> None:
    """Take away the role with this id, as `shiftpulse roles list` shows it; its first characters will do."""
    from bot.cli.session import in_database

    fault, warning = in_database(lambda db: _end(db, role_id))
    if fault:
        click.echo(fault, err=True)
        sys.exit(1)
    click.echo("Ended. What waited to be sent to them, or for another steward to confirm, is gone, too.")
    if warning:
        click.echo(warning, err=True)


async def _end(db: AsyncSession, role_id: str) -> tuple[str, str]:
    """The fault, if there is one; and what is missing from now on."""
    from datetime import UTC, datetime

    from storage.audit import COMMAND_LINE, Deed, note
    from storage.people import Role, end_role, role_holders
    from storage.wishes import wishes_of, withdraw

    everybody = [one for role in Role for one in await role_holders(db, role)]
    found = [one for one in everybody if role_id and one.id.startswith(role_id)]
    if len(found) != 1:
        return (
            "No role has that id: see `shiftpulse roles list`." if not found else "More than one role begins so.",
            "",
        )
    [ended], now = found, datetime.now(UTC)
    for wish in await wishes_of(db, ended):
        await withdraw(db, wish, COMMAND_LINE, now)
    await end_role(db, ended.id)
    unit, role, name = ended.unit_id, ended.role, ended.display_name
    await note(db, now, COMMAND_LINE, Deed.ROLE_ENDED, unit=unit, role=role, name=name)
    warning = await _warning(db) if ended.role == Role.STEWARD else ""
    await db.commit()
    return "", warning


async def _warning(db: AsyncSession) -> str:
    from bot.cli.stewards import ALONE, is_launched
    from insights.policy import STEWARDS_NEEDED
    from storage.people import Role, role_holders

    left = len({one.lookup for one in await role_holders(db, Role.STEWARD)})
    if left >= STEWARDS_NEEDED:
        return ""
    how = ALONE if await is_launched(db) else 'invite another: shiftpulse invite --role steward --name "Sam, matron"'
    return f"Stewards left: {left}. Nobody can confirm what takes two now; {how}"
