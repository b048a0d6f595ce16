"""Where an entry comes from, what it belongs with, and which feeds leave it out."""

from __future__ import annotations

from publisher.content.forms.fields import Fields, is_web_address
from publisher.content.text.slugs import slugify
from publisher.model import Reference, Source


def read_related(fields: Fields) -> tuple[Reference, ...]:
    """The pages that have to do with an entry, from `related`."""
    return tuple(Reference(url=url, title=title) for url, title in fields.named("related"))


def read_source(fields: Fields) -> Source | None:
    """The publication that an entry was taken over from, from `source`. Raises ArticleError."""
    parts = fields.mapping("source", ("title", "feed", "url", "id"))
    if not parts:
        return None
    for key in ("feed", "url"):
        if parts[key] and not is_web_address(parts[key]):
            raise fields.refuse(
                "source",
                f"the source's {key} `{parts[key][:80]}` is no web address",
                "write it whole: https://news.example/rss.xml",
            )
    if not (parts["title"] and (parts["feed"] or parts["url"])):
        raise fields.refuse(
            "source",
            "the source has no title or no address",
            "add title: and feed: (of the feed) or url: (of the page)",
        )
    return Source(title=parts["title"], feed=parts["feed"], page=parts["url"], id=parts["id"])


def read_exclusions(fields: Fields) -> tuple[str, ...]:
    """The feeds that leave an entry out: "all", "asia", "tags", "tags/china"; "*" is every one."""
    return tuple(
        "*" if word == "*" else "/".join(slugify(part) for part in word.split("/") if part.strip())
        for word in fields.words("exclude_from_feeds")
    )
