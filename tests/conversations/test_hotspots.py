"""`/hotspots`: a picture, a list, and why this team at a tap; for whoever looks after it and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from handlers.callbacks import MapTap, WhyTap
from insights.cells import Cell, Kind, Line, Page, Stat
from insights.hotspot_kinds import FlagKind
from sandbox import Message, Person
from storage.audit import entries
from storage.ledger import publish
from storage.people import Role
from tests.insights.hotspot_ledgers import TRUST, coded, ledger, ordinary
from tests.world import World

PATIENCE = 30.0
"""Seconds: a picture is drawn before the words come, and machines may be slow."""

PNG = b"\x89PNG\r\n\x1a\n"
TEAMS, BURNING, SILENT = 8, "t00", "t03"
GROUP_SHOWN = 57
"""What the whole trust shows in the weeks in which it is worse."""

UNITS = [("trust", None, 0), ("d0", "trust", 0), ("d1", "trust", 0)] + [
    (f"t{n:02d}", f"d{n % 2}", 20) for n in range(TEAMS)
]
"""Even teams are in d0, odd ones in d1."""


@cache
def story() -> tuple[Page, ...]:
    """Nineteen rounds: t00 burns from round 14 on, t03 is silent from round 13 on."""
    strain = ordinary(19, TEAMS, seed=5)
    strain[13:, 0] += 30
    answered = np.full(strain.shape, 15.0)
    answered[12:, 3] = strain[12:, 3] = np.nan
    pages = ledger(coded(strain), answered, divisions=2)
    return tuple(replace(one, lines=tuple(map(named, one.lines))) for one in pages)


@cache
def shared_story() -> tuple[Page, ...]:
    """Sixteen rounds in which the whole trust gets worse from round 14 on, and every team with it."""
    strain = ordinary(16, TEAMS, seed=5)
    whole = np.full(16, 40.0)
    strain[13:] += 15
    whole[13:] = GROUP_SHOWN
    pages = ledger(coded(strain), np.full(strain.shape, 15.0), divisions=2, whole=whole)
    return tuple(replace(one, cells={**one.cells, (TRUST, "", Stat.STRAIN): of_trust(one)}) for one in pages)


def of_trust(page: Page) -> Cell:
    return page.cell(TRUST, Stat.SCORE, "fixed")


def named(line: Line) -> Line:
    return replace(line, name=f"Ward {line.key}") if line.kind is Kind.TEAM else line


async def published(world: World, first: int, last: int, pages: Sequence[Page] = ()) -> None:
    async with world.app.house.begin() as db:
        for page in (pages or story())[first:last]:
            await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells)
        await db.commit()


async def lead_of(world: World, unit: str, rounds: int = 16, pages: Sequence[Page] = ()) -> Person:
    """A lead, in an organisation that has published so many rounds."""
    await world.plan(UNITS)
    await published(world, 0, rounds, pages)
    return await world.role("Jo", Role.LEAD, unit)


async def asks(person: Person, command: str, expected: str) -> Message:
    await person.says(command)
    return await person.waits_for(expected, PATIENCE)


async def explained(person: Person, button: str, expected: str = "Why this team, and why now?") -> str:
    """What a tap on the button says."""
    await person.taps(button, deadline=PATIENCE)
    return (await person.waits_for(expected, PATIENCE)).words


def buttons(message: Message) -> list[str]:
    return [label for row in message.buttons for label in row]


def pictures(person: Person) -> list[Message]:
    return [message for message in person.screen() if message.photo]


async def forged(person: Person, data: str) -> str:
    """What a button that somebody has made themselves answers."""
    on = next(one for one in reversed(person.screen()) if one.from_bot)
    return (await (await person.forges(data, on)).answered(PATIENCE)).text or ""


async def test_hotspots_bring_a_picture_a_list_and_a_button_for_each(world: World) -> None:
    lead = await lead_of(world, "trust")
    listed = await asks(lead, "/hotspots", "Hotspots in Trust")
    assert "Ward t00" in listed.words
    assert "Tap one to read why" in listed.words
    assert "Why? Ward t00: rising strain" in buttons(listed)
    assert "Why? Ward t03: gone quiet" in buttons(listed)
    [picture] = pictures(lead)
    assert picture.photo is not None
    assert picture.photo.startswith(PNG)


async def test_a_tap_explains_the_flag_with_its_numbers(world: World) -> None:
    lead = await lead_of(world, "trust")
    await asks(lead, "/hotspots", "Hotspots in Trust")
    told = await explained(lead, "Why? Ward t00: rising strain")
    for part in ("Its usual.", "What was shown", "What everybody went through.", "The change.", "Why that day."):
        assert part in told
    for part in ("How sure.", "What ends it.", "What can be done"):
        assert part in told
    assert not {"None", "nan", "Lambda"} & set(told.split())


async def test_a_ward_s_lead_reads_how_much_worse_the_trust_is_and_none_of_its_numbers(world: World) -> None:
    lead = await lead_of(world, "t02", pages=shared_story())
    await asks(lead, "/hotspots", "Hotspots in")
    told = await explained(lead, "Why? Trust: shared strain", "How sure.")
    assert "points worse than usual, likely between" in told
    assert "What was shown" not in told
    assert str(GROUP_SHOWN) not in told


async def test_the_trust_s_own_lead_reads_its_numbers(world: World) -> None:
    lead = await lead_of(world, "trust", pages=shared_story())
    await asks(lead, "/hotspots", "Hotspots in Trust")
    told = await explained(lead, "Why? Trust: shared strain", "How sure.")
    assert f"{GROUP_SHOWN}" in told.partition("What was shown")[2]


async def test_who_leads_a_ward_and_the_trust_is_told_all_that_the_trust_s_lead_is(world: World) -> None:
    lead = await lead_of(world, "t02", pages=shared_story())
    await world.role("Jo", Role.LEAD, "trust", person=lead)
    await asks(lead, "/hotspots", "Hotspots in Trust")
    assert "What was shown" in await explained(lead, "Why? Trust: shared strain", "How sure.")


async def test_an_explanation_can_be_had_again_after_a_restart_and_weeks_later(world: World) -> None:
    lead = await lead_of(world, "trust")
    await asks(lead, "/hotspots", "Hotspots in Trust")
    await published(world, 16, 19)
    await world.restart()
    assert "still hot" in await explained(lead, "Why? Ward t00: rising strain")


async def test_the_digest_names_the_hotspot_and_explains_it_at_a_tap(world: World) -> None:
    lead = await lead_of(world, "d0", rounds=15)
    digest = await asks(lead, "/digest", "Weekly digest: Division")
    assert "Ward t00: look here first" in digest.words
    assert "Ward t03" not in digest.words
    assert buttons(digest) == ["Why? Ward t00: rising strain", "All teams, week by week"]
    await explained(lead, "Why? Ward t00: rising strain")


async def test_all_teams_are_one_tap_away(world: World) -> None:
    lead = await lead_of(world, "d0")
    await asks(lead, "/digest", "Weekly digest: Division")
    await lead.taps("All teams, week by week", deadline=PATIENCE)
    await lead.waits_for("strain by team and week", PATIENCE)
    first, second = pictures(lead)
    assert first.photo != second.photo


async def test_a_lead_of_one_team_needs_no_map(world: World) -> None:
    lead = await lead_of(world, "t02")
    assert "All teams, week by week" not in buttons(await asks(lead, "/digest", "Weekly digest: Ward t02"))


async def test_while_it_learns_there_are_levels_and_nothing_to_explain(world: World) -> None:
    lead = await lead_of(world, "trust", rounds=5)
    listed = await asks(lead, "/hotspots", "Hotspots in Trust")
    assert "Still learning what is usual. 8 more check-ins" in listed.words
    assert "Levels this time" in listed.words
    assert buttons(listed) == []
    assert len(pictures(lead)) == 1


@pytest.mark.parametrize(
    "data",
    [
        WhyTap(unit=BURNING, kind=FlagKind.RISE.value, round=16).pack(),
        WhyTap(unit="nowhere", kind=FlagKind.RISE.value, round=16).pack(),
        MapTap(unit="d0").pack(),
        MapTap(unit="trust").pack(),
    ],
)
async def test_another_division_is_not_explained_to_a_lead(world: World, data: str) -> None:
    lead = await lead_of(world, "d1")
    assert "not open to you" in await forged(lead, data)
    assert pictures(lead) == []


async def test_nothing_is_explained_to_somebody_without_a_role(world: World) -> None:
    await lead_of(world, "trust")
    [nurse] = await world.newcomers("t00")
    assert "not open to you" in await forged(nurse, WhyTap(unit=BURNING, kind="rise", round=16).pack())


@pytest.mark.parametrize(("unit", "kind"), [(BURNING, "split"), ("t06", "rise"), ("t06", "no-such-kind")])
async def test_a_button_whose_flag_is_gone_gets_a_kind_sentence(world: World, unit: str, kind: str) -> None:
    lead = await lead_of(world, "trust")
    answer = await forged(lead, WhyTap(unit=unit, kind=kind, round=14).pack())
    assert answer == "That flag is not open any more. /hotspots shows what is flagged now."


async def test_a_look_at_a_flag_is_noted_with_its_unit_before_it_is_seen(world: World) -> None:
    lead = await lead_of(world, "trust")
    await asks(lead, "/hotspots", "Hotspots in Trust")
    await explained(lead, "Why? Ward t03: gone quiet")
    async with world.app.house.begin() as db:
        log = await entries(db)
    assert [(one.what, one.told["unit"]) for one in log[-2:]] == [
        ("hotspots_read", "trust"),
        ("hotspots_read", SILENT),
    ]


async def test_silence_is_explained_in_people_and_not_in_points(world: World) -> None:
    lead = await lead_of(world, "d1")
    await asks(lead, "/hotspots", "Hotspots in Division")
    told = await explained(lead, "Why? Ward t03: gone quiet")
    assert "in 100 of those who were asked answered" in told
    assert "ask, do not chase" in told
