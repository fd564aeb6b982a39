"""What was published stays as it was published, whatever becomes of units, people, rules and questions afterwards."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from importlib import resources
from io import StringIO
from pathlib import Path

from sqlmodel import col, delete, update

from sandbox import Person
from storage.invites import Invite, make_poster
from storage.ledger import TABLES
from storage.organisation import organisation, save_organisation
from storage.people import Person as Member
from storage.people import Role
from storage.rounds import Stage
from storage.units import Unit, all_units, save_units
from tests.conversations.ward import CLOSES, OPENS, answered, asks, renamed, two_divisions, week
from tests.hospital import stage
from tests.world import World

PUBLISHED = 2
"""Rounds that were published before anything changes."""


def old_cells(world: World, until: int = PUBLISHED) -> bytes:
    """Every row of the ledger about those rounds."""
    path = world.settings.database_url.partition("///")[2]
    with closing(sqlite3.connect(path)) as db:
        rows = [db.execute(f"SELECT * FROM {one} WHERE round <= {until}").fetchall() for one in TABLES]
    return repr([sorted(one, key=repr) for one in rows]).encode()


async def old_lines(world: World, hr: Person) -> list[list[str]]:
    """What the file that HR downloads says about those rounds, names of units and labels of options included."""
    await asks(hr, "/trends", "Trends")
    on = hr.newest()
    assert on
    await (await hr.forges("t1:trust:0:0:csv", on)).answered()
    _name, content = (await hr.waits_for("every published number")).document
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    place = rows[0].index("round")
    return [row for row in rows[1:] if int(row[place]) <= PUBLISHED]


async def changes_units(world: World, change: Callable[[dict[str, Unit]], list[Unit]]) -> None:
    """As by a new import."""
    async with world.app.house.begin() as db:
        await save_units(db, change({one.id: one for one in await all_units(db)}))
        await db.commit()


async def renames(world: World) -> None:
    await renamed(world, "ward-7", "Acute Ward")
    await renamed(world, "medicine", "Acute Care")


async def moves_a_ward_to_another_division(world: World) -> None:
    def moved(units: dict[str, Unit]) -> list[Unit]:
        units["theatre"].parent_id = "medicine"
        return [units["theatre"]]

    await changes_units(world, moved)


async def merges_two_teams_and_deletes_one(world: World) -> None:
    async with world.app.house.begin() as db:
        await db.exec(update(Member).where(col(Member.unit_id) == "clinic").values(unit_id="dialysis"))
        await db.exec(delete(Invite).where(col(Invite.unit_id) == "clinic"))
        await db.exec(delete(Unit).where(col(Unit.id) == "clinic"))
        await db.commit()


async def splits_a_ward(world: World) -> None:
    new = Unit(id="ward-7b", parent_id="medicine", name="Ward 7 B", headcount=9, is_launched=True)
    await changes_units(world, lambda _units: [new])
    going = [one.id for one in world.sandbox.people if one.first_name in ("Ward 7 3", "Ward 7 4")]
    lookups = [world.app.house.ids.lookup(one) for one in going]
    async with world.app.house.begin() as db:
        world.posters["ward-7b"] = await make_poster(db, "ward-7b")
        there = {"unit_id": "ward-7b", "moved_from": "ward-7"}
        done = await db.exec(update(Member).where(col(Member.lookup).in_(lookups)).values(**there))
        assert done.rowcount == 2
        await db.commit()


async def raises_k(world: World) -> None:
    async with world.app.house.begin() as db:
        plan = await organisation(db)
        assert plan
        plan.k = 7
        await save_organisation(db, plan)
        await db.commit()


async def changes_the_pack(world: World) -> None:
    """Another version of the same questions."""
    text = (resources.files("insights") / "packs" / "q12.toml").read_text("utf-8")
    folder = world.settings.rounds_dir.parent
    version = next(line for line in text.splitlines() if line.startswith("version"))
    (folder / "pack.toml").write_text(text.replace(version, "version = 99"), "utf-8")
    await world.stop()
    world.settings = world.settings.model_copy(update={"pack": folder / "pack.toml"})
    await world.comes_back()


Change = Callable[[World], Awaitable[None]]
OF_UNITS: tuple[Change, ...] = (
    renames,
    moves_a_ward_to_another_division,
    merges_two_teams_and_deletes_one,
    splits_a_ward,
)
OF_RULES: tuple[Change, ...] = (raises_k, changes_the_pack)


async def test_old_rounds_read_the_same_after_every_reorganisation(world: World) -> None:
    people = await two_divisions(world)
    hr = await world.role("Kim", Role.HR, "trust")
    for number in range(1, PUBLISHED + 1):
        await week(world, people, number)
    stays, *_, goes = people["ward-7"]
    cells, lines = old_cells(world), await old_lines(world, hr)
    assert any("Ward 7" in row for row in lines)
    for change in OF_UNITS:
        await change(world)
        assert old_cells(world) == cells, change.__name__
        assert await old_lines(world, hr) == lines, change.__name__
    await asks(stays, "/team", "Ward 7, check-in of Tuesday 13 January")
    await asks(goes, "/team", "not part of the last check-in")
    await week(world, people, PUBLISHED + 1)
    await asks(hr, "/team", "Trust, check-in of Tuesday 20 January")
    await hr.taps("Acute Care")
    await hr.waits_for("Acute Care, check-in of Tuesday 20 January")
    for change in OF_RULES:
        await change(world)
        await world.to(world.clock.now() + timedelta(minutes=1))
        assert old_cells(world) == cells, change.__name__
        assert await old_lines(world, hr) == lines, change.__name__


async def test_a_pack_of_other_questions_leaves_old_rounds_readable(world: World) -> None:
    people = await two_divisions(world)
    hr = await world.role("Kim", Role.HR, "trust")
    lead = await world.role("Jo", Role.LEAD, "trust")
    await week(world, people)
    cells, lines = old_cells(world), await old_lines(world, hr)
    await world.stop()
    other = Path(__file__).with_name("sentinel_pack.toml")
    world.settings = world.settings.model_copy(update={"pack": other})
    await world.comes_back()
    assert old_cells(world) == cells
    assert [row[:6] for row in await old_lines(world, hr)] == [row[:6] for row in lines]
    await asks(people["theatre"][0], "/team", "q12b")
    await asks(lead, "/digest", "Weekly digest: Trust")
    await asks(hr, "/trends", "Trends")
    await hr.taps("Show chart")
    await hr.waits_for("6 Jan: ")


async def test_a_late_answer_an_old_button_and_a_second_joining_change_no_old_cell(world: World) -> None:
    people = await two_divisions(world)
    late, again, *others = people["ward-7"]
    await world.to(OPENS)
    await answered(world, [*others, *people["theatre"], again])
    await world.answers(late, "Always", "Always", "Workload", send=False)
    form = await late.waits_for("Ready?")
    send = next(one.data for row in form.keyboard for one in row if "Send" in one.label)
    await world.to(CLOSES)
    assert await stage(world) == Stage.SHREDDED
    cells = old_cells(world, 1)
    assert "closed" in (await late.taps("Send", form)).answers[0].text
    await asks(again, "/leave", "This erases you here")
    await again.taps("Yes, erase me")
    await again.waits_for("You are erased")
    await world.join(again, "ward-7")
    for later in (timedelta(minutes=1), timedelta(hours=20)):
        await world.to(CLOSES + later)
        on = late.newest()
        assert on
        tap = await late.forges(send, on)
        assert "closed" in (await tap.answered()).text
        assert old_cells(world, 1) == cells
    await week(world, people, 2)
    assert old_cells(world, 1) == cells != old_cells(world, 2)
