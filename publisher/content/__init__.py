"""From the bytes of an article to an Entry: pure, the same article always gives the same entry.

`read_article` is the way in. `read_feed` and `compose_article` make articles of the entries of
other people's feeds first. What they take is imported when one is first asked for: a run with
nothing to do reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.content.dating import named_day
    from publisher.content.explain import Reason
    from publisher.content.forms.apart import split_any
    from publisher.content.forms.dialects import understand
    from publisher.content.forms.fields import is_web_address
    from publisher.content.forms.json_tree import items, parse_json, word
    from publisher.content.forms.matter import Field
    from publisher.content.forms.newsml import text_items
    from publisher.content.forms.versions import Version, belongs_to, in_order, tell_as_one
    from publisher.content.forms.xml_tree import parse_xml
    from publisher.content.identity import slug_of_path
    from publisher.content.markup.media import media_type
    from publisher.content.markup.tree import text_in
    from publisher.content.markup.uris import is_uri
    from publisher.content.naming.topics import count_words
    from publisher.content.naming.vocabulary import is_known, one_spelling
    from publisher.content.read import read_article, read_in_steps
    from publisher.content.recipe import RECIPE
    from publisher.content.remote.entries import RemoteFeed, compose_article
    from publisher.content.remote.feeds import Retold, read_feed, take_apart
    from publisher.content.text.slugs import slugify
    from publisher.content.text.summary import fit_summary

__all__ = [
    "RECIPE",
    "Field",
    "Reason",
    "RemoteFeed",
    "Retold",
    "Version",
    "belongs_to",
    "compose_article",
    "count_words",
    "fit_summary",
    "in_order",
    "is_known",
    "is_uri",
    "is_web_address",
    "items",
    "media_type",
    "named_day",
    "one_spelling",
    "parse_json",
    "parse_xml",
    "read_article",
    "read_feed",
    "read_in_steps",
    "slug_of_path",
    "slugify",
    "split_any",
    "take_apart",
    "tell_as_one",
    "text_in",
    "text_items",
    "understand",
    "word",
]

__getattr__ = late(
    __name__,
    {
        "forms.apart": "split_any",
        "dating": "named_day",
        "forms.dialects": "understand",
        "explain": "Reason",
        "forms.fields": "is_web_address",
        "forms.matter": "Field",
        "identity": "slug_of_path",
        "forms.json_tree": "items parse_json word",
        "markup.media": "media_type",
        "forms.newsml": "text_items",
        "read": "read_article read_in_steps",
        "recipe": "RECIPE",
        "remote.entries": "RemoteFeed compose_article",
        "remote.feeds": "Retold read_feed take_apart",
        "text.slugs": "slugify",
        "text.summary": "fit_summary",
        "markup.tree": "text_in",
        "markup.uris": "is_uri",
        "forms.versions": "Version belongs_to in_order tell_as_one",
        "naming.topics": "count_words",
        "naming.vocabulary": "is_known one_spelling",
        "forms.xml_tree": "parse_xml",
    },
)
