"""What comes in from the disk: articles, the files beside them, templates, lists of readers."""

from publisher.sources.articles import Found, find_articles
from publisher.sources.assets import open_asset
from publisher.sources.subscribers import Row, read_subscribers
from publisher.sources.templates import load_templates

__all__ = ["Found", "Row", "find_articles", "load_templates", "open_asset", "read_subscribers"]
