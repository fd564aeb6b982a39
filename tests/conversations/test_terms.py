"""When k, the questions, the promise or the lens change, everybody is told and asked again before the next round."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from handlers.callbacks import AgreeTap, JoinTap
from sandbox import Person
from storage.organisation import Organisation, organisation
from storage.people import Pattern
from storage.rounds import Stage
from tests.conversations.ward import CLOSES, OPENS, answered, asks, gathered, launched, opened
from tests.hospital import rounds, told
from tests.world import MONDAY, World

WEEK = timedelta(weeks=1)
LETTER = "What you agreed to has changed"
INVITED = "Your weekly check-in"
SOON = timedelta(minutes=1)


async def changed(world: World, **columns: Any) -> None:
    """As by `shiftpulse organisation`."""
    async with world.app.house.begin() as db:
        plan = await organisation(db)
        assert plan is not None
        for name, value in columns.items():
            setattr(plan, name, value)
        db.add(plan)
        await db.commit()


async def plan_of(world: World) -> Organisation:
    async with world.app.house.begin() as db:
        plan = await organisation(db)
    assert plan is not None
    return plan


async def ticks(world: World, later: timedelta = SOON) -> None:
    await world.to(world.clock.now() + later)


async def asked_again(world: World, count: int = 6, **columns: Any) -> list[Person]:
    """A launched ward before its first check-in, of whom each has the letter."""
    nurses = await launched(world, count)
    await ticks(world)
    await changed(world, **(columns or {"k": 6}))
    await ticks(world)
    for one in nurses:
        await one.waits_for(LETTER)
    return nurses


async def test_the_first_terms_are_no_change(world: World) -> None:
    nurses = await launched(world, 5)
    await ticks(world)
    before = await plan_of(world)
    for _ in range(3):
        await ticks(world)
    assert (before.terms, bool(before.terms_print)) == (1, True)
    assert await plan_of(world) == before
    assert told(nurses, LETTER) == [0] * 5


async def test_a_higher_k_is_told_once_with_the_promise_and_the_questions(world: World) -> None:
    nurses = await asked_again(world, k=6)
    await ticks(world)
    await ticks(world)
    assert told(nurses, LETTER) == [1] * 6
    shown = await nurses[0].waits_for(LETTER)
    assert "Numbers are published from 6 people on (before: 5)" in shown.text
    assert "Totals of at least 6 people" in shown.text
    for question in world.app.house.pack.questions.values():
        assert question.short("en") in shown.text
    assert "The words of the promise" not in shown.text
    assert shown.buttons == [["I agree"], ["No: erase me"]]


async def test_only_who_agrees_is_asked_and_the_others_get_the_letter_instead(world: World) -> None:
    nurses = await asked_again(world, 8)
    for one in nurses[:6]:
        await one.taps("I agree")
        await one.waits_for("you have agreed. You take part from the next check-in on")
    await world.to(OPENS)
    assert told(nurses, INVITED) == [1] * 6 + [0] * 2
    assert told(nurses, LETTER) == [1] * 6 + [2] * 2
    assert len(world.rows()["seat"]) == 6
    await world.to(CLOSES)
    await world.to(OPENS + WEEK)
    assert told(nurses[6:], LETTER) == [3, 3]


async def test_as_long_as_nobody_agrees_no_round_opens_and_everybody_is_asked_each_time(world: World) -> None:
    nurses = await asked_again(world)
    for week in range(2):
        await world.to(OPENS + week * WEEK)
    assert await rounds(world) == []
    assert told(nurses, LETTER) == [3] * 6
    for one in nurses:
        await one.taps("I agree")
    await world.sandbox.settled()
    await world.to(OPENS + 2 * WEEK)
    assert told(nurses, INVITED) == [1] * 6


async def test_checkin_brings_the_question_to_who_has_not_agreed(world: World) -> None:
    nurses = await asked_again(world)
    await nurses[1].taps("I agree")
    await world.to(OPENS)
    shown = await asks(nurses[0], "/checkin", LETTER)
    assert ["I agree"] in shown.buttons


async def test_a_round_under_way_keeps_its_own_k_and_is_answered_by_everybody(world: World) -> None:
    nurses = await opened(world, 6)
    await changed(world, k=6)
    await ticks(world)
    await nurses[0].waits_for(LETTER)
    await answered(world, nurses)
    await nurses[0].taps("I agree")
    await nurses[0].waits_for("you have agreed")
    await world.to(CLOSES)
    [one] = await rounds(world)
    assert (one.k, one.stage) == (5, Stage.SHREDDED)
    await asks(nurses[0], "/team", "Strain")
    await world.to(OPENS + WEEK)
    assert [one.k for one in await rounds(world)] == [5, 6]
    assert told(nurses, INVITED) == [2] + [1] * 5


async def test_who_agrees_in_mid_round_takes_part_from_the_next(world: World) -> None:
    nurses = await asked_again(world, 7)
    for one in nurses[1:]:
        await one.taps("I agree")
        await one.waits_for("you have agreed")
    await world.to(OPENS)
    await nurses[0].taps("I agree")
    await nurses[0].waits_for("which opens on Tuesday 13 January")
    await asks(nurses[0], "/checkin", "You are not in the check-in that is open now")
    await world.to(CLOSES)
    await world.to(OPENS + WEEK)
    assert told(nurses[:1], INVITED) == [1]


async def test_who_says_no_is_erased_and_an_old_no_asks_first(world: World) -> None:
    nurses = await asked_again(world)
    ana, bea = nurses[:2]
    await ana.taps("No: erase me")
    await ana.waits_for("You are erased")
    assert len(world.rows()["person"]) == 5
    letter = bea.newest()
    assert letter is not None
    old = AgreeTap(terms=2, yes=False).pack()
    await bea.taps("I agree")
    await bea.waits_for("you have agreed")
    await bea.forges(old, letter)
    await bea.waits_for("Erase me?")
    assert len(world.rows()["person"]) == 5


async def test_yes_to_an_older_edition_brings_the_newest(world: World) -> None:
    nurses = await asked_again(world, k=6)
    ana = nurses[0]
    first = ana.newest()
    await changed(world, k=7, lens="pattern")
    await world.app.tick()
    tap = await ana.taps("I agree", first)
    assert "changed once more" in tap.answer.text
    shown = await ana.waits_for("Totals of at least 7 people")
    assert "please read it anew" in shown.text
    await ana.taps("I agree", shown)
    await ana.waits_for("you have agreed")


async def test_a_lens_is_told_in_words_and_who_joins_reads_it_before_they_say_how_they_work(world: World) -> None:
    nurses = await asked_again(world, lens="pattern")
    shown = await nurses[0].waits_for(LETTER)
    assert "How working patterns are looked at" in shown.text
    assert "Night, day and mixed staff are compared" in shown.text
    new = world.sandbox.person("New")
    await new.opens(world.link("ward-7"))
    await new.waits_for("The promise")
    await new.taps("Yes, join")
    await new.waits_for("Night, day and mixed staff are also compared")
    await new.taps("Days")
    await new.waits_for("Thank you")
    await world.to(OPENS)
    assert (told([new], LETTER), told([new], INVITED)) == ([0], [1])


async def test_who_said_yes_to_an_older_promise_card_reads_the_newest_first(world: World) -> None:
    await gathered(world, 4)
    await ticks(world)
    new = world.sandbox.person("New")
    await new.opens(world.link("ward-7"))
    card = await new.waits_for("at least 5 people")
    await changed(world, k=7)
    await ticks(world)
    await new.taps("Yes, join", card)
    await new.waits_for("at least 7 people")
    await new.forges(JoinTap(code=world.posters["ward-7"], pattern="days", terms=1).pack(), card)
    await world.sandbox.settled()
    assert len(world.rows()["person"]) == 4
    await new.taps("Yes, join")
    await new.waits_for("When do you mostly work")
    await new.taps("Days")
    await new.waits_for("Thank you")
    assert told([new], LETTER) == [0]


async def test_who_has_paused_is_left_in_peace_and_asked_when_the_pause_is_over(world: World) -> None:
    nurses = await launched(world, 7)
    ana = nurses[0]
    await ticks(world)
    await asks(ana, "/pause", "It ends by itself")
    await ana.taps("1 check-in")
    await ana.waits_for("Paused for 1 more check-in")
    await changed(world, k=6)
    await ticks(world)
    for one in nurses[1:]:
        await one.taps("I agree")
        await one.waits_for("you have agreed")
    await world.to(OPENS)
    assert told(nurses, LETTER) == [0] + [1] * 6
    await world.to(CLOSES)
    await world.to(OPENS + WEEK)
    assert told(nurses[:1], LETTER) == [1]


async def test_the_letter_waits_for_the_morning(world: World) -> None:
    nurses = await launched(world, 5)
    await world.to(MONDAY.replace(hour=22))
    await changed(world, k=6)
    await ticks(world)
    assert told(nurses, LETTER) == [0] * 5
    await world.onward()
    await world.sandbox.settled()
    assert world.clock.now().hour >= 7
    assert told(nurses, LETTER) == [1] * 5


def reworded(folder: Path) -> Path:
    """The default pack in another edition."""
    text = resources.files("insights").joinpath("packs/q12.toml").read_text("utf-8")
    path = folder / "reworded.toml"
    path.write_text(text.replace("version = 1", "version = 2"), "utf-8")
    return path


async def test_other_questions_are_told_after_the_restart_that_brings_them(world: World, tmp_path: Path) -> None:
    nurses = await launched(world, 5)
    await ticks(world)
    world.settings = world.settings.model_copy(update={"pack": reworded(tmp_path)})
    await world.restart()
    await ticks(world)
    shown = await nurses[0].waits_for(LETTER)
    assert "The questions are others, or are worded otherwise" in shown.text
    await world.restart()
    await ticks(world)
    assert told(nurses, LETTER) == [1] * 5


@pytest.mark.parametrize("label", ["I agree", "No: erase me"])
async def test_who_has_left_meanwhile_gets_a_kind_sentence(world: World, label: str) -> None:
    nurses = await asked_again(world)
    ana = nurses[0]
    letter = ana.newest()
    await asks(ana, "/leave", "Erase me?")
    await ana.taps("Yes, erase me")
    await ana.waits_for("You are erased")
    tap = await ana.taps(label, letter)
    assert "not in a team here any more" in tap.answer.text
    assert len(world.rows()["person"]) == 5


async def test_a_letter_that_still_waits_is_not_written_twice_and_says_what_holds_when_it_is_sent(
    world: World,
) -> None:
    nurses = await launched(world, 5)
    nights = (await world.joins("ward-7", 1, Pattern.NIGHTS))[0]
    gathering = (await world.joins("ward-8", 1, Pattern.NIGHTS))[0]
    await ticks(world)
    await world.to(OPENS.replace(hour=8, minute=50))
    for k in (6, 7):
        await changed(world, k=k)
        await ticks(world)
    await world.to(OPENS)
    await world.to(OPENS + timedelta(hours=8))
    for one in (nights, gathering):
        assert told([one], LETTER) == [1]
        await one.waits_for("Totals of at least 7 people")
    assert told(nurses, LETTER) == [1] * 5
