"""lens, terms, leavers, sizes of units, and the audit log."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
ADDED = {
    "unit": {"recent": (TEXT, ""), "pooled_rounds": (sa.Integer, "0")},
    "person": {
        "unreachable_openings": (sa.Integer, "0"),
        "agreed": (sa.Integer, "1"),
        "unconfirmed_openings": (sa.Integer, "0"),
        "times_asked": (sa.Integer, "0"),
    },
    "seat": {"category": (TEXT, "")},
    "frozen_unit": {"people": (sa.Integer, "0"), "joiners": (sa.Integer, "0")},
    "organisation": {"lens": (TEXT, ""), "terms": (sa.Integer, "1"), "terms_print": (TEXT, "")},
    "round": {"lens": (TEXT, "")},
    "pending": {"detail": (TEXT, "")},
}
"""Columns that rows already there need a value for. The value is given once: no column fills itself in."""

ABOUT_PEOPLE = ("person", "role_holder", "seat", "outbox", "invite", "pending")
"""Tables whose rows must not lie in the order in which they came: on SQLite they lie in that of their random keys."""


def upgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, (kind, value) in columns.items():
                batch.add_column(sa.Column(name, kind(), nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch:
            for name, (kind, _value) in columns.items():
                batch.alter_column(name, existing_type=kind(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("invite") as batch:
        batch.add_column(sa.Column("ended_at", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for table in ABOUT_PEOPLE:
            with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
                pass
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT(), nullable=False),
        sa.Column("what", TEXT(), nullable=False),
        sa.Column("detail", TEXT(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("audit")
    with op.batch_alter_table("invite") as batch:
        batch.drop_column("ended_at")
    for table, columns in reversed(ADDED.items()):
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
