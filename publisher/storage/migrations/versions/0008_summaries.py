"""Summaries that a program of the operator's own wrote, so that it is asked once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0007; nothing was ever asked."""
    op.create_table(
        "summary",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_summary")),
    )
