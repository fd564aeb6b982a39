"""A lens: night, day and mixed staff compared for the whole organisation, and never within a team."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from bot.clock import JumpingClock
from bot.wiring import build
from handlers.closing import compute
from insights import display
from insights.cells import WHOLE, Kind, Page, Released, Stat, UnitKey
from insights.hotspots import detect
from insights.pack import default_pack
from insights.policy import LENS_FLOOR
from insights.release import Release
from sandbox import Message, Person, Sandbox
from storage.boxes import LENS_BOX
from storage.ledger import TABLES
from storage.organisation import organisation, save_organisation
from storage.people import Pattern, Role, RoleHolder
from storage.people import Person as Member
from storage.roster import Seat, frozen_scopes, frozen_units
from storage.rounds import Stage, round_by_number
from storage.sealed import Receipt, Submission
from storage.units import all_units
from tests.conversations.ward import asks
from tests.hospital import CLOSES, NEXT, OPENS, member, rounds, stage
from tests.privacy.records import Secrets
from tests.world import MONDAY, World, settings_for

EVENING = timedelta(hours=8)
"""By then those who work nights have been written to as well."""

UNITS = [("trust", None, 0), ("ward-7", "trust", 60), ("ward-8", "trust", 60)]
CHOICES = {
    Pattern.DAYS: ("Rarely", "Sometimes", "Workload"),
    Pattern.NIGHTS: ("Always", "Often", "Workload"),
    Pattern.MIXED: ("Sometimes", "Never", "Unclear role"),
}
DEALT = {Pattern.DAYS: (1, 2, 0), Pattern.NIGHTS: (4, 3, 0), Pattern.MIXED: (2, 0, 4)}
"""The same as options."""

ROUGHLY_ALIKE = {Pattern.DAYS: 24, Pattern.NIGHTS: 22, Pattern.MIXED: 20}
FEW = {Pattern.DAYS: 21, Pattern.NIGHTS: 20}
Staff = Mapping[Pattern, Sequence[Person]]


async def staffed(world: World, sizes: Mapping[Pattern, int], lens: str = "pattern") -> dict[Pattern, list[Person]]:
    """Two launched wards with so many established members by pattern, half of each in either."""
    await world.plan(UNITS, lens=lens)
    people = {one: [world.sandbox.person(f"{one} {n}") for n in range(count)] for one, count in sizes.items()}
    async with world.app.house.begin() as db:
        for unit in await all_units(db):
            unit.is_launched = unit.parent_id is not None
            db.add(unit)
        for pattern, group in people.items():
            for place, one in enumerate(group):
                one.chat.is_started = True
                db.add(member(world, one, pattern, unit_id=("ward-7", "ward-8")[place % 2]))
        await db.commit()
    return people


async def holds(world: World, person: Person, role: Role, unit: str = "trust") -> Person:
    """Somebody who holds a role already."""
    ids = world.app.house.ids
    async with world.app.house.begin() as db:
        db.add(
            RoleHolder(
                lookup=ids.lookup(person.id),
                sealed=ids.seal(person.id),
                role=role,
                unit_id=unit,
                display_name="Kim",
            )
        )
        await db.commit()
    person.chat.is_started = True
    return person


async def switched(world: World, lens: str) -> None:
    """A steward switches the lens, as by the command line; everybody agrees to what has changed."""
    async with world.app.house.begin() as db:
        plan = await organisation(db)
        assert plan
        plan.lens = lens
        await save_organisation(db, plan)
        await db.commit()
    await world.app.tick()
    async with world.app.house.begin() as db:
        plan = await organisation(db)
        assert plan
        await db.exec(update(Member).values(agreed=plan.terms))
        await db.commit()


async def send(world: World, staff: Staff, number: int = 1) -> None:
    """Everybody answers as those who work like them, without the taps before."""
    house = world.app.house
    for pattern, group in staff.items():
        for one in group:
            seat = await house.glance.sitting(number, house.ids.lookup(one.id))
            assert seat
            assert seat.scope
            sent = Submission(one.id, seat.scope, DEALT[pattern], seat.is_established, seat.category)
            assert await house.vault.send(number, sent) is Receipt.RECORDED


async def published(world: World) -> tuple[Page, ...]:
    async with world.app.house.begin() as db:
        return await world.app.house.ledger.pages(db)


def groups(page: Page) -> dict[str, str]:
    """The lens's lines of a page, by key, with the unit they stand below."""
    return {line.key: str(line.parent) for line in page.lines if line.kind is Kind.LENS}


def fixed(page: Page, unit: str) -> Released:
    found = page.cell(UnitKey(unit), Stat.SCORE, "q12b")
    assert isinstance(found, Released)
    return found


async def computed(world: World) -> Release:
    """What the open round would publish now."""
    house = world.app.house
    async with house.begin() as db:
        current = await round_by_number(db, 1)
        units, scopes = await frozen_units(db, 1), await frozen_scopes(db, 1)
    assert current
    return compute(house, current, units, scopes, await house.vault.totals(1))


async def test_a_round_with_a_lens_from_the_taps_to_the_ledger(world: World) -> None:
    staff = await staffed(world, ROUGHLY_ALIKE)
    lead = await holds(world, staff[Pattern.DAYS][0], Role.LEAD)
    await world.to(OPENS + EVENING)
    tapping = [world.answers(one, *CHOICES[pattern]) for pattern, group in staff.items() for one in group[:2]]
    await asyncio.gather(*tapping)
    await send(world, {pattern: group[2:] for pattern, group in staff.items()})
    lens = (await world.app.house.vault.totals(1))[LENS_BOX]
    scores = default_pack().questions["q12b"].scores
    assert scores
    sums = {one: lens.question(0, one)[0] for one in Pattern}
    assert {one: sum(counts) for one, counts in sums.items()} == {"days": 23, "nights": 22, "mixed": 20}
    await world.to(CLOSES)
    [page] = await published(world)
    assert groups(page) == dict.fromkeys(("~pattern.days", "~pattern.mixed", "~pattern.nights"), "trust")
    for one, counts in sums.items():
        assert fixed(page, f"~pattern.{one}") == display.score(display.mean(counts, scores), sum(counts))
    everybody = [sum(column) for column in zip(*sums.values(), strict=True)]
    assert sum(everybody) == 65
    assert fixed(page, "trust") == display.score(display.mean(everybody, scores), 65)
    assert not [key for key in page.cells if key[0].startswith("~pattern") and key[2] == Stat.ANSWERED]
    digest = await lead.waits_for("Weekly digest: Trust")
    assert "staff" not in digest.text
    assert "pattern" not in digest.text


@pytest.fixture
async def hr(world: World) -> Person:
    """An HR analyst after a round with a lens."""
    staff = await staffed(world, ROUGHLY_ALIKE)
    await holds(world, staff[Pattern.DAYS][0], Role.LEAD, "ward-7")
    analyst = await holds(world, world.sandbox.person("Kim"), Role.HR)
    await world.to(OPENS + EVENING)
    await send(world, staff)
    await world.to(CLOSES)
    return analyst


async def test_hr_sees_the_groups_below_the_organisation(world: World, hr: Person) -> None:
    shown = await asks(hr, "/team", "Trust, check-in of")
    assert "All of Trust, by working pattern" in shown.text
    assert f"at least {LENS_FLOOR} people" in shown.text
    assert "Night staff: Strain 83 of 100, from 20-49 answers" in shown.text
    assert "Mixed patterns: Strain 30 of 100, from 20-49 answers" in shown.text
    assert "Day staff: Strain 38 of 100" in shown.text
    await hr.taps("Night staff")
    night = await hr.waits_for("Night staff, check-in of")
    assert "In all of Trust, by working pattern" in night.text
    assert "answered" not in night.text
    assert "take part" not in night.text
    await hr.taps("‹ Trust")
    await hr.waits_for("All of Trust, by working pattern")


async def test_nobody_below_the_organisation_is_shown_another_cut(world: World, hr: Person) -> None:
    nurse, lead = world.sandbox.people[1], world.sandbox.people[0]
    for person in (nurse, lead):
        shown = await asks(person, "/team", "check-in of")
        assert "working pattern" not in shown.text
        tap = await person.forges("u1:~pattern.nights", shown)
        assert (await tap.answered()).text == "That is not open to you."


async def test_hr_looks_at_the_trend_of_a_group_and_downloads_it(world: World, hr: Person) -> None:
    menu = await asks(hr, "/trends", "Trends")
    await _chooses(hr, menu, "Unit: Trust", "Night staff", "Choose this unit")
    await hr.taps("Show chart", menu)
    assert "6 Jan: 83" in (await hr.waits_for("Night staff: Strain\n")).text
    await _chooses(hr, menu, "Measure: Strain")
    labels = [label for row in menu.buttons for label in row]
    assert "Burnt out" in labels
    assert not [label for label in labels if "articipation" in label or "nswered" in label]
    await _chooses(hr, menu, "Burnt out")
    await hr.taps("Show chart", menu)
    assert "6 Jan: 90 or more" in (await hr.waits_for("Night staff: Burnt out\n")).text
    rows = await _downloaded(hr, menu)
    assert {(row["unit"], row["name"], row["kind"]) for row in rows} == {("~pattern.nights", "Night staff", "lens")}
    assert {row["people_asked"] for row in rows} == {""}


async def test_the_csv_of_the_organisation_has_its_groups_and_nobody_says_how_many_were_asked(
    world: World, hr: Person
) -> None:
    menu = await asks(hr, "/trends", "Trends")
    rows = await _downloaded(hr, menu)
    assert {row["name"] for row in rows if row["kind"] == "lens"} == {"Day staff", "Night staff", "Mixed patterns"}
    tap = await hr.forges("t1:~pattern.nights:1:12:show", menu)
    await tap.answered()
    await hr.waits_for("No check-in in this period asked that")


async def _downloaded(hr: Person, menu: Message) -> list[dict[str, str]]:
    await hr.taps("Download CSV", menu)
    name, content = (await hr.waits_for("every published number")).document
    assert "+" not in name
    assert "~" not in name
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


async def _chooses(hr: Person, menu: Message, *labels: str) -> None:
    for label in labels:
        before = menu.revision
        await hr.taps(label, menu)
        await hr.chat.changes.until(lambda since=before: menu.revision > since, 5)


async def test_groups_that_are_too_small_are_put_together(world: World) -> None:
    sizes = {Pattern.DAYS: 34, Pattern.NIGHTS: 21, Pattern.MIXED: 8}
    staff = await staffed(world, sizes)
    hr = await holds(world, world.sandbox.person("Kim"), Role.HR)
    await world.to(OPENS + EVENING)
    await send(world, staff)
    await world.to(CLOSES)
    [page] = await published(world)
    assert groups(page) == {"~pattern.days": "trust", "~pattern.mixed+nights": "trust"}
    shown = await asks(hr, "/team", "Trust, check-in of")
    assert "Mixed and night staff: Strain" in shown.text
    assert {"Day staff", "Mixed and night staff"} <= {label for row in shown.buttons for label in row}
    menu = await asks(hr, "/trends", "Trends")
    await _chooses(hr, menu, "Unit: Trust", "Mixed and night staff", "Choose this unit")
    assert {row["unit"] for row in await _downloaded(hr, menu)} == {"~pattern.mixed+nights"}


async def test_without_two_groups_that_are_large_enough_nobody_is_compared(world: World) -> None:
    staff = await staffed(world, {Pattern.DAYS: 30, Pattern.NIGHTS: 19})
    hr = await holds(world, world.sandbox.person("Kim"), Role.HR)
    await world.to(OPENS + EVENING)
    await send(world, staff)
    await world.to(CLOSES)
    [page] = await published(world)
    assert groups(page) == {}
    assert isinstance(page.cell(UnitKey("trust"), Stat.STRAIN), Released)
    assert "working pattern" not in (await asks(hr, "/team", "Trust, check-in of")).text


@pytest.fixture
async def twin(tmp_path: Path, template: Path, secrets: Secrets) -> AsyncIterator[World]:
    """A second hospital, whose people are the same."""
    folder = tmp_path / "twin"
    folder.mkdir()
    shutil.copy(template, folder / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        settings = settings_for(folder, sandbox)
        one = World(sandbox, clock, settings, build(settings, clock))
        await one.start()
        yield one
        await one.stop()
        secrets.add_sandbox(sandbox)
        secrets.add(*one.posters.values(), settings.id_key.get_secret_value())


async def test_a_lens_that_is_off_leaves_no_trace(world: World, twin: World) -> None:
    """One hospital never had a lens, the other switched it off before the opening."""
    ledgers = []
    for hospital, before in ((world, ""), (twin, "pattern")):
        staff = await staffed(hospital, FEW, lens=before)
        if before:
            await switched(hospital, "")
        await hospital.to(OPENS + EVENING)
        assert LENS_BOX not in await hospital.app.house.vault.totals(1)
        async with hospital.app.house.begin() as db:
            assert set((await db.exec(select(col(Seat.category)))).all()) == {""}
        await send(hospital, staff)
        await hospital.to(CLOSES)
        assert [one.lens for one in await rounds(hospital)] == [""]
        ledgers.append(repr([hospital.rows()[name] for name in TABLES]).encode())
    assert ledgers[0] == ledgers[1]
    assert b"strain" in ledgers[0]
    assert b"pattern" not in ledgers[0]
    assert b"lens" not in ledgers[0]


async def test_beside_a_lens_the_units_numbers_are_those_without_one(world: World) -> None:
    staff = await staffed(world, ROUGHLY_ALIKE)
    await world.to(OPENS + EVENING)
    await send(world, staff)
    found = await computed(world)
    totals = dict(await world.app.house.vault.totals(1))
    del totals[LENS_BOX]
    async with world.app.house.begin() as db:
        current = await round_by_number(db, 1)
        units, scopes = await frozen_units(db, 1), await frozen_scopes(db, 1)
    assert current
    current.lens = ""
    plain = compute(world.app.house, current, units, scopes, totals)
    assert plain.lines == tuple(line for line in found.lines if line.kind is not Kind.LENS)
    assert plain.cells == {key: cell for key, cell in found.cells.items() if not key[0].startswith("~pattern")}


async def test_switching_takes_effect_with_the_next_opening(world: World) -> None:
    staff = await staffed(world, FEW, lens="")
    await world.to(OPENS + EVENING)
    await switched(world, "pattern")
    await send(world, staff)
    await world.to(CLOSES)
    await world.to(NEXT + EVENING)
    await switched(world, "")
    await send(world, staff, 2)
    await world.to(CLOSES + timedelta(days=7))
    first, second = await published(world)
    assert [one.lens for one in await rounds(world)] == ["", "pattern"]
    assert (len(groups(first)), len(groups(second))) == (0, 2)


async def test_changing_ones_pattern_in_mid_round_changes_nothing(world: World) -> None:
    staff = await staffed(world, ROUGHLY_ALIKE)
    await world.to(OPENS + EVENING)
    nurse = staff[Pattern.NIGHTS][0]
    await asks(nurse, "/settings", "Working pattern: Nights")
    await nurse.taps("Days")
    await nurse.waits_for("Working pattern: Days")
    await nurse.says("/checkin")
    await world.answers(nurse, *CHOICES[Pattern.NIGHTS])
    lens = (await world.app.house.vault.totals(1))[LENS_BOX]
    assert [sum(lens.question(0, one)[0]) for one in Pattern] == [0, 1, 0]


@pytest.mark.parametrize("cut", ["before the answers", "at closing time", "after the stop", "before the commit"])
async def test_an_interrupted_round_publishes_the_same_groups(world: World, cut: str) -> None:
    staff = await staffed(world, FEW)
    await world.to(OPENS + EVENING)
    if cut == "before the answers":
        await world.restart()
    await send(world, staff)
    expected = await computed(world)
    world.clock.jump(CLOSES)
    if cut in ("after the stop", "before the commit"):
        await world.app.house.vault.stop(1)
    if cut == "before the commit":
        await computed(world)
    if cut != "before the answers":
        await world.restart()
    await world.to(CLOSES + timedelta(minutes=1))
    assert await stage(world) == Stage.SHREDDED
    [page] = await published(world)
    assert len(groups(page)) == 2
    assert (page.lines, page.cells) == (expected.lines, expected.cells)
    assert list(world.settings.rounds_dir.iterdir()) == []


@pytest.mark.parametrize("lens", ["", "pattern"])
async def test_a_store_whose_boxes_are_not_the_rounds_voids_it(world: World, lens: str) -> None:
    """The round was opened with a lens and its store has none, or the other way round."""
    await staffed(world, {Pattern.DAYS: 5}, lens=lens)
    await world.to(OPENS + EVENING)
    house = world.app.house
    async with house.begin() as db:
        scopes = [one.scope for one in await frozen_scopes(db, 1)]
    layout = next(iter((await house.vault.totals(1)).values())).layout
    await house.vault.let_go(1)
    await house.vault.create(1, scopes, layout, () if lens else tuple(Pattern))
    await world.to(CLOSES)
    assert await stage(world) == Stage.VOID
    assert await published(world) == ()


async def test_groups_are_neither_hotspots_nor_silent(world: World) -> None:
    staff = await staffed(world, ROUGHLY_ALIKE)
    await world.to(OPENS + EVENING)
    await send(world, staff)
    await world.to(CLOSES)
    [page] = await published(world)
    reading = detect([page])
    assert [unit for unit in reading.unjudged if unit.startswith("~")] == []
    assert [flag for flag in reading.flags if flag.unit.startswith("~")] == []
    assert page.cell(UnitKey("~pattern.nights"), Stat.STRAIN, WHOLE) != page.cell(UnitKey("trust"), Stat.STRAIN)
