"""Help is quick, is there for every command, and shows an example."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli import group
from tests.command_line.shell import SECONDS, Shell, bare_environment, processor_seconds

HEAVY = ("aiogram", "matplotlib", "sqlalchemy", "numpy")


def paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from paths(child, (*path, name))


EVERY = list(paths(group))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: " ".join(path) or "shiftpulse")
def test_every_command_has_help_with_an_example(shell: Shell, path: tuple[str, ...]) -> None:
    said = shell.runs(*path, "--help")
    assert said.code == 0
    assert "Usage: shiftpulse" in said.out
    command = group
    for name in path:
        command = command.commands[name]
    if not isinstance(command, click.Group):
        assert f"shiftpulse {' '.join(path)}" in (command.epilog or "")
    assert (command.help or "").strip()


def test_first_steps_stand_in_the_order_in_which_they_are_needed(shell: Shell) -> None:
    out = shell.runs("--help").out
    steps = ["keygen", "migrate", "organisation", "units import", "invite", "doctor", "run"]
    places = [out.index(f"shiftpulse {step}") for step in steps]
    assert sorted(places) == places


def test_h_is_help_too(shell: Shell) -> None:
    assert shell.runs("--help").out == shell.runs("-h").out


def test_help_is_quick_and_loads_nothing_heavy(shell: Shell) -> None:
    code = (
        "import sys; from bot.cli import main; sys.argv = ['shiftpulse', 'run', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    before = processor_seconds()
    done = subprocess.run(
        command, cwd=shell.folder, env=bare_environment(), capture_output=True, text=True, check=True
    )
    assert processor_seconds() - before < SECONDS
    assert done.stdout.splitlines()[-1] == "[]"


def test_python_m_bot_is_the_same_command(shell: Shell) -> None:
    said = shell.really_runs("trends", "--help")
    assert said.code == 0
    assert shell.runs("trends", "--help").out.split() == said.out.split()  # lines break at another width


def test_the_installed_script_answers(shell: Shell) -> None:
    script = Path(sys.executable).with_name("shiftpulse")
    assert script.exists(), "make setup puts it beside the interpreter"
    done = subprocess.run(
        [script, "--version"], cwd=shell.folder, env=bare_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("shiftpulse, version ")


def test_an_unknown_command_is_refused_with_a_hint(shell: Shell) -> None:
    said = shell.runs("docter")
    assert said.code == 2
    assert "docter" in said.err
    assert "shiftpulse --help" in said.err


def test_the_doctor_does_without_the_bots_library(shell: Shell) -> None:
    code = "import sys, bot.doctor; bot.doctor.examine(); print('aiogram' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shell.folder,
        env=bare_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
