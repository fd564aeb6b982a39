"""No table can hold what must not be kept: a lint over both registries, with a reason for each exception."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    func,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from insights.comments.counting import Tone, marks_of
from storage.migrations import metadata
from storage.outbox import Waiting
from storage.sealed import Receipt
from storage.slips import Comment
from storage.stores import _answers
from tests.hospital import OPENS, staffed
from tests.make import FIRST_ID
from tests.privacy import columns
from tests.privacy.columns import (
    ABOUT_PEOPLE,
    ALLOWED,
    SUBMITTED,
    about_people,
    in_the_main_database,
    on_the_submit_path,
    shown_by_repr,
)
from tests.world import World

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(?:\w+\.)?(\w+)", re.IGNORECASE)


def models() -> Iterator[type[SQLModel]]:
    """Every table of both registries, as a class."""
    for mappers in (SQLModel._sa_registry.mappers, _answers.mappers):
        for mapper in mappers:
            if mapper.class_.__module__.startswith("storage."):
                yield mapper.class_


def submitted() -> list[Table]:
    return [table for table in _answers.metadata.sorted_tables if table.name in SUBMITTED]


@contextmanager
def watched() -> Iterator[set[str]]:
    """The tables that are written meanwhile."""
    written: set[str] = set()

    def watch(_: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        found = WRITES.match(statement)
        if found:
            written.add(found[1])

    event.listen(Engine, "before_cursor_execute", watch)
    try:
        yield written
    finally:
        event.remove(Engine, "before_cursor_execute", watch)


async def test_a_send_writes_the_boxes_and_the_tokens_and_no_other_table(world: World) -> None:
    nurse = (await staffed(world, 5))[0]
    await world.to(OPENS)
    await world.answers(nurse, "Often", "Rarely", "Workload", send=False)
    await nurse.waits_for("Ready?")
    with watched() as written:
        await nurse.taps("Send")
        await nurse.waits_for("Recorded")
    assert written == SUBMITTED - {"slip"}


async def test_a_comment_writes_a_slip_as_well_and_no_other_table(world: World) -> None:
    await staffed(world, 5)
    await world.to(OPENS)
    with watched() as written:
        comment = Comment(FIRST_ID, scope="ward-7", is_established=True, marks=marks_of(Tone.NEGATIVE, ()))
        assert await world.app.house.vault.comment(1, comment) is Receipt.RECORDED
    assert written == SUBMITTED


def test_nothing_that_a_send_writes_has_an_order_a_time_a_default_or_a_person() -> None:
    assert {table.name for table in submitted()} == SUBMITTED
    assert on_the_submit_path(submitted()) == []


def test_no_table_of_the_sealed_store_points_anywhere_or_keeps_a_time() -> None:
    others = [table for table in _answers.metadata.sorted_tables if table.name not in SUBMITTED]
    assert [table.name for table in others] == ["format"]
    found = {one.rpartition(": ")[2] for one in on_the_submit_path(others)}
    assert found <= {"rows are numbered as they come", "a number"}


def test_no_other_table_can_hold_an_answer_a_time_of_somebodys_or_a_trace() -> None:
    assert in_the_main_database(metadata) == []


def test_every_column_about_people_has_a_reason_and_every_reason_a_column() -> None:
    assert about_people(metadata) == ABOUT_PEOPLE.keys()
    there = {
        f"{table.name}.{one.name}"
        for data in (metadata, _answers.metadata)
        for table in data.sorted_tables
        for one in table.c
    }
    assert ALLOWED.keys() - there == set()
    assert columns.SHOWN - there == set()


def test_no_repr_prints_what_belongs_to_a_person() -> None:
    assert shown_by_repr(models()) == []


def test_the_outbox_has_no_order_but_chance() -> None:
    ids = [Waiting(occasion="opening", round=1, due_at=0).id for _ in range(200)]
    assert len(set(ids)) == 200
    assert all(0 <= one < 2**62 for one in ids)
    rises = sum(before < after for before, after in pairwise(ids))
    assert 60 < rises < 140
    assert metadata.tables["outbox"]._autoincrement_column is None


def test_the_lint_finds_each_fault_of_a_submit_path() -> None:
    bad = MetaData()
    Table("person", bad, Column("id", String, primary_key=True))
    naive = Table(
        "answers",
        bad,
        Column("id", Integer, primary_key=True),
        Column("person_id", ForeignKey("person.id")),
        Column("created_at", DateTime, server_default=func.now()),
        Column("changed", BigInteger, onupdate=func.random()),
        Column("place", BigInteger, Identity()),
        Column("sealed", LargeBinary, default=b""),
    )
    assert on_the_submit_path([naive]) == [
        "answers: rows are numbered as they come",
        "answers.id: a serial",
        "answers.id: a number",
        "answers.person_id: a person",
        "answers.person_id: a reference",
        "answers.created_at: a time",
        "answers.created_at: a default",
        "answers.changed: a number",
        "answers.changed: an onupdate",
        "answers.place: a serial",
        "answers.place: a number",
        "answers.place: a default",
        "answers.sealed: a default",
    ]


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        (Column("answers", String), "an answer"),
        (Column("score", Integer), "an answer"),
        (Column("extra", JSON), "an answer"),
        (Column("last_seen", BigInteger), "a trace"),
        (Column("message_id", BigInteger), "a trace"),
        (Column("update_id", BigInteger), "a trace"),
        (Column("joined_at", BigInteger), "a time"),
        (Column("born", DateTime), "a time"),
        (Column("state", String, server_default="x"), "a server's default"),
        (Column("state", String, onupdate=str), "an onupdate"),
        (Column("id", Integer, primary_key=True), "a serial"),
    ],
    ids=lambda one: one.name if isinstance(one, Column) else None,
)
def test_the_lint_finds_a_column_that_could_hold_what_must_not_be_kept(column: Column[Any], fault: str) -> None:
    bad = MetaData()
    Table("person", bad, column)
    assert in_the_main_database(bad) == [f"person.{column.name}: {fault}"]
    assert about_people(bad) - ABOUT_PEOPLE.keys() <= {f"person.{column.name}"}


def test_the_lint_finds_a_new_column_about_a_person_and_one_that_a_repr_prints() -> None:
    class Sick(SQLModel, registry=registry()):
        pass

    class Note(Sick, table=True):
        person_id: str = Field(primary_key=True)
        colour: str = Field(default="", repr=False)

    assert about_people(Note.metadata) - about_people(metadata) == {"note.person_id", "note.colour"}
    assert shown_by_repr([Note]) == ["note.person_id"]
