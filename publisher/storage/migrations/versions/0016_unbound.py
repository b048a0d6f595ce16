"""On PostgreSQL a delivery's edition is no foreign key: a third of a snapshot was its check."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """SQLite, where the check costs little and removing it a new table, is left as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("fk_delivery_edition"), "delivery", type_="foreignkey")
