"""Versions of a story that agencies sent: all but the newest are remembered beside its entry."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Outlines are emptied, so that the next run fills in which story each entry tells."""
    op.create_table(
        "version",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recipe", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_version")),
    )
    op.create_index("ix_version_entry_id", "version", ["entry_id"])
    op.add_column("article", sa.Column("story", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_article_story", "article", ["story"])
    op.execute("UPDATE article SET outline = ''")
