"""What the clock brings: openings in everybody's own hours, one quiet reminder, and bad news when a round is void."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.rounds import void
from sandbox import Person
from storage.people import Pattern
from storage.rounds import void_latest
from tests.conversations.ward import CLOSES, OPENS, REMINDS, UNITS, answered, asks, launched, opened
from tests.world import World


def _letters(person: Person, words: str) -> list[datetime]:
    """When messages with these words arrived."""
    return [datetime.fromtimestamp(one.sent_at, OPENS.tzinfo) for one in person.screen() if words in one.words]


def _forms(person: Person) -> int:
    return len([one for one in person.screen() if one.from_bot and one.sent_at >= OPENS.timestamp()])


async def test_only_who_has_not_answered_is_reminded_silently_and_once(world: World) -> None:
    nurses = await opened(world, 6)
    await answered(world, nurses[:3])
    await world.to(REMINDS)
    for one in nurses[:3]:
        assert _forms(one) == 1
    for one in nurses[3:]:
        reminder = await one.waits_for("If you would rather not this week, that is fine")
        assert reminder.is_silent
        assert "Question 1 of 3" in reminder.text
    for hours in (1, 24, 48):
        await world.to(REMINDS + timedelta(hours=hours))
    assert [_forms(one) for one in nurses] == [1, 1, 1, 2, 2, 2]


async def test_a_reminder_leaves_nothing_behind_that_tells_who_had_answered(world: World) -> None:
    nurses = await opened(world, 6)
    await answered(world, nurses[:3])
    before = world.rows()
    await world.to(REMINDS)
    after = world.rows()
    assert {name for name in after if after[name] != before[name]} == {"round"}
    assert after["outbox"] == []


async def test_the_reminder_can_be_answered_and_the_first_form_then_says_recorded(world: World) -> None:
    ana, *_ = await opened(world)
    first = ana.newest()
    await world.to(REMINDS)
    await ana.waits_for("The check-in is open until Monday 12 January, 09:00")
    await answered(world, [ana])
    tap = await ana.taps("Often", first)
    assert "Recorded already" in tap.answer.text
    assert await world.counted() == 1


async def test_restarts_and_missed_ticks_remind_nobody_twice(world: World) -> None:
    ana, *_ = await opened(world)
    await world.to(REMINDS)
    await ana.waits_for("The check-in is open")
    await world.restart()
    await world.to(REMINDS + timedelta(minutes=1))
    await world.restart()
    await world.to(REMINDS + timedelta(hours=30))
    assert _forms(ana) == 2


async def test_night_and_mixed_workers_are_written_to_in_their_own_hours(world: World) -> None:
    await world.plan(UNITS)
    days = await world.joins("ward-7", 2, Pattern.DAYS)
    nights = await world.joins("ward-7", 2, Pattern.NIGHTS)
    mixed = await world.joins("ward-7", 2, Pattern.MIXED)
    await world.launch("trust")
    await world.to(OPENS)
    for _ in range(6):
        await world.onward()
        if world.clock.now() >= REMINDS + timedelta(hours=8):
            break
    at = {
        name: [moment.strftime("%a %H:%M") for moment in _letters(team[0], "Question 1 of 3")]
        for name, team in (("days", days), ("nights", nights), ("mixed", mixed))
    }
    assert at == {
        "days": ["Tue 09:00", "Fri 09:00"],
        "nights": ["Tue 16:00", "Fri 16:00"],
        "mixed": ["Tue 12:00", "Fri 12:00"],
    }


async def test_nobody_is_written_to_at_night_even_after_a_long_outage(world: World) -> None:
    nurses = await launched(world)
    await world.to(OPENS.replace(hour=23))
    assert [_forms(one) for one in nurses] == [0, 0, 0, 0]
    await world.onward()
    await world.sandbox.settled()
    moments = {moment for one in nurses for moment in _letters(one, "Question 1 of 3")}
    assert moments
    assert all(7 <= moment.hour < 21 for moment in moments)


async def test_a_round_that_is_stopped_at_night_is_told_in_the_morning(world: World) -> None:
    nurses = await opened(world, 5)
    night = OPENS.replace(day=7, hour=2)
    world.clock.jump(night)
    assert await void(world.app.house, 1)
    await world.to(night + timedelta(minutes=1))
    assert [len(_letters(one, "was stopped")) for one in nurses] == [0] * 5
    await world.onward()
    assert [_letters(one, "was stopped")[0].hour for one in nurses] == [7] * 5


async def test_who_pauses_in_mid_round_is_not_reminded(world: World) -> None:
    nurses = await opened(world, 5)
    await asks(nurses[0], "/pause", "silent")
    await nurses[0].taps("Pause 4 check-ins")
    await world.to(REMINDS)
    assert [len(_letters(one, "The check-in is open")) for one in nurses] == [0, 1, 1, 1, 1]


async def test_who_blocked_the_bot_is_not_asked_in_the_next_round(world: World) -> None:
    nurses = await opened(world, 5)
    ana = nurses[0]
    await ana.blocks()
    await world.sandbox.settled()
    await world.to(CLOSES)
    refused = _refused(world)
    await world.to(OPENS + timedelta(weeks=1))
    assert _refused(world) == refused
    assert len(world.rows()["seat"]) == 4
    await ana.unblocks()
    await asks(ana, "/checkin", "You are not in the check-in that is open now")
    await world.to(CLOSES + timedelta(weeks=1))
    await world.to(OPENS + timedelta(weeks=2))
    await ana.waits_for("Question 1 of 3")


def _refused(world: World) -> int:
    return world.sandbox.calls.count("sendMessage", "403")


async def test_an_account_that_is_gone_is_found_out_once(world: World) -> None:
    nurses = await launched(world, 5)
    await nurses[0].deletes_account()
    await world.to(OPENS)
    assert _refused(world) == 1
    await world.to(CLOSES)
    await world.to(OPENS + timedelta(weeks=1))
    assert _refused(world) == 1


async def test_a_void_round_is_told_to_everybody_and_nothing_of_it_is_left(world: World) -> None:
    nurses = await opened(world, 5)
    await answered(world, nurses[:2])
    form = nurses[4].newest()
    async with world.app.house.begin() as db:
        assert await void_latest(db) == 1
    await world.to(OPENS + timedelta(hours=1))
    for one in nurses:
        shown = await one.waits_for("This week's check-in was stopped")
        assert "opens on Tuesday 13 January" in shown.text
    assert list(world.settings.rounds_dir.iterdir()) == []
    tap = await nurses[4].taps("Often", form)
    assert "nothing was counted" in tap.answer.text
    await world.to(CLOSES)
    await asks(nurses[0], "/team", "Nothing has been published yet")
    await world.to(OPENS + timedelta(weeks=1))
    await nurses[0].waits_for("Question 1 of 3")


async def test_the_kill_switch_works_once(world: World) -> None:
    nurses = await opened(world)
    assert await void(world.app.house, 1)
    assert not await void(world.app.house, 1)
    for minute in (1, 2):
        await world.to(OPENS + timedelta(minutes=minute))
    assert len(_letters(nurses[0], "was stopped")) == 1


async def test_who_leaves_before_their_hour_gets_nothing_more(world: World) -> None:
    await world.plan(UNITS)
    nurses = await world.joins("ward-7", 5, Pattern.NIGHTS)
    await world.launch("trust")
    await world.to(OPENS)
    await asks(nurses[0], "/leave", "Erase me?")
    await nurses[0].taps("Yes, erase me")
    await nurses[0].waits_for("You are erased")
    await world.to(OPENS + timedelta(hours=7))
    assert _letters(nurses[0], "Question 1 of 3") == []
    assert len(_letters(nurses[1], "Question 1 of 3")) == 1
