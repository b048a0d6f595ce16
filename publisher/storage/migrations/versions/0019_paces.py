"""How fast a relay may be written to is one number for all who send through it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0018."""
    op.create_table(
        "pace",
        sa.Column("relay", sa.Text(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        *(
            sa.Column(name, sa.Float(), nullable=False)
            for name in ("step", "halved", "risen", "full", "messages", "seconds", "counted")
        ),
        sa.PrimaryKeyConstraint("relay", name=op.f("pk_pace")),
    )
