"""The kill switch at the command line."""

from __future__ import annotations

import pytest

from storage.rounds import Stage, round_by_number
from tests.command_line.shell import Shell


def stage(shell: Shell) -> str | None:
    found = shell.stores(lambda db: round_by_number(db, 1))
    return found and found.stage


@pytest.mark.parametrize("before", [Stage.OPEN, Stage.CLOSING])
def test_the_round_under_way_is_void(migrated_shell: Shell, before: Stage) -> None:
    migrated_shell.has_a_round(before)
    said = migrated_shell.runs("void-round", "--yes")
    assert (said.code, said.out[:16]) == (0, "Round 1 is void.")
    assert stage(migrated_shell) == Stage.VOID


@pytest.mark.parametrize("before", [Stage.RELEASED, Stage.SHREDDED, Stage.VOID])
def test_a_round_that_is_over_stays_as_it_is(migrated_shell: Shell, before: Stage) -> None:
    migrated_shell.has_a_round(before)
    said = migrated_shell.runs("void-round", "--yes")
    assert (said.code, said.fault) == (1, "No check-in is open.")
    assert stage(migrated_shell) == before


def test_without_any_round_there_is_nothing_to_void(migrated_shell: Shell) -> None:
    said = migrated_shell.runs("void-round", "--yes")
    assert (said.code, said.fault) == (1, "No check-in is open.")


@pytest.mark.parametrize(("typed", "after"), [("n\n", Stage.OPEN), ("", Stage.OPEN), ("y\n", Stage.VOID)])
def test_it_asks_first(migrated_shell: Shell, typed: str, after: Stage) -> None:
    migrated_shell.has_a_round()
    said = migrated_shell.runs("void-round", typed=typed)
    assert "destroyed uncounted. Go on?" in said.text
    assert (said.code == 0) == (after == Stage.VOID)
    assert stage(migrated_shell) == after


def test_a_second_time_is_too_late(migrated_shell: Shell) -> None:
    migrated_shell.has_a_round()
    assert migrated_shell.really_runs("void-round", "--yes").code == 0
    again = migrated_shell.really_runs("void-round", "--yes")
    assert (again.code, again.fault) == (1, "No check-in is open.")
