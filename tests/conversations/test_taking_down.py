"""A shared comment that should not be read on: one steward asks, a second one sees it and decides."""

from __future__ import annotations

import asyncio

import pytest

from insights.chain import first_fault
from insights.policy import INVITE_LIFE
from sandbox import Message, Person
from storage.audit import AuditEntry, entries
from storage.people import Role
from storage.shared_comments import take_down
from tests.conversations.ward import asks
from tests.conversations.wrote import Wrote, staffed, stands, week
from tests.world import World

NAMED = "Names Sister Brannigan <b>"
ASK = "Ask to take this down"
ASKED = "wants this to be taken down"


@pytest.fixture
async def stewards(world: World) -> list[Person]:
    """Two of them, a ward whose check-in has closed, and one card."""
    people = await staffed(world, {"ward-7": 5})
    world.stewards = [await world.role(name, Role.STEWARD, "trust") for name in ("Sam", "Uma")]
    await week(world, people, {"ward-7": Wrote(5)})
    await stands(world, {"ward-7": [NAMED]})
    return world.stewards


def cards(world: World) -> list[str]:
    return [str(row[2]) for row in world.rows()["shared_comment"]]


async def log(world: World) -> list[AuditEntry]:
    async with world.app.house.begin() as db:
        found = list(await entries(db))
    assert first_fault(found) is None
    return [one for one in found if one.what.startswith("comment")]


async def asked(stewards: list[Person]) -> tuple[Message, Message]:
    """The first one's card, and what the second one is asked."""
    card = await asks(stewards[0], "/words", "Ward 7, 1 of 1")
    tap = await stewards[0].taps(ASK, card)
    assert tap.answer.text == "The other stewards have been asked to confirm."
    return card, await stewards[1].waits_for(ASKED)


async def test_it_is_asked_shown_confirmed_and_gone_for_good(world: World, stewards: list[Person]) -> None:
    first, second = stewards
    ledger = {name: rows for name, rows in world.rows().items() if name.startswith("ledger")}
    card, question = await asked(stewards)
    assert "Sam wants this to be taken down for good. Somebody of Ward 7 shared it:" in question.text
    assert NAMED in question.text
    assert cards(world) == [NAMED]
    await second.taps("Confirm", question)
    await first.waits_for("Confirmed: the shared comment of Ward 7 is deleted")
    assert NAMED not in question.text
    assert cards(world) == []
    assert world.rows()["pending"] == []
    assert {name: rows for name, rows in world.rows().items() if name.startswith("ledger")} == ledger
    await asks(second, "/words", "Nothing has been shared here so far")
    again = await first.taps(ASK, card)
    assert again.answer.text == "That comment is not there any more."


async def test_the_log_has_both_stewards_and_the_unit_and_never_the_text(
    world: World, stewards: list[Person]
) -> None:
    _, question = await asked(stewards)
    await stewards[1].taps("Confirm", question)
    await stewards[0].waits_for("Confirmed")
    first, second = await log(world)
    assert (first.actor, first.what, first.told) == ("steward Sam", "comment_asked", {"unit": "ward-7"})
    assert (second.actor, second.what) == ("steward Uma", "comment_taken_down")
    assert second.told == {"unit": "ward-7", "asked_by": "steward Sam"}


async def test_a_refused_one_stays_and_can_be_asked_for_again(world: World, stewards: list[Person]) -> None:
    card, question = await asked(stewards)
    await stewards[1].taps("Refuse", question)
    await stewards[0].waits_for("Refused: the shared comment of Ward 7 stays.")
    assert NAMED not in question.text
    assert cards(world) == [NAMED]
    assert [one.what for one in await log(world)] == ["comment_asked", "comment_refused"]
    tap = await stewards[0].taps(ASK, card)
    assert tap.answer.text == "The other stewards have been asked to confirm."


async def test_a_second_tap_asks_nobody_twice(world: World, stewards: list[Person]) -> None:
    card, _ = await asked(stewards)
    own = await asks(stewards[1], "/words", "Ward 7, 1 of 1")
    for person, message in ((stewards[0], card), (stewards[1], own)):
        tap = await person.taps(ASK, message)
        assert tap.answer.text == "That has been asked already, and waits for a second steward."
    assert len(world.rows()["pending"]) == 1


async def test_the_first_steward_cannot_confirm_it_alone(world: World, stewards: list[Person]) -> None:
    card, question = await asked(stewards)
    tap = await stewards[0].forges(question.keyboard[0][0].data, card)
    assert "not you alone" in (await tap.answered()).text
    assert cards(world) == [NAMED]


async def test_after_a_day_it_has_to_be_asked_anew(world: World, stewards: list[Person]) -> None:
    card, question = await asked(stewards)
    world.clock.pass_time(seconds=INVITE_LIFE.total_seconds())
    await stewards[1].taps("Confirm", question)
    await stewards[1].waits_for("has been settled or has expired")
    assert cards(world) == [NAMED]
    await world.app.tick()
    last = (await log(world))[-1]
    assert (last.actor, last.what) == ("clock", "comment_expired")
    assert last.told == {"unit": "ward-7", "asked_by": "steward Sam"}
    tap = await stewards[0].taps(ASK, card)
    assert tap.answer.text == "The other stewards have been asked to confirm."


async def test_one_that_went_meanwhile_is_told_as_gone(world: World, stewards: list[Person]) -> None:
    _, question = await asked(stewards)
    async with world.app.house.begin() as db:
        assert await take_down(db, str(world.rows()["shared_comment"][0][0]))
        await db.commit()
    await stewards[1].taps("Confirm", question)
    await stewards[0].waits_for("That shared comment of Ward 7 was gone already.")
    assert [one.what for one in await log(world)] == ["comment_asked", "comment_stale"]


async def test_two_who_confirm_at_once_take_it_down_once(world: World, stewards: list[Person]) -> None:
    third = await world.role("Ida", Role.STEWARD, "trust")
    _, question = await asked(stewards)
    other = await third.waits_for(ASKED)
    await asyncio.gather(stewards[1].taps("Confirm", question), third.taps("Confirm", other))
    await world.sandbox.settled()
    assert [one.what for one in await log(world)] == ["comment_asked", "comment_taken_down"]


async def test_nobody_else_can_ask_for_it(world: World, stewards: list[Person]) -> None:
    lead = await world.role("Jo", Role.LEAD, "ward-7")
    card = await asks(lead, "/words", "Ward 7, 1 of 1")
    assert card.buttons == []
    before = world.rows()
    id_ = before["shared_comment"][0][0]
    tap = await lead.forges(f"d1:{id_}", card)
    assert (await tap.answered()).text == "That is not open to you."
    assert world.rows() == before


async def test_one_steward_alone_is_told_that_it_takes_two(world: World) -> None:
    people = await staffed(world, {"ward-7": 5})
    sam = await world.role("Sam", Role.STEWARD, "trust")
    await week(world, people, {"ward-7": Wrote(5)})
    await stands(world, {"ward-7": [NAMED]})
    tap = await sam.taps(ASK, await asks(sam, "/words", "Ward 7, 1 of 1"))
    assert "there is none yet" in tap.answer.text
    assert world.rows()["pending"] == []


async def test_a_steward_reads_everything_and_it_is_noted(world: World, stewards: list[Person]) -> None:
    await stands(world, {"~roles": ["Held"], "surgery": ["Cuts"]})
    card = await asks(stewards[0], "/words", "1 of 3")
    assert [ASK] in card.buttons
    async with world.app.house.begin() as db:
        noted = [one for one in await entries(db) if one.what == "words_read"]
    assert [one.actor for one in noted] == ["steward Sam"]


async def test_a_steward_finds_a_card_by_the_number_that_a_nurse_tells(world: World, stewards: list[Person]) -> None:
    await stands(world, {"surgery": ["Cuts"], "ward-7": ["Kind"]})
    number = next(str(row[0]) for row in world.rows()["shared_comment"] if row[2] == NAMED)
    for told in (f"#{number}", number):
        card = await asks(stewards[0], f"/words {told}", f"#{number}")
        assert NAMED in card.text
        assert "of 3" in card.text
    lead = await world.role("Jo", Role.LEAD, "theatre")
    for person in (lead, stewards[0]):
        theirs = "Nothing has been shared here" if person is lead else "That one is not there any more."
        await asks(person, "/words #nowhere", theirs)
    await asks(lead, f"/words #{number}", "Nothing has been shared here")


async def test_role_holders_words_are_taken_down_as_those_of_the_whole(world: World, stewards: list[Person]) -> None:
    async with world.app.house.begin() as db:
        assert await take_down(db, str(world.rows()["shared_comment"][0][0]))
        await db.commit()
    await stands(world, {"~roles": ["Held"]})
    card = await asks(stewards[0], "/words", "Role-holders, 1 of 1")
    await stewards[0].taps(ASK, card)
    question = await stewards[1].waits_for(ASKED)
    await stewards[1].taps("Confirm", question)
    await stewards[0].waits_for("Confirmed: the shared comment of Trust is deleted")
    assert cards(world) == []
    assert {one.told["unit"] for one in await log(world)} == {"trust"}


async def test_the_weekly_message_tells_the_other_stewards(world: World, stewards: list[Person]) -> None:
    _, question = await asked(stewards)
    await stewards[1].taps("Confirm", question)
    await stewards[0].waits_for("Confirmed")
    for _ in range(3):
        await world.onward()
    told = await stewards[0].waits_for("took down a shared comment of Ward 7, asked for by steward Sam")
    assert "Brannigan" not in told.text
