"""An index tells which entries an older publisher left without an outline: seldom any."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every run asks for them: without it each article would be looked at."""
    unfilled = sa.text("outline = ''")
    op.create_index(
        "ix_article_unfilled",
        "article",
        ["id"],
        sqlite_where=unfilled,
        postgresql_where=unfilled,
    )
