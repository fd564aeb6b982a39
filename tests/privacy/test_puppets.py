"""Four puppets against one person, in each way we could think of; docs/puppets.md says which ones still win.

A way *wins* when what was published tells the victim's answer to somebody who knows what the puppets answered. Each
is played through the real bot: posters, stewards, openings, answers, closing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from insights.cells import WHOLE, Kind, Page, Released, Stat, UnitKey
from insights.lens import PATTERN
from insights.policy import POOLED_ROUNDS, TENURE_OPENINGS
from sandbox import Person
from storage.organisation import organisation
from storage.people import Pattern
from storage.people import Person as Member
from storage.units import all_units
from tests.conversations.ward import CLOSES, OPENS
from tests.hospital import member
from tests.world import World

WEEK = timedelta(weeks=1)
OPTIONS = ("Never", "Rarely", "Sometimes", "Often", "Always")
FIXED = "q12b"
PUPPETS = 4
CALM = ("Rarely", "Rarely", "Nothing much")


async def ward(world: World, *sizes: tuple[str, int], colleagues: int = 0) -> tuple[Person, list[Person]]:
    """The launched wards of these headcounts; the victim and so many honest colleagues are in the first."""
    await world.plan([("trust", None, 0), *((name, "trust", size) for name, size in sizes)])
    [victim, *honest] = await world.joins(sizes[0][0], 1 + colleagues)
    async with world.app.house.begin() as db:
        for unit in await all_units(db):
            unit.is_launched = unit.id != "trust"
            db.add(unit)
        await db.commit()
    await established(world, [victim, *honest])
    return victim, honest


async def hired(world: World, count: int, pattern: str) -> list[Person]:
    """So many honest members of Ward 7 who have been there for long, without the talk at the door."""
    people = [world.sandbox.person(f"{pattern.title()} nurse {number}") for number in range(count)]
    async with world.app.house.begin() as db:
        db.add_all([member(world, one, pattern) for one in people])
        await db.commit()
    for one in people:
        one.chat.is_started = True
    return people


async def established(world: World, people: Sequence[Person]) -> None:
    """They have been there for long."""
    lookups = {world.app.house.ids.lookup(one.id) for one in people}
    async with world.app.house.begin() as db:
        for row in await everybody(db):
            if row.lookup in lookups:
                row.is_established, row.openings = True, 9
                db.add(row)
        await db.commit()


async def everybody(db: AsyncSession) -> list[Member]:
    return list((await db.exec(select(Member))).all())


async def puppets(world: World, unit: str, count: int = PUPPETS) -> list[Person]:
    """Accounts with the code of a photographed poster."""
    found = [world.sandbox.person(f"Puppet {unit} {number}") for number in range(count)]
    await asyncio.gather(*(world.join(one, unit) for one in found))
    return found


async def answer(world: World, people: Sequence[Person], *labels: str) -> None:
    await asyncio.gather(*(world.answers(one, *labels) for one in people))


async def play(world: World, number: int, victim: Person, secret: str, others: Sequence[Person]) -> Page:
    """A round: the victim answers `secret`, the others are calm; it closes and is published."""
    later = (number - 1) * WEEK
    await world.to(OPENS + later)
    await answer(world, others, *CALM)
    await answer(world, [victim], secret, "Rarely", "Nothing much")
    await world.to(CLOSES + later)
    return await page(world, number)


async def pass_rounds(world: World, first: int, count: int) -> None:
    """So many rounds in which nobody says anything that matters."""
    for number in range(first, first + count):
        await world.to(OPENS + (number - 1) * WEEK)
        await world.to(CLOSES + (number - 1) * WEEK)


async def page(world: World, number: int) -> Page:
    async with world.app.house.begin() as db:
        pages = await world.app.house.ledger.pages(db)
    return next(one for one in pages if one.round == number)


def shown(page: Page) -> dict[str, float]:
    """Every score of the fixed question that was published."""
    cells = {line.key: page.cell(line.key, Stat.SCORE, FIXED) for line in page.lines}
    return {key: cell.value for key, cell in cells.items() if isinstance(cell, Released)}


def guessed(page: Page, unit: str) -> list[str]:
    """What the victim may have answered, for somebody who knows that the four others said "Rarely" (25 points)."""
    cell = page.cell(UnitKey(unit), Stat.SCORE, FIXED)
    assert isinstance(cell, Released)
    means = {option: (PUPPETS * 25 + 25 * place) / (PUPPETS + 1) for place, option in enumerate(OPTIONS)}
    return [option for option, mean in means.items() if max(20.0, min(80.0, 5 * int(mean / 5 + 0.5))) == cell.value]


async def test_puppets_who_join_now_are_newcomers_and_nothing_is_shown(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 6))
    others = await puppets(world, "ward-7")
    assert shown(await play(world, 1, victim, "Always", others)) == {}


async def test_the_victim_reads_how_many_are_new_before_answering(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 6))
    await puppets(world, "ward-7")
    await world.to(OPENS)
    text = (await victim.waits_for("Question 1 of 3")).text
    assert "5 people" in text
    assert "4 of them new" in text


async def test_puppets_who_wait_until_they_are_established_win_in_a_ward_where_nobody_else_answers(
    world: World,
) -> None:
    victim, _ = await ward(world, ("ward-7", 6))
    others = await puppets(world, "ward-7")
    await pass_rounds(world, 1, TENURE_OPENINGS)
    published = await play(world, TENURE_OPENINGS + 1, victim, "Often", others)
    assert guessed(published, "ward-7") == ["Often"]


async def test_one_honest_colleague_more_keeps_the_answer(world: World) -> None:
    victim, honest = await ward(world, ("ward-7", 8), colleagues=1)
    others = await puppets(world, "ward-7")
    await established(world, others)
    await world.to(OPENS)
    await answer(world, others, *CALM)
    await answer(world, [victim], "Often", "Rarely", "Nothing much")
    await answer(world, honest, "Rarely", "Rarely", "Nothing much")
    await world.to(CLOSES)
    seen = shown(await page(world, 1))["ward-7"]
    # 4 x 25 + 75 + 25 over six people, to the nearest 5: "Often" and "Rarely", or "Sometimes" twice, or the reverse
    fits = [
        (one, two)
        for one in range(5)
        for two in range(5)
        if 5 * int((PUPPETS * 25 + 25 * (one + two)) / 6 / 5 + 0.5) == seen
    ]
    assert len({one for one, _two in fits}) > 2


async def test_a_ward_that_is_full_lets_no_puppet_in(world: World) -> None:
    await ward(world, ("ward-7", 3), colleagues=2)
    puppet = world.sandbox.person("Puppet")
    await puppet.opens(world.link("ward-7"))
    await puppet.waits_for("As many people have joined this team as it has staff")


async def test_a_ward_that_lost_half_its_people_is_counted_with_others_for_four_rounds(world: World) -> None:
    victim, honest = await ward(world, ("ward-7", 24), colleagues=9)
    others = await puppets(world, "ward-7")
    await established(world, others)
    assert "ward-7" in shown(await play(world, 1, victim, "Often", [*others, *honest]))
    for one in honest:
        await one.says("/leave")
        await one.waits_for("Erase me?")
        await one.taps("Yes, erase me")
        await one.waits_for("erased")
    for number in range(2, 2 + POOLED_ROUNDS):
        assert shown(await play(world, number, victim, "Often", others)) == {}
    # ... and whoever outwaits that wins, as docs/puppets.md says
    assert guessed(await play(world, 2 + POOLED_ROUNDS, victim, "Often", others), "ward-7") == ["Often"]


async def test_puppets_who_move_together_begin_anew(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 6), ("ward-8", 24))
    others = await puppets(world, "ward-8")
    await established(world, others)
    for one in others:
        await one.opens(world.link("ward-7"))
        await one.waits_for("Move to")
        await one.taps("Yes, move me")
        await one.waits_for("Ward 7</b> now" if "<b>" in one.sees() else "Ward 7 now")
    assert shown(await play(world, 1, victim, "Often", others)) == {}


async def test_leaving_and_coming_back_gives_neither_tenure_nor_a_second_answer(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 6))
    others = await puppets(world, "ward-7", PUPPETS - 1)
    await established(world, others)
    await world.to(OPENS)
    await answer(world, others, *CALM)
    await answer(world, [victim], "Often", "Rarely", "Nothing much")
    twice = others[0]
    await twice.says("/leave")
    await twice.waits_for("Erase me?")
    await twice.taps("Yes, erase me")
    await twice.waits_for("erased")
    await world.join(twice, "ward-7")
    await twice.says("/checkin")
    await twice.waits_for("Yours is the next one")
    assert await world.counted() == PUPPETS
    await world.to(CLOSES)
    assert shown(await page(world, 1)) == {}
    assert shown(await play(world, 2, victim, "Often", others)) == {}


@pytest.mark.parametrize("skipped", [0, 1])
async def test_skipping_one_question_takes_the_other_off_too(world: World, skipped: int) -> None:
    victim, _ = await ward(world, ("ward-7", 6))
    others = await puppets(world, "ward-7")
    await established(world, others)
    labels = ["Skip" if place == skipped else label for place, label in enumerate(CALM)]
    await world.to(OPENS)
    await answer(world, others, *labels)
    await answer(world, [victim], "Often", "Rarely", "Nothing much")
    await world.to(CLOSES)
    published = await page(world, 1)
    found = [cell for key, cell in published.cells.items() if key[1] != WHOLE and isinstance(cell, Released)]
    assert found == []


async def test_in_a_team_of_honest_people_puppets_who_come_and_go_only_take_themselves_out(world: World) -> None:
    victim, honest = await ward(world, ("ward-7", 12), colleagues=PUPPETS)
    others = await puppets(world, "ward-7")
    await established(world, others)
    with_them = shown(await play(world, 1, victim, "Always", [*others, *honest]))["ward-7"]
    without = shown(await play(world, 2, victim, "Always", honest))["ward-7"]
    # five honest people in both: 4 x 25 + 100 over five is 40, nine give 33.3
    assert (with_them, without) == (35, 40)


async def test_a_second_small_team_of_puppets_beside_a_victim_who_is_alone_wins(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 4), ("ward-8", 4))
    others = await puppets(world, "ward-8")
    await established(world, others)
    published = await play(world, 1, victim, "Often", others)
    assert guessed(published, "trust~small") == ["Often"]


async def test_a_launch_by_one_steward_alone_does_not_happen_and_by_two_it_wins(world: World) -> None:
    await world.plan([("trust", None, 0), ("ward-7", "trust", 6)])
    [victim] = await world.joins("ward-7", 1)
    others = await puppets(world, "ward-7")
    await world.to(OPENS)
    assert "Question" not in victim.sees()
    await world.launches("trust")
    await world.to(OPENS + WEEK)
    await answer(world, others, *CALM)
    await answer(world, [victim], "Sometimes", "Rarely", "Nothing much")
    await world.to(CLOSES + WEEK)
    assert guessed(await page(world, 1), "ward-7") == ["Sometimes"]


async def test_puppets_cannot_make_a_category_of_a_lens_small(world: World) -> None:
    victim, _ = await ward(world, ("ward-7", 60))
    others = await puppets(world, "ward-7")
    await established(world, others)
    by_pattern = {pattern: await hired(world, 21, pattern) for pattern in (Pattern.DAYS, Pattern.MIXED)}
    at_night = {world.app.house.ids.lookup(one.id) for one in (victim, *others)}
    async with world.app.house.begin() as db:
        for row in await everybody(db):
            row.pattern = Pattern.NIGHTS if row.lookup in at_night else row.pattern
            db.add(row)
        plan = await organisation(db)
        assert plan
        plan.lens = PATTERN
        db.add(plan)
        await db.commit()
    await world.to(OPENS + timedelta(hours=8))
    await answer(world, [*others, *by_pattern[Pattern.DAYS], *by_pattern[Pattern.MIXED]], *CALM)
    await answer(world, [victim], "Always", "Rarely", "Nothing much")
    await world.to(CLOSES)
    lines = {line.key for line in (await page(world, 1)).lines if line.kind is Kind.LENS}
    assert lines == {"~pattern.days+nights", "~pattern.mixed"}
