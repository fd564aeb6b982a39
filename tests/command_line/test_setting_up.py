"""Keys, the database, and the organisation."""

from __future__ import annotations

import base64
import re
import sqlite3
from datetime import date

import pytest

from bot.settings import load_settings
from storage.organisation import organisation
from storage.units import launch
from tests.command_line.shell import Shell

FIRST = ("organisation", "--name", "St Brannoc's", "--contact", "wellbeing@example.org")


def test_keygen_makes_a_fresh_key_that_the_settings_take(shell: Shell) -> None:
    keys = [shell.runs("keygen").out for _ in range(2)]
    assert keys[0] != keys[1]
    assert len(base64.urlsafe_b64decode(keys[0])) == 32
    shell.sets(id_key=keys[0].strip())
    assert load_settings().keys.lookup(1) == load_settings().keys.lookup(1)


def test_migrating_twice_is_harmless(shell: Shell) -> None:
    first, second = shell.really_runs("migrate"), shell.really_runs("migrate")
    assert (first.code, second.code) == (0, 0)
    assert re.fullmatch(r"The database is at revision \w+ now.\n", first.out)
    assert second.out == "The database is up to date.\n"
    assert first.err + second.err == ""
    with sqlite3.connect(shell.database_file) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    assert {"person", "round", "ledger_cell", "alembic_version"} <= tables


def test_migrating_makes_the_folder_of_the_database(shell: Shell) -> None:
    shell.sets(database_url="sqlite+aiosqlite:///deep/down/pulse.db")
    assert shell.runs("migrate").code == 0
    assert (shell.folder / "deep/down/pulse.db").exists()


def test_a_folder_that_cannot_be_made_is_told_by_the_variable(shell: Shell) -> None:
    (shell.folder / "file").write_text("")
    shell.sets(database_url="sqlite+aiosqlite:///file/pulse.db")
    said = shell.runs("migrate")
    assert said.code == 1
    assert said.fault.startswith("SHIFTPULSE_DATABASE_URL: the folder file cannot be made")


def test_a_file_that_is_no_database_is_told(shell: Shell) -> None:
    shell.database_file.parent.mkdir()
    shell.database_file.write_bytes(b"sentinel " * 1000)
    for command in (("migrate",), ("organisation",)):
        fault = shell.runs(*command).fault
        assert "SHIFTPULSE_DATABASE_URL names a file that is not a database" in fault


@pytest.mark.parametrize("command", [("organisation",), ("units", "list"), ("trends",), ("void-round", "--yes")])
def test_commands_before_the_migration_ask_for_it(shell: Shell, command: tuple[str, ...]) -> None:
    without_folder = shell.runs(*command)
    shell.database_file.parent.mkdir()
    without_tables = shell.runs(*command)
    assert (without_folder.code, without_tables.code) == (1, 1)
    assert "shiftpulse migrate" in without_folder.fault
    assert "shiftpulse migrate" in without_tables.fault


def test_the_organisation_is_described_as_it_was_set(migrated_shell: Shell) -> None:
    options = ("--k", "7", "--weekday", "Friday", "--at", "08:30", "--open-days", "3", "--first", "2099-03-06")
    said = migrated_shell.runs(*FIRST, *options)
    assert said.code == 0
    assert said.out == (
        "St Brannoc's (wellbeing@example.org)\n"
        "Check-ins open on Friday at 08:30 (Europe/London), for 3 days; the next one on Friday 06 March 2099.\n"
        "Nothing is published for fewer than 7 people.\n"
    )
    assert said.out == migrated_shell.runs("organisation").out


def test_the_first_time_wants_name_and_contact(migrated_shell: Shell) -> None:
    said = migrated_shell.runs("organisation", "--name", "St Brannoc's")
    assert said.code == 2
    assert "give --name and --contact" in said.err
    assert migrated_shell.stores(organisation) is None


def test_the_usual_plan_is_tuesday_at_nine(migrated_shell: Shell) -> None:
    assert "on Tuesday at 09:00 (Europe/London), for 6 days" in migrated_shell.runs(*FIRST).out


def test_one_option_changes_one_thing(migrated_shell: Shell) -> None:
    migrated_shell.runs(*FIRST, "--first", "2026-03-03")
    assert migrated_shell.runs("organisation", "--at", "10:00").code == 0
    stored = migrated_shell.stores(organisation)
    assert stored is not None
    assert ("St Brannoc's", "10:00", date(2026, 3, 3)) == (stored.name, stored.opens, stored.first)


@pytest.mark.parametrize(
    ("before", "after", "is_taken"), [(5, 5, True), (5, 6, True), (6, 5, False), (11, 10, False)]
)
def test_k_goes_upwards_only(migrated_shell: Shell, before: int, after: int, is_taken: bool) -> None:
    migrated_shell.runs(*FIRST, "--k", str(before))
    said = migrated_shell.runs("organisation", "--k", str(after))
    assert is_taken == (said.code == 0)
    assert is_taken or f"k is {before} and may only be raised" in said.err
    stored = migrated_shell.stores(organisation)
    assert stored is not None
    assert (after if is_taken else before) == stored.k


def test_k_is_fixed_once_a_unit_is_launched(ready: Shell) -> None:
    ready.has_a_house()
    ready.stores(lambda db: launch(db, "ward-7"))
    said = ready.runs("organisation", "--k", "10")
    assert said.code == 2
    assert "k is fixed once a unit is launched" in said.err


@pytest.mark.parametrize("k", [9, 19])
def test_a_k_that_would_make_a_band_exact_is_refused(migrated_shell: Shell, k: int) -> None:
    said = migrated_shell.runs(*FIRST, "--k", str(k))
    assert said.code == 2
    assert f"take {k + 1}" in said.err
    assert migrated_shell.runs(*FIRST, "--k", str(k + 1)).code == 0


@pytest.mark.parametrize("k", ["4", "0", "-1", "51", "many"])
def test_a_k_out_of_range_is_refused(migrated_shell: Shell, k: str) -> None:
    said = migrated_shell.runs(*FIRST, "--k", k)
    assert (said.code, "--k" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--at", "25:00", "--at is a local hour such as 09:00"),
        ("--at", "nine", "--at is a local hour such as 09:00"),
        ("--at", "09:00+02:00", "without an offset"),
        ("--zone", "Europe/Londn", "write it like Europe/London"),
        ("--zone", "../../etc/passwd", "write it like Europe/London"),
        ("--weekday", "Wodensday", "--weekday"),
        ("--open-days", "7", "--open-days"),
        ("--first", "6 March", "--first"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_and_nothing_is_stored(
    migrated_shell: Shell, option: str, value: str, told: str
) -> None:
    said = migrated_shell.runs(*FIRST, option, value)
    assert said.code in (1, 2)
    assert told in said.err
    assert "Traceback" not in said.err
    assert migrated_shell.stores(organisation) is None


def test_a_locked_database_is_told_as_such(migrated_shell: Shell) -> None:
    from sqlalchemy import create_engine, text

    from bot.cli.faults import told

    holder = sqlite3.connect(migrated_shell.database_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    engine = create_engine(f"sqlite:///{migrated_shell.database_file}", connect_args={"timeout": 0})
    with pytest.raises(SystemExit) as end, told(), engine.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
    engine.dispose()
    holder.close()
    assert end.value.code == 1


def test_a_bug_is_not_dressed_up_as_a_fault_of_the_settings(migrated_shell: Shell) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError

    from bot.cli.faults import told

    with pytest.raises(ZeroDivisionError), told():
        _ = 1 / 0
    with pytest.raises(OperationalError), told():
        migrated_shell.stores(lambda db: db.exec(text("SELECTT 1")))


@pytest.mark.parametrize("option", ["--name", "--contact"])
def test_staff_are_never_asked_by_nobody(migrated_shell: Shell, option: str) -> None:
    given = {"--name": "St Brannoc's", "--contact": "wellbeing@example.org"} | {option: "  "}
    refused = migrated_shell.runs("organisation", *(word for pair in given.items() for word in pair))
    assert refused.code == 2
    assert "do not leave them empty" in refused.err


def test_it_says_when_the_next_check_in_opens(migrated_shell: Shell) -> None:
    said = migrated_shell.runs("organisation", "--name", "A", "--contact", "b", "--first", "2099-12-02")
    assert "the next one on Tuesday 08 December 2099." in said.out


def test_a_lens_is_switched_on_and_off_and_described_while_it_is_on(ready: Shell) -> None:
    ready.has_a_house()
    plain = ready.runs("organisation").out
    on = ready.runs("organisation", "--lens", "pattern")
    assert on.out.startswith(plain)
    assert "night, day and mixed staff are compared for the whole organisation, at least 20 people each" in on.out
    assert "this may hide one small team" in on.out
    stored = ready.stores(organisation)
    assert stored is not None
    assert stored.lens == "pattern"
    assert ready.runs("organisation", "--at", "10:00").out.endswith(on.out[len(plain) :])
    off = ready.runs("organisation", "--lens", "off", "--at", "09:00")
    assert (off.code, off.out) == (0, plain)
    assert (ready.stores(organisation) or stored).lens == ""


def test_help_says_what_a_lens_does_and_what_it_costs(shell: Shell) -> None:
    said = " ".join(shell.runs("organisation", "--help").out.split())
    assert "[pattern|off]" in said
    for words in ("night, day and mixed staff", "at least 20 people each", "may hide one small team", "next opening"):
        assert words in said


def test_a_lens_that_does_not_exist_is_refused(ready: Shell) -> None:
    ready.has_a_house()
    assert ready.runs("organisation", "--lens", "ward").code == 2
