"""What choosing feeds needs of an entry, short enough to read for every entry on every run."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache

from publisher.model import Asset, Author, Entry, Episode, Form, Section, Tag

_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TAGS = 9  # where they stand in an outline
_EPISODE = Episode()  # that it is one is all that is asked


def write_outline(entry: Entry) -> str:
    """The outline of an entry, as the store keeps it.

    A new form of it wants a migration that empties the column: the next run fills it again.
    """
    return _dumped(
        [
            entry.id,
            entry.slug,
            entry.path,
            entry.published.isoformat(),
            entry.embargo.isoformat() if entry.embargo else None,
            entry.expires.isoformat() if entry.expires else None,
            entry.draft,
            entry.url,
            [entry.section.name, entry.section.slug] if entry.section else None,
            [[tag.name, tag.slug] for tag in entry.tags],
            [[author.name, author.slug] for author in entry.authors],
            [[asset.source, asset.path] for asset in entry.assets],
            entry.updated.isoformat() if entry.updated else None,
            entry.withdrawn.isoformat() if entry.withdrawn else None,
            entry.episode is not None,
            entry.canonical,
            entry.left_out_of,
        ]
    )


def read_outline(text: str) -> Entry:
    """An entry without its words: when it is public, where it stands, what it is filed under."""
    identifier, slug, path, published, embargo, expires, draft, url, *filed = json.loads(text)
    section, tags, authors, assets, updated, withdrawn, episode, canonical, left_out = filed
    return Entry(
        id=identifier,
        slug=slug,
        path=path,
        form=Form.WIRE,
        title="",
        published=datetime.fromisoformat(published),
        published_from="first seen",
        language="",
        html="",
        text="",
        summary="",
        section=Section(name=section[0], slug=section[1]) if section else None,
        tags=tuple(_tag(*tag) for tag in tags),
        authors=tuple(_author(*author) for author in authors),
        assets=tuple(Asset(source=source, path=goes) for source, goes in assets),
        url=url,
        draft=draft,
        embargo=datetime.fromisoformat(embargo) if embargo else None,
        expires=datetime.fromisoformat(expires) if expires else None,
        updated=datetime.fromisoformat(updated) if updated else None,
        withdrawn=datetime.fromisoformat(withdrawn) if withdrawn else None,
        episode=_EPISODE if episode else None,
        canonical=canonical,
        left_out_of=tuple(left_out),
    )


def read_tags(text: str) -> list[tuple[str, str]]:
    """Name and slug of each tag in an outline; none if it is empty."""
    return [(name, slug) for name, slug in json.loads(text)[_TAGS]] if text else []


def tag_mark(slug: str) -> str:
    """What stands in the outline of every entry with this tag, and of few others."""
    return f",{_dumped(slug)}]"


@lru_cache(maxsize=4096)  # few are used again and again
def _tag(name: str, slug: str) -> Tag:
    return Tag(name=name, slug=slug)


@lru_cache(maxsize=4096)
def _author(name: str, slug: str) -> Author:
    return Author(name=name, slug=slug)
