"""What a rebuild that costs only what changed has to remember."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0001; what is left empty here is filled in by the next run."""
    op.add_column("article", sa.Column("stamp", sa.String(64), nullable=False, server_default=""))
    op.add_column("article", sa.Column("outline", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "article", sa.Column("fingerprint", sa.String(64), nullable=False, server_default="")
    )
    op.create_table(
        "output",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_output")),
    )
