"""What stands in the articles folder already: by id, by path, and which slugs are taken."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from publisher.config import Site
from publisher.content import Field, slug_of_path, slugify, split_any
from publisher.content.forms.decode import decode
from publisher.errors import ArticleError
from publisher.model import Article
from publisher.sources import look_over, read_article_files


@dataclass(slots=True)
class Shelf:
    """Paths of articles by the id that each gives itself, and the slug of each path."""

    by_id: dict[str, str] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, site: Site) -> Self:
        """Look through the folder; what can't be read there is not ours to mend."""
        shelf = cls()
        if not site.articles.is_dir():
            return shelf
        look = look_over(site.articles, max_bytes=site.max_bytes)
        paths = [line.partition("\t")[0] for line in look.lines]
        for one in read_article_files(site.articles, paths, max_bytes=site.max_bytes):
            if isinstance(one, Article):
                front = _front(one, site.max_bytes)
                shelf.add(one.path, front.get("id", ""), front.get("slug", ""))
        return shelf

    def add(self, path: str, key: str, slug: str) -> None:
        """Put an article there."""
        slug = slugify(slug) if slug else slug_of_path(path)
        self.slugs[path] = slug
        self.taken.add(slug)
        if key:
            self.by_id.setdefault(key, path)

    def free_slug(self, slug: str) -> str:
        """The slug, with a number if another article has it."""
        return next(one for one in _numbered(slug) if one not in self.taken)

    def free_path(self, path: str) -> str:
        """The path, with a number if another article stands there, or has the slug it gives."""
        stem, dot, ending = path.rpartition(".")
        if posixpath.basename(stem).lower() == "index":
            return path
        for one in _numbered(stem):
            if (
                f"{one}{dot}{ending}" not in self.slugs
                and slug_of_path(one + dot) not in self.taken
            ):
                return f"{one}{dot}{ending}"
        raise AssertionError("numbers have no end")


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _front(article: Article, max_bytes: int) -> dict[str, str]:
    try:
        text = decode(article, max_bytes=max_bytes, html=True).text
        fields: dict[str, Field] = split_any(text, article.path).fields
    except ArticleError:
        return {}
    return {key: one.value for key, one in fields.items() if isinstance(one.value, str)}
