"""Slots and editions of cohorts, each with a frequency and a time zone of readers' own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0006; every slot and edition so far is of who leaves both to the newsletter."""
    op.add_column("subscription", sa.Column("chosen", sa.BigInteger(), nullable=True))
    # Editions so far met all readers of their newsletter, and said so in no subscription.
    op.execute(
        "UPDATE subscription SET watermark = (SELECT max(last_sequence) FROM edition "
        "WHERE edition.newsletter = subscription.newsletter)"
    )
    _slots()
    op.add_column("segment", sa.Column("words", sa.LargeBinary(), nullable=True))
    op.create_table(
        "piece",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name=op.f("fk_piece_edition")),
        sa.PrimaryKeyConstraint("edition", "number", name=op.f("pk_piece")),
    )
    with op.batch_alter_table("edition") as edition:
        for name, kind in (("frequency", sa.String(10)), ("timezone", sa.Text())):
            edition.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        edition.drop_constraint(op.f("uq_edition_newsletter_slot"), type_="unique")
        edition.create_unique_constraint(
            op.f("uq_edition_newsletter_frequency_timezone_slot"),
            ["newsletter", "frequency", "timezone", "slot"],
        )


def _slots() -> None:
    """The table has another primary key, so it is made anew."""
    old = sa.table("slot", *map(sa.column, ("newsletter", "slot", "outcome", "decided")))
    rows = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
    op.drop_table("slot")
    new = op.create_table(
        "slot",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("local", sa.String(length=19), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "newsletter", "frequency", "timezone", "slot", name=op.f("pk_slot")
        ),
    )
    op.bulk_insert(new, [{**row, "frequency": "", "timezone": "", "local": ""} for row in rows])
