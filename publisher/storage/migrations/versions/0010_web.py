"""What readers ask for on the web, what they gave up, and how often anybody may ask."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0009; nobody has asked for anything yet."""
    op.create_table(
        "former",
        sa.Column("subscriber", _ID, nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=True),
        sa.Column("given_up", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.id"],
            name=op.f("fk_former_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber", "newsletter", name=op.f("pk_former")),
    )
    op.create_table(
        "request",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("newsletters", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("key", "kind", name=op.f("uq_request_key_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_request_state", "request", ["state"])
    op.create_table(
        "ration",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ration")),
    )
