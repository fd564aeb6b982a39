"""Codes: posters for many, invites for one and a day, and wishes that wait for a second steward."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from insights.policy import INVITE_LIFE
from storage.database import Begin
from storage.invites import (
    CODE_LENGTH,
    Invite,
    Pending,
    Standing,
    find_invite,
    looks_like_code,
    make_poster,
    make_role_invite,
    use_role_invite,
)
from storage.people import Role
from storage.wishes import ask_second, drop_expired, named_in, pending, settle
from tests.make import NOON, Make, keep

pytestmark = pytest.mark.usefixtures("wards")
SECOND = timedelta(seconds=1)


async def poster(begin: Begin, unit_id: str = "ward-1") -> str:
    async with begin() as db:
        code = await make_poster(db, unit_id)
        await db.commit()
    return code


async def role_invite(begin: Begin) -> str:
    async with begin() as db:
        code = await make_role_invite(db, "ward-1", Role.LEAD, "Ada Nwosu", NOON)
        await db.commit()
    return code


async def found(begin: Begin, code: str, now: datetime = NOON) -> Invite | None:
    async with begin() as db:
        return await find_invite(db, code, now)


async def standing(begin: Begin, code: str, now: datetime = NOON) -> str | None:
    invite = await found(begin, code, now)
    return invite.standing if invite else None


async def test_a_poster_opens_its_ward_and_does_not_expire(begin: Begin) -> None:
    invite = await found(begin, await poster(begin), NOON + timedelta(days=2000))
    assert invite is not None
    assert (invite.unit_id, invite.role, invite.standing) == ("ward-1", None, Standing.OPEN)


async def test_a_new_poster_replaces_the_wards_older_one_and_no_other(begin: Begin) -> None:
    old, elsewhere = await poster(begin), await poster(begin, "ward-2")
    new = await poster(begin)
    assert [await standing(begin, code) for code in (old, elsewhere, new)] == [
        Standing.REPLACED,
        Standing.OPEN,
        Standing.OPEN,
    ]


async def test_a_new_poster_leaves_role_invites_alone(begin: Begin) -> None:
    code = await role_invite(begin)
    await poster(begin)
    assert await standing(begin, code) == Standing.OPEN


async def test_a_role_invite_says_for_whom_it_is(begin: Begin) -> None:
    invite = await found(begin, await role_invite(begin))
    assert invite is not None
    assert (invite.unit_id, invite.role, invite.display_name) == ("ward-1", "lead", "Ada Nwosu")


async def test_codes_have_the_shape_that_is_looked_for(begin: Begin) -> None:
    codes = [await poster(begin), await role_invite(begin)]
    assert all(looks_like_code(code) and len(code) == CODE_LENGTH for code in codes)
    assert codes == [code for code in codes if set(code) <= set(f"{'-_'}0123456789{_letters()}")]


@pytest.mark.parametrize("text_", ["", "p", "p" + "a" * 15, "p" + "a" * 17, "x" + "a" * 16, "hello"])
def test_what_has_another_shape_is_no_code(text_: str) -> None:
    assert not looks_like_code(text_)


async def test_a_code_we_never_made_is_unknown(begin: Begin) -> None:
    assert await found(begin, "p" + "a" * 16) is None


async def test_the_database_does_not_hold_the_code_itself(begin: Begin, sync: Engine) -> None:
    codes = [await poster(begin), await role_invite(begin)]
    with sync.connect() as connection:
        rows = connection.execute(text("SELECT * FROM invite")).all()
    assert len(rows) == 2
    held = str([bytes(one) if isinstance(one, memoryview) else one for row in rows for one in row])
    assert not [code for code in codes if code in held or code[1:] in held]


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        (INVITE_LIFE - SECOND, Standing.OPEN),
        (INVITE_LIFE, Standing.EXPIRED),
        (INVITE_LIFE + SECOND, Standing.EXPIRED),
    ],
)
async def test_a_role_invite_is_good_for_a_day(begin: Begin, after: timedelta, wanted: Standing) -> None:
    assert wanted == await standing(begin, await role_invite(begin), NOON + after)


async def test_a_role_invite_is_used_once(begin: Begin) -> None:
    code = await role_invite(begin)
    async with begin() as db:
        assert [await use_role_invite(db, code), await use_role_invite(db, code)] == [True, False]
        await db.commit()
    assert await standing(begin, code, NOON + INVITE_LIFE) == Standing.USED


async def test_of_two_people_at_once_one_uses_it(begin: Begin) -> None:
    code = await role_invite(begin)

    async def tries() -> bool:
        async with begin() as db:
            done = await use_role_invite(db, code)
            await db.commit()
            return done

    assert sorted(await asyncio.gather(tries(), tries())) == [False, True]


async def test_an_expired_invite_that_was_looked_at_cannot_be_used(begin: Begin) -> None:
    code = await role_invite(begin)
    async with begin() as db:
        await find_invite(db, code, NOON + INVITE_LIFE)
        assert not await use_role_invite(db, code)


async def test_a_poster_is_not_used_up_as_a_role_invite(begin: Begin) -> None:
    code = await poster(begin)
    async with begin() as db:
        assert not await use_role_invite(db, code)
        await db.commit()
    assert await standing(begin, code) == Standing.OPEN


async def test_an_invite_prints_neither_name_nor_code(begin: Begin) -> None:
    invite = await found(begin, await role_invite(begin))
    assert "Ada" not in repr(invite)
    assert "code_hash" not in repr(invite)


async def test_a_wish_waits_a_day_for_a_second_steward(begin: Begin, make: Make) -> None:
    steward = make.holder(Role.STEWARD)
    await keep(begin, steward)
    async with begin() as db:
        wish_id = await ask_second(db, "launch", "ward-1", steward.id, NOON, {"ward-1": 6})
        await db.commit()
    async with begin() as db:
        wish = await pending(db, wish_id, NOON + INVITE_LIFE - SECOND)
        assert wish is not None
        assert ("launch", "ward-1", steward.id) == (wish.what, wish.unit_id, wish.by_id)
        assert steward.id not in repr(wish)
        assert await pending(db, wish_id, NOON + INVITE_LIFE) is None
        assert await pending(db, "another", NOON) is None


async def test_a_wish_is_settled_once(begin: Begin, make: Make) -> None:
    steward = make.holder(Role.STEWARD)
    await keep(begin, steward)
    async with begin() as db:
        wish_id = await ask_second(db, "launch", "ward-1", steward.id, NOON, {"ward-1": 6})
        await db.commit()

    async def settles() -> bool:
        async with begin() as db:
            done = await settle(db, wish_id)
            await db.commit()
            return done

    assert sorted(await asyncio.gather(settles(), settles())) == [False, True]
    async with begin() as db:
        assert await pending(db, wish_id, NOON) is None


async def test_a_wish_goes_with_the_steward_who_had_it(begin: Begin, make: Make) -> None:
    steward = make.holder(Role.STEWARD)
    await keep(begin, steward)
    async with begin() as db:
        wish_id = await ask_second(db, "launch", "ward-1", steward.id, NOON, {"ward-1": 6})
        await db.flush()
        await db.delete(await db.merge(steward))
        await db.commit()
    async with begin() as db:
        assert await pending(db, wish_id, NOON) is None


def _letters() -> str:
    return "".join(chr(one) + chr(one).upper() for one in range(ord("a"), ord("z") + 1))


async def test_what_nobody_took_up_in_time_is_forgotten(begin: Begin, make: Make, wards: None) -> None:
    steward = make.holder(Role.STEWARD)
    await keep(begin, steward)
    async with begin() as db:
        code = await make_role_invite(db, "trust", Role.LEAD, "Sentinel Jo", NOON)
        poster = await make_poster(db, "ward-1")
        wish = await ask_second(db, "launch", "ward-1", steward.id, NOON, {"ward-1": 6})
        await db.commit()
    late = NOON + INVITE_LIFE
    async with begin() as db:
        await drop_expired(db, late - timedelta(seconds=1))
        assert (await find_invite(db, code, NOON)).display_name == "Sentinel Jo"
        await drop_expired(db, late)
        await db.commit()
    async with begin() as db:
        found = await find_invite(db, code, late)
        assert (found.standing, found.display_name) == (Standing.EXPIRED, None)
        assert (await find_invite(db, poster, late)).standing == Standing.OPEN
        assert (await db.exec(select(Pending).where(Pending.id == wish))).first() is None


async def test_a_used_invite_keeps_no_name(begin: Begin, wards: None) -> None:
    async with begin() as db:
        code = await make_role_invite(db, "trust", Role.LEAD, "Sentinel Jo", NOON)
        assert await use_role_invite(db, code)
        await db.commit()
    async with begin() as db:
        assert (await find_invite(db, code, NOON)).display_name is None


async def test_a_wish_keeps_what_the_second_steward_was_shown(begin: Begin, make: Make, wards: None) -> None:
    steward = make.holder(Role.STEWARD)
    await keep(begin, steward)
    async with begin() as db:
        wish_id = await ask_second(db, "launch", "trust", steward.id, NOON, {"ward-2": 4, "ward-1": 6})
        await db.commit()
    async with begin() as db:
        wish = await pending(db, wish_id, NOON)
        assert wish is not None
        assert named_in(wish) == {"ward-1": 6, "ward-2": 4}
