"""What role-holders look at is noted in the audit log before they see it; never staff looking at their own team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram.types import CallbackQuery, Message

from handlers.house import House
from handlers.speech import telegram_id
from storage import audit
from storage.audit import Deed, as_role
from storage.people import Role, roles_of


async def note_reading(
    house: House, event: Message | CallbackQuery, roles: Sequence[Role], deed: Deed, **cells: Any
) -> None:
    """Notes it under the first of these roles that the reader holds; nothing for somebody who holds none."""
    async with house.begin() as db:
        held = {one.role: one for one in await roles_of(db, house.ids.lookup(telegram_id(event)))}
        holder = next((held[role] for role in roles if role in held), None)
        if holder:
            actor = as_role(holder.role, holder.display_name)
            await audit.note(db, house.clock.now(), actor, deed, **cells)
            await db.commit()
