"""Taking on a role: one person, one day, one invite; and what a role means for leaving."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from handlers.callbacks import JoinTap, MoveTap
from storage.people import Role
from tests.conversations.ward import UNITS, asks, gathered
from tests.world import World


async def test_an_invite_says_what_is_asked_before_anybody_accepts(world: World) -> None:
    await world.plan(UNITS)
    jo = world.sandbox.person("Jo")
    await jo.opens(await world.invite("Jo & <Sam>", Role.LEAD, "medicine"))
    shown = await jo.waits_for("Do you accept?")
    assert "wellbeing lead for Medicine, under the name “Jo & <Sam>”" in shown.text
    assert world.rows()["role_holder"] == []


async def test_an_invite_can_be_declined_and_taken_up_later(world: World) -> None:
    await world.plan(UNITS)
    jo = world.sandbox.person("Jo")
    link = await world.invite("Jo", Role.HR, "trust")
    await jo.opens(link)
    await jo.waits_for("Do you accept?")
    await jo.taps("Not now")
    await world.sandbox.settled()
    await jo.opens(link)
    await jo.waits_for("Do you accept?")
    await jo.taps("I accept")
    await jo.waits_for("You are HR analyst for Trust")


async def test_two_who_accept_at_once_are_one_role_holder(world: World) -> None:
    await world.plan(UNITS)
    link = await world.invite("Jo", Role.LEAD, "medicine")
    both = [world.sandbox.person("Jo"), world.sandbox.person("Thief")]
    for one in both:
        await one.opens(link)
        await one.waits_for("Do you accept?")
    await asyncio.gather(*(one.taps("I accept") for one in both))
    await world.sandbox.settled()
    assert len(world.rows()["role_holder"]) == 1
    assert sorted(one.sees()[:11] for one in both) == ["Thank you. ", "This invite"]


async def test_a_double_tap_accepts_once_and_reads_the_same(world: World) -> None:
    await world.plan(UNITS)
    jo = world.sandbox.person("Jo")
    await jo.opens(await world.invite("Jo", Role.STEWARD, "trust"))
    await jo.waits_for("Do you accept?")
    await jo.taps_without_waiting("I accept")
    await jo.taps_without_waiting("I accept")
    await world.sandbox.settled()
    assert "You are steward for Trust" in jo.sees()
    assert len(world.rows()["role_holder"]) == 1


async def test_a_used_or_expired_invite_asks_for_a_new_one(world: World) -> None:
    await world.plan(UNITS)
    used, late = await world.invite("Jo", Role.LEAD, "medicine"), await world.invite("Kim", Role.LEAD, "medicine")
    for name, link, words in (("Jo", used, "Do you accept?"), ("Kim", late, "Do you accept?")):
        person = world.sandbox.person(name)
        await person.opens(link)
        await person.waits_for(words)
        if name == "Jo":
            await person.taps("I accept")
            await person.waits_for("Thank you")
    kim, other = world.sandbox.people[-1], world.sandbox.person("Other")
    await other.opens(used)
    await other.waits_for("This invite has been used already")
    world.clock.pass_time(hours=24)
    await kim.taps("I accept")
    await kim.waits_for("This invite has expired")
    await other.opens(late)
    await other.waits_for("This invite has expired")
    assert len(world.rows()["role_holder"]) == 1


async def test_an_invite_works_until_just_before_its_hour(world: World) -> None:
    await world.plan(UNITS)
    jo = world.sandbox.person("Jo")
    link = await world.invite("Jo", Role.LEAD, "medicine")
    world.clock.jump(world.clock.now() + timedelta(hours=24, seconds=-1))
    await jo.opens(link)
    await jo.waits_for("Do you accept?")


async def test_help_tells_each_role_its_own_commands(world: World) -> None:
    [nurse] = await gathered(world, 1)
    plain = (await asks(nurse, "/help", "/checkin")).text
    assert "/trends" not in plain
    assert "/units" not in plain
    for role, command in ((Role.LEAD, "/digest"), (Role.HR, "/trends"), (Role.STEWARD, "/units")):
        holder = await world.role(f"The {role.value}", role, "trust")
        assert command in (await asks(holder, "/help", "/checkin")).text


async def test_what_a_role_may_do_is_closed_to_everybody_else(world: World) -> None:
    [nurse] = await gathered(world, 1)
    await asks(nurse, "/units", "That is for stewards")
    await asks(nurse, "/digest", "That is for wellbeing leads")
    await asks(nurse, "/hotspots", "That is for wellbeing leads")
    await asks(nurse, "/trends", "That is for HR analysts")


async def test_a_role_holder_who_leaves_the_ward_is_told_that_the_role_stays(world: World) -> None:
    [nurse] = await gathered(world, 1)
    await world.role("Jo", Role.LEAD, "medicine", nurse)
    await asks(nurse, "/leave", "Erase me?")
    await nurse.taps("Leave the team")
    shown = await nurse.waits_for("You are erased")
    assert "You are wellbeing lead for Medicine" in shown.text.partition("Still stored")[2]
    assert (len(world.rows()["person"]), len(world.rows()["role_holder"])) == (0, 1)
    await asks(nurse, "/leave", "Your roles")


async def test_a_role_invite_opens_no_ward(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-a", "trust", 10), ("ward-b", "trust", 10)])
    link = await world.invite("Jo", Role.LEAD, "ward-a")
    code = link.partition("=")[2]
    mallory = world.sandbox.person("Mallory")
    await mallory.opens(link)
    offer = await mallory.waits_for("Do you accept?")
    await (await mallory.forges(JoinTap(code=code, pattern="days").pack(), offer)).answered()
    await world.sandbox.settled()
    assert world.rows()["person"] == []
    await world.join(mallory, "ward-b")
    await (await mallory.forges(MoveTap(code=code).pack(), offer)).answered()
    await world.sandbox.settled()
    assert [row.count("ward-a") for row in world.rows()["person"]] == [0]


async def test_a_lead_who_works_elsewhere_reaches_both_teams(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-a", "trust", 10), ("ward-b", "trust", 10)])
    nurses = await world.joins("ward-a", 6) + await world.joins("ward-b", 6)
    lead = await world.role("Jo", Role.LEAD, "ward-a", nurses[-1])
    await world.launch("trust")
    opened = await world.onward()
    await world.to(opened + timedelta(days=6))
    await lead.says("/team")
    shown = await lead.waits_for("Ward A")
    assert ["Ward B"] in shown.buttons
    await lead.taps("Ward B")
    await lead.waits_for("Ward B")
