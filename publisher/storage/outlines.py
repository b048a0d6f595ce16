"""What choosing feeds needs of an entry, short enough to read for every entry on every run."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from pydantic_core import to_json

from publisher.model import Asset, Author, Entry, Episode, Form, Section, Tag

_parsed = json.JSONDecoder().raw_decode  # ours alone: nothing stands around it
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


class Outline(NamedTuple):
    """An outline as it stands in the store: a moment is a text, a name comes with its slug."""

    id: str
    slug: str
    path: str
    published: str
    embargo: str | None
    expires: str | None
    draft: bool
    url: str
    section: list[str] | None
    tags: list[list[str]]
    authors: list[list[str]]
    assets: list[list[str]]
    updated: str | None
    withdrawn: str | None
    episode: bool
    canonical: str
    left_out_of: list[str]

    def is_simple(self, now: str) -> bool:
        """Whether it is public for good at `now` (in UTC, to the second), in all of its feeds."""
        return self.published <= now and not (
            self.draft
            or self.embargo
            or self.expires
            or self.withdrawn
            or self.assets
            or self.left_out_of
        )

    def filed(self) -> list[tuple[Literal["section", "tag", "author"], str, str]]:
        """What it stands under: kind, name and slug."""
        filed: list[tuple[Literal["section", "tag", "author"], str, str]] = [
            ("tag", name, slug) for name, slug in self.tags
        ]
        filed += [("author", name, slug) for name, slug in self.authors]
        if self.section:
            name, slug = self.section
            filed.append(("section", name, slug))
        return filed

    def entry(self) -> Entry:
        """The entry without its words."""
        section = self.section
        return Entry(
            id=self.id,
            slug=self.slug,
            path=self.path,
            form=Form.WIRE,
            title="",
            published=datetime.fromisoformat(self.published),
            published_from="first seen",
            language="",
            html="",
            summary="",
            section=Section(name=section[0], slug=section[1]) if section else None,
            tags=tuple(_tag(*tag) for tag in self.tags),
            authors=tuple(_author(*author) for author in self.authors),
            assets=tuple(Asset(source=source, path=goes) for source, goes in self.assets),
            url=self.url,
            draft=self.draft,
            embargo=_moment(self.embargo),
            expires=_moment(self.expires),
            updated=_moment(self.updated),
            withdrawn=_moment(self.withdrawn),
            episode=_EPISODE if self.episode else None,
            canonical=self.canonical,
            left_out_of=tuple(self.left_out_of),
        )


def parse_outline(text: str) -> Outline:
    """An outline as `write_outline` wrote it."""
    return Outline._make(_parsed(text)[0])


def read_outline(text: str) -> Entry:
    """An entry without its words: when it is public, where it stands, what it is filed under."""
    return parse_outline(text).entry()


def read_tags(text: str) -> list[tuple[str, str]]:
    """Name and slug of each tag in an outline; none if it is empty."""
    return [(name, slug) for name, slug in _parsed(text)[0][_TAGS]] if text else []


def tag_mark(slug: str) -> str:
    """What stands in the outline of every entry with this tag, and of few others."""
    return f",{_dumped(slug)}]"


def _dumped(value: list[Any] | str) -> str:
    """As JSON without spaces, in a fifth of the time that Python's own encoder takes."""
    return str(to_json(value), "utf-8")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@lru_cache(maxsize=4096)  # few are used again and again
def _tag(name: str, slug: str) -> Tag:
    return Tag(name=name, slug=slug)


@lru_cache(maxsize=4096)
def _author(name: str, slug: str) -> Author:
    return Author(name=name, slug=slug)
