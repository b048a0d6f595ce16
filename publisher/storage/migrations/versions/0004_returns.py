"""What came back: bounces, complaints, and what nobody could make sense of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0003; nothing has come back yet."""
    op.create_table(
        "bounce",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=11), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("subscriber", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("digest", name=op.f("uq_bounce_digest")),
    )
    op.create_index("ix_bounce_subscriber", "bounce", ["subscriber"])
    op.create_index("ix_bounce_key", "bounce", ["key"])
