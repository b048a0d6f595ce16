"""From the bytes of an article to an Entry: pure, the same article always gives the same entry.

`read_article` is the way in. `read_feed` and `compose_article` make articles of the entries of
other people's feeds first. What they take is imported when one is first asked for: a run with
nothing to do reads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from publisher.content.recipe import RECIPE
from publisher.content.slugs import slugify

if TYPE_CHECKING:
    from publisher.content.read import read_article
    from publisher.content.remote_entries import compose_article
    from publisher.content.remote_feeds import Retold, read_feed
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

_PLACES = {
    "Retold": "remote_feeds",
    "compose_article": "remote_entries",
    "fit_summary": "summary",
    "is_known": "vocabulary",
    "one_spelling": "vocabulary",
    "read_article": "read",
    "read_feed": "remote_feeds",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"publisher.content.{_PLACES[name]}"), name)
