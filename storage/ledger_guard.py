"""Write-once, by the database itself: triggers against UPDATE, DELETE, INSERT OR REPLACE and TRUNCATE.

Made by one idempotent function at boot, for the ledger and the audit log. The bot does not run without them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from insights.chain import DROPPED
from insights.policy import AUDIT_KEPT
from storage.audit import AuditEntry
from storage.ledger import TABLES

AUDIT = str(AuditEntry.__tablename__)
GUARDED = (*TABLES, AUDIT)
"""Tables whose rows never change once they are there."""

_KEYS = {
    "ledger_page": "round = NEW.round",
    "ledger_line": "round = NEW.round AND unit = NEW.unit",
    "ledger_cell": "round = NEW.round AND unit = NEW.unit AND question = NEW.question AND stat = NEW.stat",
    AUDIT: "number = NEW.number",
}
_REFUSAL = "the ledger is written once"
_AUDIT_REFUSAL = "the audit log is only appended to"
_COVERED = (
    f"EXISTS (SELECT 1 FROM {AUDIT} AS cover WHERE cover.what = '{DROPPED}' AND cover.number > OLD.number "
    f"AND cover.at - OLD.at >= {int(AUDIT_KEPT.total_seconds())} AND {{through}} >= OLD.number)"
)
"""What lets an entry go: a later one that stands for it, once it is old enough."""
_THROUGH_SQLITE = "json_extract(cover.detail, '$.through')"
_THROUGH_POSTGRESQL = "(cover.detail::json->>'through')::bigint"
_BODY = (
    f" BEGIN IF TG_TABLE_NAME = '{AUDIT}' THEN "
    f"IF TG_OP = 'DELETE' THEN IF {_COVERED.format(through=_THROUGH_POSTGRESQL)} "
    "THEN RETURN OLD; END IF; END IF; "
    f"RAISE EXCEPTION '{_AUDIT_REFUSAL}'; END IF; RAISE EXCEPTION '{_REFUSAL}'; END "
)
_ONE_AT_A_TIME = 0x5348494654
"""Number of the advisory lock under which processes that start together make the triggers: "SHIFT"."""


class LedgerUnguardedError(Exception):
    """The ledger's triggers are missing and could not be made: run `shiftpulse doctor`."""


def guard(connection: Connection) -> None:
    """Makes whatever trigger is missing, then checks. Raises `LedgerUnguardedError`."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    missing = missing_guards(connection)
    if missing:
        for statement in _sqlite(missing) if is_sqlite else _postgresql():
            connection.execute(text(statement))
        if missing_guards(connection):
            raise LedgerUnguardedError


def missing_guards(connection: Connection) -> set[str]:
    """Names of the triggers that should be there and are not, or are switched off, or do something else."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        return {name for name, made in _triggers().items() if (name, made) not in {tuple(row) for row in found}}
    query = (
        "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND prosrc = :body"
    )
    wanted = {f"{table}_no_{kind}" for table in GUARDED for kind in ("change", "truncate")}
    return wanted - set(connection.execute(text(query), {"body": _BODY}).scalars())


def _triggers() -> dict[str, str]:
    """SQLite's triggers by name, word for word as SQLite keeps them."""
    made = {}
    uncovered = "NOT " + _COVERED.format(through=_THROUGH_SQLITE)
    for table in GUARDED:
        conditions = {"replace": f"EXISTS (SELECT 1 FROM {table} WHERE {_KEYS[table]})"}
        if table == AUDIT:
            conditions["delete"] = uncovered
        kinds = {"update": "UPDATE", "delete": "DELETE", "replace": "INSERT"}
        refusal = _AUDIT_REFUSAL if table == AUDIT else _REFUSAL
        for kind, event in kinds.items():
            when = f" WHEN {conditions[kind]}" if kind in conditions else ""
            what = f"BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            made[f"{table}_no_{kind}"] = f"CREATE TRIGGER {table}_no_{kind} {what}"
    return made


def _sqlite(missing: set[str]) -> list[str]:
    made = _triggers()
    drops = [f"DROP TRIGGER IF EXISTS {name}" for name in sorted(missing)]
    return drops + [made[name] for name in sorted(missing)]


def _postgresql() -> list[str]:
    statements = [f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$"]
    for table in GUARDED:
        statements += [
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        ]
    return statements
