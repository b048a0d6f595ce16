"""What comes in: articles and the files beside them, templates, lists of readers, others' feeds,
and letters that came back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.sources.articles import Look, look_over, read_article_files
    from publisher.sources.assets import asset_stamp, open_asset
    from publisher.sources.exports import DiskFolder, Opened, ZipFolder, open_export, open_fetched
    from publisher.sources.feeds import Asked, ask_for_feed
    from publisher.sources.list_formats import Row
    from publisher.sources.maildir import Letter, is_empty_maildir, read_maildir
    from publisher.sources.pictures import picture_size
    from publisher.sources.program import program_marks, program_stamp
    from publisher.sources.subscribers import SubscriberList, open_subscribers, write_subscribers
    from publisher.sources.summariser import Answer, ask_summariser
    from publisher.sources.templates import load_templates
    from publisher.sources.watching import Marks, mark_files

__all__ = [
    "Answer",
    "Asked",
    "DiskFolder",
    "Letter",
    "Look",
    "Marks",
    "Opened",
    "Row",
    "SubscriberList",
    "ZipFolder",
    "ask_for_feed",
    "ask_summariser",
    "asset_stamp",
    "is_empty_maildir",
    "load_templates",
    "look_over",
    "mark_files",
    "open_asset",
    "open_export",
    "open_fetched",
    "open_subscribers",
    "picture_size",
    "program_marks",
    "program_stamp",
    "read_article_files",
    "read_maildir",
    "write_subscribers",
]

__getattr__ = late(
    __name__,
    {
        "articles": "Look look_over read_article_files",
        "assets": "asset_stamp open_asset",
        "exports": "DiskFolder Opened ZipFolder open_export open_fetched",
        "feeds": "Asked ask_for_feed",
        "list_formats": "Row",
        "maildir": "Letter is_empty_maildir read_maildir",
        "pictures": "picture_size",
        "program": "program_marks program_stamp",
        "subscribers": "SubscriberList open_subscribers write_subscribers",
        "summariser": "Answer ask_summariser",
        "templates": "load_templates",
        "watching": "Marks mark_files",
    },
)
