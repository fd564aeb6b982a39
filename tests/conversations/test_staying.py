"""Still in Ward 7? Who says so is left in peace, who has left is erased, and who says nothing is dropped at last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from insights.policy import STILL_AFTER, STILL_AGAIN_AFTER, STILL_ASKED, UNREACHABLE_OPENINGS
from sandbox import Message, Person
from storage.people import Person as Member
from storage.people import Role
from tests.conversations.ward import OPENS, asks, launched
from tests.hospital import told
from tests.world import World

WEEK = timedelta(weeks=1)
QUESTION = "Are you still in Ward 7?"
ERASED = "I asked twice whether you are still in your team"
SILENT = {"unconfirmed_openings": STILL_AFTER - 1 + STILL_ASKED * STILL_AGAIN_AFTER, "times_asked": STILL_ASKED}
"""Somebody whom the next opening drops."""


async def has_been(world: World, person: Person, **columns: Any) -> None:
    """What earlier openings have left in somebody's row."""
    async with world.app.house.begin() as db:
        wanted = Member.lookup == world.app.house.ids.lookup(person.id)
        row = (await db.exec(select(Member).where(wanted))).one()
        for name, value in columns.items():
            setattr(row, name, value)
        db.add(row)
        await db.commit()


async def row_of(world: World, person: Person) -> Member | None:
    async with world.app.house.begin() as db:
        wanted = Member.lookup == world.app.house.ids.lookup(person.id)
        return (await db.exec(select(Member).where(wanted))).one_or_none()


async def asked(world: World, count: int = 6) -> list[Person]:
    """A ward whose first nurse is asked at this opening, for the first time."""
    nurses = await launched(world, count)
    await has_been(world, nurses[0], unconfirmed_openings=STILL_AFTER - 1)
    await world.to(OPENS)
    await nurses[0].waits_for(QUESTION)
    return nurses


def question(person: Person) -> Message:
    return next(one for one in reversed(person.screen()) if QUESTION in one.words)


async def test_after_twelve_openings_a_member_is_asked_silently_and_the_check_in_stands_below(world: World) -> None:
    nurses = await asked(world)
    assert told(nurses, QUESTION) == [1, 0, 0, 0, 0, 0]
    shown = question(nurses[0])
    assert shown.is_silent
    assert shown.buttons == [["Yes, still here"], ["I have left: erase me"]]
    assert "Scan the poster of your new team" in shown.text
    newest = nurses[0].newest()
    assert newest is not None
    assert "Question 1 of 3" in newest.text


async def test_who_says_yes_is_not_asked_for_another_twelve_openings(world: World) -> None:
    ana, *_ = await asked(world)
    tap = await ana.taps("Yes, still here")
    assert "Thank you" in tap.answer.text
    await ana.waits_for("I ask again after 12 check-ins")
    for week in range(1, STILL_AFTER):
        await world.to(OPENS + week * WEEK)
    assert told([ana], QUESTION) == [1]
    await world.to(OPENS + STILL_AFTER * WEEK)
    assert told([ana], QUESTION) == [2]


async def test_who_has_left_is_erased_by_one_tap_and_reads_what_is_gone(world: World) -> None:
    ana, *_ = await asked(world)
    await ana.taps("I have left: erase me")
    shown = await ana.waits_for("You are erased")
    assert "Your team: Ward 7" in shown.text
    assert len(world.rows()["person"]) == 5
    await world.to(OPENS + WEEK)
    assert told([ana], "Your weekly check-in") == [1]


async def test_who_says_nothing_is_asked_once_more_told_what_follows_and_dropped(world: World) -> None:
    nurses = await asked(world)
    ana = nurses[0]
    for week in range(1, 5):
        await world.to(OPENS + week * WEEK)
        assert told([ana], QUESTION) == [1 if week < STILL_AGAIN_AFTER else 2]
        if week == STILL_AGAIN_AFTER:
            assert "nothing for 2 more check-ins, I take it that you have left" in question(ana).text
    await ana.waits_for(ERASED)
    assert await row_of(world, ana) is None
    assert len(world.rows()["seat"]) == 5
    forms = told([ana], "Your weekly check-in")
    await world.to(OPENS + 5 * WEEK)
    assert (told([ana], "Your weekly check-in"), told([ana], ERASED)) == (forms, [1])


async def test_answering_check_ins_says_nothing_about_still_being_there(world: World) -> None:
    ana, *_ = await asked(world)
    await world.answers(ana, "Often", "Rarely", "Workload")
    found = await row_of(world, ana)
    assert found is not None
    assert (found.unconfirmed_openings, found.times_asked) == (STILL_AFTER, 1)


@pytest.mark.parametrize("label", ["Yes, still here", "I have left: erase me"])
async def test_a_late_tap_of_somebody_who_was_dropped_gets_a_kind_sentence(world: World, label: str) -> None:
    ana, *_ = await asked(world)
    old = question(ana)
    await has_been(world, ana, **SILENT)
    await world.to(OPENS + WEEK)
    await ana.waits_for(ERASED)
    before = world.rows()
    tap = await ana.taps(label, old)
    assert "not in a team here any more" in tap.answer.text
    await ana.waits_for("To come back, scan your ward's poster")
    assert world.rows() == before


async def test_an_answer_between_the_opening_and_the_letter_keeps_them(world: World) -> None:
    nurses = await asked(world)
    ana = nurses[0]
    old = question(ana)
    await has_been(world, ana, **SILENT)
    world.clock.jump(OPENS + WEEK)
    await world.app.tick()
    await ana.taps("Yes, still here", old)
    await world.app.deliver()
    await world.sandbox.settled()
    assert told([ana], ERASED) == [0]
    assert await row_of(world, ana) is not None


async def test_a_pause_counts_no_silence_and_nobody_is_asked_in_it(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await has_been(world, ana, **SILENT, paused_rounds=3)
    for week in range(3):
        await world.to(OPENS + week * WEEK)
    assert told([ana], ERASED) == [0]
    found = await row_of(world, ana)
    assert found is not None
    assert found.unconfirmed_openings == SILENT["unconfirmed_openings"]
    await world.to(OPENS + 3 * WEEK)
    await ana.waits_for(ERASED)


async def test_who_moves_has_said_where_they_are(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await has_been(world, ana, **SILENT)
    await ana.opens(world.link("ward-8"))
    await ana.waits_for("Move to")
    await ana.taps("Yes, move me")
    await ana.waits_for("now, from the next check-in on")
    found = await row_of(world, ana)
    assert found is not None
    assert (found.unconfirmed_openings, found.times_asked) == (0, 0)


async def test_an_old_question_that_was_answered_asks_before_it_erases(world: World) -> None:
    ana, *_ = await asked(world)
    old = question(ana)
    await has_been(world, ana, unconfirmed_openings=3, times_asked=0)
    await ana.taps("I have left: erase me", old)
    await ana.waits_for("Erase me?")
    assert await row_of(world, ana) is not None
    await ana.taps("No, stay")
    await ana.waits_for("Nothing has changed")


async def test_who_is_dropped_while_the_bot_is_killed_is_dropped_all_the_same(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await has_been(world, ana, **SILENT)
    world.clock.jump(OPENS)
    await world.app.tick()
    await world.restart()
    await world.to(OPENS + timedelta(minutes=1))
    await ana.waits_for(ERASED)
    assert await row_of(world, ana) is None
    assert len(world.rows()["outbox"]) == 0


async def test_who_cannot_be_told_is_erased_nevertheless(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await has_been(world, ana, **SILENT)
    await ana.deletes_account()
    await world.to(OPENS)
    assert await row_of(world, ana) is None


async def test_the_news_of_being_dropped_comes_by_day_even_after_an_outage(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await has_been(world, ana, **SILENT)
    await world.to(OPENS.replace(hour=23))
    assert told([ana], ERASED) == [0]
    await world.onward()
    await world.sandbox.settled()
    shown = await ana.waits_for(ERASED)
    assert 7 <= datetime.fromtimestamp(shown.sent_at, OPENS.tzinfo).hour < 21


async def test_a_role_holder_who_is_dropped_from_the_team_keeps_the_role(world: World) -> None:
    nurses = await launched(world, 6)
    ana = nurses[0]
    await world.role("Ana, matron", Role.LEAD, "trust", ana)
    await has_been(world, ana, **SILENT)
    await world.to(OPENS)
    await ana.waits_for(ERASED)
    shown = await asks(ana, "/privacy", "Stored about you")
    assert "You are wellbeing lead" in shown.text
    assert "Your team" not in shown.text


async def test_whom_nothing_has_reached_for_twelve_openings_is_forgotten_and_others_are_not(world: World) -> None:
    nurses = await launched(world, 6)
    ana, bea = nurses[:2]
    await has_been(world, ana, is_reachable=False, unreachable_openings=UNREACHABLE_OPENINGS - 1)
    await has_been(world, bea, is_reachable=False, unreachable_openings=UNREACHABLE_OPENINGS - 2)
    await world.to(OPENS)
    assert await row_of(world, ana) is None
    found = await row_of(world, bea)
    assert found is not None
    assert found.unreachable_openings == UNREACHABLE_OPENINGS - 1
    await bea.says("/start")
    await bea.waits_for("You are in Ward 7")
    await world.to(OPENS + WEEK)
    found = await row_of(world, bea)
    assert found is not None
    assert (found.is_reachable, found.unreachable_openings) == (True, 0)
