"""A hospital without Telegram, whose bot can be ended at each of its steps: a process that forks lives.

A step is an effect that lasts: a commit of either database, a write to a key file or over a store, a file removed.
Between two of them a crash finds the same disk, so that dying before each, and after the last, is dying everywhere.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, event

from bot.clock import JumpingClock
from bot.settings import Settings
from bot.wiring import App, build
from handlers.closing import compute
from storage.database import async_engine
from storage.ledger import publish
from storage.organisation import Organisation, save_organisation
from storage.people import Person, Role, RoleHolder
from storage.roster import frozen_scopes, frozen_units, sitting
from storage.rounds import Stage, advance, open_round
from storage.sealed import Submission
from storage.units import Unit, save_units

MONDAY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
OPENS = MONDAY + timedelta(hours=21)
CLOSES = OPENS + timedelta(days=6)
WEEK = timedelta(weeks=1)
LATER = timedelta(hours=1)
MONTH = 4
WARDS = {"ward-7": 9, "ward-8": 6, "ward-9": 3}
PEOPLE = tuple(range(700_000_001, 700_000_001 + sum(WARDS.values())))
LEAD = 700_000_900
ID_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def settings_in(folder: Path, database_url: str = "") -> Settings:
    """The settings of a bot that never speaks to Telegram, on the files of a folder."""
    return Settings(
        _env_file=None,
        bot_token="700000123:AAEhBP0av28FN3-l0a7hFCPxvh9c1CKAnSg",
        id_key=ID_KEY,
        database_url=database_url or f"sqlite+aiosqlite:///{folder}/shiftpulse.db",
        rounds_dir=folder / "rounds",
        api_url="http://127.0.0.1:9",
    )


async def peopled(app: App) -> None:
    """A launched hospital of three wards, the smallest too small for numbers of its own, and a lead."""
    ids = app.house.ids
    async with app.house.begin() as db:
        plan = {"name": "St Brannoc's", "contact": "wellbeing@example.org", "k": 5, "zone": "Europe/London"}
        await save_organisation(
            db, Organisation(**plan, weekday=1, opens="09:00", open_days=6, first=date(2026, 1, 6))
        )
        above = [Unit(id="trust", name="Trust", headcount=0)]
        above += [Unit(id="medicine", parent_id="trust", name="Medicine", headcount=0)]
        wards = [
            Unit(id=one, parent_id="medicine", name=one.title(), headcount=40, is_launched=True) for one in WARDS
        ]
        await save_units(db, above + wards)
        homes = [ward for ward, count in WARDS.items() for _ in range(count)]
        for chat, ward in zip(PEOPLE, homes, strict=True):
            db.add(
                Person(
                    id=f"person-{chat}",
                    lookup=ids.lookup(chat),
                    sealed=ids.seal(chat),
                    unit_id=ward,
                    is_established=True,
                )
            )
        given = {"lookup": ids.lookup(LEAD), "sealed": ids.seal(LEAD), "unit_id": "medicine"}
        db.add(RoleHolder(id="lead", role=Role.LEAD, display_name="Jo", **given))
        await db.commit()


async def send(app: App, chats: Sequence[int]) -> list[str]:
    """These people's answers go in; each one's own, the same in every life. What became of them."""
    submissions = []
    async with app.house.begin() as db:
        current = await open_round(db)
        assert current
        for chat in chats:
            seat = await sitting(db, current.number, app.house.ids.lookup(chat))
            assert seat
            assert seat.scope
            answers = (chat % 5, chat * 3 % 5, chat % 7 if chat % 4 else -1)
            submissions.append(Submission(chat, seat.scope, answers, seat.is_established, seat.category))
    await app.house.vault.takes_answers(current.number)
    return await asyncio.gather(*(app.house.vault.send(current.number, one) for one in submissions))


class Alive:
    """The bot in this process for a while, on the files of a folder, at an instant."""

    def __init__(self, settings: Settings, instant: datetime) -> None:
        self.clock = JumpingClock(instant)
        self.app = build(settings, self.clock)

    async def __aenter__(self) -> Alive:
        from storage.ledger_guard import guard

        async with self.app.engine.begin() as connection:
            await connection.run_sync(guard)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.app.close()

    async def ticks(self, *later: timedelta) -> None:
        """The clock strikes now, and again so much later."""
        await self.app.tick()
        for one in later:
            self.clock.pass_time(seconds=one.total_seconds())
            await self.app.tick()


@contextmanager
def steps(before_each: Callable[[str], None]) -> Iterator[None]:
    """Calls `before_each` with a step's name before every effect that lasts."""

    def told(name: str, effect: Callable[..., Any]) -> Callable[..., Any]:
        def tells(*given: Any, **named: Any) -> Any:
            before_each(name)
            return effect(*given, **named)

        return tells

    def commits(_connection: object) -> None:
        before_each("commit")

    really = {"pwrite": os.pwrite, "unlink": os.unlink}
    for name, effect in really.items():
        setattr(os, name, told(name, effect))
    event.listen(Engine, "commit", commits)
    try:
        yield
    finally:
        event.remove(Engine, "commit", commits)
        for name, effect in really.items():
            setattr(os, name, effect)


@dataclass
class Mortal:
    """The other end of the process that forks lives."""

    process: subprocess.Popen[str]

    @classmethod
    def begin(cls, folder: Path) -> Mortal:
        """A process that has imported everything, and lived once on the files of a folder to be sure of it."""
        command = [sys.executable, "-W", "error", "-m", "tests.privacy.lives", str(folder)]
        environment = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "1"}
        return cls(
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )

    def lives(self, folder: Path, instant: datetime, act: str = "tick", dies_at: int = 0, url: str = "") -> list[str]:
        """A life on these files from this instant on that is gone before the n-th step of what it does (0: lives to
        its end). The steps it began; the last one is "end" if it came so far."""
        assert self.process.stdin
        assert self.process.stdout
        told = [str(folder), instant.isoformat(), act, dies_at, url]
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        taken: list[str] = json.loads(self.process.stdout.readline())
        return taken

    def end(self) -> None:
        """No more lives."""
        self.process.communicate(timeout=30)


def copied(source: Path, folder: Path) -> Path:
    """Every file as it stands, in another place."""
    shutil.copytree(source, folder)
    return folder


async def _nothing(_alive: Alive) -> None:
    """No preparation."""


async def _ticks(alive: Alive) -> None:
    await alive.ticks(timedelta(minutes=1))


async def _answers(alive: Alive) -> None:
    await alive.ticks()
    await send(alive.app, PEOPLE[:-1])


async def _last_answer(alive: Alive) -> None:
    await alive.ticks()
    await send(alive.app, PEOPLE[-1:])
    alive.clock.jump(alive.clock.now() + LATER)


async def _week(alive: Alive) -> None:
    await _answers(alive)
    alive.clock.jump(alive.clock.now() + WEEK - timedelta(days=1))


async def _tidies_first(alive: Alive) -> None:
    """A naive closing: it destroys what was counted before what was counted is written."""
    house = alive.app.house
    await house.vault.stop(1)
    async with house.begin() as db:
        current = await open_round(db)
        assert current
        await advance(db, 1, Stage.OPEN, Stage.CLOSING)
        units, scopes = await frozen_units(db, 1), await frozen_scopes(db, 1)
        await db.commit()
    published = compute(house, current, units, scopes, await house.vault.totals(1))
    await house.vault.shred(1)
    async with house.begin() as db:
        await advance(db, 1, Stage.CLOSING, Stage.SHREDDED)
        ids = current.question_ids
        await publish(db, 1, current.opened_on, ids, published.lines, published.cells, current.k)
        await db.commit()


async def _month(alive: Alive) -> None:
    for week in range(MONTH):
        alive.clock.jump(OPENS + week * WEEK)
        await alive.ticks()
        await send(alive.app, PEOPLE[:-1])
        alive.clock.jump(CLOSES + week * WEEK)
        await alive.ticks(timedelta(minutes=1))


ACTS = {
    "tick": (_nothing, _ticks),
    "answer": (_nothing, _answers),
    "close": (_last_answer, _ticks),
    "tidy first": (_last_answer, _tidies_first),
    "week": (_week, _ticks),
    "month": (_nothing, _month),
}
"""What a life does: at peace first, then what it may die of."""


async def _live(settings: Settings, instant: str, act: str, dying: Dying) -> None:
    prepare, does = ACTS[act]
    async with Alive(settings, datetime.fromisoformat(instant)) as alive:
        await prepare(alive)
        with steps(dying.before_each):
            await does(alive)
            dying.before_each("end")


@dataclass
class Dying:
    """Ends this process without warning before its n-th step; the steps it began are told through a pipe."""

    at: int = 0
    pipe: int = 0
    taken: list[str] = field(default_factory=list)

    def before_each(self, name: str) -> None:
        """One more step."""
        self.taken.append(name)
        if self.pipe and (len(self.taken) == self.at or name == "end"):
            os.write(self.pipe, json.dumps(self.taken).encode())
            os._exit(0)


def _lives() -> None:
    """What every life would make anew is made once, and left alone by its garbage collection: pages stay shared."""
    ssl.create_default_context = cache(ssl.create_default_context)
    async_engine("postgresql+psycopg://")
    asyncio.run(_live(settings_in(Path(sys.argv[1])), OPENS.isoformat(), "answer", Dying()))
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        folder, instant, act, dies_at, url = json.loads(line)
        reading, writing = os.pipe()
        life = os.fork()
        if not life:
            asyncio.run(_live(settings_in(Path(folder), url), instant, act, Dying(dies_at, writing)))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            print(pipe.read() or "null", flush=True)  # noqa: T201 - this is how it speaks
        os.waitpid(life, 0)


if __name__ == "__main__":
    _lives()
