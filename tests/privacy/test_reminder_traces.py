"""A round twice, with the halves of the ward exchanged: nothing outside the sealed store tells who had answered.

Each story is lived by the same people from the same file with the same dice; first one half answers, then the other.
Every row, the bytes and the instant of every commit, every line of the log must agree. The naive designs below fail
the same comparison. Telegram sees who is reminded; that is stated in PRIVACY.md, not tested.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, delete

from bot import delivery
from bot.clock import JumpingClock
from bot.service import Jobs, scheduler
from bot.wiring import build
from handlers.occasions import OPENING, REMINDER
from handlers.rounds import void
from insights.policy import SEND_TRIES
from sandbox import Person, Sandbox
from storage.identity import new_key
from storage.outbox import Letter, Waiting, due_letters
from storage.outbox import drop as drop_letters
from storage.people import Pattern
from storage.people import person as person_by_lookup
from tests.conftest import add_world
from tests.hospital import CLOSES, NEXT, OPENS, REMINDED, REMINDS, member, staffed, told
from tests.privacy.records import Secrets
from tests.privacy.traces import Trace, commits, log_is_kept, note, nothing_is_forgotten, watch
from tests.world import MONDAY, World, settings_for

DAYS, NIGHTS = 8, 5
ALONE = DAYS + NIGHTS
"""She works now by day, now by night, and no other reminder is due when hers is, at noon."""
NOON = REMINDS + timedelta(hours=3)
LATER = REMINDS + timedelta(hours=7)
"""When the reminders of those who work at night are due: 16:00."""
SMALL = 3
"""A batch in these tests, so that one ward has several of them."""

FLOODED = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}'
REFUSED = '{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}'

Half = Callable[[int], bool]
Story = Callable[["Week"], Awaitable[None]]


def evens(number: int) -> bool:
    return number % 2 == 0


def odds(number: int) -> bool:
    return number % 2 == 1


def nobody(_number: int) -> bool:
    return False


def everybody(_number: int) -> bool:
    return True


class Week:
    """One round of the ward, in which those answer whom `half` names. Numbers below `DAYS` work by day."""

    def __init__(self, world: World, people: Sequence[Person], half: Half) -> None:
        self.world, self.people, self.half = world, people, half
        self.trace = Trace()
        self.forgets_reminders = False
        watch(world, self.trace)

    def note(self) -> None:
        """How everything stands now."""
        note(self.world, self.trace)

    async def opens(self) -> None:
        """The round opens; both windows of the first day pass."""
        for hours in (0, 3, 7):
            await self.world.to(OPENS + timedelta(hours=hours))
            self.note()

    async def answer(self, numbers: range) -> None:
        """Those of these people who answer at all do."""
        sending = [self.people[one] for one in numbers if self.half(one)]
        for one in sending:
            await one.says("/checkin")
        await asyncio.gather(*(self.world.answers(one, "Often", "Rarely", "Workload") for one in sending))
        if self.forgets_reminders:
            await self._forget(sending)
        self.note()

    async def _forget(self, people: Sequence[Person]) -> None:
        """Naive: who has answered needs no reminder, so away with the row."""
        house = self.world.app.house
        async with house.begin() as db:
            for one in people:
                row = await person_by_lookup(db, house.ids.lookup(one.id))
                assert row
                await db.exec(delete(Waiting).where(col(Waiting.person_id) == row.id))
            await db.commit()

    async def by_day(self) -> None:
        """Opening, and who works by day answers."""
        await self.opens()
        await self.answer(range(DAYS))

    async def reminds(self) -> None:
        """Reminders by day; the others answer; reminders of noon and of the afternoon."""
        await self.world.to(REMINDS)
        self.note()
        await self.answer(range(DAYS, ALONE + 1))
        await self.world.to(NOON)
        self.note()
        await self.world.to(LATER)
        self.note()

    async def restarts(self) -> None:
        """Another process on the same files."""
        await self.world.restart()
        watch(self.world, self.trace)

    async def closes(self) -> None:
        """To the end of the round, and into the next."""
        for instant in (CLOSES, CLOSES + timedelta(minutes=1), NEXT):
            await self.world.to(instant)
            self.note()


async def up_to_closing(week: Week) -> None:
    """Nothing goes wrong, until just before it closes."""
    await week.by_day()
    await week.reminds()


async def troubled(week: Week) -> None:
    """Of each half one blocks the bot, one leaves Telegram, one pauses; Telegram floods, fails and hangs up."""
    await week.by_day()
    for one in week.people[:2]:
        await one.blocks()
    for one in week.people[2:4]:
        await one.deletes_account()
    for one in week.people[4:6]:
        await one.says("/pause")
        await one.waits_for("silent")
        await one.taps("Pause 4 check-ins")
    await week.world.sandbox.settled()
    week.note()
    week.world.sandbox.flood(17)
    week.world.sandbox.fail_next("sendMessage", times=SEND_TRIES)
    week.world.sandbox.drop_next("sendMessage", after_effect=True)
    await week.reminds()
    await week.closes()


async def down(week: Week) -> None:
    """Telegram is away while reminders are due, comes back, and nobody restarts anything."""
    await week.by_day()
    week.world.sandbox.fail_next("sendMessage", times=3 * SEND_TRIES)
    await week.world.to(REMINDS)
    week.note()
    await week.world.to(REMINDS + timedelta(minutes=5))
    week.note()
    await week.reminds()


async def one_alone(week: Week) -> None:
    """Telegram fails, floods and refuses just when one reminder is due, and no other."""
    await week.by_day()
    await week.world.to(REMINDS)
    await week.answer(range(DAYS, ALONE + 1))
    week.world.sandbox.fail_next("sendMessage")
    week.world.sandbox.fail_next("sendMessage", 429, FLOODED)
    week.world.sandbox.fail_next("sendMessage", 400, REFUSED)
    await week.world.to(NOON)
    week.note()


async def crashed(week: Week) -> None:
    """The process ends in the middle of the reminders; what was to come of them is lost for everybody alike."""
    await week.by_day()
    week.world.clock.jump(REMINDS)
    await week.world.app.tick()
    week.world.sandbox.lag = 0.02
    draining = asyncio.create_task(week.world.app.deliver())
    while not sum(told(list(week.people), REMINDED)):
        await asyncio.sleep(0.002)
    draining.cancel()
    with suppress(asyncio.CancelledError):
        await draining
    week.world.sandbox.lag = 0.0
    week.note()
    await week.restarts()
    week.note()
    await week.reminds()
    await week.closes()


async def voided(week: Week) -> None:
    """The kill switch, in the hours between reminders by day and those of the afternoon."""
    await week.by_day()
    await week.world.to(REMINDS)
    week.note()
    await week.answer(range(DAYS, ALONE + 1))
    week.world.clock.jump(LATER)
    await void(week.world.app.house, 1)
    week.note()
    week.world.sandbox.flood(9)
    await week.world.to(LATER + timedelta(minutes=1))
    week.note()


@pytest.fixture
async def ward(tmp_path: Path, template: Path) -> tuple[Path, str]:
    """A staffed ward on the day before its first check-in: its database, and the key of its ids."""
    folder, key = tmp_path / "ward", new_key()
    folder.mkdir()
    shutil.copy(template, folder / "shiftpulse.db")
    clock = JumpingClock(MONDAY)
    async with Sandbox(seed=1, now=clock.epoch) as sandbox:
        settings = settings_for(folder, sandbox, id_key=key)
        world = World(sandbox, clock, settings, build(settings, clock))
        await staffed(world, DAYS)
        owls = [sandbox.person(f"Nurse {number}") for number in range(DAYS, ALONE)]
        async with world.app.house.begin() as db:
            db.add_all([member(world, one, Pattern.NIGHTS) for one in owls])
            db.add(member(world, sandbox.person(f"Nurse {ALONE}"), Pattern.MIXED))
            await db.commit()
        await world.app.close()
    return folder / "shiftpulse.db", key


async def lived(
    ward: tuple[Path, str], half: Half, story: Story, secret: Secrets, naive: Naive | None = None
) -> Trace:
    """The story from the same file with the same dice; what it leaves."""
    home, key = ward
    folder = home.parent.with_name(f"{half.__name__}-{story.__name__}")
    folder.mkdir()
    path = Path(shutil.copy(home, folder / "shiftpulse.db"))
    clock = JumpingClock(MONDAY)
    with pytest.MonkeyPatch.context() as patch, nothing_is_forgotten(path):
        patch.setattr(secrets, "randbits", random.Random(20260106).getrandbits)
        patch.setattr(delivery, "OUTBOX_BATCH", SMALL)
        async with Sandbox(seed=1, now=clock.epoch) as sandbox:
            settings = settings_for(folder, sandbox, id_key=key)
            world = World(sandbox, clock, settings, build(settings, clock))
            people = [sandbox.person(f"Nurse {number}") for number in range(ALONE + 1)]
            for one in people:
                one.chat.is_started = True
            week = Week(world, people, half)
            if naive:
                naive(week, patch)
            with log_is_kept(world, week.trace):
                await world.start()
                await story(week)
                await world.stop()
            add_world(secret, world)
        week.trace.commits = commits(path)
    shutil.rmtree(folder)
    return week.trace


STORIES = (troubled, down, one_alone, crashed, voided)


@pytest.mark.parametrize("story", STORIES, ids=[one.__name__ for one in STORIES])
async def test_who_answered_changes_no_row_no_commit_and_no_instant(
    ward: tuple[Path, str], story: Story, secrets: Secrets
) -> None:
    first = await lived(ward, evens, story, secrets)
    second = await lived(ward, odds, story, secrets)
    assert first.differences(second) == []
    assert len(first.instants) >= len(first.commits) > 5


async def test_nor_does_it_matter_how_many_answered_until_the_round_closes(
    ward: tuple[Path, str], secrets: Secrets
) -> None:
    none = await lived(ward, nobody, up_to_closing, secrets)
    everyone = await lived(ward, everybody, up_to_closing, secrets)
    assert none.differences(everyone) == ["sizes in the rounds folder"]


async def test_the_scheduler_holds_the_same_two_jobs_whoever_answered(world: World) -> None:
    people = await staffed(world, 6)
    schedule = scheduler(world.app, Jobs())
    before = jobs(schedule)
    await world.to(OPENS)
    await asyncio.gather(*(world.answers(one, "Often", "Rarely", "Workload") for one in people[:3]))
    await world.to(REMINDS)
    assert jobs(schedule) == before == [("deliver", ["deliver"]), ("tick", ["tick"])]


def jobs(schedule: object) -> list[tuple[str, list[str]]]:
    """Every job that waits, with those of its arguments that are no function."""
    found = schedule.get_jobs()  # type: ignore[attr-defined]
    return sorted((one.id, [arg for arg in one.args if isinstance(arg, str)]) for one in found)


Naive = Callable[[Week, pytest.MonkeyPatch], None]


def forgets_reminders(week: Week, _patch: pytest.MonkeyPatch) -> None:
    """Who has answered needs no reminder: the row goes with the answer."""
    week.forgets_reminders = True


def marks_who_cannot_be_reminded(_week: Week, patch: pytest.MonkeyPatch) -> None:
    """A reminder that is refused tells that its recipient is away, as an invitation does."""
    patch.setattr(delivery, "BEFORE_SENDING", ())
    patch.setattr(delivery, "MARKS_UNREACHABLE", (OPENING, REMINDER))


def drops_after_sending(_week: Week, patch: pytest.MonkeyPatch) -> None:
    """A reminder's row goes when the reminder has arrived, as an invitation's does."""
    patch.setattr(delivery, "BEFORE_SENDING", ())


def drops_in_batches(_week: Week, patch: pytest.MonkeyPatch) -> None:
    """Rows go before the sending, but batch after batch: how long one took tells how many in it had answered."""

    async def take(self: delivery.Delivery, name: str, after: int, _zone: str | None) -> list[Letter]:
        house = self._house
        async with house.begin() as db:
            letters = await due_letters(db, name, house.clock.now(), SMALL, after)
            if letters and name == REMINDER:
                await drop_letters(db, [one.id for one in letters])
                await db.commit()
        return letters

    patch.setattr(delivery.Delivery, "_take", take)


@pytest.mark.parametrize(
    ("naive", "story", "trace"),
    [
        (forgets_reminders, up_to_closing, "rows of outbox"),
        (marks_who_cannot_be_reminded, troubled, "rows of person"),
        (drops_after_sending, down, "rows of outbox"),
        (drops_in_batches, up_to_closing, "instants of commits"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
async def test_the_same_comparison_tells_who_answered_in_a_naive_design(
    ward: tuple[Path, str], secrets: Secrets, naive: Naive, story: Story, trace: str
) -> None:
    first = await lived(ward, evens, story, secrets, naive)
    second = await lived(ward, odds, story, secrets, naive)
    assert any(one.startswith(trace) for one in first.differences(second))
