"""Before anybody answers they read how many are asked in their team, and how many of them are new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from storage.people import Person as Member
from storage.people import Role
from storage.roster import Team
from storage.units import Unit, unit
from tests.conversations.ward import OPENS, REMINDS, asks, launched, opened, two_divisions, week
from tests.hospital import told
from tests.world import World

WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("team", "line"),
    [
        (Team("Ward 7", 14, 1, is_pooled=False), "Ward 7: 14 people are asked, 1 of them new."),
        (Team("Ward 7", 14, 0, is_pooled=False), "Ward 7: 14 people are asked."),
        (Team("Ward 7", 1, 1, is_pooled=True), "1 person is asked, 1 of them new; counted together with other small"),
        (Team("Ward 7", 2, 0, is_pooled=True), "2 people are asked; counted together with other small teams."),
        (Team("", 6, 0, is_pooled=False), "You answer with the role-holders: 6 people are asked."),
        (Team("A & B", 6, 2, is_pooled=False), "A &amp; B: 6 people are asked, 2 of them new."),
    ],
)
def test_the_line_is_short_and_leaves_out_what_is_nothing(team: Team, line: str) -> None:
    from handlers.staff.together import company
    from handlers.words import load_words

    assert line in company(team, load_words().speak("en"))


async def test_the_invitation_the_reminder_and_checkin_say_it(world: World) -> None:
    nurses = await opened(world, 6)
    for one in nurses:
        assert told([one], "Ward 7: 6 people are asked.") == [1]
    await world.to(REMINDS)
    assert told(nurses, "Ward 7: 6 people are asked.") == [2] * 6
    await asks(nurses[0], "/checkin", "Question 1 of 3")
    assert told(nurses[:1], "Ward 7: 6 people are asked.") == [3]


async def test_it_is_not_repeated_at_every_tap(world: World) -> None:
    ana, *_ = await opened(world, 6)
    await world.answers(ana, "Often", send=False)
    shown = await ana.waits_for("Question 2 of 3")
    assert "people are asked" not in shown.text


async def test_who_joined_since_the_last_opening_is_new_once(world: World) -> None:
    nurses = await opened(world, 5)
    await world.to(OPENS + timedelta(days=6))
    await world.joins("ward-7", 1)
    await world.to(OPENS + WEEK)
    assert told(nurses, "Ward 7: 6 people are asked, 1 of them new.") == [1] * 5
    await world.to(OPENS + timedelta(days=13))
    await world.to(OPENS + 2 * WEEK)
    assert told(nurses, "Ward 7: 6 people are asked.") == [1] * 5


async def test_who_has_moved_reads_the_team_they_still_sit_in_and_then_the_new_one(world: World) -> None:
    people = await two_divisions(world)
    ana = people["ward-7"][0]
    await world.to(OPENS)
    await ana.waits_for("Ward 7: 5 people are asked")
    await ana.opens(world.link("theatre"))
    await ana.waits_for("Move to")
    await ana.taps("Yes, move me")
    await ana.waits_for("now, from the next check-in on")
    await asks(ana, "/checkin", "Ward 7: 5 people are asked")
    await world.to(OPENS + timedelta(days=6))
    await world.to(OPENS + WEEK)
    await ana.waits_for("Theatre: 6 people are asked, 1 of them new.")
    assert told(people["ward-7"][1:2], "Ward 7: 4 people are asked; counted together with other small teams.") == [1]


async def test_a_role_holder_is_told_whom_they_answer_with(world: World) -> None:
    nurses = await launched(world, 6)
    await world.role("Ana", Role.LEAD, "trust", nurses[0])
    await world.to(OPENS)
    await nurses[0].waits_for("You answer with the role-holders: 1 person is asked.")
    await nurses[1].waits_for("Ward 7: 5 people are asked.")


async def test_a_ward_that_fell_by_half_is_counted_with_other_small_teams_for_four_rounds(world: World) -> None:
    people = await two_divisions(world)
    people["ward-7"] += await world.joins("ward-7", 7)
    for number in (1, 2):
        await week(world, people, number)
    staying, leaving = people["ward-7"][:6], people["ward-7"][6:]
    for one in leaving:
        await asks(one, "/leave", "Erase me?")
        await one.taps("Yes, erase me")
        await one.waits_for("You are erased")
    people["ward-7"] = staying
    for number in range(3, 8):
        await week(world, people, number)
    pooled = "Ward 7: 6 people are asked; counted together with other small teams."
    alone = "Ward 7: 6 people are asked."
    assert (told(staying[:1], pooled), told(staying[:1], alone)) == ([4], [1])
    shown = await asks(staying[0], "/team", "Ward 7")
    assert "Strain" in shown.text
    async with world.app.house.begin() as db:
        found = await unit(db, "ward-7")
    assert found is not None
    assert (found.recent_members, found.pooled_rounds) == ((6, 6, 6, 6), 0)


async def test_while_a_ward_is_pooled_its_number_is_not_its_own(world: World) -> None:
    people = await two_divisions(world)
    await week(world, people, 1)
    async with world.app.house.begin() as db:
        row = (await db.exec(select(Unit).where(Unit.id == "theatre"))).one()
        row.recent = "12"
        db.add(row)
        await db.commit()
    await week(world, people, 2)
    shown = await asks(people["theatre"][0], "/team", "Theatre")
    assert "Not shown" in shown.text
    assert told(people["theatre"][:1], "counted together with other small teams.") == [1]
    async with world.app.house.begin() as db:
        established = (await db.exec(select(Member.is_established).where(Member.unit_id == "theatre"))).all()
    assert set(established) == {True}
