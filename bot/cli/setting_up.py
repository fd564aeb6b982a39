"""Setting up: a key, the database, who asks and when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.policy import LENS_FLOOR

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from storage.organisation import Organisation

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TELLING_K = (9, 19)
"""With these k the band of answers would be exact: 10-19 after 9 is one number."""
_TELLS_PEOPLE = ("name", "contact", "terms_print")
_LENSES = {"pattern": "pattern", "off": ""}


@click.command(epilog="Example: echo SHIFTPULSE_ID_KEY=$(shiftpulse keygen) >> .env")
def keygen() -> None:
    """Make a key for Telegram ids. Keep a copy apart from database backups."""
    from storage.identity import new_key

    click.echo(new_key())


@click.command(epilog="Example: shiftpulse migrate")
def migrate() -> None:
    """Bring the database to the newest schema. Safe to repeat."""
    from sqlalchemy.engine import make_url

    from bot.settings import load_settings
    from storage.database import sync_engine
    from storage.migrations import current, head
    from storage.migrations import migrate as upgrade

    settings = load_settings()
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        _make_folder(Path(url.database).parent)
    engine = sync_engine(settings.database_url)
    before = current(engine)
    upgrade(engine)
    engine.dispose()
    click.echo("The database is up to date." if before == head() else f"The database is at revision {head()} now.")


def _make_folder(folder: Path) -> None:
    from bot.settings import SettingsError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"SHIFTPULSE_DATABASE_URL: the folder {folder} cannot be made ({error.strerror})."
        ) from None


@click.command(
    epilog='Example: shiftpulse organisation --name "St Brannoc\'s" --contact wellbeing@example.org --weekday tuesday'
)
@click.option("--name", help="Who runs this, as staff know it.")
@click.option("--contact", help="Where questions and complaints go.")
@click.option("--k", type=click.IntRange(5, 50), help="Fewest people behind a number; upwards only, before a launch.")
@click.option("--zone", help="Time zone, such as Europe/London.")
@click.option("--weekday", type=click.Choice(WEEKDAYS, case_sensitive=False), help="Day of opening.")
@click.option("--at", help="Local hour of opening, such as 09:00.")
@click.option("--open-days", type=click.IntRange(1, 6), help="How long a check-in is open.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), help="No check-in opens before this day.")
@click.option(
    "--lens",
    type=click.Choice(list(_LENSES)),
    help=f"Compare night, day and mixed staff, for the whole organisation only: at least {LENS_FLOOR} people each, "
    "smaller groups put together. It may hide one small team in a check-in. From the next opening on; staff are "
    "asked to agree again.",
)
def organisation(
    name: str | None,
    contact: str | None,
    k: int | None,
    zone: str | None,
    weekday: str | None,
    at: str | None,
    open_days: int | None,
    first: datetime | None,
    lens: str | None,
) -> None:
    """Say who runs this and when check-ins open; without options, show it."""
    from bot.cli.session import in_database

    wanted = {
        "name": name,
        "contact": contact,
        "k": k,
        "zone": zone,
        "weekday": WEEKDAYS.index(weekday.lower()) if weekday else None,
        "opens": at,
        "open_days": open_days,
        "first": first.date() if first else None,
        "lens": _LENSES[lens] if lens else None,
    }
    click.echo(in_database(lambda db: _save(db, {key: value for key, value in wanted.items() if value is not None})))


async def _save(db: AsyncSession, wanted: dict[str, object]) -> str:
    from storage.organisation import organisation as stored
    from storage.organisation import save_organisation

    before = await stored(db)
    if before is None and not {"name", "contact"} <= wanted.keys():
        raise click.UsageError("The first time, give --name and --contact.")
    if any(isinstance(value, str) and not value.strip() for key, value in wanted.items() if key != "lens"):
        raise click.UsageError("--name and --contact are what staff read before they join: do not leave them empty.")
    after = _changed(before, wanted)
    if before and wanted:
        await _check_k(db, before.k, after.k)
    _check_time(after.opens)
    after.schedule()
    if after.k in _TELLING_K:
        raise click.UsageError(f"--k {after.k} would make the bands of answers exact; take {after.k + 1}.")
    if wanted:
        await _note(db, before, after)
        await save_organisation(db, after)
        await db.commit()
    return _described(after)


async def _note(db: AsyncSession, before: Organisation | None, after: Organisation) -> None:
    """What has changed. The name and the contact are only said to have: a contact can be somebody's address."""
    from storage.audit import COMMAND_LINE, Deed, note

    was, now = before.model_dump() if before else {}, after.model_dump()
    changed = [key for key, value in now.items() if was.get(key, "") != value and value is not None and key != "id"]
    told = [key if key in _TELLS_PEOPLE else f"{key}={now[key]}" for key in changed]
    if told:
        await note(db, datetime.now(UTC), COMMAND_LINE, Deed.ORGANISATION_CHANGED, changed=told)


def _changed(before: Organisation | None, wanted: dict[str, object]) -> Organisation:
    from insights.policy import K_FLOOR, OPEN_DAYS
    from storage.organisation import Organisation

    start: dict[str, object] = (
        before.model_dump()
        if before
        else {
            "k": K_FLOOR,
            "zone": "Europe/London",
            "weekday": WEEKDAYS.index("tuesday"),
            "opens": "09:00",
            "open_days": OPEN_DAYS,
            "first": date.today(),  # noqa: DTZ011 - the day on which somebody sets this up
        }
    )
    return Organisation.model_validate({**start, **wanted})


async def _check_k(db: AsyncSession, before: int, after: int) -> None:
    from storage.units import all_units

    if after == before:
        return
    if after < before:
        raise click.UsageError(f"k is {before} and may only be raised: staff were promised that.")
    if any(one.is_launched for one in await all_units(db)):
        raise click.UsageError("k is fixed once a unit is launched: staff were promised that.")


def _check_time(opens: str) -> None:
    from datetime import time

    try:
        time.fromisoformat(opens)
    except ValueError:
        raise click.UsageError("--at is a local hour such as 09:00.") from None


def _described(one: Organisation) -> str:
    from insights.schedule import next_opening

    day, following = WEEKDAYS[one.weekday].capitalize(), next_opening(one.schedule(), datetime.now(UTC))
    return (
        f"{one.name} ({one.contact})\n"
        f"Check-ins open on {day} at {one.opens} ({one.zone}), for {one.open_days} days; "
        f"the next one on {following:%A %d %B %Y}.\n"
        f"Nothing is published for fewer than {one.k} people." + ("\n" + _lens_described() if one.lens else "")
    )


def _lens_described() -> str:
    return (
        "From the next opening on, night, day and mixed staff are compared for the whole organisation, at least "
        f"{LENS_FLOOR} people each, small groups put together; this may hide one small team in a check-in."
    )
