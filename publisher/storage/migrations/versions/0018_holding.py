"""A claim and a start change nothing that is in an index; owners say where what they hold is.

What was claimed or started by an older publisher is in doubt, should its owner be dead. One that
lives is stopped at its next claim or start, as if the database had begun anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0017."""
    op.add_column(
        "delivery", sa.Column("started", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _owners()
    op.execute(
        "UPDATE delivery SET started = (state = 'started'), state = 'pending'"
        " WHERE state IN ('claimed', 'started')"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE delivery SET (fillfactor = 50)")


def _owners() -> None:
    """The table gets columns without which an older publisher can't be an owner."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT id, host, lease_until,"
            " (SELECT min(id) FROM delivery WHERE delivery.owner = owner.id) AS held_from,"
            " (SELECT max(id) FROM delivery WHERE delivery.owner = owner.id) AS held_to FROM owner"
        )
    )
    kept = [{**row, "epoch": ""} for row in rows.mappings() if row["held_from"] is not None]
    op.drop_table("owner")
    new = op.create_table(
        "owner",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("held_from", sa.BigInteger(), nullable=False),
        sa.Column("held_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
    )
    op.bulk_insert(new, kept)
