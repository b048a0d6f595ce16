"""What would be published next, for its publisher to look at: nothing of it leaves, or is kept.

Previews are made by the same steps as a run, in a store of their own which begins as a copy of the
publication's (without its readers). The publication's folder, store and outbox are only read.
"""

from publisher.publish.preview.articles import (
    ArticleLine,
    ArticlePreview,
    find_asset,
    list_articles,
    preview_article,
    preview_page,
)
from publisher.publish.preview.editions import EditionPreview, Wanted, preview_edition, topics_of
from publisher.publish.preview.feeds import FeedPreview, find_feed, preview_feed, preview_feed_page
from publisher.publish.preview.reviewing import review
from publisher.publish.preview.state import Preview, Previews

__all__ = [
    "ArticleLine",
    "ArticlePreview",
    "EditionPreview",
    "FeedPreview",
    "Preview",
    "Previews",
    "Wanted",
    "find_asset",
    "find_feed",
    "list_articles",
    "preview_article",
    "preview_edition",
    "preview_feed",
    "preview_feed_page",
    "preview_page",
    "review",
    "topics_of",
]
