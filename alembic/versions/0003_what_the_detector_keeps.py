"""What the detector of hotspots has learnt, and what it began with."""

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


def downgrade() -> None:
    op.drop_table("hotspot_warm")
    op.drop_table("hotspot_state")
