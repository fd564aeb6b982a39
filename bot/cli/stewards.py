"""In whose name something is asked at the command line, once units are launched and it takes two stewards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from sqlmodel.ext.asyncio.session import AsyncSession

    from storage.people import RoleHolder
    from storage.wishes import Wish

WAITS = "It waits until another steward confirms it in the chat; they have 24 hours."
ALONE = (
    'two stewards are needed, and there are fewer: shiftpulse invite --role steward --name "Sam, matron" --alone '
    "makes an invite that works at once, and the log says so."
)


async def steward_named(db: AsyncSession, given: str | None) -> RoleHolder:
    """The steward of that display name or id (its first characters will do). Raises `click.UsageError` with those
    there are, and where another one is missing who could confirm."""
    from storage.people import Role, role_holders
    from storage.wishes import other_stewards

    everybody = await role_holders(db, Role.STEWARD)
    if len({one.lookup for one in everybody}) < 2:
        raise click.UsageError(f"A unit is launched, so {ALONE}")
    known = "\n".join(f'  {one.id[:8]}  "{one.display_name}"' for one in everybody)
    if not given:
        raise click.UsageError(
            f"A unit is launched, so this takes two stewards: say with --as in whose name you ask; another one "
            f"confirms it in the chat. Stewards are:\n{known}"
        )
    found = [one for one in everybody if given in (one.display_name, one.id)]
    found = found or [one for one in everybody if one.id.startswith(given)]
    if not found:
        raise click.UsageError(f"--as is none of the stewards:\n{known}")
    if len({one.lookup for one in found}) > 1:
        raise click.UsageError(f"--as could be more than one steward; give the id:\n{known}")
    if not await other_stewards(db, found[0]):
        raise click.UsageError(f"A unit is launched, so {ALONE}")
    return found[0]


async def is_launched(db: AsyncSession) -> bool:
    """Whether any unit is launched: from then on, what could corner somebody takes two."""
    from storage.units import all_units

    return any(one.is_launched for one in await all_units(db))


async def wish(
    db: AsyncSession, what: Wish, unit_id: str, steward: RoleHolder, now: datetime, detail: Mapping[str, Any]
) -> None:
    """Writes the wish down; the running bot tells every steward of it."""
    from storage.wishes import ask_second, tell_stewards

    wish_id = await ask_second(db, what, unit_id, steward.id, now, {}, detail)
    await tell_stewards(db, wish_id, steward, now)


def actor_for(steward: RoleHolder | None) -> str:
    """Who acts, as the audit log says it: nobody has proved to be the steward in whose name it is."""
    from storage.audit import COMMAND_LINE, as_role

    return f"{COMMAND_LINE} for {as_role(steward.role, steward.display_name)}" if steward else COMMAND_LINE
