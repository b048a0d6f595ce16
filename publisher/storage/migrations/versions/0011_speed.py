"""Entries in full stand apart from what every run walks; what a run may take from the last one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Outlines say more than before: emptied here, they are filled in by the next run."""
    op.create_table(
        "story",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_story")),
    )
    op.execute("INSERT INTO story (entry_id, entry) SELECT entry_id, entry FROM article")
    op.drop_column("article", "entry")
    for name in ("published", "begins", "ends"):
        op.add_column("article", sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute("UPDATE article SET outline = ''")
    op.create_index("ix_article_slug", "article", ["slug"])
    op.create_table(
        "notebook",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notebook")),
    )
