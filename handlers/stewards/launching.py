"""What a launch takes: enough members, and a second steward who was shown exactly these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from insights.policy import launch_minimum
from storage.invites import Pending
from storage.organisation import Organisation
from storage.people import establish_members, members_by_unit
from storage.units import Unit, all_units, below, launch
from storage.wishes import named_in


def ready(places: Sequence[Unit], joined: Mapping[str, int], top: str, k: int) -> list[Unit]:
    """Units at or below `top` that gather and have enough members to be launched."""
    inside = below(places, top)
    return [
        one
        for one in places
        if one.id in inside
        and not one.is_launched
        and one.headcount
        and joined.get(one.id, 0) >= launch_minimum(one.headcount, k)
    ]


async def launch_wished(db: AsyncSession, wish: Pending, plan: Organisation) -> list[Unit]:
    """What the second steward was shown and no more: who joined since then waits for another wish."""
    places, joined, named = await all_units(db), await members_by_unit(db), named_in(wish)
    done = []
    for place in ready(places, joined, wish.unit_id, plan.k):
        if named.get(place.id) == joined[place.id] and await launch(db, place.id):
            await establish_members(db, place.id)
            done.append(place)
    return done
