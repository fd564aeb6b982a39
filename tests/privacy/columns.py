"""What the schema may not be able to hold, column by column, and the exceptions with their reasons.

A new column that looks like an answer, a time or a trace of a person needs a thought, and a line here that tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Column, Date, DateTime, Float, Identity, Integer, Interval, MetaData, Numeric, Table, Time
from sqlalchemy.types import JSON, TypeEngine
from sqlmodel import SQLModel

SUBMITTED: Final = frozenset({"box", "token", "slip"})
"""What a Send and a comment write; a test watches one of each and compares."""

_TIMES: Final = (Date, DateTime, Time, Interval)
_HOLDS_ANYTHING: Final = (JSON, Float, Numeric)

_TELLS_A_TIME: Final = re.compile(r"(^|_)(at|on|when|time|date|day|since|until|expires|created|updated)(_|$)")
_TELLS_A_PERSON: Final = re.compile(r"person|holder|member|lookup|telegram|account|chat|phone|mail|(^|_)by_id$")
_TELLS_AN_ANSWER: Final = re.compile(
    r"answer|respon|reply|choice|option|score|value|mood|strain|feel|comment|text|word|sentiment|theme"
)
_TELLS_A_TRACE: Final = re.compile(
    r"last|seen|active|tapped|message|update_id|updates|chat|sent|received|(^|_)(ip|agent|device|offset|seq|serial)(_|$)"
)

ALLOWED: Final[dict[str, str]] = {
    "format.number": "the store's format, written at the opening, before anybody answers",
    "shared_comment.text": "what its writer wanted to be read, shown back to them before; of whom is nowhere",
    "shared_comment.kept_until": "the end of a quarter, a year on: the same for everything that was shared in one",
    "format.options": "how many options each question has, written at the opening",
    "ledger_cell.value": "a published number as shown: of an atom of at least k people, never of a person",
    "ledger_page.opened_on": "the day on which a published round opened",
    "ledger_page.k": "the same for everybody; its default stays because a ledger table is never made anew",
    "hotspot_warm.offset": "a team's usual level by past surveys, in points: of published numbers, never of a person",
    "hotspot_warm.variance": "how well that level is known",
    "round.opened_on": "the claim of an opening: one round a day",
    "round.opens_at": "of the schedule, the same for everybody",
    "round.closes_at": "of the schedule, the same for everybody",
    "round.reminds_at": "of the schedule, the same for everybody",
    "organisation.weekday": "of the schedule",
    "organisation.open_days": "of the schedule",
    "organisation.first": "of the schedule",
    "organisation.passed_over": "an opening for which there was nobody to ask",
    "frozen_scope.at": "a place in the tree, no time",
    "outbox.due_at": "when a message is due: from the schedule and the person's own hours, before anybody answers",
    "invite.expires_at": "a role invite is good for a day; a poster has none",
    "invite.ended_at": "when an invite stopped working, so that it can be forgotten; about no member of staff",
    "pending.expires_at": "a steward's wish waits for a day",
    "audit.at": "when a role asked for something; never about a member of staff",
}
"""Columns that look like something forbidden and are not."""

ABOUT_PEOPLE: Final[dict[str, str]] = {
    "person.id": "random",
    "person.lookup": "keyed hash of the Telegram id",
    "person.sealed": "the Telegram id, encrypted",
    "person.unit_id": "where answers are counted",
    "person.moved_from": "settles tenure at the next opening, then empty",
    "person.language": "in which language to write",
    "person.pattern": "in which hours to write",
    "person.shift_hours": "in which hours to write",
    "person.openings": "tenure",
    "person.is_established": "tenure",
    "person.paused_rounds": "asked for by the person; counted down by openings",
    "person.is_reachable": "set by invitations and by Telegram's own word, never by a reminder",
    "person.unreachable_openings": "counted at openings",
    "person.agreed": "which edition of the terms they agreed to",
    "person.unconfirmed_openings": "counted at openings",
    "person.times_asked": "counted at openings",
    "seat.round": "which round",
    "seat.person_id": "who is asked; whether they answered is nowhere",
    "seat.scope": "in which box an answer would be counted",
    "seat.is_established": "tenure at the opening",
    "seat.category": "of the round's lens, from the person's row",
    "outbox.id": "random: rows have no order",
    "outbox.occasion": "what kind of message",
    "outbox.round": "which round",
    "outbox.due_at": "see above",
    "outbox.person_id": "the recipient",
    "outbox.holder_id": "the recipient",
    "role_holder.id": "random",
    "role_holder.lookup": "keyed hash of the Telegram id",
    "role_holder.sealed": "the Telegram id, encrypted",
    "role_holder.role": "what they may see",
    "role_holder.unit_id": "what they look after",
    "role_holder.display_name": "as they gave it",
    "role_holder.language": "in which language to write",
    "pending.id": "random",
    "pending.what": "what a steward wishes",
    "pending.unit_id": "for which unit",
    "pending.named": "units, and how many had joined each",
    "pending.detail": "what the wish needs",
    "pending.by_id": "whose wish it is",
    "pending.expires_at": "see above",
}
"""Every column of every table that holds a person or points to one, and why it is there."""

SHOWN: Final = frozenset(
    {
        "outbox.id",
        "outbox.occasion",
        "outbox.round",
        "outbox.due_at",
        "seat.round",
        "pending.what",
        "pending.unit_id",
        "pending.named",
        "pending.expires_at",
    }
)
"""What a `repr` may show of such a row: it names nobody."""

NAMES_SOMEBODY: Final = frozenset({"display_name", "actor", "sealed", "lookup", "token", "code_hash", "detail"})
"""Columns whose value no `repr` shows, of whatever table."""


def on_the_submit_path(tables: Iterable[Table]) -> list[str]:
    """Faults of tables that a Send writes: whatever would order, date or name its rows."""
    found = []
    for table in tables:
        if table.dialect_options["sqlite"].get("with_rowid", True):
            found.append(f"{table.name}: rows are numbered as they come")
        found += [fault for column in table.columns for fault in _submitted(column)]
    return found


def _submitted(column: Column[object]) -> list[str]:
    named = str(column)
    faults = {
        "a serial": column is column.table._autoincrement_column or isinstance(column.server_default, Identity),
        "a number": isinstance(column.type, Integer),
        "a time": _is_time(column),
        "a person": bool(_TELLS_A_PERSON.search(column.name)),
        "a reference": bool(column.foreign_keys),
        "a default": column.default is not None or column.server_default is not None,
        "an onupdate": column.onupdate is not None or column.server_onupdate is not None,
    }
    return [f"{named}: {fault}" for fault, is_there in faults.items() if is_there]


def in_the_main_database(metadata: MetaData) -> list[str]:
    """Faults of all other tables: what could hold an answer, a time of somebody's, a trace of a message."""
    found = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            faults = {
                "a serial": column is table._autoincrement_column or isinstance(column.server_default, Identity),
                "an answer": bool(_TELLS_AN_ANSWER.search(column.name)) or _is_any(column.type),
                "a time": _is_time(column),
                "a trace": bool(_TELLS_A_TRACE.search(column.name)),
                "a server's default": column.server_default is not None or column.server_onupdate is not None,
                "an onupdate": column.onupdate is not None,
            }
            named = f"{table.name}.{column.name}"
            found += [f"{named}: {fault}" for fault, is_there in faults.items() if is_there and named not in ALLOWED]
    return found


def _is_time(column: Column[object]) -> bool:
    return isinstance(column.type, _TIMES) or bool(_TELLS_A_TIME.search(column.name))


def _is_any(kind: TypeEngine[object]) -> bool:
    return isinstance(kind, _HOLDS_ANYTHING)


def about_people(metadata: MetaData) -> set[str]:
    """Every column of the tables that hold people or point to them."""
    return {
        f"{table.name}.{column.name}" for table in metadata.sorted_tables if _has_people(table) for column in table.c
    }


def _has_people(table: Table) -> bool:
    return any(
        _TELLS_A_PERSON.search(column.name)
        or any(_TELLS_A_PERSON.search(key.column.table.name) for key in column.foreign_keys)
        for column in table.columns
    )


def shown_by_repr(models: Iterable[type[SQLModel]]) -> list[str]:
    """Columns of people, and such as name somebody, that a `repr` would print."""
    found = []
    for model in models:
        for name, field in model.model_fields.items():
            named = f"{model.__tablename__}.{name}"
            is_private = name in NAMES_SOMEBODY or (_has_people(_table(model)) and named not in SHOWN)
            if is_private and field.repr:
                found.append(named)
    return sorted(found)


def _table(model: type[SQLModel]) -> Table:
    table = model.__dict__["__table__"]
    assert isinstance(table, Table)
    return table
