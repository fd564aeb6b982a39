"""What PostgreSQL's own log says of Sends, also of those that fail: at its defaults, and when an administrator has
every statement and every parameter written down."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from bot.clock import JumpingClock
from bot.wiring import build
from sandbox import Sandbox
from storage.boxes import Counters
from storage.database import sync_engine
from storage.migrations import migrate
from tests.conftest import add_world
from tests.hospital import OPENS, member, staffed
from tests.postgres import all_binaries, connect, drop_database, fresh_database, running
from tests.privacy.records import Secrets
from tests.privacy.senders import ANSWERS, LABELS, Sender, senders
from tests.world import MONDAY, World, settings_for

TALKATIVE: Final = (
    ("log_statement", "all"),
    ("log_min_duration_statement", "0"),
    ("log_parameter_max_length", "-1"),
    ("log_parameter_max_length_on_error", "-1"),
    ("log_error_verbosity", "verbose"),
    ("log_lock_waits", "on"),
    ("client_min_messages", "debug5"),
)
"""The most that an administrator can have written down of one database."""

IMPATIENT: Final = (("lock_timeout", "300ms"), ("deadlock_timeout", "50ms"))
FAULTS: Final = ("lock timeout", "deadlock detected", "user request", "duplicate key", "does not exist")
"""What the server calls the troubles below."""

FOUND_BY: Final = re.compile(r"DETAIL: .*Key \(lookup\)=.*")
"""The one value that the defaults print: by which hash a member is found who joined twice at the same moment."""


@dataclass
class Listened:
    """A database of a server whose log can be read, from the moment on when it was made."""

    url: str
    log: Path
    since: int

    def said(self) -> str:
        """What the server has written meanwhile."""
        return self.log.read_bytes()[self.since :].decode(errors="replace")


@pytest.fixture(scope="module")
def listened_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The tests' own server; where another one is given, whose log is not ours to read, a new one."""
    given = request.getfixturevalue("postgres_server")
    if _log_of(given).exists():
        yield given
        return
    with running(all_binaries()) as url:
        yield url


def _log_of(url: str) -> Path:
    return Path(str(make_url(url).query.get("host", "/nowhere"))) / "log"


@contextmanager
def database(server: str, settings: tuple[tuple[str, str], ...]) -> Iterator[Listened]:
    """A migrated database with these settings."""
    since = _log_of(server).stat().st_size
    url = fresh_database(server)
    with connect(url) as connection:
        name = make_url(url).database
        for setting, value in (*settings, *IMPATIENT):
            connection.execute(f"ALTER DATABASE \"{name}\" SET {setting} = '{value}'")
    engine = sync_engine(url)
    migrate(engine)
    engine.dispose()
    yield Listened(url, _log_of(server), since)
    drop_database(url)


@contextmanager
def other(listened: Listened) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else on the same database, in a transaction of their own."""
    with connect(listened.url) as connection:
        connection.execute("SET lock_timeout = 0")
        with connection.transaction(force_rollback=True):
            yield connection


async def troubles(world: World, listened: Listened, people: list[Sender]) -> list[str]:
    """Sends that meet everything that a database can do to them; what each person read."""
    heard = [await sent(one) for one in people[:3]]
    locked, deadlocked, cancelled, orphaned = people[3:7]
    with other(listened) as connection:
        connection.execute("LOCK TABLE sealed_1.token IN ACCESS EXCLUSIVE MODE")
        heard.append(await sent(locked))
    with other(listened) as connection:
        connection.execute("SELECT scope FROM sealed_1.box FOR UPDATE")
        sending = asyncio.create_task(sent(deadlocked))
        await waits(listened)
        await asyncio.to_thread(crosses, connection)
        heard.append(await sending)
    with other(listened) as connection:
        connection.execute("SELECT scope FROM sealed_1.box FOR UPDATE")
        sending = asyncio.create_task(sent(cancelled))
        await waits(listened, "pg_cancel_backend(pid)")
        heard.append(await sending)
    await joins_twice(world, orphaned)
    with connect(listened.url) as connection:
        connection.execute("DROP SCHEMA sealed_1 CASCADE")
    heard.append(await sent(orphaned))
    return heard


async def sent(one: Sender) -> str:
    """She sends; what the answer says."""
    tap = await one.sends()
    await tap.answered(10)
    return tap.answers[0].text


async def waits(listened: Listened, what: str = "1") -> None:
    """Until the Send waits for a lock; then this is done to it."""
    with connect(listened.url) as connection:
        for _ in range(2000):
            waiting = f"SELECT {what} FROM pg_stat_activity WHERE datname = current_database()"
            if connection.execute(f"{waiting} AND wait_event_type = 'Lock'").fetchone():
                return
            await asyncio.sleep(0.001)
    raise AssertionError("nothing waits")


def crosses(connection: psycopg.Connection[Any]) -> None:
    """Wants what the Send has, while the Send waits for what is held here: one of both is refused."""
    try:
        connection.execute("LOCK TABLE sealed_1.token IN ACCESS EXCLUSIVE MODE")
    except psycopg.errors.DeadlockDetected:
        connection.cancel()


async def joins_twice(world: World, one: Sender) -> None:
    """Two taps on "Yes, join" that pass each other."""
    async with world.app.house.begin() as db:
        db.add(member(world, one.person))
        with pytest.raises(IntegrityError):
            await db.commit()


@pytest.fixture(params=["at its defaults", "talkative"])
async def story(
    request: pytest.FixtureRequest, tmp_path: Path, listened_server: str, secrets: Secrets
) -> AsyncIterator[Story]:
    """An open round on PostgreSQL, and people with a filled-in form."""
    is_talkative = request.param == "talkative"
    clock = JumpingClock(MONDAY)
    with database(listened_server, TALKATIVE if is_talkative else ()) as listened:
        async with Sandbox(seed=1, now=clock.epoch) as sandbox:
            settings = settings_for(tmp_path, sandbox, database_url=listened.url)
            world = World(sandbox, clock, settings, build(settings, clock))
            await world.start()
            people = await staffed(world, 7)
            await world.to(OPENS)
            yield listened, world, senders(world, people), is_talkative
            await world.stop()
            add_world(secrets, world)


def found(said: str, world: World, people: list[Sender], is_talkative: bool) -> list[str]:
    """What stands in the server's log and must not, by kind. Parameters may, where an administrator asks for them:
    hashes and ciphertext, nothing that is read without a key."""
    store = world.app.house.vault._open[1]
    keys = (store._keys.box_key, store._keys.token_key, store._keys.button_key)
    full = Counters.zero(store.layout)
    plain = [full.values.copy()]
    for _ in range(3):
        full.count(ANSWERS, True)
        plain.append(full.values.copy())
    forbidden = {
        "an id": [str(one.person.id) for one in people],
        "a name": [one.person.first_name for one in people],
        "an answer": [*LABELS, "Often", "Workload", *(one.payload for one in people)],
        "a counter": [struct.pack(f">{len(values)}I", *values).hex() for values in plain],
        "a key": [world.settings.id_key.get_secret_value(), world.settings.token, *(key.hex() for key in keys)],
    }
    if not is_talkative:
        lookups = [world.app.house.ids.lookup(one.person.id).hex() for one in people]
        forbidden["a parameter"] = [*(one.token.hex() for one in people), *lookups, "ward-7", "parameters:"]
        said = FOUND_BY.sub("", said)
    return sorted(kind for kind, values in forbidden.items() if any(value in said for value in values))


Story = tuple[Listened, World, list[Sender], bool]


async def test_the_servers_log_tells_nobody_and_no_answer_whatever_goes_wrong(story: Story) -> None:
    listened, world, people, is_talkative = story
    heard = await troubles(world, listened, people)
    said = listened.said()
    assert [one.startswith("Recorded") for one in heard[:3]] == [True] * 3
    assert ["went wrong" in heard[place] for place in (3, 5, 6)] == [True] * 3
    assert [one for one in FAULTS if one not in said] == []
    assert (people[0].token.hex() in said) == is_talkative
    assert found(said, world, people, is_talkative) == []


async def test_a_statement_with_its_values_written_into_it_is_found(story: Story) -> None:
    listened, world, people, is_talkative = story
    one = people[0].person
    naive = f"INSERT INTO answers (telegram_id, name, answer) VALUES ({one.id}, '{one.first_name}', 'Often')"
    with connect(listened.url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute(naive.encode())
    assert found(listened.said(), world, people, is_talkative) == ["a name", "an answer", "an id"]
