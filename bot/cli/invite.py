"""Poster codes for units and single-use invites for roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.policy import DISPLAY_NAME_LENGTH

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from storage.units import Unit

PICTURES = (".svg", ".png")
ROLES = ("lead", "hr", "steward")
WHOLE_ORGANISATION = ("hr", "steward")
_ONCE = "Works once, for 24 hours."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for at the command line."""

    unit: str | None
    role: str | None
    name: str
    in_the_name_of: str | None
    replace: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A code, the name of its unit, and what to say about it."""

    code: str
    unit: str
    told: str


@click.command(
    epilog="\b\nExamples:\n  shiftpulse invite --unit ward-7 --qr ward-7.svg      a poster's link and picture\n"
    '  shiftpulse invite --role lead --unit medicine --name "Jo, matron"\n'
    "Once a unit is launched, a role takes a second steward, who confirms it in the chat:\n"
    '  shiftpulse invite --role hr --name "Kim, people team" --as "Sam, matron"'
)
@click.option("--unit", help="The unit of a poster or a lead; left out for a role, the whole organisation.")
@click.option("--role", type=click.Choice(ROLES), help="A single-use invite for this role, good for 24 hours.")
@click.option("--name", help="The role-holder's display name, which other stewards see.")
@click.option(
    "--qr", type=click.Path(dir_okay=False, path_type=Path), help="Draw the poster to be printed (.svg, .png)."
)
@click.option("--replace", is_flag=True, help="Make a new poster although there is one: the older stops working.")
@click.option("--as", "in_the_name_of", help="The steward in whose name you ask: display name or id.")
@click.option("--alone", is_flag=True, help="A steward's invite while there are fewer than two stewards.")
def invite(
    unit: str | None,
    role: str | None,
    name: str | None,
    qr: Path | None,
    replace: bool,
    in_the_name_of: str | None,
    alone: bool,
) -> None:
    """Make a poster's link for a unit, or a role invite. A new poster's link replaces the older one."""
    from bot.cli.session import in_database
    from bot.settings import load_settings
    from bot.telegram_probe import who_am_i

    _check(unit, role, name, qr, alone)
    settings = load_settings()
    username = who_am_i(settings).name
    wanted = Wanted(unit, role, (name or "").strip(), in_the_name_of, replace, alone)
    made = in_database(lambda db: _make(db, wanted), settings)
    link = f"https://t.me/{username}?start={made.code}"
    click.echo(link)
    if qr:
        qr.write_bytes(_picture(link, made.unit, qr, is_poster=role is None))
        click.echo(f"Written: {qr}", err=True)
    click.echo(made.told, err=True)


def _check(unit: str | None, role: str | None, name: str | None, qr: Path | None, alone: bool) -> None:
    if role is None and unit is None:
        raise click.UsageError("Give --unit for a poster, or --role for a role invite.")
    if role and not (name or "").strip():
        raise click.UsageError("Give --name: how other stewards will see this role-holder.")
    if name and (len(name.strip()) > DISPLAY_NAME_LENGTH or not name.isprintable()):
        raise click.UsageError(f"--name is one line of at most {DISPLAY_NAME_LENGTH} letters.")
    if unit and role in WHOLE_ORGANISATION:
        raise click.UsageError(f"Leave out --unit: --role {role} is for the whole organisation.")
    if alone and role != "steward":
        raise click.UsageError("--alone is for --role steward: with two of them everything else can be asked for.")
    if qr and (qr.suffix.lower() not in PICTURES or not qr.parent.is_dir()):
        raise click.UsageError("--qr is a .svg or .png in a folder that is there.")


def _picture(link: str, unit: str, path: Path, is_poster: bool) -> bytes:
    from handlers.pictures import poster, poster_code
    from handlers.words import FALLBACK, load_words
    from insights.poster import Format, draw_poster

    form = Format(path.suffix.lower().removeprefix("."))
    if is_poster:
        return poster(link, unit, load_words().speak(FALLBACK), form)
    return draw_poster(poster_code(link), "", "", form)


async def _make(db: AsyncSession, wanted: Wanted) -> Made:
    from storage.units import root, unit

    place = await unit(db, wanted.unit) if wanted.unit else await root(db)
    if place is None:
        raise click.UsageError("There is no such unit: shiftpulse units list shows them.")
    made = await (_make_role_invite if wanted.role else _make_poster)(db, place, wanted)
    await db.commit()
    return made


async def _make_poster(db: AsyncSession, place: Unit, wanted: Wanted) -> Made:
    from bot.cli.stewards import actor_for
    from storage.audit import Deed, note
    from storage.invites import has_poster, make_poster

    if not place.headcount:
        raise click.UsageError(f"{place.id} has no headcount, so nobody can join it: make posters for its teams.")
    if await has_poster(db, place.id) and not wanted.replace:
        raise click.UsageError(
            f"{place.id} has a poster, whose link is not kept. --replace makes a new one; that one stops working."
        )
    code = await make_poster(db, place.id)
    await note(db, datetime.now(UTC), actor_for(None), Deed.POSTER_MADE, unit=place.id)
    return Made(code, place.name, "Print it for the team's own wall.")


async def _make_role_invite(db: AsyncSession, place: Unit, wanted: Wanted) -> Made:
    """Open at once before the first launch; later it waits for a second steward."""
    from bot.cli.stewards import WAITS, actor_for, is_launched, steward_named, wish
    from storage.audit import Deed, note
    from storage.invites import code_hash, make_role_invite
    from storage.wishes import Wish

    now, role = datetime.now(UTC), wanted.role or ""
    takes_two = await is_launched(db)
    if wanted.alone:
        await _check_alone(db, takes_two)
    if not takes_two or wanted.alone:
        code = await make_role_invite(db, place.id, role, wanted.name, now)
        told = {"alone": True} if wanted.alone else {}
        await note(db, now, actor_for(None), Deed.INVITE_MADE, unit=place.id, role=role, **told)
        return Made(code, place.name, _ONCE)
    steward = await steward_named(db, wanted.in_the_name_of)
    code = await make_role_invite(db, place.id, role, wanted.name, now, is_pending=True)
    await wish(db, Wish.INVITE, place.id, steward, now, {"code": code_hash(code).hex()})
    await note(db, now, actor_for(steward), Deed.INVITE_ASKED, unit=place.id, role=role)
    return Made(code, place.name, f"{WAITS} Then it works once, for 24 hours.")


async def _check_alone(db: AsyncSession, takes_two: bool) -> None:
    from storage.people import Role, role_holders

    if not takes_two:
        raise click.UsageError("Leave out --alone: before the first launch nothing takes two stewards.")
    if len({one.lookup for one in await role_holders(db, Role.STEWARD)}) > 1:
        raise click.UsageError("Leave out --alone: there are two stewards, so one asks (--as) and another confirms.")
