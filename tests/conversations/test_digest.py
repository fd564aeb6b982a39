"""The weekly digest: to each lead their own subtree, within the hour, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

from sandbox import Person
from storage.people import Role
from tests.conversations.ward import CLOSES, asks, launched, opened, renamed, two_divisions, week
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n"


def _since(person: Person, instant: float) -> list[str]:
    """What the bot has written to somebody since then."""
    return [message.words for message in person.screen() if message.from_bot and message.sent_at >= instant]


async def test_each_lead_gets_their_own_subtree_and_others_get_nothing(world: World) -> None:
    people = await two_divisions(world)
    medicine = await world.role("Jo", Role.LEAD, "medicine")
    surgery = await world.role("Lee", Role.LEAD, "surgery")
    hr = await world.role("Kim", Role.HR, "trust")
    await week(world, people)
    closing = CLOSES.timestamp()
    first, second = _since(medicine, closing), _since(surgery, closing)
    assert [text.partition("\n")[0] for text in first] == [
        "Medicine: levels so far, each with its likely range, check-in of Tuesday 6 January",
        "Weekly digest: Medicine",
    ]
    assert second[1].startswith("Weekly digest: Surgery\n")
    assert "Theatre" not in " ".join(first)
    assert not {"Ward 7", "Clinic", "Dialysis"} & set(" ".join(second).split("\n"))
    for nobody in (hr, *(one for team in people.values() for one in team)):
        assert _since(nobody, closing) == []


async def test_the_digest_is_there_at_the_closing_tick_with_a_picture(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await week(world, people)
    assert world.clock.now() - CLOSES < timedelta(hours=1)
    [picture] = [message for message in lead.screen() if message.photo]
    assert picture.photo.startswith(PNG)
    text = (await lead.waits_for("Weekly digest")).text
    for words in ("Check-in 1, opened Tuesday 6 January", "Strain", "Still learning what is usual", "12 more"):
        assert words in text
    for jargon in ("None", "{", "Lambda", "unit_id", "<b>"):
        assert jargon not in text


async def test_a_digest_can_be_read_again_and_hotspots_explain(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "surgery")
    await asks(lead, "/digest", "Nothing has been published yet")
    await asks(lead, "/hotspots", "Nothing has been published yet")
    await week(world, people)
    first = (await lead.waits_for("Weekly digest")).text
    assert (await asks(lead, "/digest", "Weekly digest")).text == first
    assert "Still learning" in (await asks(lead, "/hotspots", "Hotspots in Surgery")).text


async def test_the_second_digest_compares_with_the_first(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "trust")
    await week(world, people)
    await week(world, people, 2)
    text = (await lead.waits_for("Check-in 2, opened Tuesday 13 January")).text
    assert "No change since last time that is larger than chance" in text


async def test_a_lead_of_two_divisions_gets_both(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await world.role("Jo", Role.LEAD, "surgery", lead)
    await week(world, people)
    await lead.waits_for("Weekly digest: Medicine")
    await lead.waits_for("Weekly digest: Surgery")


async def test_long_names_with_signs_of_html_fit_everywhere(world: World) -> None:
    nurses = await launched(world, 6)
    long = "A&E <Majors> " + "Ww & " * 9
    await renamed(world, "ward-7", long.strip())
    await renamed(world, "medicine", ("Acute & <Emergency> " * 3).strip())
    lead = await world.role("Jo & <Co>", Role.LEAD, "medicine")
    await week(world, {"ward-7": nurses})
    digest = await lead.waits_for("Weekly digest: Acute & <Emergency>")
    assert "&amp;" not in digest.text
    assert next(message for message in lead.screen() if message.photo).photo.startswith(PNG)


async def test_a_check_in_that_nobody_answered_is_told_as_such(world: World) -> None:
    await opened(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await world.to(CLOSES)
    text = (await lead.waits_for("Weekly digest: Medicine")).text
    assert "Not shown: too few answers to be safe" in text
    assert "Fewer than 5 answered" in text


async def test_a_digest_reaches_a_lead_after_telegram_has_stumbled(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    world.sandbox.fail_next("sendPhoto")
    await week(world, people)
    await lead.waits_for("Weekly digest: Medicine")
