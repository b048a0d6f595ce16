"""Segments know which language their words are in."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Editions that are there already speak their newsletter's language."""
    op.add_column("segment", sa.Column("language", sa.Text(), nullable=False, server_default=""))
