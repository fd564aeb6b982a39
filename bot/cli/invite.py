"""Poster codes for units and single-use invites for roles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

PICTURES = (".svg", ".png")
ROLES = ("lead", "hr", "steward")
WHOLE_ORGANISATION = ("hr", "steward")


@click.command(
    epilog="\b\nExamples:\n  shiftpulse invite --unit ward-7 --qr ward-7.svg      a poster's link and picture\n"
    '  shiftpulse invite --role lead --unit medicine --name "Jo, matron"'
)
@click.option("--unit", help="The unit of a poster or a lead; left out for a role, the whole organisation.")
@click.option("--role", type=click.Choice(ROLES), help="A single-use invite for this role, good for 24 hours.")
@click.option("--name", help="The role-holder's display name, which other stewards see.")
@click.option(
    "--qr", type=click.Path(dir_okay=False, path_type=Path), help="Write the link as a QR code (.svg, .png)."
)
@click.option("--replace", is_flag=True, help="Make a new poster although there is one: the older stops working.")
def invite(unit: str | None, role: str | None, name: str | None, qr: Path | None, replace: bool) -> None:
    """Make a poster's link for a unit, or a role invite. A new poster's link replaces the older one."""
    from bot.cli.session import in_database
    from bot.settings import load_settings
    from bot.telegram_probe import who_am_i

    if role is None and unit is None:
        raise click.UsageError("Give --unit for a poster, or --role for a role invite.")
    if role and not name:
        raise click.UsageError("Give --name: how other stewards will see this role-holder.")
    if unit and role in WHOLE_ORGANISATION:
        raise click.UsageError(f"Leave out --unit: a {role} serves the whole organisation.")
    if qr and (qr.suffix.lower() not in PICTURES or not qr.parent.is_dir()):
        raise click.UsageError("--qr is a .svg or .png in a folder that is there.")
    settings = load_settings()
    username = who_am_i(settings).name
    code = in_database(lambda db: _make(db, unit, role, name or "", replace), settings)
    link = f"https://t.me/{username}?start={code}"
    click.echo(link)
    if qr:
        import segno

        segno.make(link, error="m").save(str(qr), scale=10)
        click.echo(f"Written: {qr}", err=True)
    click.echo("Works once, for 24 hours." if role else "Print it for the team's own wall.", err=True)


async def _make(db: AsyncSession, unit_id: str | None, role: str | None, name: str, replace: bool) -> str:
    from storage.invites import has_poster, make_poster, make_role_invite
    from storage.units import root, unit

    place = await unit(db, unit_id) if unit_id else await root(db)
    if place is None:
        raise click.UsageError("There is no such unit: shiftpulse units list shows them.")
    if role:
        code = await make_role_invite(db, place.id, role, name, datetime.now(UTC))
    else:
        if not place.headcount:
            raise click.UsageError(f"{place.id} has no headcount, so nobody can join it: make posters for its teams.")
        if await has_poster(db, place.id) and not replace:
            raise click.UsageError(
                f"{place.id} has a poster, whose link is not kept. --replace makes a new one; that one stops working."
            )
        code = await make_poster(db, place.id)
    await db.commit()
    return code
