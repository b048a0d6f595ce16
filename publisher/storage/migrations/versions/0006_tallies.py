"""Counted once: what became of an edition that is done, and how many a segment is for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0005; an edition done before has no tally, and is counted when somebody asks."""
    op.add_column("edition", sa.Column("tally", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "segment", sa.Column("recipients", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE segment SET recipients = (SELECT count(*) FROM delivery"
        " WHERE delivery.edition = segment.edition AND delivery.segment = segment.number)"
    )
    in_doubt = sa.column("in_doubt", sa.Boolean()).is_(True)
    op.create_index(
        "ix_delivery_in_doubt",
        "delivery",
        ["edition", "subscriber"],
        sqlite_where=in_doubt,
        postgresql_where=in_doubt,
    )
