"""The performance: set the stage, live through the weeks, look at what people got, write it down."""

from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import SecretStr

from bot.clock import JumpingClock
from bot.demo.hospital import BURNING, PLACES, START, TEAMS, TOP, ZONE
from bot.demo.moods import Moods
from bot.demo.stage import Stage
from bot.demo.stayers import Stayers
from bot.demo.weeks import live_through
from bot.demo.writing import Writing
from bot.demo_folder import DATABASE
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.wiring import build
from handlers.words import FALLBACK
from sandbox import Message, Person, Sandbox
from storage.database import sync_engine
from storage.identity import new_key
from storage.migrations import migrate
from storage.people import Role

_BAR = 24
_GARBAGE = 50_000
"""Objects between two collections: people and their chats stay, so looking for garbage often finds little."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Whose chats are written down."""

    nurse: Person
    lead: Person
    analyst: Person


def perform(weeks: int, seed: int, folder: Path) -> None:
    """Plays the demo into an empty folder, with progress on standard error and the last digest on standard output."""
    set_up_logs("ERROR")
    asyncio.run(_play(weeks, seed, folder))


async def _play(weeks: int, seed: int, folder: Path) -> None:
    clock = JumpingClock(START)
    async with Sandbox(seed=seed, now=clock.epoch, name="Shiftpulse", username="shiftpulse_demo_bot") as sandbox:
        settings = _settings(folder, sandbox)
        app = build(settings, clock)
        stage = Stage(sandbox, clock, app, app.house.words.speak(FALLBACK))
        await stage.start()
        try:
            cast = await _set_up(stage)
            gc.freeze()
            gc.set_threshold(_GARBAGE)
            await _live(stage, weeks, seed, Stayers(seed, cast.nurse))
            digest = _last_digest(cast.lead)
            await _look_around(stage, cast)
        finally:
            await stage.stop()
        sandbox.assert_all_modelled()
        _write_down(folder, cast, *digest)


def _settings(folder: Path, sandbox: Sandbox) -> Settings:
    """Production's settings, but for the address, the token and throw-away keys."""
    path = (folder / DATABASE).resolve()
    engine = sync_engine(f"sqlite+pysqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return Settings.model_construct(
        bot_token=SecretStr(sandbox.token),
        id_key=SecretStr(new_key()),
        database_url=f"sqlite+aiosqlite:///{path}",
        rounds_dir=(folder / "rounds").resolve(),
        api_url=sandbox.url,
    )


async def _set_up(stage: Stage) -> Cast:
    people = sum(team.staff for team in TEAMS)
    _say(f"{people} people in {len(TEAMS)} teams join by their wards' posters …")
    await stage.found()
    await stage.gather()
    await stage.launch()
    lead = await stage.appoint("Miriam", Role.LEAD, TOP, "Miriam, staff wellbeing")
    analyst = await stage.appoint("Harriet", Role.HR, TOP, "Harriet, HR")
    return Cast(stage.staff[BURNING][0], lead, analyst)


async def _live(stage: Stage, weeks: int, seed: int, stayers: Stayers) -> None:
    moods, writing = Moods(seed), Writing(seed)
    people = sum(team.staff for team in TEAMS)
    for number in range(1, weeks + 1):
        sent = await live_through(stage, moods.week(number), stayers, writing)
        done = "#" * round(_BAR * number / weeks)
        day = stage.clock.now().astimezone().strftime("%d %b %Y")
        line = f"week {number:>2} of {weeks}  [{done:<{_BAR}}]  {day}: {sent} of {people} answered"
        _say(line, again=number < weeks)


async def _look_around(stage: Stage, cast: Cast) -> None:
    """What each of them looks up at the end."""
    for command in ("/team", "/words", "/privacy", "/support"):
        await stage.says(cast.nurse, command)
    await stage.says(cast.lead, "/hotspots")
    listed = cast.lead.newest()
    if listed and listed.buttons:
        await stage.taps(cast.lead, listed.buttons[0][0])
    await stage.says(cast.lead, "/team")
    pack, say = stage.app.house.pack, stage.say
    await stage.says(cast.analyst, "/themes")
    await stage.says(cast.analyst, "/trends")
    await stage.taps(cast.analyst, say.plain("trends.period", period=""))
    await stage.taps(cast.analyst, say.plain("trends.all_rounds"))
    await stage.taps(cast.analyst, say.plain("trends.download"))
    await stage.taps(cast.analyst, say.plain("trends.unit", unit=""))
    for unit in _path(BURNING):
        await stage.taps(cast.analyst, unit)
    await stage.taps(cast.analyst, say.plain("trends.choose"))
    await stage.taps(cast.analyst, say.plain("trends.measure", measure=""))
    await stage.taps(cast.analyst, pack.questions["q12b"].short(FALLBACK))
    await stage.taps(cast.analyst, say.plain("trends.show"))


def _path(unit: str) -> list[str]:
    places = {place.id: place for place in PLACES}
    names = []
    here = places[unit]
    while here.parent:
        names.append(here.name)
        here = places[here.parent]
    return names[::-1]


def _write_down(folder: Path, cast: Cast, digest: str, picture: bytes) -> None:
    (folder / "digest.png").write_bytes(picture)
    (folder / "trends.csv").write_bytes(_last_document(cast.analyst))
    chats = (("A nurse on Ward 7", cast.nurse), ("The trust's wellbeing lead", cast.lead), ("HR", cast.analyst))
    parts = [f"=== {title} ===\n\n{person.transcript(ZONE)}" for title, person in chats]
    (folder / "transcript.txt").write_text("\n\n".join(parts), "utf-8")
    click.echo(f"\n{digest}\n")
    click.echo(f"{folder}/digest.png       the picture that came with it")
    click.echo(f"{folder}/transcript.txt   a nurse's chat, the lead's and HR's, word for word")
    click.echo(f"{folder}/trends.csv       every published number")
    click.echo("\nWhat to try next:")
    click.echo("  what HR can ask of this hospital, for this one command only:")
    click.echo(f"    SHIFTPULSE_DATABASE_URL=sqlite+aiosqlite:///{folder}/{DATABASE} \\")
    click.echo(f"      .venv/bin/shiftpulse trends --unit {BURNING}")
    click.echo("  .venv/bin/shiftpulse demo --seed 8            another hospital, another year")
    click.echo("  .venv/bin/python -m sandbox --help            a Bot API of your own to talk to")
    if sys.stdout.isatty():
        click.echo("  README.md, “Run it for your team”             the real thing, on Telegram")


def _last_digest(lead: Person) -> tuple[str, bytes]:
    messages = [one for one in lead.screen() if one.from_bot]
    place = max(number for number, one in enumerate(messages) if one.photo)
    picture, text = messages[place], messages[place + 1]
    return text.words, _bytes(picture)


def _bytes(message: Message) -> bytes:
    if message.photo is None:
        raise LookupError("the message has no picture")
    return message.photo


def _last_document(analyst: Person) -> bytes:
    found = [one.document for one in analyst.screen() if one.document]
    return found[-1][1]


def _say(line: str, again: bool = False) -> None:
    """Progress on standard error: one line that moves at a terminal, a line each elsewhere."""
    ending = "\r" if again and sys.stderr.isatty() else "\n"
    click.echo(line + ending, nl=False, err=True)
