"""What front matter alone tells of an article: enough to choose feeds, without its words.

A publication has a hundred thousand articles and its feeds carry a thousand of them. Where nothing
else may need the words of the others, they are read when a feed first carries the entry.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.content.forms.decode import decode
from publisher.content.forms.fields import Fields
from publisher.content.forms.front_matter import split_front_matter
from publisher.content.forms.known import by_extension
from publisher.content.identity import mint_id, slug_of_path
from publisher.content.story import authors_of
from publisher.content.tags import tags_of_editor
from publisher.content.text.dates import in_utc
from publisher.content.text.slugs import slugify
from publisher.model import Article, Entry, Form, Identity, Publication, Section

_NEEDED = ("title", "date", "tags")
# Keys that say all there is to say of them; any other may ask for more than front matter.
_ENOUGH = frozenset(
    {
        *(*_NEEDED, "updated", "author", "authors", "section"),
        *("draft", "embargo", "expires", "summary", "rights"),
    }
)
# What may give an entry more than words: a picture, a file beside it, a byline, and markup of
# which only a closer look tells. Then the article is read as a whole. Each begins with a plain
# character, and a rare one, for which a text is searched quickly.
_ODD = re.compile(r"\](?::|\((?!https?://))")
_BYLINE = re.compile(r"\n[\W_]{0,9}(?:By|BY|by|Von|VON|Par|PAR|Por|POR|От|Автор:|From|FROM)[ \t]")
_PARAGRAPH = re.compile(r"\s*[^\W\d_]")
_BLANK = re.compile(r"\n\s*\n")
_MOST_MARKS = 200  # fewer can't be nested too deeply to be read


def read_outline(
    article: Article,
    publication: Publication,
    *,
    identity: Identity | None,
    max_bytes: int = 5 * 1024 * 1024,
) -> Entry | None:
    """The entry without its words, as `read_article` would give it; None: read the whole.

    Raises ArticleError where that would, as far as front matter tells.
    """
    if by_extension(article.path) is not Form.MARKDOWN:
        return None
    decoded = decode(article, max_bytes=max_bytes, html=False)
    if not decoded.text.startswith("---\n"):
        return None  # without front matter, or with that of another program
    zone = ZoneInfo(publication.timezone)
    split = split_front_matter(decoded.text, article.path)
    if decoded.findings or not split.fields.keys() <= _ENOUGH or not _is_plain(split.body):
        return None
    fields = Fields(split.fields, article.path, zone)
    title, published, tags = fields.text("title"), fields.moment("date"), fields.tags()
    updated = fields.moment("updated")
    if not (title and published and tags) or (updated and updated < published):
        return None
    slug = identity.slug if identity else slug_of_path(article.path)
    section = fields.text("section")
    fields.text("summary")
    return Entry(
        id=identity.id if identity else _mint(publication, published, slug, zone),
        slug=slug,
        path=article.path,
        form=Form.MARKDOWN,
        title=title,
        published=published,
        published_from="front matter",
        language=publication.language,
        html="",
        summary="",
        updated=updated,
        authors=authors_of(fields.people()),
        section=Section(name=section, slug=slugify(section)) if section else None,
        tags=tags_of_editor(tags),
        rights=fields.text("rights"),
        draft=fields.flag("draft"),
        embargo=fields.moment("embargo"),
        expires=fields.moment("expires"),
    )


def first_seen_at(entry: Entry, publication: Publication, before: datetime, now: datetime) -> Entry:
    """An entry without a date of its own, read as first seen at `before`, as of `now`."""
    zone = ZoneInfo(publication.timezone)
    minted = _mint(publication, in_utc(before), entry.slug, zone)
    return replace(
        entry,
        published=in_utc(now),
        # A kill without a date is of the moment at which it came.
        withdrawn=in_utc(now) if entry.withdrawn == in_utc(before) else entry.withdrawn,
        id=_mint(publication, in_utc(now), entry.slug, zone) if entry.id == minted else entry.id,
    )


def _mint(publication: Publication, published: datetime, slug: str, zone: ZoneInfo) -> str:
    return mint_id(publication.domain, published.astimezone(zone).date(), slug)


def _is_plain(body: str) -> bool:
    """Whether a Markdown text is paragraphs, headings and lists with whole addresses alone."""
    if "<" in body or "\\" in body or ("!" in body and "![" in body):
        return False
    marks = sum(body.count(mark) for mark in "*_>[" if mark in body)
    return (
        marks < _MOST_MARKS
        and not ("[" in body and _ODD.search(body))
        and bool(_PARAGRAPH.match(body))
        and not _BYLINE.search(f"\n{_opening(body)}")
    )


def _opening(body: str) -> str:
    """The first two paragraphs: a byline stands in one of them."""
    first = _BLANK.search(body, len(body) - len(body.lstrip()))
    second = _BLANK.search(body, first.end()) if first else None
    return body[: second.start()] if second else body
