"""What comes in from the disk: articles, the files beside them, templates, lists of readers."""

from publisher.sources.articles import Found, find_articles
from publisher.sources.assets import asset_stamp, open_asset
from publisher.sources.program import program_stamp
from publisher.sources.subscribers import Row, read_subscribers
from publisher.sources.templates import load_templates

__all__ = [
    "Found",
    "Row",
    "asset_stamp",
    "find_articles",
    "load_templates",
    "open_asset",
    "program_stamp",
    "read_subscribers",
]
