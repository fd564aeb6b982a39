"""The stewards' weekly message, and what looking at published numbers leaves in the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

from insights.chain import first_fault
from insights.policy import AUDIT_KEPT, INVITE_KEPT
from sandbox import Message, Person
from storage.audit import AuditEntry, entries
from storage.people import Role
from tests.conversations.ward import CLOSES, OPENS, asks, closed, launched, two_divisions, week
from tests.world import World

TITLE = "What stewards, leads and HR did"


async def log(world: World) -> list[AuditEntry]:
    async with world.app.house.begin() as db:
        return list(await entries(db))


async def read(world: World) -> list[tuple[str, str, dict[str, object]]]:
    """What was noted since the last release."""
    found = await log(world)
    last = max(place for place, one in enumerate(found) if one.what == "round_released")
    return [(one.actor, one.what, one.told) for one in found[last + 1 :]]


async def weekly(steward: Person, number: int = 1) -> Message:
    return await steward.waits_for(f"up to the closing of check-in {number}")


async def test_every_steward_gets_it_at_the_closing_with_the_head_of_the_log(world: World) -> None:
    await closed(world)
    [released] = [one for one in await log(world) if one.what == "round_released"]
    for steward in world.stewards:
        text = (await weekly(steward)).text
        assert f"The log: entry {released.number}, {released.digest.hex()[:16]}\n" in text
        assert (
            "Keep this number, best outside Telegram too: if the log is ever changed behind our backs, it tells."
            in text
        )
        assert "Steward 0: asked for the launch of Ward 7" in text
        assert "Steward 1: confirmed the launch of Ward 7, asked for by steward Steward 0" in text
        assert "{" not in text


async def test_the_next_one_tells_what_happened_since(world: World) -> None:
    people = await two_divisions(world)
    hr = await world.role("Kim", Role.HR, "trust")
    await week(world, people)
    first, _ = world.stewards
    await asks(first, "/poster ward-7", "print this")
    menu = await asks(hr, "/trends", "Trends")
    for _ in range(2):
        await hr.taps("Show chart", menu)
        await hr.waits_for("Trust: Strain\n")
        await world.sandbox.settled()
    await hr.taps("Download CSV", menu)
    await hr.waits_for("every published number")
    await week(world, people, 2)
    text = (await weekly(first, 2)).text
    assert "steward Steward 0: made a new poster for Ward 7" in text
    assert "• hr Kim looked 2 times at what was published" in text
    assert "hr Kim: exported" in text
    assert "launch" not in text


async def test_a_week_in_which_nothing_happened_says_so(world: World) -> None:
    await closed(world)
    await world.to(OPENS + timedelta(weeks=1))
    await world.to(CLOSES + timedelta(weeks=1))
    assert "Nobody did anything that is noted." in (await weekly(world.stewards[0], 2)).text


async def test_nobody_but_stewards_gets_it_and_it_comes_once(world: World) -> None:
    nurses = await closed(world)
    await world.app.deliver()
    for steward in world.stewards:
        assert [TITLE in one.words for one in steward.screen()].count(True) == 1
    assert not [one for nurse in nurses for one in nurse.screen() if TITLE in one.words]


async def test_a_steward_twice_over_gets_it_once(world: World) -> None:
    await launched(world)
    await world.role("Steward again", Role.STEWARD, "trust", world.stewards[0])
    await world.to(OPENS)
    await world.to(CLOSES)
    assert [TITLE in one.words for one in world.stewards[0].screen()].count(True) == 1


async def test_a_log_that_was_changed_is_told_to_every_steward(world: World) -> None:
    await closed(world)
    with closing(sqlite3.connect(world.settings.database_url.partition("///")[2])) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET actor = 'steward Nobody', detail = '[]', what = 'sing' WHERE number = 2")
        db.commit()
    await world.to(OPENS + timedelta(weeks=1))
    await world.to(CLOSES + timedelta(weeks=1))
    text = (await weekly(world.stewards[1], 2)).text
    assert "The log has been changed: entry 2 does not fit what stands before it" in text


async def test_entries_of_a_newer_version_keep_nothing_from_being_told(world: World) -> None:
    await closed(world)
    forge(world, (90, "sing", "{}"), (91, "units_changed", '{"changes":7}'), (92, "dropped", "[]"))
    await world.to(OPENS + timedelta(weeks=1))
    await world.to(CLOSES + timedelta(weeks=1))
    text = (await weekly(world.stewards[0], 2)).text
    assert "x <b>: an entry that this version does not know" in text


async def test_a_trend_and_an_export_are_noted_with_their_cells(world: World) -> None:
    people = await two_divisions(world)
    hr = await world.role("Kim", Role.HR, "trust")
    await week(world, people)
    await week(world, people, 2)
    menu = await asks(hr, "/trends", "Trends")
    assert await read(world) == []
    await hr.taps("Show chart", menu)
    await hr.waits_for("Trust: Strain\n")
    await hr.taps("Download CSV", menu)
    await hr.waits_for("every published number")
    trend, export = await read(world)
    assert trend == (
        "hr Kim",
        "trend_read",
        {"unit": "trust", "question": "", "stat": "strain", "rounds": [1, 2], "cells": 2},
    )
    async with world.app.house.begin() as db:
        pages = await world.app.house.ledger.pages(db)
    assert export == (
        "hr Kim",
        "export_made",
        {
            "form": "csv",
            "unit": "all",
            "question": "all",
            "stat": "all",
            "rounds": [1, 2],
            "cells": sum(len(page.cells) for page in pages),
        },
    )


async def test_leads_and_hr_are_noted_when_they_look_beyond_what_is_sent(world: World) -> None:
    people = await two_divisions(world)
    lead = await world.role("Jo", Role.LEAD, "medicine")
    await week(world, people)
    assert await read(world) == []
    await asks(lead, "/digest", "Weekly digest")
    await asks(lead, "/hotspots", "Hotspots in Medicine")
    await asks(lead, "/team", "Medicine")
    await lead.taps("Ward 7")
    await lead.waits_for("Ward 7, check-in of")
    assert [(actor, what, told["unit"]) for actor, what, told in await read(world)] == [
        ("lead Jo", "digest_read", "medicine"),
        ("lead Jo", "hotspots_read", "medicine"),
        ("lead Jo", "team_read", "medicine"),
        ("lead Jo", "team_read", "ward-7"),
    ]


async def test_staff_looking_at_their_own_team_are_never_noted(world: World) -> None:
    nurses = await closed(world)
    lead = await world.role("Jo", Role.LEAD, "ward-7", nurses[1])
    before = len(await log(world))
    for nurse in (nurses[0], lead):
        await asks(nurse, "/team", "Ward 7")
        await asks(nurse, "/privacy", "Stored about you")
        await asks(nurse, "/checkin", "No check-in is open")
    assert len(await log(world)) == before


async def test_nothing_of_staff_stands_in_the_log(world: World) -> None:
    nurses = await closed(world)
    await asks(nurses[0], "/leave", "Erase me?")
    await nurses[0].taps("Yes, erase me")
    await nurses[0].waits_for("You are erased")
    found = await log(world)
    assert first_fault(found) is None
    written = " ".join(f"{one.actor} {one.what} {one.detail}" for one in found)
    for nurse in nurses:
        for secret in (str(nurse.id), nurse.first_name, nurse.account.username or nurse.first_name):
            assert secret not in written
    assert {one.actor for one in found} == {"clock", "steward Steward 0", "steward Steward 1"}


async def test_the_clock_clears_away_what_was_kept_long_enough(world: World) -> None:
    await launched(world)
    first, _ = world.stewards
    await asks(first, "/poster ward-7", "print this")
    await asks(first, "/invite hr Kim", "waits for a second steward")
    await world.app.tick()
    codes = len(world.rows()["invite"])
    world.clock.pass_time(hours=24 * INVITE_KEPT.days)
    await world.app.tick()
    assert codes - len(world.rows()["invite"]) == 3
    assert (await log(world))[0].number == 1
    world.clock.pass_time(hours=24 * (AUDIT_KEPT - INVITE_KEPT).days)
    await world.app.tick()
    found = await log(world)
    assert found[0].number > 5
    assert first_fault(found) is None


async def test_a_log_that_was_tampered_with_is_kept_and_keeps_no_check_in_from_opening(world: World) -> None:
    await launched(world)
    forge(world, (90, "dropped", "no JSON"))
    world.clock.pass_time(hours=24 * (AUDIT_KEPT.days + 1))
    await world.app.tick()
    assert [row[2] for row in world.rows()["round"]] == ["open"]
    assert (await log(world))[0].number == 1


def forge(world: World, *rows: tuple[int, str, str]) -> None:
    """Rows put in behind our backs: (number, what, detail)."""
    columns = "number, at, actor, what, detail, digest"
    with closing(sqlite3.connect(world.settings.database_url.partition("///")[2])) as db:
        for number, what, detail in rows:
            values = (number, 0, "x <b>", what, detail, b"")
            db.execute(f"INSERT INTO audit ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
        db.commit()
