"""Launching a ward: two stewards, a minimum of people, a day to decide."""

from __future__ import annotations

import asyncio

from sandbox import Person
from storage.people import Role
from tests.conversations.ward import UNITS, asks, gathered
from tests.world import World


async def _stewards(world: World, count: int = 2) -> list[Person]:
    return [await world.role(f"Steward {number}", Role.STEWARD, "trust") for number in range(count)]


def _is_launched(world: World, unit: str = "ward-7") -> bool:
    return next(bool(row[4]) for row in world.rows()["unit"] if row[0] == unit)


async def _wishes(steward: Person) -> None:
    await asks(steward, "/units", "Units")
    await steward.taps("Launch Ward 7")


async def test_one_steward_alone_cannot_launch(world: World) -> None:
    await gathered(world)
    [alone] = await _stewards(world, 1)
    await asks(alone, "/units", "4 of 12, gathering (needs 4)")
    tap = await alone.taps("Launch Ward 7")
    assert tap.answer.is_alert
    assert "A second steward has to confirm" in tap.answer.text
    assert not _is_launched(world)


async def test_the_second_steward_launches_and_the_first_hears_of_it(world: World) -> None:
    await gathered(world)
    first, second = await _stewards(world)
    await _wishes(first)
    asked = await second.waits_for("wants to launch")
    assert "Steward 0 wants to launch: Ward 7" in asked.text
    await second.taps("Confirm the launch")
    await second.waits_for("Launched: Ward 7. The first check-in opens on Tuesday 6 January")
    await first.waits_for("Launched: Ward 7")
    assert _is_launched(world)
    assert await asks(first, "/units", "4 of 12, launched")


async def test_members_at_launch_are_established_and_later_ones_are_not(world: World) -> None:
    nurses = await gathered(world)
    first, second = await _stewards(world)
    await _wishes(first)
    await second.waits_for("wants to launch")
    await second.taps("Confirm the launch")
    await second.waits_for("Launched")
    [late] = await world.newcomers("ward-7")
    await asks(nurses[0], "/privacy", "You count as established")
    await asks(late, "/privacy", "You still count as new")


async def test_a_steward_cannot_confirm_their_own_wish(world: World) -> None:
    await gathered(world)
    first, second = await _stewards(world)
    await _wishes(first)
    asked = await second.waits_for("wants to launch")
    stolen = asked.keyboard[0][0].data
    tap = await first.forges(stolen, first.newest())
    assert "not you alone" in (await tap.answered()).text
    assert not _is_launched(world)


async def test_one_person_with_two_steward_roles_is_still_one_person(world: World) -> None:
    await gathered(world)
    [first] = await _stewards(world, 1)
    await world.role("Steward again", Role.STEWARD, "trust", first)
    await asks(first, "/units", "Units")
    tap = await first.taps("Launch Ward 7")
    assert "A second steward has to confirm" in tap.answer.text


async def test_the_second_steward_may_refuse(world: World) -> None:
    await gathered(world)
    first, second = await _stewards(world)
    await _wishes(first)
    await second.waits_for("wants to launch")
    await second.taps("Not yet")
    await second.waits_for("nothing was launched")
    await first.waits_for("nothing was launched")
    assert not _is_launched(world)
    assert world.rows()["pending"] == []


async def test_a_wish_expires_after_a_day(world: World) -> None:
    await gathered(world)
    first, second = await _stewards(world)
    await _wishes(first)
    await second.waits_for("wants to launch")
    world.clock.pass_time(hours=24)
    await second.taps("Confirm the launch")
    await second.waits_for("has been settled or has expired")
    assert not _is_launched(world)


async def test_of_three_stewards_the_first_answer_counts(world: World) -> None:
    await gathered(world)
    first, second, third = await _stewards(world, 3)
    await _wishes(first)
    for one in (second, third):
        await one.waits_for("wants to launch")
    await asyncio.gather(second.taps("Confirm the launch"), third.taps("Confirm the launch"))
    await world.sandbox.settled()
    assert sorted(one.sees()[:12] for one in (second, third)) == ["Launched: Wa", "That wish ha"]


async def test_a_steward_who_blocked_the_bot_does_not_keep_the_others_from_being_asked(world: World) -> None:
    await gathered(world)
    first, second, third = await _stewards(world, 3)
    await second.blocks()
    await _wishes(first)
    await third.waits_for("wants to launch")


async def test_a_ward_below_its_minimum_offers_no_launch(world: World) -> None:
    await world.plan(UNITS)
    await world.joins("ward-7", 3)
    first, _ = await _stewards(world)
    shown = await asks(first, "/units", "3 of 12, gathering (needs 4)")
    assert shown.buttons == []
    tap = await first.forges("g1:ward-7", shown)
    assert "Nothing there is ready" in (await tap.answered()).text


async def test_a_ward_that_shrank_below_its_minimum_is_not_launched_at_the_confirmation(world: World) -> None:
    nurses = await gathered(world, 4)
    first, second = await _stewards(world)
    await _wishes(first)
    await second.waits_for("wants to launch")
    await asks(nurses[0], "/leave", "Erase me?")
    await nurses[0].taps("Yes, erase me")
    await second.taps("Confirm the launch")
    await second.waits_for("somebody has joined or left since")
    assert not _is_launched(world)


async def test_the_second_steward_launches_what_they_were_shown_and_no_more(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-a", "trust", 10), ("ward-b", "trust", 10), ("ward-c", "trust", 6)])
    await world.joins("ward-a", 6)
    await world.joins("ward-b", 6)
    first, second = await _stewards(world)
    await asks(first, "/units", "Units")
    await first.taps("Launch all 2")
    await second.waits_for("Ward A (6), Ward B (6)")
    await world.joins("ward-c", 3)
    await world.joins("ward-b", 1)
    await second.taps("Confirm the launch")
    await second.waits_for("Launched: Ward A.")
    assert [_is_launched(world, unit) for unit in ("ward-a", "ward-b", "ward-c")] == [True, False, False]


async def test_all_that_are_ready_are_launched_together(world: World) -> None:
    await world.plan([("trust", None, 0), *[(f"team-{number:02}", "trust", 2) for number in range(3)]])
    for number in range(3):
        await world.joins(f"team-{number:02}", 2)
    first, second = await _stewards(world)
    await asks(first, "/units", "Units")
    await first.taps("Launch all 3")
    await second.waits_for("Team 00 (2), Team 01 (2), Team 02 (2)")
    await second.taps("Confirm the launch")
    await second.waits_for("Launched: Team 00, Team 01, Team 02")


async def test_nobody_but_a_steward_launches_by_forged_buttons(world: World) -> None:
    await world.plan(UNITS)
    nurses = await world.newcomers("ward-7", 4)
    first, second = await _stewards(world)
    await _wishes(first)
    asked = await second.waits_for("wants to launch")
    for data in ("g1:trust", "g1:ward-7", asked.keyboard[0][0].data, "k1:nothing:1"):
        tap = await nurses[0].forges(data, nurses[0].newest())
        assert (await tap.answered()).text == "That is not open to you."
    assert not _is_launched(world)
