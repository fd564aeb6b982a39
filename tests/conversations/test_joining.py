"""Joining a ward: the poster, the promise, every code that opens no door, moving, and coming in late."""

from __future__ import annotations

import asyncio

from sandbox import Message, Person
from storage.invites import make_poster
from storage.people import Role
from tests.conversations.ward import OPENS, UNITS, gathered, launched, opened
from tests.world import World


async def test_the_poster_says_who_asks_what_is_promised_and_how_to_complain(world: World) -> None:
    await world.plan(UNITS)
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-7"))
    shown = await ana.waits_for("The promise")
    for words in ("St Brannoc's", "Ward 7", "at least 5 people", "wellbeing@example.org", "we do not store it"):
        assert words in shown.text
    assert shown.buttons == [["Yes, join Ward 7"], ["Not now"]]


async def test_declining_stores_nothing(world: World) -> None:
    await world.plan(UNITS)
    before = world.rows()
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("The promise")
    tap = await ana.taps("Not now")
    await world.sandbox.settled()
    assert "nothing was stored" in tap.answer.text
    assert world.rows() == before
    assert ana.newest().buttons == []


async def test_looking_at_the_promise_and_the_pattern_stores_nothing_yet(world: World) -> None:
    await world.plan(UNITS)
    before = world.rows()
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("The promise")
    await ana.taps("Yes, join")
    await ana.waits_for("When do you mostly work")
    assert world.rows() == before


async def test_a_code_that_is_not_ours_gets_a_sentence_that_says_what_to_do(world: World) -> None:
    await world.plan(UNITS)
    before = world.rows()
    ana = world.sandbox.person("Ana")
    for code in ("ward7", "xAAAAAAAAAAAAAAAA", "p" + "A" * 63, "r"):
        await ana.opens(world.invited(code))
        await ana.waits_for("I do not recognise that code")
    for code in ("pAAAAAAAAAAAAAAAA", "rAAAAAAAAAAAAAAAA", world.posters["ward-7"].swapcase()):
        await ana.opens(world.invited(code))
        shown = await ana.waits_for("o")
        assert "not one of ours" in shown.text or "do not recognise" in shown.text
        assert "{" not in shown.text
    assert "write to wellbeing@example.org" in (await _opened(ana, world, "pAAAAAAAAAAAAAAAA")).text
    assert world.rows() == before


async def _opened(person: Person, world: World, code: str) -> Message:
    await person.opens(world.invited(code))
    return await person.waits_for("not one of ours")


async def test_a_replaced_poster_sends_people_to_the_newest_one(world: World) -> None:
    await world.plan(UNITS)
    async with world.app.house.begin() as db:
        await make_poster(db, "ward-7")
        await db.commit()
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("This poster has been replaced")


async def test_a_full_ward_lets_nobody_else_in_and_says_whom_to_tell(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 2)])
    first, _ = await world.newcomers("ward-7", 2)
    late = world.sandbox.person("Late")
    await late.opens(world.link("ward-7"))
    assert "wellbeing@example.org" in (await late.waits_for("As many people have joined")).text
    await first.opens(world.link("ward-7"))
    await first.waits_for("You are in Ward 7")


async def test_twenty_who_join_at_once_never_exceed_the_headcount(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 6)])
    people = [world.sandbox.person(f"Nurse {number}") for number in range(20)]
    for one in people:
        await one.opens(world.link("ward-7"))
    for one in people:
        await one.waits_for("The promise")
        await one.taps("Yes, join")
        await one.waits_for("When do you mostly work")
    await asyncio.gather(*(one.taps("Days") for one in people))
    await world.sandbox.settled()
    assert len(world.rows()["person"]) == 6
    assert sum("You are in Ward 7" in one.sees() for one in people) == 6
    assert sum("As many people have joined" in one.sees() for one in people) == 14


async def test_a_bot_without_an_organisation_says_so(world: World) -> None:
    ana = world.sandbox.person("Ana")
    await ana.opens(world.invited("pAAAAAAAAAAAAAAAA"))
    await ana.waits_for("not set up yet")
    await ana.opens(world.invited("rAAAAAAAAAAAAAAAA"))
    await ana.waits_for("not set up yet")


async def test_start_without_a_code_says_how_to_join(world: World) -> None:
    await world.plan(UNITS)
    ana = world.sandbox.person("Ana")
    await ana.says("/start")
    assert "St Brannoc's" in (await ana.waits_for("scan the poster")).text


async def test_a_second_start_is_harmless(world: World) -> None:
    [ana] = await gathered(world, 1)
    before = world.rows()
    await ana.says("/start")
    await ana.waits_for("You are in Ward 7")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("You are in Ward 7")
    assert world.rows() == before


async def test_a_double_tap_joins_once_and_reads_the_same(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 1)])
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("The promise")
    await ana.taps("Yes, join")
    await ana.waits_for("When do you mostly work")
    await ana.taps_without_waiting("Nights")
    await ana.taps_without_waiting("Nights")
    await world.sandbox.settled()
    assert len(world.rows()["person"]) == 1
    assert "Thank you" in ana.sees()
    assert "You are the first of 1 to join" in ana.sees()


async def test_an_old_yes_of_another_ward_moves_nobody(world: World) -> None:
    await world.plan(UNITS)
    ana = world.sandbox.person("Ana")
    await ana.opens(world.link("ward-8"))
    other = await ana.waits_for("The promise")
    await world.join(ana, "ward-7")
    before = world.rows()
    await ana.taps("Yes, join Ward 8", other)
    await ana.waits_for("You have joined already")
    assert world.rows() == before


async def test_a_second_poster_offers_a_move_there_and_back(world: World) -> None:
    [ana] = await gathered(world, 1)
    await ana.opens(world.link("ward-8"))
    await ana.waits_for("Move to Ward 8?")
    await ana.taps("Yes, move me")
    await ana.waits_for("You are in Ward 8 now")
    await ana.says("/privacy")
    await ana.waits_for("You came from Ward 7")
    await ana.opens(world.link("ward-7"))
    await ana.waits_for("Move to Ward 7?")
    await ana.taps("Yes, move me")
    await ana.waits_for("You are in Ward 7 now")
    await ana.says("/privacy")
    assert "You came from" not in (await ana.waits_for("Stored about you")).text


async def test_a_move_can_be_declined(world: World) -> None:
    [ana] = await gathered(world, 1)
    before = world.rows()
    await ana.opens(world.link("ward-8"))
    await ana.waits_for("Move to Ward 8?")
    await ana.taps("No, stay in Ward 7")
    await world.sandbox.settled()
    assert world.rows() == before


async def test_moving_into_the_last_place_by_a_double_tap_is_no_refusal(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 3), ("ward-8", "trust", 1)])
    [ana] = await world.joins("ward-7")
    await ana.opens(world.link("ward-8"))
    await ana.waits_for("Move to Ward 8?")
    await ana.taps_without_waiting("Yes, move me")
    await ana.taps_without_waiting("Yes, move me")
    await world.sandbox.settled()
    assert "You are in Ward 8 now" in ana.sees()


async def test_a_full_ward_takes_nobody_over(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 3), ("ward-8", "trust", 1)])
    [ana] = await world.joins("ward-7")
    await ana.opens(world.link("ward-8"))
    await ana.waits_for("Move to Ward 8?")
    await world.joins("ward-8")
    await ana.taps("Yes, move me")
    await ana.waits_for("As many people have joined")


async def test_a_ward_that_gathers_tells_how_many_are_there(world: World) -> None:
    await world.plan(UNITS)
    first, second = await world.newcomers("ward-7"), await world.newcomers("ward-7")
    assert "You are the first of 12 to join" in first[0].sees()
    assert "2 of 12 have joined" in second[0].sees()


async def test_a_launched_ward_tells_when_the_next_one_opens(world: World) -> None:
    await launched(world)
    [late] = await world.newcomers("ward-7")
    assert "opens on Tuesday 6 January" in late.sees()


async def test_who_joins_during_a_check_in_gets_the_date_of_the_next_and_a_practice_that_keeps_nothing(
    world: World,
) -> None:
    await opened(world)
    [late] = await world.newcomers("ward-7")
    assert "Tuesday 13 January" in late.sees()
    before, counted = world.rows(), await world.counted()
    await late.taps("Try a practice")
    for label in ("Often", "Skip", "Workload"):
        await late.waits_for("Question")
        await late.taps(label)
    assert "Practice" in (await late.waits_for("Ready?")).text
    await late.taps("Send")
    await late.waits_for("Nothing of this practice was kept")
    assert (world.rows(), await world.counted()) == (before, counted)
    await late.says("/checkin")
    await late.waits_for("Yours is the next one, on Tuesday 13 January")


async def test_a_newcomer_takes_part_in_the_next_check_in(world: World) -> None:
    await opened(world)
    [late] = await world.newcomers("ward-7")
    await world.to(OPENS.replace(day=13))
    await late.waits_for("Question 1 of 3")


async def test_a_name_in_another_language_reads_english_until_there_is_a_catalogue(world: World) -> None:
    await world.plan(UNITS)
    ana = world.sandbox.person("Ana", language_code="pl")
    await world.join(ana, "ward-7")
    other = world.sandbox.person("Bea", language_code=None)
    await world.join(other, "ward-7")
    assert len(world.rows()["person"]) == 2


async def test_a_lead_who_also_works_on_the_ward_is_counted_with_role_holders(world: World) -> None:
    nurses = await gathered(world, 5)
    await world.role("Jo", Role.LEAD, "medicine", nurses[0])
    await world.launch("trust")
    await world.to(OPENS)
    await nurses[0].waits_for("Question 1 of 3")
    scopes = sorted(row[1] for row in world.rows()["frozen_scope"])
    assert scopes == ["medicine~small", "~roles"]
