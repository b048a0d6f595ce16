"""A database has one name.

On PostgreSQL, several that were the first to send, at once, could each have given it one.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0020."""
    op.execute("DELETE FROM instance WHERE id > (SELECT min(id) FROM instance)")
