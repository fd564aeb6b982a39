"""Reads what the doctor says."""

from __future__ import annotations

from tests.command_line.shell import Said, Shell

SCREEN = 24
WIDTH = 160


def to_mend(said: Said) -> list[str]:
    """What is wrong. Says on the way that the output keeps its form."""
    lines = said.out.splitlines()
    assert len(lines) < SCREEN
    assert all(line.startswith(("ok      ", "MEND    ")) and len(line) < WIDTH for line in lines)
    found = [line.removeprefix("MEND    ") for line in lines if line.startswith("MEND")]
    assert said.code == (1 if found else 0)
    assert said.err == ""
    return found


def the_fault(shell: Shell) -> str:
    """The only thing that is wrong."""
    found = to_mend(shell.runs("doctor"))
    assert len(found) == 1, found
    return found[0]
