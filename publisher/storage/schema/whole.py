"""All tables together, to make them or to compare them."""

from __future__ import annotations

from publisher.storage.schema import articles, mail, readers
from publisher.storage.schema.columns import metadata

__all__ = ["articles", "mail", "metadata", "readers"]
