"""What stands when a story begins: the rows that joining, roles and a launch leave, without a word said.

`test_beforehand.py` plays those conversations and compares.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.house import House
from handlers.stewards.launching import ready
from sandbox import Person
from storage import audit
from storage.audit import Deed, as_role
from storage.invites import make_role_invite, use_role_invite
from storage.organisation import organisation
from storage.people import Pattern, Role, RoleHolder, establish_members, members_by_unit
from storage.people import Person as Member
from storage.units import all_units, launch


async def joined(house: House, people: Sequence[Person], unit: str, pattern: Pattern) -> None:
    """These people have scanned the unit's poster, said yes, and how they work."""
    async with house.begin() as db:
        plan = await organisation(db)
        assert plan
        for one in people:
            ids = {"lookup": house.ids.lookup(one.id), "sealed": house.ids.seal(one.id)}
            db.add(Member(**ids, unit_id=unit, pattern=pattern, agreed=plan.terms))
        await db.commit()
    for one in people:
        one.chat.is_started = True


async def appointed(house: House, person: Person, name: str, role: Role, unit: str) -> None:
    """Somebody has taken on a role by an invite."""
    now = house.clock.now()
    async with house.begin() as db:
        assert await use_role_invite(db, await make_role_invite(db, unit, role, name, now))
        ids = {"lookup": house.ids.lookup(person.id), "sealed": house.ids.seal(person.id)}
        db.add(RoleHolder(**ids, role=role, unit_id=unit, display_name=name))
        await audit.note(db, now, as_role(role, name), Deed.INVITE_USED, unit=unit, role=role)
        await db.commit()
    person.chat.is_started = True


async def launched(house: House, top: str, first: str, second: str) -> None:
    """Everything at or below `top` that was ready is launched: one steward asked, the other confirmed."""
    now = house.clock.now()
    asks, confirms = as_role(Role.STEWARD, first), as_role(Role.STEWARD, second)
    async with house.begin() as db:
        plan, places = await organisation(db), await all_units(db)
        assert plan
        found = sorted(one.id for one in ready(places, await members_by_unit(db), top, plan.k))
        assert found
        for one in found:
            assert await launch(db, one)
            await establish_members(db, one)
        about = {"unit": top if len(found) > 1 else found[0], "units": found}
        await audit.note(db, now, asks, Deed.LAUNCH_ASKED, **about)
        await audit.note(db, now, confirms, Deed.LAUNCH_CONFIRMED, **about, asked_by=asks)
        await db.commit()
