"""Relays and domains that were in trouble or slow, how much relays were given, what was retried."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of anybody yet."""
    op.create_table(
        "peer",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_peer")),
    )
    op.create_index("ix_peer_changed", "peer", ["changed"])
    op.create_table(
        "handed",
        sa.Column("relay", sa.Text(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "minute", name=op.f("pk_handed")),
    )
    op.add_column("edition", sa.Column("retried", sa.BigInteger(), nullable=True))
