"""Which items the file of a feed has and where, so that those that are as they were are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files that are there say so when they are next written."""
    op.add_column("output", sa.Column("parts", sa.Text(), server_default="", nullable=False))
