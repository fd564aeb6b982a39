"""`shiftpulse audit`: the log listed and proved whole, and what the command line itself leaves in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.audit import AuditEntry, Deed, entries, note
from storage.ledger import publish
from storage.rounds import Stage
from tests.command_line.shell import Shell
from tests.make import Make

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def noted(house: Shell) -> Shell:
    """Four entries."""

    async def work(db: AsyncSession) -> None:
        for n in range(4):
            await note(db, NOON, "steward Sam, matron", Deed.POSTER_MADE, unit=f"ward-{n}")

    house.stores(work)
    return house


def log(shell: Shell) -> list[AuditEntry]:
    return list(shell.stores(entries))


def tampered(shell: Shell, statement: str) -> None:
    """The triggers are not there yet: no bot has started on this database."""
    with closing(sqlite3.connect(shell.database_file)) as db:
        db.execute(statement)
        db.commit()


def test_a_whole_log_is_said_to_be_whole_with_its_head(noted: Shell) -> None:
    said = noted.runs("audit", "verify")
    head = log(noted)[-1].digest.hex()
    assert (said.code, said.out) == (0, f"4 entries, chain intact, head {head} (entry 4)\n")


def test_an_empty_log_has_no_head(house: Shell) -> None:
    assert house.runs("audit", "verify").out == "0 entries.\n"
    assert house.runs("audit", "list").out == "Nothing has been noted yet.\n"


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit SET actor = 'steward Kim' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
        ("DELETE FROM audit WHERE number = 1", 2),
        ("INSERT INTO audit SELECT 5, at, actor, what, detail, digest FROM audit WHERE number = 4", 5),
    ],
)
def test_the_first_entry_that_does_not_fit_is_named(noted: Shell, statement: str, number: int) -> None:
    tampered(noted, statement)
    said = noted.runs("audit", "verify")
    assert (said.code, said.out) == (1, "")
    assert said.fault == f"Entry {number} does not fit what stands before it: the log has been changed."


def test_a_head_out_of_a_message_is_found(noted: Shell) -> None:
    head = log(noted)[1].digest.hex()[:16]
    said = noted.runs("audit", "verify", "--head", head.upper())
    assert said.code == 0
    assert said.out.endswith(f"The head {head} is that of entry 2.\n")


def test_an_older_log_put_back_lacks_the_head_of_the_newer(noted: Shell) -> None:
    head = log(noted)[-1].digest.hex()[:16]
    tampered(noted, "DELETE FROM audit WHERE number > 2")
    assert noted.runs("audit", "verify").code == 0
    said = noted.runs("audit", "verify", "--head", head)
    assert (said.code, said.fault.startswith("No entry has that head: entries have been taken out")) == (1, True)


@pytest.mark.parametrize("head", ["12", "x" * 16, "a" * 65, "0123456789abcde"])
def test_what_is_no_head_is_said(noted: Shell, head: str) -> None:
    said = noted.runs("audit", "verify", "--head", head)
    assert (said.code, "--head is 16 to 64 of the digits" in said.err) == (2, True)


def test_the_newest_entries_are_listed(noted: Shell) -> None:
    lines = noted.runs("audit", "list", "--last", "2").out.splitlines()
    assert lines == [
        '     3  2026-01-05 12:00  steward Sam, matron: poster_made {"unit":"ward-2"}',
        '     4  2026-01-05 12:00  steward Sam, matron: poster_made {"unit":"ward-3"}',
    ]
    assert len(noted.runs("audit", "list").out.splitlines()) == 4


def test_the_command_lines_own_deeds_are_noted(house: Shell) -> None:
    assert house.runs("organisation", "--k", "7", "--contact", "zoe.zander@example.org").code == 0
    assert house.runs("organisation").code == 0
    (house.folder / "units.csv").write_text(
        "unit,name,parent,headcount\ntrust,T,,\nmedicine,M,trust,0\nicu,I,trust,9\n"
    )
    assert house.runs("units", "import", "units.csv").code == 0
    assert house.runs("units", "import", "units.csv").code == 0
    assert house.runs("invite", "--unit", "ward-7").code == 0
    assert house.runs("invite", "--role", "hr", "--name", "Sentinel Kim").code == 0
    house.has_a_round(Stage.OPEN)
    assert house.runs("void-round", "--yes").code == 0
    found = log(house)
    assert {one.actor for one in found} == {"command line"}
    assert [(one.what, one.told) for one in found] == [
        ("organisation_changed", {"changed": ["contact", "k=7"]}),
        ("units_imported", {"added": 1, "renamed": 2, "changes": []}),
        ("poster_made", {"unit": "ward-7"}),
        ("invite_made", {"unit": "trust", "role": "hr"}),
        ("round_voided", {"round": 1}),
    ]
    assert "zander" not in str([one.detail for one in found])
    assert house.runs("audit", "verify").code == 0


def test_what_is_read_and_taken_away_is_noted_with_its_cells(house: Shell, tmp_path: Path) -> None:
    page = Make().page(1)

    async def work(db: AsyncSession) -> None:
        await publish(db, page.round, page.opened_on, page.questions, page.lines, page.cells)

    house.stores(work)
    assert house.runs("trends").code == 0
    assert house.runs("trends", "--unit", "ward-1", "--csv", "out.csv", "--png", "out.png").code == 0
    assert house.runs("trends", "--unit", "nowhere").code == 2
    assert [(one.what, one.told) for one in log(house)] == [
        ("trend_read", {"unit": "trust", "question": "", "stat": "strain", "rounds": [1, 1], "cells": 1}),
        (
            "export_made",
            {"form": "csv", "unit": "ward-1", "question": "all", "stat": "all", "rounds": [1, 1], "cells": 1},
        ),
        (
            "export_made",
            {"form": "png", "unit": "ward-1", "question": "", "stat": "strain", "rounds": [1, 1], "cells": 1},
        ),
    ]
