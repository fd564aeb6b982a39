"""The clock and the rounds: opened once, caught up, closed on time, never twice in somebody's day."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.wiring import build
from storage.organisation import organisation
from storage.people import Pattern
from storage.rounds import Stage
from storage.units import unit
from tests.hospital import CLOSES, INVITED, NEXT, OPENS, REMINDED, REMINDS, member, rounds, staffed, stage, told
from tests.world import MONDAY, World

CHOICE = ("Often", "Sometimes", "Workload")


async def asleep_until(world: World, instant: datetime) -> None:
    """The process is down until then."""
    await world.stop()
    world.clock.jump(instant)
    world.app = build(world.settings, world.clock)
    await world.start()
    await world.app.deliver()


async def test_two_processes_that_tick_at_the_same_instant_open_one_round(world: World) -> None:
    nurses = await staffed(world, 6)
    world.clock.jump(OPENS)
    other = build(world.settings, world.clock)
    await asyncio.gather(world.app.tick(), other.tick())
    await other.close()
    await world.app.deliver()
    assert [one.number for one in await rounds(world)] == [1]
    assert told(nurses, INVITED) == [1] * 6


async def test_a_process_serves_a_round_that_another_one_has_opened(world: World) -> None:
    nurses = await staffed(world, 6)
    world.clock.jump(OPENS)
    other = build(world.settings, world.clock)
    await other.tick()
    await other.close()
    await world.app.deliver()
    assert told(nurses, INVITED) == [1] * 6
    await world.answers(nurses[0], *CHOICE)
    assert await world.counted() == 1


async def test_nothing_opens_before_its_instant_and_everything_at_it(world: World) -> None:
    await staffed(world, 6)
    await world.to(OPENS - timedelta(seconds=1))
    assert await rounds(world) == []
    await world.to(OPENS)
    assert await stage(world) == Stage.OPEN


async def test_nothing_opens_before_the_first_day(world: World) -> None:
    await staffed(world, 6, first=date(2026, 1, 20))
    await world.to(OPENS + timedelta(days=10))
    assert await rounds(world) == []
    await world.to(OPENS + timedelta(days=14))
    assert [date(2026, 1, 20)] == [one.opened_on for one in await rounds(world)]


async def test_a_missed_opening_is_made_up_for_and_closes_on_time(world: World) -> None:
    nurses = await staffed(world, 6)
    await asleep_until(world, OPENS + timedelta(days=2, hours=3))
    assert told(nurses, INVITED) == [1] * 6
    await world.to(CLOSES - timedelta(seconds=1))
    assert await stage(world) == Stage.OPEN
    await world.to(CLOSES)
    assert await stage(world) == Stage.SHREDDED


async def test_a_late_opening_reminds_half_way_of_what_is_left(world: World) -> None:
    nurses = await staffed(world, 6)
    await asleep_until(world, OPENS + timedelta(days=4))
    await world.to(OPENS + timedelta(days=4, minutes=1))
    assert told(nurses, REMINDED) == [0] * 6
    await world.to(OPENS + timedelta(days=5))
    assert told(nurses, REMINDED) == [1] * 6


async def test_a_missed_closing_is_made_up_for_at_boot(world: World) -> None:
    await staffed(world, 6)
    await world.to(OPENS)
    await asleep_until(world, CLOSES + timedelta(hours=5))
    assert await stage(world) == Stage.SHREDDED


async def test_after_a_closing_and_an_opening_were_missed_both_are_made_up_for(world: World) -> None:
    await staffed(world, 6)
    await world.to(OPENS)
    await asleep_until(world, NEXT + timedelta(hours=1))
    assert [one.stage for one in await rounds(world)] == [Stage.SHREDDED, Stage.OPEN]


async def test_a_round_that_was_slept_through_is_not_opened_any_more(world: World) -> None:
    await staffed(world, 6)
    await asleep_until(world, CLOSES)
    assert await rounds(world) == []
    await world.to(NEXT)
    assert [date(2026, 1, 13)] == [one.opened_on for one in await rounds(world)]


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (date(2026, 3, 24), datetime(2026, 3, 24, 9, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),
        (date(2026, 10, 20), datetime(2026, 10, 20, 8, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)),
    ],
)
async def test_a_round_over_the_change_of_the_clocks_keeps_its_local_hours(
    world: World, day: date, opens: datetime, closes: datetime
) -> None:
    await staffed(world, 6, first=day)
    assert await world.onward() == opens
    for minute in range(0, 180, 30):
        await world.to(opens + timedelta(minutes=minute))
    assert [day] == [one.opened_on for one in await rounds(world)]
    await world.to(closes - timedelta(seconds=1))
    assert await stage(world) == Stage.OPEN
    await world.to(closes)
    assert await stage(world) == Stage.SHREDDED


async def test_everybody_is_written_to_in_the_window_of_their_shifts(world: World) -> None:
    await staffed(world, 0)
    who = {"Days": Pattern.DAYS, "Mixed": Pattern.MIXED, "Nights": Pattern.NIGHTS}
    people = {name: world.sandbox.person(name) for name in [*who, "Afternoons"]}
    async with world.app.house.begin() as db:
        db.add_all([member(world, people[name], pattern) for name, pattern in who.items()])
        db.add(member(world, people["Afternoons"], Pattern.DAYS, shift_hours=3))
        await db.commit()
    for one in people.values():
        one.chat.is_started = True
    for later in range(12):
        await world.to(OPENS + timedelta(hours=later))
    hours = {name: datetime.fromtimestamp(one.screen()[0].sent_at, UTC).hour for name, one in people.items()}
    assert hours == {"Days": 9, "Mixed": 12, "Nights": 16, "Afternoons": 12}


async def test_an_opening_late_in_the_evening_waits_for_the_morning(world: World) -> None:
    nurses = await staffed(world, 6)
    await asleep_until(world, OPENS + timedelta(hours=13))
    assert told(nurses, INVITED) == [0] * 6
    await world.to(OPENS + timedelta(days=1, seconds=-1))
    assert told(nurses, INVITED) == [0] * 6
    await world.to(OPENS + timedelta(days=1))
    assert told(nurses, INVITED) == [1] * 6


async def test_one_reminder_goes_to_those_who_have_not_answered_and_is_silent(world: World) -> None:
    nurses = await staffed(world, 6)
    await world.to(OPENS)
    await world.answers(nurses[0], *CHOICE)
    await world.to(REMINDS - timedelta(minutes=1))
    assert told(nurses, REMINDED) == [0] * 6
    await world.to(REMINDS)
    await world.restart()
    await world.to(REMINDS + timedelta(days=1))
    assert told(nurses, REMINDED) == [0, 1, 1, 1, 1, 1]
    assert [one.screen()[-1].is_silent for one in nurses[1:]] == [True] * 5


async def test_a_changed_schedule_leaves_the_open_round_alone_and_starts_after_it(world: World) -> None:
    await staffed(world, 6)
    await world.to(OPENS)
    async with world.app.house.begin() as db:
        plan = await organisation(db)
        assert plan
        plan.weekday, plan.open_days = 3, 5
        db.add(plan)
        await db.commit()
    for day in range(1, 9):
        await world.to(OPENS + timedelta(days=day))
    assert [date(2026, 1, 6)] == [one.opened_on for one in await rounds(world)]
    assert await stage(world) == Stage.SHREDDED
    await world.to(OPENS + timedelta(days=9))
    assert [date(2026, 1, 6), date(2026, 1, 15)] == [one.opened_on for one in await rounds(world)]


async def test_a_disk_that_was_full_at_the_opening_delays_it_and_loses_nothing(world: World) -> None:
    nurses = await staffed(world, 6)
    folder, aside = world.settings.rounds_dir, Path(f"{world.settings.rounds_dir}.aside")
    shutil.move(folder, aside)
    world.clock.jump(OPENS)
    with pytest.raises(FileNotFoundError):
        await world.app.tick()
    shutil.move(aside, folder)
    await world.to(OPENS + timedelta(minutes=1))
    assert told(nurses, INVITED) == [1] * 6


async def test_a_ward_without_members_is_not_asked_and_claims_no_day(world: World) -> None:
    await staffed(world, 0)
    assert MONDAY < OPENS
    await world.to(OPENS)
    assert await rounds(world) == []


async def test_a_team_launched_in_mid_week_starts_with_the_next_opening(world: World) -> None:
    nurses = await staffed(world, 6)
    await launched(world, False)
    await world.to(OPENS)
    assert await rounds(world) == []
    await launched(world, True)
    await world.to(OPENS + timedelta(days=2))
    assert await rounds(world) == []
    assert await world.app.next_due() == NEXT
    await world.to(NEXT)
    assert [(one.number, one.opened_on) for one in await rounds(world)] == [(1, NEXT.date())]
    assert told(nurses, INVITED) == [1] * 6


async def launched(world: World, is_launched: bool) -> None:
    async with world.app.house.begin() as db:
        ward = await unit(db, "ward-7")
        assert ward is not None
        ward.is_launched = is_launched
        db.add(ward)
        await db.commit()
