"""HR: unit, measure and period by buttons; a chart, the numbers with their meaning, and a CSV that is the ledger."""

from __future__ import annotations

import csv
from io import StringIO

from insights.cells import Bound, Cell, Page, Released, Stat, Withheld
from insights.comments.themes import Theme
from insights.pack import default_pack
from sandbox import Message, Person
from storage.people import Role
from tests.conversations.ward import CLOSES, asks, launched, opened, two_divisions, week
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n"


async def _hr(world: World, weeks: int = 1) -> Person:
    people = await two_divisions(world)
    hr = await world.role("Kim", Role.HR, "trust")
    for number in range(1, weeks + 1):
        await week(world, people, number)
    return hr


async def _pages(world: World) -> tuple[Page, ...]:
    async with world.app.house.begin() as db:
        return await world.app.house.ledger.pages(db)


async def _chooses(hr: Person, menu: Message, *labels: str) -> None:
    """Taps through the menu, waiting for each screen."""
    for label in labels:
        before = menu.revision
        await hr.taps(label, menu)
        await hr.chat.changes.until(lambda since=before: menu.revision > since, 5)


async def test_trends_show_a_chart_and_the_numbers_with_their_meaning(world: World) -> None:
    hr = await _hr(world, 2)
    menu = await asks(hr, "/trends", "Trends")
    assert ["Unit: Trust"] in menu.buttons
    await hr.taps("Show chart")
    numbers = await hr.waits_for("Trust: Strain\n")
    assert "6 Jan: " in numbers.text
    assert "13 Jan: " in numbers.text
    assert "likely" in numbers.text
    assert "0 (never) to 100 (always)" in numbers.text
    assert next(message for message in hr.screen() if message.photo).photo.startswith(PNG)


async def test_unit_measure_and_period_are_chosen_by_buttons(world: World) -> None:
    hr = await _hr(world)
    menu = await asks(hr, "/trends", "Trends")
    await _chooses(hr, menu, "Unit: Trust", "Surgery", "Theatre", "Choose this unit")
    await _chooses(hr, menu, "Measure: Strain", "Burnt out")
    await _chooses(hr, menu, "Period: last 12 check-ins", "everything")
    assert menu.buttons[:3] == [["Unit: Theatre"], ["Measure: Burnt out"], ["Period: everything"]]
    await hr.taps("Show chart", menu)
    assert "mean answer to the question" in (await hr.waits_for("Theatre: Burnt out\n")).text


async def test_what_is_withheld_and_what_was_not_asked_is_said(world: World) -> None:
    hr = await _hr(world)
    menu = await asks(hr, "/trends", "Trends")
    await _chooses(hr, menu, "Unit: Trust", "Medicine", "Clinic", "Choose this unit")
    await hr.taps("Show chart", menu)
    assert "6 Jan: not shown" in (await hr.waits_for("Clinic: Strain\n")).text
    await _chooses(hr, menu, "Measure: Strain", "Every hour tiring")
    await hr.taps("Show chart", menu)
    await hr.waits_for("No check-in in this period asked that")


async def test_the_csv_is_the_ledger(world: World) -> None:
    hr = await _hr(world, 2)
    menu = await asks(hr, "/trends", "Trends")
    cells = {
        (str(page.round), unit, question, str(stat)): cell
        for page in await _pages(world)
        for (unit, question, stat), cell in page.cells.items()
    }
    assert await _downloaded(hr, menu) == cells
    await _chooses(hr, menu, "Unit: Trust", "Surgery", "Theatre", "Choose this unit")
    assert await _downloaded(hr, menu) == {key: cell for key, cell in cells.items() if key[1] == "theatre"}


async def _downloaded(hr: Person, menu: Message) -> dict[tuple[str, str, str, str], Cell]:
    """The cells of the file, read back. Which reason a number is withheld for is told to nobody."""
    await hr.taps("Download CSV", menu)
    name, content = (await hr.waits_for("every published number")).document
    assert name.endswith(".csv")
    found: dict[tuple[str, str, str, str], Cell] = {}
    for row in csv.DictReader(StringIO(content.decode("utf-8-sig"))):
        key = row["round"], row["unit"], row["question"], row["stat"]
        found[key] = Unread() if row["withheld"] else _released(row)
        if row["withheld"]:
            assert (row["shown"], row["withheld"]) == ("", "Not shown: too few answers to be safe")
    return found


class Unread:
    """Equal to whatever is withheld, and to an option that is shown by name."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Withheld)


def _released(row: dict[str, str]) -> Cell:
    options = default_pack().questions[row["question"]].options if row["stat"] == Stat.TOP else ()
    named = [default_pack().questions[row["question"]].option(place, "en") for place in range(len(options))]
    value = float(named.index(row["option"])) if named else float(row["shown"])
    bound = {"about": Bound.ABOUT, "at most": Bound.AT_MOST, "at least": Bound.AT_LEAST}[row["bound"] or "about"]
    return Released(value, row["answered_band"], bound)


async def test_every_measure_can_be_shown(world: World) -> None:
    hr = await _hr(world)
    menu = await asks(hr, "/trends", "Trends")
    await _chooses(hr, menu, "Measure: Strain")
    labels = [label for row in menu.buttons for label in row]
    await _chooses(hr, menu, labels[0])
    for label in (labels[1], labels[-1]):
        await _chooses(hr, menu, next(row[0] for row in menu.buttons if row[0].startswith("Measure")), label)
        await hr.taps("Show chart", menu)
        await hr.waits_for(f"Trust: {label}\n")
        await world.sandbox.settled()
    assert len(labels) == 2 + 7 + 7 + 1 + len(Theme)


async def test_trends_before_the_first_closing_have_nothing_to_show(world: World) -> None:
    await launched(world)
    hr = await world.role("Kim", Role.HR, "trust")
    await asks(hr, "/trends", "Nothing has been published yet")


async def test_nobody_else_reads_trends_by_a_forged_button(world: World) -> None:
    ana, *_ = await opened(world)
    lead = await world.role("Jo", Role.LEAD, "trust")
    await world.to(CLOSES)
    for person in (ana, lead):
        shown = await asks(person, "/help", "/checkin")
        for data in ("t1:trust:0:12:show", "t1:ward-7:0:0:csv", "t1:trust:0:12:menu"):
            tap = await person.forges(data, shown)
            assert (await tap.answered()).text == "That is not open to you."
        await world.sandbox.settled()
        assert not [message for message in person.screen() if message.document]


async def test_forged_choices_of_hr_are_refused_kindly(world: World) -> None:
    hr = await _hr(world)
    menu = await asks(hr, "/trends", "Trends")
    for data in ("t1:nowhere:0:12:show", "t1:trust:99:12:show", "t1:trust:-1:12:show", "t1:trust:0:-5:csv"):
        tap = await hr.forges(data, menu)
        assert (await tap.answered()).text == "That is not open to you."
    tap = await hr.forges("t1:trust:0:12:dance", menu)
    assert (await tap.answered()).text == ""


async def test_a_chart_that_does_not_get_through_is_owned_up_to_in_the_chat(world: World) -> None:
    hr = await _hr(world)
    menu = await asks(hr, "/trends", "Trends")
    world.sandbox.fail_next("sendPhoto")
    tap = await hr.taps("Show chart", menu)
    await hr.waits_for("Something went wrong on our side. Please try again.")
    assert [answer.text for answer in tap.answers] == [""]
    await hr.taps("Show chart", menu)
    await hr.waits_for("Trust: Strain\n")
