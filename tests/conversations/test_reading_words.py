"""/words: cards of what people shared, for whoever may see the numbers of their unit, and for nobody else."""

from __future__ import annotations

from insights.chain import first_fault
from insights.comments.themes import Theme
from sandbox import Message, Person
from storage.audit import AuditEntry, entries
from storage.people import Role
from storage.shared_comments import take_down
from tests.conversations.ward import asks
from tests.conversations.wrote import Wrote, staffed, stands, week
from tests.world import World

SIZES = {"ward-7": 11, "ward-8": 5, "clinic": 4, "dialysis": 4, "day-unit": 4, "theatre": 11}
WEEK = {
    "ward-7": Wrote(10, 6, shared=tuple(f"Seven {n}, no breaks & <b>tired</b>" for n in range(6))),
    "ward-8": Wrote(5),
    "clinic": Wrote(4, 4, shared=("Clinic one", "Clinic two", "Clinic three")),
    "dialysis": Wrote(4, 4, shared=("Dialysis one", "Dialysis two")),
    "day-unit": Wrote(4, 2),
    "theatre": Wrote(10, 5, themes=(Theme.PAY,), shared=tuple(f"Theatre {n}" for n in range(5))),
}


async def told(world: World) -> dict[str, list[Person]]:
    people = await staffed(world, SIZES)
    await week(world, people, WEEK)
    return people


async def log(world: World) -> list[AuditEntry]:
    async with world.app.house.begin() as db:
        found = list(await entries(db))
    assert first_fault(found) is None
    return [one for one in found if one.what == "words_read"]


async def turns(person: Person, sign: str, card: Message) -> None:
    before = card.revision
    await person.taps(sign, card)
    await person.chat.changes.until(lambda: card.revision > before, 5)


def signs(card: Message) -> list[str]:
    return [label for row in card.buttons for label in row]


async def reads(person: Person, card: Message) -> list[str]:
    """Every card, turned over one by one."""
    found = [card.text]
    while "›" in signs(card):
        await turns(person, "›", card)
        found.append(card.text)
    return found


async def test_a_nurse_reads_the_words_of_her_own_ward_and_no_other(world: World) -> None:
    people = await told(world)
    nurse = people["ward-7"][0]
    card = await asks(nurse, "/words", "Ward 7, 1 of 6")
    cards = await reads(nurse, card)
    assert len(cards) == 6
    assert {text.split("\n")[1] for text in cards} == set(WEEK["ward-7"].shared)
    assert all("Shared by somebody of Ward 7; without date, in no order." in text for text in cards)
    assert all("To have this taken down, tell a steward its number: #" in text for text in cards)
    assert signs(card) == ["‹"]
    await turns(nurse, "‹", card)
    assert "5 of 6" in card.text
    assert signs(card) == ["‹", "›"]
    assert await log(world) == []


async def test_a_text_with_signs_of_html_stands_as_it_was_written_in_a_quotation(world: World) -> None:
    people = await told(world)
    card = await asks(people["ward-7"][0], "/words", "Ward 7, 1 of 6")
    assert "no breaks & <b>tired</b>" in card.text
    assert [one["type"] for one in card.entities].count("blockquote") == 1


async def test_cards_have_no_date_and_their_order_is_no_order(world: World) -> None:
    people = await told(world)
    cards = await reads(people["ward-7"][0], await asks(people["ward-7"][0], "/words", "Ward 7, 1 of 6"))
    assert "January" not in "".join(cards)
    numbers = [text.rpartition("#")[2] for text in cards]
    assert numbers == sorted(numbers)
    columns = [row for row in world.rows()["shared_comment"] if row[1] == "ward-7"]
    assert {len(row) for row in columns} == {4}
    assert len({row[3] for row in columns}) == 1


async def test_the_words_of_small_teams_are_read_by_those_who_look_after_the_group(world: World) -> None:
    people = await told(world)
    nurse = people["clinic"][0]
    assert "This team was counted together" in (await asks(nurse, "/team", "Clinic, check-in of")).text
    await asks(nurse, "/words", "Nothing has been shared here so far")
    analyst = await world.role("Kim", Role.HR, "medicine")
    everything = await reads(analyst, await asks(analyst, "/words", "1 of 11"))
    cards = [text for text in everything if text.startswith("Medicine")]
    assert {text.split("\n")[1].split()[0] for text in cards} == {"Clinic", "Dialysis"}
    assert all("somebody in Medicine, several teams together" in text for text in cards)


async def test_too_few_who_share_are_read_by_nobody(world: World) -> None:
    people = await staffed(world, {"ward-7": 11})
    await week(world, people, {"ward-7": Wrote(10, 10, shared=("One", "Two", "Three", "Four"))})
    await asks(people["ward-7"][0], "/words", "Nothing has been shared here so far")
    assert world.rows()["shared_comment"] == []


async def test_a_lead_reads_their_units_and_that_they_did_is_noted_without_the_words(world: World) -> None:
    await told(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    cards = await reads(lead, await asks(lead, "/words", "1 of 11"))
    assert {text.split(",")[0] for text in cards} == {"Ward 7", "Medicine"}
    assert "Theatre" not in "".join(cards)
    noted = await log(world)
    assert {one.actor for one in noted} == {"lead Jo"}
    assert sorted({one.told["unit"] for one in noted}) == ["medicine", "ward-7"]
    assert len(noted) == 11
    assert "tired" not in str([one.detail for one in noted])


async def test_hr_reads_all_of_it_and_chooses_a_unit(world: World) -> None:
    await told(world)
    hr = await world.role("Kim", Role.HR, "trust")
    card = await asks(hr, "/words", "1 of 16")
    await turns(hr, "Choose a unit", card)
    assert signs(card) == ["All (16)", "Medicine (11)", "Theatre (5)", "Ward 7 (6)"]
    await turns(hr, "Theatre (5)", card)
    cards = await reads(hr, card)
    assert {text.split(",")[0] for text in cards} == {"Theatre"}
    assert len(cards) == 5
    await turns(hr, "Choose a unit", card)
    await turns(hr, "All (16)", card)
    assert "1 of 16" in card.text


async def test_the_digest_leads_to_them_where_there_are_any(world: World) -> None:
    people = await staffed(world, SIZES)
    medicine = await world.role("Jo", Role.LEAD, "medicine")
    ward = await world.role("Lee", Role.LEAD, "ward-8")
    await week(world, people, WEEK)
    digest = await medicine.waits_for("Weekly digest: Medicine")
    assert digest.buttons[-1] == ["Read what people shared (11)"]
    await medicine.taps("Read what people shared", digest)
    card = await medicine.waits_for("1 of 11")
    assert card is not digest
    assert digest.text.startswith("Weekly digest")
    assert "shared" not in str((await ward.waits_for("Weekly digest: Ward 8")).buttons)


async def test_nobody_reads_another_ward_by_a_forged_button(world: World) -> None:
    people = await told(world)
    lead = await world.role("Jo", Role.LEAD, "ward-7")
    foreign = next(row[0] for row in world.rows()["shared_comment"] if row[1] == "theatre")
    for person in (people["ward-7"][0], lead, people["ward-8"][0]):
        shown = await asks(person, "/help", "/checkin")
        for unit in ("theatre", "surgery", "trust", "medicine", "~roles", "nowhere", "", "ward-8"):
            for data in (f"q1:{unit}:{foreign}", f"q1:{unit}:"):
                await (await person.forges(data, shown)).answered()
        await world.sandbox.settled()
        screen = "".join(one.words for one in person.screen() if one.from_bot)
        assert "Theatre" not in screen
        assert "Clinic" not in screen


async def test_a_team_that_is_shown_its_own_number_reads_no_cards_of_the_group(world: World) -> None:
    """Seven answers make a number of their own, and are too few for words of their own: those stand at the group."""
    people = await staffed(world, {"ward-7": 11, "clinic": 7, "dialysis": 7})
    share = {unit: Wrote(7, 7, shared=(f"{unit} a", f"{unit} b", f"{unit} c")) for unit in ("clinic", "dialysis")}
    await week(world, people, {"ward-7": Wrote(10), **share})
    assert "Strain 75" in (await asks(people["clinic"][0], "/team", "Clinic, check-in of")).text
    await asks(people["clinic"][0], "/words", "Nothing has been shared here so far")
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await asks(lead, "/words", "Medicine, 1 of 6")


async def test_words_of_role_holders_stand_at_the_organisation_alone(world: World) -> None:
    people = await staffed(world, SIZES)
    lead = await world.role("Jo", Role.LEAD, "medicine", people["ward-7"][-1])
    hr = await world.role("Kim", Role.HR, "trust")
    await week(world, people, WEEK)
    await stands(world, {"~roles": ["Held", "Role"]})
    cards = await reads(hr, await asks(hr, "/words", "1 of 18"))
    assert len([text for text in cards if "Shared by somebody who holds a role" in text]) == 2
    for person in (lead, people["ward-7"][0]):
        assert "holds a role" not in "".join(await reads(person, await asks(person, "/words", "1 of")))


async def test_a_stranger_and_whoever_has_left_read_nothing(world: World) -> None:
    people = await told(world)
    stranger = world.sandbox.person("Eve")
    await stranger.says("/start")
    await stranger.waits_for("scan the poster")
    await asks(stranger, "/words", "You are not in a team here")
    nurse = people["ward-7"][0]
    card = await asks(nurse, "/words", "Ward 7, 1 of 6")
    await nurse.says("/leave")
    await nurse.waits_for("This erases you here")
    await nurse.taps("Yes, erase me")
    await nurse.waits_for("You are erased")
    tap = await nurse.forges(card.keyboard[0][-1].data, card)
    assert (await tap.answered()).text == "There is nothing for you to read there."


async def test_before_anything_is_published_there_is_nothing_to_read(world: World) -> None:
    people = await staffed(world, {"ward-7": 5})
    await asks(people["ward-7"][0], "/words", "Nothing has been published yet")


async def test_a_card_that_went_meanwhile_is_passed_over_kindly(world: World) -> None:
    people = await told(world)
    nurse = people["ward-7"][0]
    card = await asks(nurse, "/words", "Ward 7, 1 of 6")
    following = card.keyboard[0][-1].data.rpartition(":")[2]
    async with world.app.house.begin() as db:
        assert await take_down(db, following)
        await db.commit()
    tap = await nurse.taps("›", card)
    assert tap.answer.text == "That one is not there any more."
    await world.sandbox.settled()
    assert "2 of 5" in card.text
