"""People and role-holders: joining, being reachable, and being forgotten with all that hangs on them."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from insights.policy import UNREACHABLE_OPENINGS
from storage.database import Begin
from storage.outbox import Waiting, length
from storage.people import (
    Person,
    Role,
    RoleHolder,
    agree,
    end_role,
    establish_members,
    forget_person,
    forget_unreachable,
    fresh_id,
    is_last_steward,
    is_still_here,
    members,
    members_by_unit,
    members_without,
    person,
    role_holder,
    role_holders,
    roles_of,
    set_reachable,
    staff_by_unit,
)
from storage.roster import Seat, age_roster
from storage.units import Unit
from tests.make import Make, keep

pytestmark = pytest.mark.usefixtures("wards")


async def test_a_person_is_found_by_their_lookup_only(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana)
    async with begin() as db:
        found = await person(db, ana.lookup)
        assert found == ana
        assert await person(db, ben.lookup) is None


async def test_members_are_counted_by_unit(begin: Begin, make: Make) -> None:
    await keep(begin, *make.people(3, "ward-1"), make.person("ward-2"))
    async with begin() as db:
        assert tuple([await members(db, one) for one in ("ward-1", "ward-2", "trust")]) == (3, 1, 0)
        assert await members_by_unit(db) == {"ward-1": 3, "ward-2": 1}


async def test_before_anybody_joined_no_unit_has_members(begin: Begin) -> None:
    async with begin() as db:
        assert await members_by_unit(db) == {}


async def test_a_launch_establishes_who_is_there_and_nobody_else(begin: Begin, make: Make) -> None:
    ana, ben = make.person("ward-1"), make.person("ward-2")
    await keep(begin, ana, ben)
    async with begin() as db:
        await establish_members(db, "ward-1")
        await db.commit()
    async with begin() as db:
        there, elsewhere = await person(db, ana.lookup), await person(db, ben.lookup)
    assert there is not None
    assert elsewhere is not None
    assert (there.is_established, elsewhere.is_established) == (True, False)


async def test_a_launch_settles_the_move_of_who_is_there(begin: Begin, make: Make) -> None:
    came = make.person("ward-1", moved_from="ward-2", openings=3)
    await keep(begin, came)
    async with begin() as db:
        await establish_members(db, "ward-1")
        await age_roster(db)
        await db.commit()
    async with begin() as db:
        found = await person(db, came.lookup)
    assert found is not None
    assert (found.is_established, found.openings, found.moved_from) == (True, 4, None)


async def test_telegram_says_who_can_be_reached(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana, ben)
    for reachable in (False, True, False):
        async with begin() as db:
            await set_reachable(db, ana.lookup, reachable)
            await db.commit()
        async with begin() as db:
            found = [await person(db, one.lookup) for one in (ana, ben)]
        assert [reachable, True] == [one.is_reachable for one in found if one]


async def test_leaving_erases_the_person_their_seats_and_what_waits_for_them(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2)
    await keep(begin, ana, ben)
    seats = [
        Seat(round=n, person_id=one.id, scope="ward-1", is_established=True) for n in (1, 2) for one in (ana, ben)
    ]
    await keep(begin, *seats, make.waiting(ana), make.waiting(ana, occasion="reminder"), make.waiting(ben))
    async with begin() as db:
        assert await forget_person(db, ana.lookup)
        await db.commit()
    async with begin() as db:
        assert await person(db, ana.lookup) is None
        assert {ben.id} == set((await db.exec(select(Seat.person_id))).all())
        assert [ben.id] == list((await db.exec(select(Waiting.person_id))).all())


async def test_whoever_is_no_member_cannot_be_forgotten(begin: Begin, make: Make) -> None:
    ana = make.person()
    async with begin() as db:
        assert not await forget_person(db, ana.lookup)


async def test_who_left_may_join_again_as_somebody_new(begin: Begin, make: Make) -> None:
    ana = make.person(is_established=True, openings=9)
    await keep(begin, ana)
    async with begin() as db:
        await forget_person(db, ana.lookup)
        await db.commit()
    await keep(begin, make.person(lookup=ana.lookup))
    async with begin() as db:
        again = await person(db, ana.lookup)
    assert again is not None
    assert (again.is_established, again.openings) == (False, 0)


async def test_roles_are_found_by_holder_and_by_kind(begin: Begin, make: Make) -> None:
    ada = make.holder(Role.LEAD, "ward-1")
    also_ada = make.holder(Role.STEWARD, lookup=ada.lookup)
    ben = make.holder(Role.HR)
    await keep(begin, ada, also_ada, ben)
    async with begin() as db:
        assert {"lead", "steward"} == {one.role for one in await roles_of(db, ada.lookup)}
        assert list(await roles_of(db, make.person().lookup)) == []
        assert [ben] == list(await role_holders(db, Role.HR))
        assert also_ada == await role_holder(db, also_ada.id)
        assert await role_holder(db, "h99") is None


async def test_what_waits_for_a_role_holder_goes_with_the_role(begin: Begin, make: Make) -> None:
    ada = make.holder()
    await keep(begin, ada)
    await keep(begin, make.waiting(holder=ada, occasion="digest"))
    async with begin() as db:
        await db.delete((await db.exec(select(RoleHolder))).one())
        await db.commit()
    async with begin() as db:
        assert await length(db) == 0


def test_ids_are_random_so_that_no_order_tells_who_joined_when() -> None:
    ids = [fresh_id() for _ in range(64)]
    assert len(set(ids)) == 64
    assert ids != sorted(ids)


async def test_a_role_that_is_ended_takes_its_letters_along(begin: Begin, make: Make, wards: None) -> None:
    leaving, staying = make.holder(Role.LEAD), make.holder(Role.LEAD)
    await keep(begin, leaving, staying, make.waiting(holder=leaving, occasion="digest"))
    async with begin() as db:
        assert await end_role(db, leaving.id)
        assert not await end_role(db, leaving.id)
        await db.commit()
    async with begin() as db:
        assert [one.id for one in await role_holders(db, Role.LEAD)] == [staying.id]
        assert await length(db) == 0


async def ids_now(begin: Begin) -> list[str]:
    async with begin() as db:
        return sorted((await db.exec(select(Person.id))).all())


async def test_whom_so_many_openings_did_not_reach_is_forgotten_with_all_that_hangs_on_them(
    begin: Begin, make: Make
) -> None:
    gone, nearly, back = [
        make.person(is_reachable=False, unreachable_openings=UNREACHABLE_OPENINGS - by) for by in (0, 1, 1)
    ]
    await keep(begin, gone, nearly, back, make.waiting(gone))
    async with begin() as db:
        await set_reachable(db, back.lookup, True)
        await age_roster(db)
        assert await forget_unreachable(db) == 2
        await db.commit()
    assert [back.id] == await ids_now(begin)
    async with begin() as db:
        assert await length(db) == 0


async def test_one_failure_to_reach_somebody_is_undone_when_they_come_back(begin: Begin, make: Make) -> None:
    ana = make.person(is_reachable=False, unreachable_openings=7)
    await keep(begin, ana)
    for reachable in (False, True, False):
        async with begin() as db:
            await set_reachable(db, ana.lookup, reachable)
            await db.commit()
    async with begin() as db:
        found = await person(db, ana.lookup)
    assert found is not None
    assert (found.is_reachable, found.unreachable_openings) == (False, 0)


async def test_saying_so_concerns_nobody_else(begin: Begin, make: Make) -> None:
    ana, ben = make.people(2, unconfirmed_openings=13, times_asked=1)
    await keep(begin, ana, ben)
    async with begin() as db:
        await is_still_here(db, ana.lookup)
        await db.commit()
    async with begin() as db:
        found = [await person(db, one.lookup) for one in (ana, ben)]
    assert [(one.unconfirmed_openings, one.times_asked) for one in found if one] == [(0, 0), (13, 1)]


async def test_who_has_not_agreed_and_can_be_asked_is_found(begin: Begin, make: Make) -> None:
    ana = make.person()
    others = [make.person(agreed=2), make.person(is_reachable=False), make.person(paused_rounds=2)]
    await keep(begin, ana, *others)
    async with begin() as db:
        assert [ana.id] == [one.id for one in await members_without(db, 2)]
        await agree(db, ana.lookup, 2)
        await db.commit()
    async with begin() as db:
        assert list(await members_without(db, 2)) == []


async def test_staff_are_members_who_hold_no_role(begin: Begin, make: Make) -> None:
    ana, ben, cy = make.person(), make.person(), make.person("ward-2")
    await keep(begin, ana, ben, cy, make.holder(Role.LEAD, lookup=ben.lookup), make.holder(Role.HR, lookup=cy.lookup))
    async with begin() as db:
        assert await staff_by_unit(db) == {"ward-1": 1}


async def test_the_last_steward_is_who_is_a_steward_and_nobody_else_is(begin: Begin, make: Make) -> None:
    ada, lead = make.holder(Role.STEWARD), make.holder(Role.LEAD)
    twice = make.holder(Role.STEWARD, "ward-1", lookup=ada.lookup)
    await keep(begin, ada, lead, twice)
    async with begin() as db:
        assert await is_last_steward(db, ada.lookup)
        assert not await is_last_steward(db, lead.lookup)
    await keep(begin, make.holder(Role.STEWARD))
    async with begin() as db:
        assert not await is_last_steward(db, ada.lookup)


async def test_a_unit_cannot_go_while_somebody_is_in_it(begin: Begin, make: Make) -> None:
    await keep(begin, make.person("ward-1"))
    async with begin() as db:
        await db.delete((await db.exec(select(Unit).where(Unit.id == "ward-1"))).one())
        with pytest.raises(IntegrityError):
            await db.commit()
    assert len(await ids_now(begin)) == 1
