"""In PostgreSQL an edition changes the row of each of its readers where it stands.

Pages that are full stay so; the rows on them move to others, with room, at the next edition.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0019."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE subscription SET (fillfactor = 45)")
