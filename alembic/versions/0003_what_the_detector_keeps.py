"""What the detector of hotspots has learnt, and what it began with; the k of every page of the ledger."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotspot_state",
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("round"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hotspot_warm",
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("offset", sa.Float(), nullable=False),
        sa.Column("variance", sa.Float(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit"),
        sqlite_with_rowid=False,
    )
    # no batch, which would make a ledger table anew without its guard; so the default stays
    op.add_column("ledger_page", sa.Column("k", sa.Integer(), nullable=False, server_default=sa.text("5")))


def downgrade() -> None:
    op.drop_column("ledger_page", "k")
    op.drop_table("hotspot_warm")
    op.drop_table("hotspot_state")
