"""/themes: HR reads what people wrote of by division, as picture, text and file; nobody else does."""

from __future__ import annotations

import csv
from io import StringIO

from insights.chain import first_fault
from insights.comments.counting import Tone
from insights.comments.published import THEMES, TONE
from insights.comments.themes import Theme
from insights.trends import COLUMNS
from sandbox import Message, Person
from storage.audit import AuditEntry, entries
from storage.people import Role
from tests.conversations.ward import asks
from tests.conversations.wrote import Wrote, staffed, week
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n"
WEEK = {
    "ward-7": Wrote(24, 21),
    "ward-8": Wrote(12, 4),
    "theatre": Wrote(14, 12, tone=Tone.POSITIVE, themes=(Theme.TEAM,)),
}


async def told(world: World) -> tuple[dict[str, list[Person]], Person]:
    people = await staffed(world, {"ward-7": 26, "ward-8": 14, "theatre": 16})
    hr = await world.role("Kim", Role.HR, "trust")
    await week(world, people, WEEK)
    return people, hr


async def log(world: World) -> list[AuditEntry]:
    async with world.app.house.begin() as db:
        found = list(await entries(db))
    assert first_fault(found) is None
    return found


async def shown(hr: Person) -> Message:
    return await asks(hr, "/themes", "What people wrote of: Trust, last 12 check-ins")


async def test_each_division_is_told_as_it_was_last_and_how_often(world: World) -> None:
    _, hr = await told(world)
    text = (await shown(hr)).text
    trust, medicine, surgery = text.split("\n\n")[1:4]
    assert trust.startswith("Trust, 6 Jan (20-49 wrote): staffing, the team;")
    assert (
        medicine.split("\n")[0] == "Medicine, 6 Jan (20-49 wrote): staffing; 8 in 10 or more who wrote were negative."
    )
    assert "Negative: likely " in medicine
    assert "Shown in 1 of 1; named: staffing in 1" in medicine
    assert surgery.startswith(
        "Surgery, 6 Jan (10-19 wrote): most often about the team; more positive than anything else."
    )
    assert "Negative" not in surgery
    assert next(one for one in hr.screen() if one.photo).photo.startswith(PNG)


async def test_below_a_division_its_wards_are_told(world: World) -> None:
    _, hr = await told(world)
    message = await shown(hr)
    assert message.buttons == [["Medicine"], ["Surgery"], ["Download CSV"]]
    await hr.taps("Medicine", message)
    below = await hr.waits_for("What people wrote of: Medicine")
    assert "Ward 8: not shown: too few wrote" in below.text
    assert below.buttons == [["‹ Trust"], ["Download CSV"]]
    await hr.taps("‹ Trust", below)
    await hr.waits_for("What people wrote of: Trust")


async def test_the_file_has_every_published_cell_of_comments_and_no_other(world: World) -> None:
    _, hr = await told(world)
    await hr.taps("Download CSV", await shown(hr))
    name, content = (await hr.waits_for("every published number, one a row")).document
    assert name == "words.csv"
    found = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert tuple(found[0]) == COLUMNS
    async with world.app.house.begin() as db:
        [page] = await world.app.house.ledger.pages(db)
    cells = {(unit, question, str(stat)) for unit, question, stat in page.cells if question in (TONE, THEMES)}
    assert {(row["unit"], row["question"], row["stat"]) for row in found} == cells
    withheld = [row for row in found if row["unit"] == "ward-8"]
    assert {row["withheld"] for row in withheld} == {"Not shown: too few answers to be safe"}
    team = next(row for row in found if (row["unit"], row["question"]) == ("theatre", THEMES))
    assert (team["option"], team["shown"], team["answered_band"]) == ("the team", "", "10-19")
    negative = next(row for row in found if (row["unit"], row["option"]) == ("ward-7", "negative"))
    assert (negative["shown"], negative["bound"], negative["answered_band"]) == ("80", "at least", "20-49")
    assert "Of everybody who wrote" in negative["definition"]


async def test_looking_and_taking_away_are_noted_with_what_was_seen(world: World) -> None:
    _, hr = await told(world)
    await hr.taps("Download CSV", await shown(hr))
    await hr.waits_for("every published number, one a row")
    looked, taken = (await log(world))[-2:]
    assert (looked.actor, looked.what) == ("hr Kim", "themes_read")
    assert (looked.told["unit"], looked.told["question"], looked.told["rounds"]) == ("trust", "words", [1, 1])
    assert looked.told["cells"] == 19 + 19 + 2
    assert (taken.what, taken.told["unit"], taken.told["question"]) == ("export_made", "all", "words")
    assert taken.told["cells"] == 19 * 3 + 2 * 3


async def test_trends_have_the_share_of_negative_comments(world: World) -> None:
    _, hr = await told(world)
    menu = await asks(hr, "/trends", "Trends")
    for label in ("Measure: Strain", "In words: negative"):
        before = menu.revision
        await hr.taps(label, menu)
        await hr.chat.changes.until(lambda since=before: menu.revision > since, 5)
    await hr.taps("Show chart", menu)
    text = (await hr.waits_for("Trust: In words: negative\n")).text
    assert ", 20-49 wrote" in text
    assert "Share of those who wrote whose comment sounds so" in text


async def test_nobody_else_reads_them(world: World) -> None:
    people, _ = await told(world)
    lead = await world.role("Jo", Role.LEAD, "trust")
    steward = await world.role("Sam", Role.STEWARD, "trust")
    for person in (people["ward-7"][0], lead, steward):
        refused = await asks(person, "/themes", "That is for HR analysts")
        for data in ("v1:trust:show", "v1:trust:csv", "v1:ward-7:show"):
            tap = await person.forges(data, refused)
            assert (await tap.answered()).text == "That is not open to you."
    assert "themes_read" not in {one.what for one in await log(world)}


async def test_forged_choices_are_refused_and_before_the_first_closing_there_is_nothing(world: World) -> None:
    await staffed(world, {"ward-7": 5})
    hr = await world.role("Kim", Role.HR, "trust")
    first = await asks(hr, "/themes", "Nothing has been published yet")
    for data in ("v1:trust:show", "v1:nowhere:show", "v1:trust:dance"):
        tap = await hr.forges(data, first)
        assert (await tap.answered()).text == "That is not open to you."
