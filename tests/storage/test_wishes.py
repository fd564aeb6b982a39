"""Wishes and the invites they are about: confirmed, refused, expired, withdrawn; and when codes are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from insights.policy import INVITE_KEPT, INVITE_LIFE
from storage.audit import AuditEntry, entries
from storage.database import Begin
from storage.invites import (
    Invite,
    Pending,
    Standing,
    code_hash,
    confirm_invite,
    drop_ended,
    end_invite,
    find_invite,
    make_poster,
    make_role_invite,
    use_role_invite,
)
from storage.outbox import Waiting
from storage.people import Role, RoleHolder
from storage.wishes import (
    LETTER,
    Wish,
    ask_second,
    asked_by,
    drop_expired,
    is_wished,
    number_of,
    other_stewards,
    pending,
    pending_by_number,
    tell_stewards,
    wished_comment,
    wished_invite,
    wishes_of,
    withdraw,
)
from tests.make import NOON, Make, keep

pytestmark = pytest.mark.usefixtures("wards")
SECOND = timedelta(seconds=1)


@pytest.fixture
async def sam(begin: Begin, make: Make) -> RoleHolder:
    steward = make.holder(Role.STEWARD, display_name="Sam, matron")
    await keep(begin, steward)
    return steward


async def wished(begin: Begin, steward: RoleHolder) -> tuple[str, str]:
    """A pending invite and the wish for it: (code, wish)."""
    async with begin() as db:
        code = await make_role_invite(db, "ward-1", Role.LEAD, "Sentinel Jo", NOON, is_pending=True)
        wish = await ask_second(db, Wish.INVITE, "ward-1", steward.id, NOON, {}, {"code": code_hash(code).hex()})
        await db.commit()
    return code, wish


async def invite(begin: Begin, code: str, now: datetime = NOON) -> Invite | None:
    async with begin() as db:
        return await find_invite(db, code, now)


async def log(begin: Begin) -> Sequence[AuditEntry]:
    async with begin() as db:
        return await entries(db)


async def test_a_pending_invite_opens_no_door_before_it_is_confirmed(begin: Begin, sam: RoleHolder) -> None:
    code, wish_id = await wished(begin, sam)
    async with begin() as db:
        assert not await use_role_invite(db, code)
        wish = await pending(db, wish_id, NOON)
        assert wish is not None
        found = await wished_invite(db, wish)
        assert found is not None
        assert (found.standing, found.display_name) == (Standing.PENDING, "Sentinel Jo")
        assert await asked_by(db, wish) == "steward Sam, matron"
        assert [one.id for one in await wishes_of(db, sam)] == [wish_id]


async def test_a_confirmed_invite_works_for_a_day_from_then_and_is_confirmed_once(
    begin: Begin, sam: RoleHolder
) -> None:
    code, _ = await wished(begin, sam)
    later = NOON + INVITE_LIFE - SECOND
    async with begin() as db:
        assert [await confirm_invite(db, code_hash(code), later) for _ in range(2)] == [True, False]
        await db.commit()
    for now, standing in ((later + INVITE_LIFE - SECOND, Standing.OPEN), (later + INVITE_LIFE, Standing.EXPIRED)):
        found = await invite(begin, code, now)
        assert found is not None
        assert found.standing == standing


async def test_a_refused_invite_never_opens_and_forgets_its_name(begin: Begin, sam: RoleHolder) -> None:
    code, _ = await wished(begin, sam)
    async with begin() as db:
        assert [await end_invite(db, code_hash(code)) for _ in range(2)] == [True, False]
        assert not await confirm_invite(db, code_hash(code), NOON)
        await db.commit()
    found = await invite(begin, code)
    assert found is not None
    assert (found.standing, found.display_name) == (Standing.EXPIRED, None)


async def test_an_expired_wish_takes_its_invite_along_and_is_noted_once(begin: Begin, sam: RoleHolder) -> None:
    code, wish_id = await wished(begin, sam)
    for now in (NOON + INVITE_LIFE - SECOND, NOON + INVITE_LIFE, NOON + INVITE_LIFE):
        async with begin() as db:
            await drop_expired(db, now)
            await db.commit()
    found = await invite(begin, code)
    assert found is not None
    assert (found.standing, found.display_name) == (Standing.EXPIRED, None)
    async with begin() as db:
        assert (await db.exec(select(Pending).where(Pending.id == wish_id))).first() is None
    [entry] = await log(begin)
    assert (entry.actor, entry.what) == ("clock", "invite_expired")
    assert entry.told == {"unit": "ward-1", "role": "lead", "asked_by": "steward Sam, matron"}


async def test_an_invite_that_nobody_took_up_is_noted_once_and_without_its_name(begin: Begin) -> None:
    async with begin() as db:
        await make_role_invite(db, "trust", Role.HR, "Sentinel Jo", NOON)
        await db.commit()
    for _ in range(2):
        async with begin() as db:
            await drop_expired(db, NOON + INVITE_LIFE)
            await db.commit()
    [entry] = await log(begin)
    assert (entry.what, entry.told) == ("invite_expired", {"unit": "trust", "role": "hr"})
    assert "Sentinel" not in entry.detail


async def test_a_withdrawn_wish_is_noted_and_its_invite_ended(begin: Begin, sam: RoleHolder) -> None:
    code, wish_id = await wished(begin, sam)
    async with begin() as db:
        wish = await pending(db, wish_id, NOON)
        assert wish is not None
        assert await withdraw(db, wish, "command line", NOON)
        assert not await withdraw(db, wish, "command line", NOON)
        await db.commit()
    found = await invite(begin, code)
    assert found is not None
    assert found.standing == Standing.EXPIRED
    assert [(one.actor, one.what) for one in await log(begin)] == [("command line", "invite_expired")]


async def test_what_is_wished_already_is_known_until_it_expires(begin: Begin, sam: RoleHolder) -> None:
    detail = {"comment": "AbC_x-9Z"}
    async with begin() as db:
        wish_id = await ask_second(db, Wish.COMMENT, "ward-1", sam.id, NOON, {}, detail)
        wish = await pending(db, wish_id, NOON)
        assert wish is not None
        assert wished_comment(wish) == "AbC_x-9Z"
        assert await is_wished(db, Wish.COMMENT, detail, NOON + INVITE_LIFE - SECOND)
        assert not await is_wished(db, Wish.COMMENT, detail, NOON + INVITE_LIFE)
        assert not await is_wished(db, Wish.COMMENT, {"comment": "another"}, NOON)
        assert not await is_wished(db, Wish.UNITS, detail, NOON)
        await db.commit()
    async with begin() as db:
        await drop_expired(db, NOON + INVITE_LIFE)
        await db.commit()
    [entry] = await log(begin)
    assert (entry.what, entry.told) == ("comment_expired", {"unit": "ward-1", "asked_by": "steward Sam, matron"})


async def test_other_wishes_are_about_no_comment(begin: Begin, sam: RoleHolder) -> None:
    _, wish_id = await wished(begin, sam)
    async with begin() as db:
        wish = await pending(db, wish_id, NOON)
    assert wish is not None
    assert wished_comment(wish) is None


async def test_every_steward_is_written_to_once_however_many_roles_they_hold(
    begin: Begin, make: Make, sam: RoleHolder
) -> None:
    kim = make.holder(Role.STEWARD)
    await keep(begin, kim, make.holder(Role.STEWARD, lookup=kim.lookup), make.holder(Role.LEAD))
    await keep(begin, make.holder(Role.STEWARD, lookup=sam.lookup))
    _, wish_id = await wished(begin, sam)
    async with begin() as db:
        others = await other_stewards(db, sam)
        assert [one.lookup for one in others] == [kim.lookup]
        await tell_stewards(db, wish_id, sam, NOON)
        await db.commit()
    async with begin() as db:
        letters = (await db.exec(select(Waiting))).all()
        assert {one.holder_id for one in letters} == {sam.id, others[0].id}
        assert {(one.occasion, one.round) for one in letters} == {(LETTER, number_of(wish_id))}
        found = await pending_by_number(db, number_of(wish_id), NOON)
        assert found is not None
        assert found.id == wish_id
        assert await pending_by_number(db, number_of(wish_id), NOON + INVITE_LIFE) is None
        assert await pending_by_number(db, number_of("another"), NOON) is None


def test_a_wishs_number_fits_where_a_rounds_stands() -> None:
    assert all(0 <= number_of(f"wish {n}") < 2**31 for n in range(200))
    assert len({number_of(f"wish {n}") for n in range(200)}) == 200


async def test_codes_that_stopped_working_are_kept_for_a_while_and_then_forgotten(begin: Begin) -> None:
    async with begin() as db:
        old = await make_poster(db, "ward-1")
        new = await make_poster(db, "ward-1")
        used = await make_role_invite(db, "trust", Role.HR, "Jo", NOON)
        waiting = await make_role_invite(db, "trust", Role.HR, "Jo", NOON, is_pending=True)
        await use_role_invite(db, used)
        await drop_ended(db, NOON)
        await db.commit()
    for now, there in ((NOON + INVITE_KEPT - SECOND, True), (NOON + INVITE_KEPT, False)):
        async with begin() as db:
            await drop_ended(db, now)
            await db.commit()
        assert [await invite(begin, code) is not None for code in (old, used)] == [there, there]
        assert [await invite(begin, code) is not None for code in (new, waiting)] == [True, True]


async def test_a_wish_shows_nothing_of_what_it_takes(begin: Begin, sam: RoleHolder) -> None:
    code, wish_id = await wished(begin, sam)
    async with begin() as db:
        wish = await pending(db, wish_id, NOON)
    for hidden in (code_hash(code).hex(), wish_id, sam.id):
        assert hidden not in repr(wish)
