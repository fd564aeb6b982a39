"""What somebody typed wrongly is named, units without staff are not "0 staff", and the log speaks in words."""

from __future__ import annotations

import pytest

from handlers.stewards.plan_changes import TOLD, plan_changes
from handlers.words import load_words
from storage.people import Role
from tests.conversations.ward import UNITS, asks
from tests.world import World

SAY = load_words().speak("en")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("/invite boss ward-7 Jo", "boss is no role: lead, hr or steward."),
        ("/invite lead ward-9 Jo", "ward-9 is none of the units below."),
        ("/invite lead ward-7", "The display name is missing"),
        ("/invite lead", "The display name is missing"),
        ("/poster ward-9", "ward-9 is none of the units below."),
        ("/headcount ward-9 12", "ward-9 is none of the units below."),
        ("/headcount ward-7 twelve", "“twelve” is no number of people from 0 to 100000."),
        ("/headcount ward-7", "The number of people is missing."),
    ],
)
async def test_what_does_not_fit_is_named_before_how_it_goes(world: World, line: str, named: str) -> None:
    await world.plan(UNITS)
    steward = await world.role("Sam", Role.STEWARD, "trust")
    told = (await asks(steward, line, "In one line")).words
    assert told.startswith(named)


@pytest.mark.parametrize("command", ["/invite", "/poster", "/headcount"])
async def test_a_bare_command_is_no_mistake(world: World, command: str) -> None:
    await world.plan(UNITS)
    steward = await world.role("Sam", Role.STEWARD, "trust")
    told = (await asks(steward, command, "In one line")).words
    assert told.startswith("In one line")
    assert "• ward-7 – Ward 7, 12 staff" in told
    assert "0 staff" not in told


async def test_signs_of_html_in_what_was_typed_are_harmless(world: World) -> None:
    await world.plan(UNITS)
    steward = await world.role("Sam", Role.STEWARD, "trust")
    assert "<b>&x is none of the units below." in (await asks(steward, "/poster <b>&x", "In one line")).words


async def test_the_first_to_join_is_the_first_and_not_one_of_many(world: World) -> None:
    await world.plan(UNITS)
    first, second = world.sandbox.person("Ana"), world.sandbox.person("Ben")
    await world.join(first, "ward-7")
    await world.join(second, "ward-7")
    assert "You are the first of 12 to join." in first.sees()
    assert "2 of 12 have joined so far." in second.sees()


def test_what_was_changed_in_the_plan_is_told_in_words() -> None:
    told = plan_changes(SAY, ["weekday=1", "opens=09:00", "contact", "k=7", "lens="])
    assert told == (
        "day of opening: Tuesday, hour of opening: 09:00, the contact, fewest people behind a number: 7, "
        "compared by: nothing"
    )


@pytest.mark.parametrize("key", TOLD)
def test_every_part_of_the_plan_has_words(key: str) -> None:
    assert "=" not in plan_changes(SAY, [f"{key}=1"])


def test_what_a_later_version_wrote_is_told_as_it_stands() -> None:
    assert plan_changes(SAY, ["mood=blue", "tides"]) == "mood=blue, tides"
