"""What people can look up and change about themselves: privacy, support, settings, pauses, leaving."""

from __future__ import annotations

from storage.invites import Invite, Pending
from storage.outbox import Waiting
from storage.people import Person as Member
from storage.people import Role, RoleHolder
from storage.roster import Seat
from tests.conversations.ward import CLOSES, OPENS, answered, asks, launched
from tests.world import World

TOLD = {
    Member: {
        "id": None,
        "lookup": None,
        "sealed": "Your Telegram id, encrypted",
        "unit_id": "Your team: Ward 7",
        "moved_from": "You came from Ward 8",
        "language": "Language: en",
        "pattern": "Working pattern: Nights",
        "shift_hours": "Messages: 2 hours later",
        "openings": "You have been here for 1 check-in",
        "is_established": "You count as established",
        "paused_rounds": "Paused for 4 more check-ins",
        "is_reachable": "Messages reach you",
        "unreachable_openings": "openings in a row that did not: 3 (at 12 I erase you)",
        "agreed": "agreed to edition 1 of the promise",
        "unconfirmed_openings": "still in your team: 5",
        "times_asked": "asked you about it since: 1",
    },
    RoleHolder: {
        "id": None,
        "lookup": None,
        "sealed": "with your Telegram id, encrypted",
        "role": "You are steward",
        "unit_id": "steward for Trust",
        "display_name": "under the name “Jo”",
        "language": "your language: en",
    },
    Seat: {
        "round": "in the check-in that is open now",
        "person_id": None,
        "scope": "A place in the check-in",
        "is_established": "You count as established",
        "category": "with your working pattern at its opening",
    },
    Waiting: {
        "id": None,
        "occasion": None,
        "round": None,
        "due_at": None,
        "person_id": "1 message waiting to be sent to you",
        "holder_id": "a digest that waits until it has been sent to you",
    },
    Pending: {
        "id": None,
        "what": "A launch, an invite, a change of units or a taking down that you asked for",
        "unit_id": "A launch, an invite, a change of units or a taking down",
        "named": "A launch, an invite, a change of units or a taking down",
        "detail": "with what it takes to carry it out",
        "by_id": "that you asked for",
        "expires_at": "or a day has passed",
    },
}
"""Every column that is somebody's, and the words in which /privacy tells it; None: an id that means nothing alone."""


def test_every_column_about_a_person_is_told() -> None:
    for table, told in TOLD.items():
        assert set(told) == set(table.__table__.columns.keys())
    about_people = {table.__tablename__ for table in TOLD}
    named = {
        table.name
        for table in Member.metadata.tables.values()
        if {"person_id", "holder_id", "by_id", "lookup", "sealed"} & set(table.columns.keys())
    }
    assert named == about_people
    assert Invite.__tablename__ not in named


async def test_privacy_shows_every_row_in_words(world: World) -> None:
    nurses = await launched(world, 5)
    ana = nurses[0]
    await asks(ana, "/settings", "Settings")
    await ana.taps("Nights")
    await ana.waits_for("Working pattern: Nights")
    await ana.taps("2 hours later")
    await ana.waits_for("Messages: 2 hours later")
    await world.role("Jo", Role.STEWARD, "trust", ana)
    await world.role("Jo", Role.LEAD, "trust", ana)
    await world.to(OPENS)
    for unit in ("ward-8", "ward-7", "ward-8", "ward-7"):
        await ana.opens(world.link(unit))
        await ana.waits_for("Move to")
        await ana.taps("Yes, move me")
        await ana.waits_for(" now, from the next check-in on")
    async with world.app.house.begin() as db:
        row = (await db.get_one(Member, (await _ids(world))[0])) if await _ids(world) else None
        assert row is not None
        row.moved_from, row.paused_rounds = "ward-8", 4
        row.unreachable_openings, row.unconfirmed_openings, row.times_asked = 3, 5, 1
        db.add(row)
        await db.commit()
    shown = (await asks(ana, "/privacy", "Stored about you")).text
    for told in TOLD.values():
        for words in told.values():
            assert words is None or words in shown


async def _ids(world: World) -> list[str]:
    """The one who works nights."""
    return [str(row[0]) for row in world.rows()["person"] if "nights" in row]


async def test_privacy_repeats_the_promise_and_says_what_is_not_stored(world: World) -> None:
    [ana, *_] = await launched(world)
    shown = (await asks(ana, "/privacy", "The promise")).text
    assert "at least 5 people" in shown
    assert "Not stored" in shown
    assert "not end-to-end encrypted" in shown


async def test_support_is_the_same_card_before_and_after_any_answer(world: World) -> None:
    ana, bea, *_ = await launched(world)
    before = (await asks(ana, "/support", "Where to turn")).text
    await world.to(OPENS)
    await answered(world, [ana], "Always", "Always", "Conflict")
    await answered(world, [bea], "Never", "Never", "Nothing much")
    for one in (ana, bea):
        assert (await asks(one, "/support", "Where to turn")).text == before
    for words in ("999", "111, and select the mental health option", "116 123", "text SHOUT to 85258"):
        assert words in before


async def test_settings_change_what_they_say(world: World) -> None:
    ana, *_ = await launched(world)
    await asks(ana, "/settings", "Working pattern: Days")
    await ana.taps("A mix")
    await ana.waits_for("Working pattern: A mix")
    await ana.taps("4 hours later")
    await ana.waits_for("Messages: 4 hours later")
    await ana.taps("12 check-ins")
    shown = await ana.waits_for("Paused for 12 more check-ins")
    assert ["End the pause"] in shown.buttons
    await ana.taps("End the pause")
    await ana.waits_for("Not paused")
    assert {answer.text for answer in ana.toasts} == {"Saved."}


async def test_the_same_setting_twice_is_harmless(world: World) -> None:
    ana, *_ = await launched(world)
    await asks(ana, "/settings", "Working pattern: Days")
    for _ in range(2):
        tap = await ana.taps("Days")
        assert tap.answer.text == "Saved."


async def test_a_pause_ends_by_itself(world: World) -> None:
    nurses = await launched(world, 5)
    ana = nurses[0]
    await asks(ana, "/pause", "It ends by itself")
    await ana.taps("1 check-in")
    await ana.waits_for("Paused for 1 more check-in")
    await world.to(OPENS)
    assert "Question" not in ana.sees()
    await world.to(CLOSES)
    await world.to(OPENS.replace(day=13))
    await ana.waits_for("Question 1 of 3")


async def test_leaving_takes_every_row_along(world: World) -> None:
    nurses = await launched(world, 4)
    ana = nurses[0]
    await asks(ana, "/settings", "Settings")
    await ana.taps("Nights")
    await ana.waits_for("Working pattern: Nights")
    await world.to(OPENS)
    rows = world.rows()
    assert (len(rows["person"]), len(rows["seat"]), len(rows["outbox"])) == (4, 4, 1)
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    rows = world.rows()
    assert (len(rows["person"]), len(rows["seat"]), len(rows["outbox"])) == (3, 3, 0)
    await asks(ana, "/privacy", "Nothing.")


async def test_leaving_can_be_thought_better_of(world: World) -> None:
    ana, *_ = await launched(world)
    before = world.rows()
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("No, stay")
    await ana.waits_for("Nothing has changed")
    assert world.rows() == before


async def test_an_old_settings_message_after_leaving_says_how_to_come_back(world: World) -> None:
    ana, *_ = await launched(world)
    shown = await asks(ana, "/settings", "Settings")
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    tap = await ana.taps("Nights", shown)
    assert "scan your ward's poster" in tap.answer.text
