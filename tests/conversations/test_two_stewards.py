"""From the first launch on, role invites and the headcounts of small units take two stewards; posters take one."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from insights.chain import first_fault
from sandbox import Message, Person
from storage.audit import AuditEntry, entries
from storage.people import Role, RoleHolder, end_role, role_holders
from storage.units import unit
from storage.wishes import Wish, ask_second, tell_stewards
from tests.conversations.ward import UNITS, asks, gathered, launched
from tests.world import World

LINK = re.compile(r"https://t\.me/\S+\?start=\S+")


async def log(world: World) -> list[AuditEntry]:
    async with world.app.house.begin() as db:
        found = list(await entries(db))
    assert first_fault(found) is None
    return found


async def deeds(world: World, last: int) -> list[tuple[str, str]]:
    return [(one.actor, one.what) for one in (await log(world))[-last:]]


async def headcount(world: World, unit_id: str = "ward-7") -> int:
    async with world.app.house.begin() as db:
        found = await unit(db, unit_id)
    assert found
    return found.headcount


async def holder(world: World, name: str) -> RoleHolder:
    async with world.app.house.begin() as db:
        stewards = await role_holders(db, Role.STEWARD)
    return next(one for one in stewards if one.display_name == name)


def link(message: Message) -> str:
    found = LINK.search(message.text)
    assert found, message.text
    return found[0]


async def invited(world: World) -> tuple[Person, Person, str, Message]:
    """The first steward has asked for a lead's invite; the second one sees it."""
    await launched(world)
    first, second = world.stewards
    shown = await asks(first, "/invite lead ward-7 Jo, matron", "waits for a second steward")
    return first, second, link(shown), await second.waits_for("wants to invite Jo, matron")


async def opens(world: World, link_: str, expected: str, name: str = "Jo") -> Person:
    jo = world.sandbox.person(name)
    await jo.opens(link_)
    await jo.waits_for(expected)
    return jo


async def test_before_the_first_launch_an_invite_works_at_once_and_is_noted(world: World) -> None:
    await gathered(world)
    sam = await world.role("Sam, matron", Role.STEWARD, "trust")
    shown = await asks(sam, "/invite lead ward-7 Jo, matron", "Works once, for 24 hours")
    jo = await opens(world, link(shown), "under the name “Jo, matron”")
    await jo.taps("I accept")
    await jo.waits_for("You are wellbeing lead for Ward 7")
    assert await deeds(world, 2) == [("steward Sam, matron", "invite_made"), ("lead Jo, matron", "invite_used")]


async def test_after_the_launch_an_invite_waits_for_the_second_steward(world: World) -> None:
    first, second, code, asked = await invited(world)
    assert "Steward 0 wants to invite Jo, matron as wellbeing lead for Ward 7" in asked.text
    jo = await opens(world, code, "waits until a second steward has confirmed it")
    await second.taps("Confirm")
    await second.waits_for("Confirmed: Jo, matron, wellbeing lead for Ward 7")
    await first.waits_for("Confirmed: Jo, matron, wellbeing lead for Ward 7")
    await jo.opens(code)
    await jo.waits_for("Do you accept?")
    await jo.taps("I accept")
    await jo.waits_for("You are wellbeing lead for Ward 7")
    assert await deeds(world, 3) == [
        ("steward Steward 0", "invite_asked"),
        ("steward Steward 1", "invite_confirmed"),
        ("lead Jo, matron", "invite_used"),
    ]
    assert (await log(world))[-2].told["asked_by"] == "steward Steward 0"


async def test_an_invite_that_is_confirmed_late_still_works_for_a_whole_day(world: World) -> None:
    _, second, code, _ = await invited(world)
    world.clock.pass_time(hours=23)
    await second.taps("Confirm")
    await second.waits_for("Confirmed: Jo")
    world.clock.pass_time(hours=23)
    await opens(world, code, "Do you accept?")


async def test_a_refused_invite_never_works_and_the_first_hears_of_it(world: World) -> None:
    first, second, code, asked = await invited(world)
    yes = asked.keyboard[0][0].data
    await second.taps("Refuse")
    await second.waits_for("Refused: the invite of Jo, matron")
    await first.waits_for("Refused: the invite of Jo, matron")
    await opens(world, code, "This invite has expired")
    again = await second.forges(yes, second.newest())
    await again.answered()
    await second.waits_for("has been settled or has expired")
    assert (await deeds(world, 1)) == [("steward Steward 1", "invite_refused")]
    assert world.rows()["pending"] == []


async def test_the_first_steward_cannot_confirm_their_own_invite(world: World) -> None:
    first, _, code, asked = await invited(world)
    tap = await first.forges(asked.keyboard[0][0].data, first.newest())
    assert "not you alone" in (await tap.answered()).text
    await opens(world, code, "waits until a second steward")


async def test_neither_a_lead_nor_the_invited_one_confirms(world: World) -> None:
    _, _, code, asked = await invited(world)
    lead = await world.role("Lee", Role.LEAD, "ward-7")
    jo = await opens(world, code, "waits until a second steward")
    for person in (lead, jo):
        tap = await person.forges(asked.keyboard[0][0].data, person.newest())
        assert (await tap.answered()).text == "That is not open to you."
    await opens(world, code, "waits until a second steward", "Eve")


async def test_a_steward_who_lost_the_role_confirms_nothing(world: World) -> None:
    _, second, code, _ = await invited(world)
    gone = await holder(world, "Steward 1")
    async with world.app.house.begin() as db:
        await end_role(db, gone.id)
        await db.commit()
    tap = await second.taps("Confirm")
    assert tap.answer.text == "That is not open to you."
    await opens(world, code, "waits until a second steward")


async def test_a_wish_dies_with_the_role_of_whoever_had_it(world: World) -> None:
    _, second, code, _ = await invited(world)
    gone = await holder(world, "Steward 0")
    async with world.app.house.begin() as db:
        await end_role(db, gone.id)
        await db.commit()
    await second.taps("Confirm")
    await second.waits_for("has been settled or has expired")
    await opens(world, code, "waits until a second steward")
    world.clock.pass_time(hours=24)
    await world.app.tick()
    await opens(world, code, "This invite has expired", "Eve")


async def test_two_who_confirm_at_once_confirm_it_once(world: World) -> None:
    await launched(world)
    third = await world.role("Steward 2", Role.STEWARD, "trust")
    first, second = world.stewards
    await asks(first, "/invite hr Kim", "waits for a second steward")
    for one in (second, third):
        await one.waits_for("wants to invite Kim as HR analyst for Trust")
    await asyncio.gather(second.taps("Confirm"), third.taps("Confirm"))
    await world.sandbox.settled()
    assert [what for _, what in await deeds(world, 2)] == ["invite_asked", "invite_confirmed"]
    assert sorted(one.sees()[:10] for one in (second, third)) == ["Confirmed:", "That wish "]


async def test_after_a_day_nobody_can_confirm_any_more(world: World) -> None:
    _, second, code, _ = await invited(world)
    world.clock.pass_time(hours=24)
    await second.taps("Confirm")
    await second.waits_for("has been settled or has expired")
    await world.app.tick()
    await opens(world, code, "This invite has expired")
    [last] = (await log(world))[-1:]
    assert (last.actor, last.what, last.told["asked_by"]) == ("clock", "invite_expired", "steward Steward 0")
    assert "Jo" not in str([one.detail for one in await log(world)])


async def test_a_small_headcount_is_raised_by_two_and_a_large_one_by_one(world: World) -> None:
    await launched(world)
    first, second = world.stewards
    await asks(first, "/headcount ward-7 26", "The other stewards have been asked")
    asked = await second.waits_for("wants to change units")
    assert "Ward 7: from 12 to 26 staff" in asked.text
    assert await headcount(world) == 12
    await second.taps("Confirm")
    await second.waits_for("Confirmed and done")
    await first.waits_for("Ward 7: from 12 to 26 staff")
    assert await headcount(world) == 26
    await asks(first, "/headcount ward-7 30", "Ward 7 has 30 staff now")
    await asks(second, "/headcount ward-7 8", "Ward 7 has 8 staff now")
    assert await headcount(world) == 8
    assert await deeds(world, 4) == [
        ("steward Steward 0", "units_asked"),
        ("steward Steward 1", "units_confirmed"),
        ("steward Steward 0", "units_changed"),
        ("steward Steward 1", "units_changed"),
    ]


async def test_a_refused_headcount_stays_as_it_was(world: World) -> None:
    await launched(world)
    first, second = world.stewards
    await asks(first, "/headcount ward-7 26", "have been asked")
    await second.waits_for("wants to change units")
    await second.taps("Refuse")
    await second.waits_for("Refused: nothing was changed")
    await first.waits_for("Refused: nothing was changed")
    assert await headcount(world) == 12


async def test_what_was_overtaken_meanwhile_is_not_done(world: World) -> None:
    await launched(world)
    first, second = world.stewards
    await asks(first, "/headcount ward-7 26", "have been asked")
    await second.waits_for("wants to change units")
    await first.says("/headcount ward-7 10")
    await first.waits_for("Ward 7 has 10 staff now")
    await second.taps("Confirm")
    await second.waits_for("something has changed since this was asked")
    assert await headcount(world) == 10
    assert await deeds(world, 1) == [("steward Steward 1", "units_stale")]


async def test_one_steward_alone_is_told_what_to_do(world: World) -> None:
    await launched(world)
    gone = await holder(world, "Steward 1")
    async with world.app.house.begin() as db:
        await end_role(db, gone.id)
        await db.commit()
    before = world.rows()
    for command in ("/invite lead ward-7 Jo", "/headcount ward-7 26"):
        await asks(world.stewards[0], command, "A second steward has to confirm, and there is none yet")
    assert world.rows() == before


async def test_a_new_poster_takes_one_steward_and_the_older_stops_working(world: World) -> None:
    await launched(world)
    first, _ = world.stewards
    shown = await asks(first, "/poster ward-7", "The older poster has stopped working")
    assert shown.photo.startswith(b"\x89PNG")
    found = LINK.search(shown.words)
    assert found
    await opens(world, found[0], "Join Ward 7?")
    await opens(world, world.link("ward-7"), "This poster has been replaced", "Old")
    assert await deeds(world, 1) == [("steward Steward 0", "poster_made")]


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("/invite", "/invite lead ward-7 Jo, matron"),
        ("/invite boss Jo", "/invite lead ward-7 Jo, matron"),
        ("/invite lead", "/invite lead ward-7 Jo, matron"),
        ("/invite lead nowhere Jo", "/invite lead ward-7 Jo, matron"),
        ("/invite lead ward-7", "/invite lead ward-7 Jo, matron"),
        ("/invite hr " + "n" * 61, "at most 60 letters"),
        ("/invite hr two\nlines", "/invite lead ward-7 Jo, matron"),
        ("/poster", "/poster ward-7"),
        ("/poster medicine", "/poster ward-7"),
        ("/poster <b>", "/poster ward-7"),
        ("/headcount", "/headcount ward-7 26"),
        ("/headcount ward-7", "/headcount ward-7 26"),
        ("/headcount ward-7 -1", "/headcount ward-7 26"),
        ("/headcount ward-7 ²", "/headcount ward-7 26"),
        ("/headcount ward-7 100001", "/headcount ward-7 26"),
        ("/headcount ward-7 " + "9" * 4000, "/headcount ward-7 26"),
    ],
)
async def test_what_cannot_be_read_shows_how_and_with_which_units(world: World, command: str, usage: str) -> None:
    await world.plan(UNITS)
    sam = await world.role("Sam", Role.STEWARD, "trust")
    before = world.rows()
    shown = await asks(sam, command, usage)
    assert "ward-7 – Ward 7, 12 staff" in shown.text
    assert world.rows() == before


async def test_nobody_else_has_these_commands(world: World) -> None:
    [nurse] = await gathered(world, 1)
    lead = await world.role("Lee", Role.LEAD, "ward-7")
    before = world.rows()
    for person in (nurse, lead):
        for command in ("/invite steward Eve", "/poster ward-7", "/headcount ward-7 26"):
            await asks(person, command, "That is for stewards")
    assert world.rows() == before


async def at_the_command_line(world: World) -> None:
    """A wish in the name of the first steward, made by another process."""
    sam, now = await holder(world, "Steward 0"), world.clock.now()
    changes = [["ward-7", "headcount", 12, 19], ["ward-7", "place", "medicine", "trust"]]
    async with world.app.house.begin() as db:
        wish = await ask_second(db, Wish.UNITS, "ward-7", sam.id, now, {}, {"changes": changes})
        await tell_stewards(db, wish, sam, now)
        await db.commit()


async def test_a_wish_from_the_command_line_is_told_to_all_and_confirmed_by_another(world: World) -> None:
    await launched(world)
    first, second = world.stewards
    await at_the_command_line(world)
    await world.app.deliver()
    own = await first.waits_for("somebody asked this in your name")
    assert own.buttons == [["That was not me: refuse"]]
    asked = await second.waits_for("This was asked at the command line, in the name of Steward 0")
    for words in ("Ward 7: from 12 to 19 staff", "Ward 7: from Medicine to Trust"):
        assert words in asked.text
        assert words in own.text
    tap = await first.forges(asked.keyboard[0][0].data, own)
    assert "not you alone" in (await tap.answered()).text
    await second.taps("Confirm")
    await second.waits_for("Confirmed and done")
    await first.waits_for("Confirmed and done")
    row = next(one for one in world.rows()["unit"] if one[0] == "ward-7")
    assert row[:4] == ("ward-7", "trust", "Ward 7", 19)


async def test_who_is_named_at_the_command_line_can_refuse_what_was_not_theirs(world: World) -> None:
    await launched(world)
    first, second = world.stewards
    before = world.rows()["unit"]
    await at_the_command_line(world)
    await world.app.deliver()
    await first.waits_for("somebody asked this in your name")
    await first.taps("That was not me: refuse")
    await first.waits_for("Refused: nothing was changed.")
    await second.taps("Confirm")
    assert world.rows()["unit"] == before
    assert (await log(world))[-1].what == "units_refused"


async def test_a_letter_about_a_wish_that_is_settled_by_then_is_not_sent(world: World) -> None:
    await launched(world)
    await at_the_command_line(world)
    world.clock.pass_time(hours=25)
    await world.app.tick()
    before = [len(one.screen()) for one in world.stewards]
    await world.app.deliver()
    assert [len(one.screen()) for one in world.stewards] == before
    assert world.rows()["outbox"] == []
    assert json.loads((await log(world))[-1].detail)["asked_by"] == "steward Steward 0"
