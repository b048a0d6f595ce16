"""Pure: an article in any of its forms becomes an Entry."""

from __future__ import annotations

from publisher.content.read import RECIPE, read_article
from publisher.content.remote_entries import compose_article
from publisher.content.remote_feeds import Retold, read_feed
from publisher.content.slugs import slugify
from publisher.content.summary import fit_summary
from publisher.content.vocabulary import is_known, one_spelling

__all__ = [
    "RECIPE",
    "Retold",
    "compose_article",
    "fit_summary",
    "is_known",
    "one_spelling",
    "read_article",
    "read_feed",
    "slugify",
]
