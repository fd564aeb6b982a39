"""The log scan itself: it sees what it should, and what libraries print of their own accord is quiet."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import logging
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.logs import set_up_logs
from sandbox import Message, Sandbox, Tap
from tests import conftest
from tests.privacy.records import Records, Secrets, heard

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SAID = "zinnia: I cried in the linen room"


async def test_a_task_that_nobody_awaited_is_told_by_its_type_alone() -> None:
    async def fails() -> None:
        raise ValueError(SAID)

    with heard() as records:
        task = asyncio.create_task(fails(), name=SAID)
        await asyncio.wait([task])
        del task
        gc.collect()
        asyncio.get_running_loop().call_exception_handler({"message": f"Exception in callback f({SAID!r})"})
    assert "asyncio" in records.loggers
    secret = Secrets()
    secret.add(SAID)
    assert records.leaks(secret) == []


async def test_asyncio_in_debug_mode_tells_no_arguments() -> None:
    loop = asyncio.get_running_loop()
    was, loop.slow_callback_duration = loop.slow_callback_duration, -1.0
    loop.set_debug(True)
    secret = Secrets()
    secret.add(SAID)
    try:
        with heard() as records:
            loop.call_soon(str.strip, SAID)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    finally:
        loop.set_debug(False)
        loop.slow_callback_duration = was
    assert "asyncio" in records.loggers
    assert records.leaks(secret) == []


def test_a_thread_or_a_process_that_dies_prints_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise ValueError(SAID)

    set_up_logs("INFO")
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    try:
        fails()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    printed = capfd.readouterr().err
    assert "stopped by ValueError at test_log_scan.py:" in printed
    assert printed.count("ValueError") == 2
    assert "zinnia" not in printed


def test_an_exception_in_a_record_keeps_its_type_and_loses_its_text() -> None:
    with heard() as records:
        try:
            raise ValueError(SAID)
        except ValueError:
            logging.getLogger("apscheduler.executors.default").exception("Job %s raised an exception", "tick")
    secret = Secrets()
    secret.add(SAID)
    assert records.leaks(secret) == []
    secret.add("ValueError")
    assert len(records.leaks(secret)) == 1


@pytest.mark.parametrize("careless", ["%s said it", "%(who)s said it"])
def test_the_scan_sees_arguments_and_extras(careless: str) -> None:
    records = Records()
    secret = Secrets()
    secret.add(712_345_678, "Zenobia", SAID)
    for args in (("Zenobia",), (712_345_678,)):
        records.emit(logging.LogRecord("one", 10, "", 0, "%s said it", args, None))
    records.emit(logging.LogRecord("two", 10, "", 0, careless, ({"who": f"<{SAID}>"},), None))
    record = logging.LogRecord("three", 10, "", 0, "nothing", (), None)
    record.who = "Zenobia"
    records.emit(record)
    records.emit(logging.LogRecord("four", 10, "", 0, "Zenobian wards: %d", (3,), None))
    assert {"one", "two", "three"} == {one.logger for one in records.leaks(secret)}


@pytest.mark.parametrize("shaped", ["7312345678", "6123456789:" + "A" * 35])
def test_the_scan_knows_an_id_and_a_token_by_their_shape(shaped: str) -> None:
    assert Secrets().are_in(f"chat {shaped} not found")
    assert not Secrets().are_in("update 712345678 at 1767690000")


def test_a_short_word_of_everyday_is_no_secret_and_says_so_without_the_word() -> None:
    secret = Secrets()
    with pytest.raises(ValueError, match="give the test's person a name") as refused:
        secret.add("late")
    assert "late" not in str(refused.value)
    secret.add("Late", "zlate")
    assert not secret.are_in("tap answered too late")
    assert secret.are_in("tap of Late answered")
    assert secret.are_in("tap of zlate answered")


LEAKY = """
import logging, sys

def test_is_careless(secrets):
    secrets.add("Zenobia")
    logging.getLogger("careless").debug("hello %s", "Zenobia")
    print("Zenobia", file=sys.stderr)
"""


def test_a_leak_anywhere_fails_the_run_and_the_report_names_nobody(pytester: pytest.Pytester) -> None:
    options = "-q", "-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=session"
    pytester.makepyfile(LEAKY)
    done = pytester.runpytest_inprocess(*options, plugins=[conftest])
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=1)
    report = done.stdout.str().partition("the log-scan promise is broken")[2]
    assert "careless: hello %s" in report
    assert "standard error of" in report
    assert "Zenobia" not in report


IN_EVERY_CHANNEL = """
import logging, sys, warnings

def test_logs(secrets):
    secrets.add("Zenobia")
    logging.getLogger("argument").debug("hello %s", "Zenobia")
    logging.getLogger("wording").info("hello Zenobia")
    logging.getLogger("extra").info("hello", extra={"who": "Zenobia"})
    try:
        raise ValueError("Zenobia")
    except ValueError as error:
        logging.getLogger("text").error("failed: %s", error)
        logging.getLogger("object").error(error)

def test_prints():
    print("hello Zenobia")

def test_complains():
    print("hello Zenobia", file=sys.stderr)

def test_warns():
    warnings.warn("hello Zenobia")
"""

CHANNELS = (
    *("argument: hello %s", "wording: ", "extra: ", "text: failed: %s", "object: "),
    *("standard output of ", "standard error of ", "a warning of "),
)


def test_a_leak_is_found_in_every_channel_and_in_every_worker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = spread(pytester, monkeypatch, test_leaky=IN_EVERY_CHANNEL, test_quiet=QUIET)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=5, warnings=1)
    report = done.stdout.str().partition("the log-scan promise is broken")[2].partition("warnings summary")[0]
    assert [one for one in CHANNELS if f"  {one}" not in report] == []
    assert "Zenobia" not in report


def test_a_dump_of_every_thread_holds_no_value(tmp_path: Path) -> None:
    path, said = tmp_path / "dump", SAID
    with path.open("w") as file:
        faulthandler.dump_traceback(file)
    assert "test_a_dump_of_every_thread" in path.read_text()
    assert said not in path.read_text()


def test_what_people_tap_and_send_is_a_secret_of_the_run(tmp_path: Path) -> None:
    sandbox = Sandbox(seed=3)
    nurse = sandbox.person("Zenobia")
    form = Message(id=1, chat=nurse.chat, sender=nurse.account, sent_at=0.0)
    nurse.tapped.append(Tap("1", nurse.account, form, "Often", "c1:zpayload-of-hers", 0.0))
    nurse.tapped.append(Tap("2", nurse.account, form, "Chart", "t1:unit", 0.0))
    token = bytes(range(32))
    with closing(sqlite3.connect(tmp_path / "round-1.db")) as db, db:
        db.execute("CREATE TABLE token (token BLOB PRIMARY KEY)")
        db.execute("INSERT INTO token VALUES (?)", (token,))
    secret = Secrets()
    secret.add_sandbox(sandbox)
    secret.add_tokens(tmp_path)
    told = (
        "chose Often",
        "data zpayload-of-hers",
        f"of {nurse.id}",
        f"inserted {token!r}",
        f"inserted {token.hex()}",
    )
    assert [one for one in told if not secret.are_in(one)] == []
    assert not secret.are_in("Chart drawn")


QUIET = """
def test_is_careful(secrets):
    secrets.add("Zenobia")
"""

DIES = """
import os

def pytest_sessionfinish(session):
    if hasattr(session.config, "workerinput"):
        os._exit(0)
"""


def spread(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, **files: str) -> pytest.RunResult:
    """A run of its own as `make test` does it: the tests are in workers, the exit status is the controller's."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(**files)
    plugins = "-p", "xdist", "-p", "tests.privacy.promise"
    return pytester.runpytest_subprocess(
        "-q", *plugins, "-n", "2", "--dist", "loadfile", "--max-worker-restart", "0", timeout=60
    )


def test_a_leak_in_a_worker_fails_the_whole_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    done = spread(pytester, monkeypatch, test_leaky=LEAKY, test_quiet=QUIET)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=2)
    report = done.stdout.str().partition("the log-scan promise is broken")[2]
    assert "careless: hello %s" in report
    assert "Zenobia" not in report


def test_workers_without_a_leak_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    done = spread(pytester, monkeypatch, test_one=QUIET, test_other=QUIET)
    assert done.ret == pytest.ExitCode.OK
    assert "log-scan promise" not in done.stdout.str()


def test_a_worker_that_dies_is_not_taken_for_a_quiet_one(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = spread(pytester, monkeypatch, conftest=DIES, test_quiet=QUIET)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=1)
    assert "it ended before it could tell" in done.stdout.str()
