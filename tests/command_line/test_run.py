"""`shiftpulse run`: what stops it is said in one line; what does not, listens until it is told to stop."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading

import pytest

from bot.cli.running import serve_until_stopped
from bot.settings import SettingsError, load_settings
from sandbox import Sandbox
from tests.command_line.shell import Shell, bare_environment, python_m_bot

SECONDS = 60


def test_a_database_that_is_not_migrated_is_asked_for(shell: Shell, telegram: Sandbox) -> None:
    shell.sets(bot_token=telegram.token, api_url=telegram.url, id_key=shell.runs("keygen").out.strip())
    said = shell.really_runs("run")
    assert (said.code, said.out) == (1, "")
    assert "make it with `shiftpulse migrate`" in said.fault
    shell.database_file.parent.mkdir()
    shell.database_file.touch()
    assert shell.runs("run").fault == "The database is not migrated to this version: run `shiftpulse migrate`."


def test_an_older_schema_is_not_run_on(ready: Shell) -> None:
    from sqlalchemy import text

    ready.stores(lambda db: db.exec(text("UPDATE alembic_version SET version_num = '0000'")))
    assert "is not migrated to this version" in ready.runs("run").fault


@pytest.mark.parametrize("place", ["file", "file/rounds"])
def test_a_rounds_folder_that_cannot_be_used_is_named(ready: Shell, place: str) -> None:
    (ready.folder / "file").write_text("")
    ready.sets(rounds_dir=place)
    assert ready.runs("run").fault.startswith("SHIFTPULSE_ROUNDS_DIR")


def test_a_token_that_telegram_refuses_ends_in_one_line(ready: Shell) -> None:
    ready.sets(bot_token="123456789:" + "A" * 35)
    with pytest.raises(SettingsError, match=r"^SHIFTPULSE_BOT_TOKEN ") as refusal:
        serve_until_stopped(load_settings())
    assert "\n" not in str(refusal.value)


def test_it_waits_for_a_telegram_that_is_away_and_still_ends_when_told(ready: Shell) -> None:
    ready.sets(api_url="http://127.0.0.1:9")
    assert hears(ready, "trying again") == 0


def test_it_listens_until_it_is_told_to_stop(ready: Shell) -> None:
    assert hears(ready, "listening") == 0
    rounds = ready.folder / "var" / "rounds"
    assert stat.S_IMODE(rounds.stat().st_mode) == 0o700


def hears(ready: Shell, words: str) -> int:
    """Runs the bot until it says so, tells it to end, and returns its exit code; it prints nothing else."""
    process = subprocess.Popen(
        [*python_m_bot(), "run"],
        cwd=ready.folder,
        env=bare_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = threading.Timer(SECONDS, process.kill)
    deadline.start()
    heard: list[str] = []
    try:
        assert process.stderr
        for line in process.stderr:
            heard.append(line)
            if words in line:
                os.kill(process.pid, signal.SIGTERM)
                break
        out, rest = process.communicate()
    finally:
        deadline.cancel()
    assert out == ""
    assert "Traceback" not in "".join(heard) + rest
    return process.returncode
