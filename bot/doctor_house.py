"""What the doctor finds inside the database: who asks, whom, and whether an open round can still be counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.exc import DatabaseError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.doctor_keeping import keeping_findings
from bot.findings import Finding, mend, well
from bot.settings import Settings
from insights.policy import STEWARDS_NEEDED
from insights.schedule import ScheduleError
from storage.identity import IdKeyError
from storage.keyfile import KeyFileError, read
from storage.organisation import Organisation, organisation
from storage.people import Person, Role, role_holders
from storage.remains import rounds_left
from storage.rounds import Round, Stage, known_rounds, unfinished_rounds
from storage.stores import StoreMissingError, Stores
from storage.units import Unit, all_units

_LOST: Final = "put SHIFTPULSE_ROUNDS_DIR right, or start the bot, which voids the round and tells people."
_COUNTABLE: Final = (Stage.OPEN, Stage.CLOSING)


async def house_findings(db: AsyncSession, settings: Settings) -> list[Finding]:
    """Counts and numbers of rounds only: no name of a person, no id."""
    stewards = await role_holders(db, Role.STEWARD)
    sealed = [*(await db.exec(select(Person.sealed).limit(1))).all(), *(one.sealed for one in stewards[:1])]
    return [
        *_key(sealed, settings),
        _organisation(await organisation(db)),
        _units(await all_units(db)),
        _stewards(len({one.lookup for one in stewards})),
        *await keeping_findings(db, datetime.now(UTC)),
        *_rounds(await unfinished_rounds(db), settings),
        *_forgotten(await known_rounds(db), settings),
    ]


def _key(sealed: Sequence[bytes], settings: Settings) -> Iterator[Finding]:
    if not settings.id_key.get_secret_value():
        return
    try:
        for one in sealed:
            settings.keys.unseal(one)
    except IdKeyError:
        yield mend(
            "SHIFTPULSE_ID_KEY is not the key that this database was written with: put back the old one; "
            "without it nobody can be written to."
        )
    else:
        yield well(
            "the id key: " + ("opens what is stored" if sealed else "nothing is stored yet; keep a copy of it")
        )


def _organisation(one: Organisation | None) -> Finding:
    if one is None:
        return mend("the organisation is not set: shiftpulse organisation --name ... --contact ...")
    try:
        one.schedule()
    except (ScheduleError, ValueError):
        return mend("the plan of check-ins cannot be kept: correct zone, hour or days: shiftpulse organisation")
    return well(f"the organisation: set; nothing is published for fewer than {one.k} people")


def _units(units: Sequence[Unit]) -> Finding:
    if not units:
        return mend("units are not imported: shiftpulse units import units.csv")
    launched = sum(one.is_launched for one in units)
    return well(f"units: {len(units)}, {launched} of them launched")


def _stewards(count: int) -> Finding:
    if count < STEWARDS_NEEDED:
        return mend(
            f'stewards: {count}, and it takes {STEWARDS_NEEDED}: shiftpulse invite --role steward --name "..."'
        )
    return well(f"stewards: {count}")


def _rounds(rounds: Sequence[Round], settings: Settings) -> Iterator[Finding]:
    stores = Stores(settings.rounds_dir, settings.database_url)
    for one in rounds:
        if one.stage not in _COUNTABLE:
            continue
        fault = _fault(stores, one.number)
        yield (
            mend(f"round {one.number} {fault}")
            if fault
            else well(f"round {one.number}: its store and its key file are there")
        )


def _forgotten(known: set[int], settings: Settings) -> Iterator[Finding]:
    """A round is in the database before its files are made: files alone are those of a database of a later day."""
    for number in sorted(rounds_left(Stores(settings.rounds_dir, settings.database_url)) - known):
        yield mend(
            f"round {number} has files, and the database does not know it: an older one was put back, or this is "
            "another one: the bot, when it starts, destroys them, voids that round and tells people."
        )


def _fault(stores: Stores, number: int) -> str | None:
    try:
        read(stores.key_path(number), number).close()
        stores.open(number).dispose()
    except (KeyFileError, StoreMissingError):
        return f"lost its store or its key file: {_LOST}"
    except (OSError, DatabaseError):
        return (
            "has a store or a key file that cannot be opened: run this as the bot's account, with the disk mounted."
        )
    return None
