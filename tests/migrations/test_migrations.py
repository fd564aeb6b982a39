"""Migrations: up, down and up again, on both databases, with rows in them, and never behind the models."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, select

from insights.policy import K_FLOOR
from storage.database import sync_engine
from storage.ledger_guard import guard, missing_guards
from storage.migrations import DanglingRowsError, configuration, current, head, metadata, migrate
from storage.people import Person
from storage.roster import Seat
from tests.make import Make

HOUSE = Path(__file__).parents[2]


def revisions() -> list[str]:
    """Every revision, oldest first."""
    scripts = ScriptDirectory.from_config(configuration())
    return [one.revision for one in scripts.walk_revisions()][::-1]


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def differences(engine: Engine) -> list[object]:
    """What a new migration would have to change."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


def fill(engine: Engine, make: Make) -> dict[str, int]:
    """A row of nearly every kind; returns how many of each there are."""
    ana = make.person()
    holder = make.holder()
    rows: list[SQLModel] = [
        make.organisation(),
        *make.tree("ward-1"),
        ana,
        holder,
        make.round(),
        Seat(round=1, person_id=ana.id, scope="ward-1", is_established=True),
        make.waiting(ana),
        make.waiting(holder=holder),
    ]
    with Session(engine) as db:
        for row in rows:
            db.add(row)
            db.flush()
        db.commit()
    return counts(engine)


def counts(engine: Engine) -> dict[str, int]:
    """How many rows there are of every kind of which there are any."""
    found = {}
    with engine.connect() as connection:
        for name in metadata.tables:
            found[name] = connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
    return {name: number for name, number in found.items() if number}


def test_there_is_one_head_and_one_root() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert scripts.get_heads() == [head()]
    assert len(scripts.get_bases()) == 1
    assert revisions()[-1] == head()


def test_every_revision_goes_up_down_and_up_again(engine: Engine) -> None:
    for revision in revisions():
        command.upgrade(configuration(engine), revision)
        assert current(engine) == revision
        after = tables(engine)
        command.downgrade(configuration(engine), "-1")
        assert current(engine) != revision
        command.upgrade(configuration(engine), revision)
        assert tables(engine) == after


def test_all_the_way_down_leaves_nothing(engine: Engine) -> None:
    migrate(engine)
    command.downgrade(configuration(engine), "base")
    assert tables(engine) == set()
    assert current(engine) is None
    migrate(engine)
    assert current(engine) == head()


def test_the_models_match_the_head(engine: Engine) -> None:
    migrate(engine)
    assert differences(engine) == []
    assert tables(engine) == set(metadata.tables)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_rows_of_the_ledger_the_log_and_of_people_lie_in_the_order_of_their_keys(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    without = {name for name, sql in made if "WITHOUT ROWID" in sql}
    people = {"person", "role_holder", "seat", "outbox", "invite", "pending"}
    published = {"ledger_page", "ledger_line", "ledger_cell", "shared_comment"}
    assert without == {"audit", "hotspot_state", "hotspot_warm"} | published | people
    assert without == {one.name for one in metadata.tables.values() if one.kwargs.get("sqlite_with_rowid") is False}


def test_no_column_of_the_main_database_counts_rows_or_stamps_times_by_itself(engine: Engine) -> None:
    migrate(engine)
    columns = {
        f"{table}.{one['name']}": one["default"]
        for table in tables(engine)
        for one in inspect(engine).get_columns(table)
    }
    # the one exception is a constant: a ledger table is never made anew, which is how SQLite takes defaults away
    assert {name: default for name, default in columns.items() if default is not None} == {"ledger_page.k": "5"}


def test_migrating_twice_is_harmless_and_keeps_every_row(engine: Engine, make: Make) -> None:
    migrate(engine)
    filled = fill(engine, make)
    migrate(engine)
    assert counts(engine) == filled


def test_every_revision_keeps_the_rows_of_the_one_before(engine: Engine, make: Make) -> None:
    migrate(engine)
    filled = fill(engine, make)
    for revision in revisions()[:-1][::-1]:
        command.downgrade(configuration(engine), revision)
    migrate(engine)
    assert counts(engine) == filled


def test_a_database_that_was_never_migrated_has_no_revision(engine: Engine) -> None:
    assert current(engine) is None


def test_a_guarded_ledger_can_still_be_migrated(engine: Engine, make: Make) -> None:
    migrate(engine)
    filled = fill(engine, make)
    with engine.begin() as connection:
        guard(connection)
    migrate(engine)
    with engine.connect() as connection:
        assert missing_guards(connection) == set()
    assert counts(engine) == filled


def test_pages_of_before_get_the_least_k_and_stay_guarded(engine: Engine) -> None:
    command.upgrade(configuration(engine), "0002")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ledger_page VALUES (1, '2026-01-06', 'q12b')"))
        guard(connection)
    for revision in ("0003", "0002", "0003"):
        go = command.downgrade if revision == "0002" else command.upgrade
        go(configuration(engine), revision)
    with engine.connect() as connection:
        assert missing_guards(connection) == set()
        assert connection.execute(text("SELECT round, questions, k FROM ledger_page")).all() == [(1, "q12b", K_FLOOR)]


def test_an_engine_is_migrated_and_given_back(engine: Engine) -> None:
    command.upgrade(configuration(engine), "head")
    assert current(engine) == head()


def test_a_connection_is_migrated_in_its_own_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        command.upgrade(with_connection(connection), "head")
        connection.commit()
    assert current(engine) == head()


def with_connection(connection: Connection) -> Config:
    config = configuration()
    config.attributes["connection"] = connection
    return config


def test_with_nothing_but_the_settings_their_database_is_migrated(
    url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFTPULSE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    command.upgrade(configuration(), "head")
    assert current(engine) == head()


def test_alembics_own_command_line_finds_the_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOUSE)
    assert ScriptDirectory.from_config(Config("alembic.ini")).get_current_head() == head()


@pytest.fixture
def next_one(tmp_path: Path) -> Path:
    """The migrations with one more, which makes `person` and `unit` anew, as SQLite's batches do."""
    scripts = tmp_path / "alembic"
    versions = scripts / "versions"
    versions.mkdir(parents=True)
    (scripts / "env.py").write_text((HOUSE / "alembic" / "env.py").read_text())
    for one in (HOUSE / "alembic" / "versions").glob("*.py"):
        (versions / one.name).write_text(one.read_text())
    (versions / "next_one.py").write_text(NEXT.format(before=head()))
    return scripts


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{before}", None, None


def upgrade() -> None:
    for table in ("unit", "person"):
        with op.batch_alter_table(table, recreate="auto") as batch:
            batch.add_column(sa.Column("remark", sa.String(), nullable=True))
            batch.alter_column("id", type_=sa.String(64), existing_nullable=False)


def downgrade() -> None:
    for table in ("person", "unit"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("remark")
"""


def test_a_table_that_is_made_anew_keeps_its_rows_and_all_that_hang_on_them(
    engine: Engine, make: Make, next_one: Path
) -> None:
    migrate(engine)
    filled = fill(engine, make)
    migrate(engine, next_one)
    assert current(engine) == "next"
    assert counts(engine) == filled
    with Session(engine) as db:
        assert db.exec(select(Seat.person_id)).all() == db.exec(select(Person.id)).all()


def test_after_a_migration_rows_that_hang_on_nothing_are_refused_again(
    engine: Engine, make: Make, next_one: Path
) -> None:
    migrate(engine, next_one)
    with Session(engine) as db:
        db.add(make.person("nowhere"))
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            db.commit()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_rows_pointing_to_nothing_is_undone(
    engine: Engine, make: Make, next_one: Path
) -> None:
    migrate(engine)
    filled = fill(engine, make)
    broken = next_one / "versions" / "next_one.py"
    broken.write_text(broken.read_text() + "\n\ndef upgrade() -> None:\n    op.execute('DELETE FROM person')\n")
    with pytest.raises(DanglingRowsError):
        migrate(engine, next_one)
    assert counts(engine) == filled


def test_a_migration_that_fails_leaves_the_revision_as_it_was(engine: Engine, make: Make, next_one: Path) -> None:
    migrate(engine)
    filled = fill(engine, make)
    broken = next_one / "versions" / "next_one.py"
    broken.write_text(broken.read_text() + "\n\ndef upgrade() -> None:\n    op.execute('SELECT * FROM nowhere')\n")
    with pytest.raises(Exception, match="nowhere"):
        migrate(engine, next_one)
    assert current(engine) == head()
    assert counts(engine) == filled


def test_where_there_is_no_database_the_error_names_no_password(tmp_path: Path) -> None:
    engine = sync_engine("postgresql+psycopg://ana:hidden-word@/nowhere?host=/nonexistent")
    with pytest.raises(OperationalError) as raised:
        migrate(engine)
    engine.dispose()
    assert "hidden-word" not in str(raised.value)
