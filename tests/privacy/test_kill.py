"""The bot is killed while two hundred people answer: what was acknowledged is counted, once, and nothing else."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest

from bot.clock import JumpingClock
from bot.settings import Settings
from bot.wiring import build
from insights.pack import default_pack
from sandbox import Message, Person, Sandbox
from storage.stores import Stores
from storage.vault import Vault
from tests.bot_process import BotProcess
from tests.world import MONDAY, World, settings_for

WARDS = tuple(f"ward-{number}" for number in range(10))
PEOPLE_IN_A_WARD = 20
KILLS = 10
PATIENCE = 1.0
QUESTIONS = default_pack().round_questions(1)


@dataclass
class Answering:
    """Somebody with a mind of her own, what she chose, and whether she means to send it. Each time that nothing
    comes she waits longer before she tries again."""

    person: Person
    ward: str
    choice: tuple[int, ...]
    sends: bool
    loses_form: bool
    patience: float = PATIENCE

    async def until_recorded(self) -> None:
        """Taps, again when nothing came; asks for the form when there is none."""
        while not self.has_seen_recorded:
            form = _form(self.person)
            if form is None:
                await self._does(self.person.says("/checkin"))
            elif "Ready?" in form.words:
                if not self.sends:
                    return
                await self._does(self.person.taps_without_waiting("Send", form))
            elif self.loses_form and "Question 2" in form.words:
                self.loses_form = False
                await self.person.deletes(form)
            else:
                here = int(form.words.partition("Question ")[2][0]) - 1
                label = QUESTIONS[here].option(self.choice[here], "en")
                await self._does(self.person.taps_without_waiting(label, form))

    @property
    def has_seen_recorded(self) -> bool:
        """Only this word means it."""
        shown = [message.words for message in self.person.screen() if message.from_bot]
        return any("ecorded" in words for words in shown + [toast.text for toast in self.person.toasts])

    async def _does(self, act: Awaitable[object]) -> None:
        chat = self.person.chat
        await act
        since = chat.revision
        came = await chat.changes.until(lambda: chat.revision > since or self.has_seen_recorded, self.patience)
        self.patience = PATIENCE if came else 2 * self.patience


def _form(person: Person) -> Message | None:
    asking = [one for one in person.screen() if one.from_bot and one.keyboard]
    return next((one for one in reversed(asking) if "Question" in one.words or "Ready?" in one.words), None)


async def _called(sandbox: Sandbox, times: int, deadline: float) -> None:
    """Until the bot has called so many times, or the deadline."""
    ends = time.monotonic() + deadline
    while sandbox.calls.count() < times and time.monotonic() < ends:
        await asyncio.sleep(0.001)


async def _opened(world: World, dice: random.Random) -> list[Answering]:
    await world.plan([("trust", None, 0), *((ward, "trust", PEOPLE_IN_A_WARD) for ward in WARDS)])
    joined = {ward: await world.joins(ward, PEOPLE_IN_A_WARD) for ward in WARDS}
    await world.launch("trust")
    await world.onward()
    everybody = [
        Answering(
            person,
            ward,
            tuple(dice.randrange(len(question.options)) for question in QUESTIONS),
            sends=dice.random() < 0.9,
            loses_form=dice.random() < 0.1,
        )
        for ward, people in joined.items()
        for person in people
    ]
    dice.shuffle(everybody)
    return everybody


async def _answer_while_killed(
    process: BotProcess, sandbox: Sandbox, everybody: list[Answering], dice: random.Random, ahead: float
) -> list[int]:
    """A wave of people comes with every life; each life ends after so many calls, some before the first tap."""
    answering, ends = [], []
    wave = len(everybody) // KILLS + 1
    for kill in range(KILLS):
        await process.begin(ahead)
        answering += [asyncio.create_task(one.until_recorded()) for one in everybody[kill * wave : (kill + 1) * wave]]
        last = sandbox.calls.count() + dice.choice((1, 30, 80, 150, 220, 300))
        await _called(sandbox, last, 3 + dice.random())
        ends.append(await process.end(SIGKILL))
    before = sandbox.calls.count()
    await process.begin(ahead)
    await _called(sandbox, before + 1, 30)
    await asyncio.wait_for(asyncio.gather(*answering), 60)
    await sandbox.settled(30)
    ends.append(await process.end(SIGTERM))
    return ends


async def _boxes(settings: Settings) -> dict[str, tuple[int, list[tuple[int, ...]]]]:
    """Respondents, and how often each option was chosen, by ward."""
    vault = Vault(Stores(settings.rounds_dir, settings.database_url))
    await vault.reopen(1)
    await vault.stop(1)
    totals = await vault.totals(1)
    await vault.close()
    return {
        scope: (box.respondents, [box.question(index)[0] for index in range(len(QUESTIONS))])
        for scope, box in totals.items()
        if scope in WARDS
    }


def _known(everybody: list[Answering]) -> dict[str, tuple[int, list[tuple[int, ...]]]]:
    """The same, as those tell it who saw that they were recorded."""
    by_ward: dict[str, list[Answering]] = defaultdict(list)
    for one in everybody:
        if one.has_seen_recorded:
            by_ward[one.ward].append(one)
    known = {}
    for ward in WARDS:
        chosen = [Counter(one.choice[index] for one in by_ward[ward]) for index in range(len(QUESTIONS))]
        counts = [
            tuple(count[option] for option in range(len(question.options)))
            for count, question in zip(chosen, QUESTIONS, strict=True)
        ]
        known[ward] = (len(by_ward[ward]), counts)
    return known


@pytest.mark.timeout(200)
async def test_who_saw_recorded_is_counted_exactly_once_however_often_the_bot_is_killed(
    tmp_path: Path, template: Path
) -> None:
    shutil.copy(template, tmp_path / "shiftpulse.db")
    clock, dice = JumpingClock(MONDAY), random.Random(20260106)
    began: list[float] = []

    def now() -> float:
        return clock.epoch() + (time.time() - began[0] if began else 0.0)

    async with Sandbox(seed=1, now=now, limits=None) as sandbox:
        settings = settings_for(tmp_path, sandbox)
        process = await BotProcess.launch(settings)
        world = World(sandbox, clock, settings, build(settings, clock))
        await world.start()
        everybody = await _opened(world, dice)
        await world.stop()
        began.append(time.time())
        ends = await _answer_while_killed(process, sandbox, everybody, dice, clock.epoch() - began[0])
        await process.close()
        sandbox.assert_all_modelled()
    assert ends == [-SIGKILL] * KILLS + [0]
    assert [one.sends for one in everybody] == [one.has_seen_recorded for one in everybody]
    assert _known(everybody) == await _boxes(settings)
