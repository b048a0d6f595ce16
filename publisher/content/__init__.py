"""Pure: an article in any of its forms becomes an Entry."""

from __future__ import annotations

from publisher.content.read import RECIPE, read_article
from publisher.content.slugs import slugify

__all__ = ["RECIPE", "read_article", "slugify"]
