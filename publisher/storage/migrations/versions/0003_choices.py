"""What a reader chooses of a newsletter, how far it has been met, and what they agreed to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0002; whoever is there has been dealt with as far as their newsletter has."""
    op.add_column("subscriber", sa.Column("language", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "subscription", sa.Column("frequency", sa.String(10), nullable=False, server_default="")
    )
    op.add_column(
        "subscription", sa.Column("timezone", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("subscription", sa.Column("watermark", sa.BigInteger(), nullable=True))
    op.add_column("subscription", sa.Column("paused_until", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE subscription SET watermark = (SELECT max(last_sequence) FROM edition "
        "WHERE edition.newsletter = subscription.newsletter)"
    )
    op.create_table(
        "consent",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscriber", _ID, nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.id"],
            name=op.f("fk_consent_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_subscriber", "consent", ["subscriber"])
