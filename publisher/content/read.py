"""From an article to an entry: decode, take apart, read its form, sanitise, date, name, tag."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.content.body import close_body, open_body
from publisher.content.dateline import Parsed
from publisher.content.dates import in_utc, midnight
from publisher.content.decode import decode
from publisher.content.episodes import read_episode
from publisher.content.fields import Fields
from publisher.content.forms import by_extension, detect_form
from publisher.content.front_matter import Split, split_front_matter
from publisher.content.html_page import read_html
from publisher.content.identity import mint_id, slug_of_path
from publisher.content.links import Links
from publisher.content.manuscript import Manuscript
from publisher.content.markdown_text import render_markdown
from publisher.content.media import media_type
from publisher.content.plain import blocks_of, text_of
from publisher.content.references import read_exclusions, read_related, read_source
from publisher.content.sanitise import UnsafeMarkupError
from publisher.content.slugs import slugify
from publisher.content.story import (
    Copy,
    Story,
    authors_of,
    dateline_of,
    dateline_told,
    people_of,
    prose_of,
)
from publisher.content.summary import summarise
from publisher.content.tags import choose_tags
from publisher.content.tree import parse_fragment
from publisher.content.wire import read_wire
from publisher.errors import ArticleError
from publisher.model import (
    Article,
    Enclosure,
    Entry,
    Finding,
    Form,
    Identity,
    Image,
    Publication,
    PublishedFrom,
    Reading,
    Section,
    Severity,
)

# Raise it with every change that makes another entry of the same article.
RECIPE = "2026-11-23.3"


def read_article(
    article: Article,
    publication: Publication,
    *,
    identity: Identity | None,
    now: datetime,
    summary_limit: int = 280,
    max_bytes: int = 5 * 1024 * 1024,
) -> Reading:
    """Make an entry of an article, with what its editor should know.

    `identity` is what the store remembers from earlier readings, None at the first; `now` (aware)
    is when a new article was first seen. Sizes are in characters and bytes.

    Raises ArticleError, with path, line and how to mend it, for what can't become an entry.
    """
    html = by_extension(article.path) is Form.HTML
    decoded = decode(article, max_bytes=max_bytes, html=html)
    desk = _Desk(article, publication, identity, in_utc(now), summary_limit, decoded.text)
    desk.findings.extend(decoded.findings)
    try:
        return desk.read()
    except UnsafeMarkupError as error:
        raise ArticleError(
            f"its markup can't be used: {error}",
            path=article.path,
            mend="close every element, nest fewer of them, or split the article",
        ) from error


@dataclass(slots=True)
class _Desk:
    """One article on its way to an entry."""

    article: Article
    publication: Publication
    identity: Identity | None
    now: datetime
    summary_limit: int
    source: str
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> Reading:
        copy = self._take_apart()
        fields, manuscript = copy.fields, copy.manuscript
        slug = self._slug(fields)
        url = fields.web_address("url") or manuscript.url
        links = self._links(slug, url, manuscript.base)
        story = self._story(copy, links)
        images = self._with_leading(story.images, fields, manuscript, links)
        enclosures = self._enclosures(fields, links)
        episode = read_episode(fields, links)
        if episode:
            enclosures = (episode.enclosure, *enclosures)
        summary = fields.text("summary") or manuscript.summary
        if not (story.blocks or images or enclosures or summary):
            raise ArticleError(
                "there is no text below the title", path=self.article.path, line=copy.line,
                mend="write something, or delete the file",
            )  # fmt: skip
        published, published_from = self._published(fields, manuscript, story.parsed, copy.zone)
        language = fields.language() or manuscript.language or self.publication.language
        section = fields.text("section") or manuscript.section
        dateline = dateline_told(fields, story.parsed)
        entry = Entry(
            id=self._id(fields, published, slug, copy.zone),
            slug=slug,
            path=self.article.path,
            form=copy.form,
            title=story.title,
            published=published,
            published_from=published_from,
            language=language,
            html=story.html,
            text=text_of(story.blocks),
            summary=summary or summarise(story.prose, limit=self.summary_limit, language=language),
            summary_by="editor" if summary else "program",
            updated=self._updated(fields, manuscript, published),
            correction=fields.text("correction"),
            dateline=dateline,
            authors=authors_of(people_of(copy, story)),
            credit=fields.text("credit") or manuscript.credit,
            section=Section(name=section, slug=slugify(section)) if section else None,
            tags=choose_tags(
                story.title, story.prose, chosen=fields.tags(), keywords=manuscript.keywords,
                dateline=dateline, language=language,
            ),
            images=images,
            enclosures=enclosures,
            assets=tuple(links.assets.values()),
            rights=fields.text("rights") or manuscript.rights,
            url=url,
            draft=fields.flag("draft"),
            embargo=fields.moment("embargo"),
            expires=fields.moment("expires"),
            withdrawn=fields.moment("withdrawn"),
            withdrawal=fields.text("withdrawal"),
            episode=episode.episode if episode else None,
            source=read_source(fields),
            related=read_related(fields),
            canonical=fields.web_address("canonical"),
            left_out_of=read_exclusions(fields),
        )  # fmt: skip
        return Reading(entry=entry, findings=(*self.findings, *links.findings))

    def _take_apart(self) -> Copy:
        """Front matter off, the form told, the manuscript taken out of it."""
        path, zone = self.article.path, ZoneInfo(self.publication.timezone)
        split = split_front_matter(self.source, path)
        fields = Fields(split.fields, path, zone)
        self.findings += fields.unknown()
        told = fields.choice("form", tuple(form.value for form in Form))
        form = detect_form(path, split.body, split.body_line, told)
        manuscript = self._manuscript(form, split, fields, zone)
        self.findings += manuscript.findings
        return Copy(fields, form, manuscript, zone, split.body_line)

    def _story(self, copy: Copy, links: Links) -> Story:
        """The sanitised story under its title, which an editor, the form or a heading gives."""
        manuscript = copy.manuscript
        of_form = manuscript.title if copy.form is Form.WIRE else ""
        known = copy.fields.text("title") or of_form
        body = open_body(manuscript.html, known)
        title = known or body.heading or manuscript.title
        if not title:
            raise ArticleError(
                "the article has no title",
                path=self.article.path,
                line=copy.line,
                mend="begin it with `# Title` (Markdown) or an h1 (HTML), or give `title:`",
            )
        html, images = close_body(body, links)
        blocks = blocks_of(parse_fragment(html))
        parsed = dateline_of(blocks)
        return Story(title, html, images, blocks, parsed, prose_of(blocks, parsed))

    def _manuscript(self, form: Form, split: Split, fields: Fields, zone: ZoneInfo) -> Manuscript:
        if form is Form.WIRE:
            return read_wire(split.body, self.article.path, split.body_line, fields.text("title"))
        if form is Form.MARKDOWN:
            return Manuscript(title="", html=render_markdown(split.body))
        return read_html(split.body, self.article.path, zone)

    def _slug(self, fields: Fields) -> str:
        written = fields.text("slug")
        if not written:
            return self.identity.slug if self.identity else slug_of_path(self.article.path)
        slug = slugify(written)
        if slug != written:
            self._warn(
                f"the slug `{written[:80]}` can't stand in an address; `{slug}` is used",
                "write it with a-z, 0-9 and hyphens only", fields.line("slug"),
            )  # fmt: skip
        return slug

    def _id(self, fields: Fields, published: datetime, slug: str, zone: ZoneInfo) -> str:
        told = fields.permanent_id()
        if self.identity is None:
            day = published.astimezone(zone).date()
            return told or mint_id(self.publication.domain, day, slug)
        if told and told != self.identity.id:
            self._warn(
                f"the entry was published as `{self.identity.id}`, so another id is ignored",
                "delete the line `id:`", fields.line("id"),
            )  # fmt: skip
        return self.identity.id

    def _links(self, slug: str, url: str, base: str) -> Links:
        address = url or self.publication.address(f"entries/{slug}.html")
        return Links(
            path=self.article.path,
            slug=slug,
            publication=self.publication,
            base=base or address,
            source=self.source,
            beside=not base,
        )

    def _published(
        self, fields: Fields, manuscript: Manuscript, parsed: Parsed | None, zone: ZoneInfo
    ) -> tuple[datetime, PublishedFrom]:
        if told := fields.moment("date"):
            return told, "front matter"
        if manuscript.published:
            return manuscript.published, "metadata"
        seen = in_utc(self.identity.first_seen) if self.identity else self.now
        day = parsed.date(seen.astimezone(zone).date()) if parsed else None
        if day is not None and day.year >= 1900:
            return midnight(day, zone), "dateline"
        return seen, "first seen"

    def _updated(
        self, fields: Fields, manuscript: Manuscript, published: datetime
    ) -> datetime | None:
        updated = fields.moment("updated")
        if updated is not None and updated < published:
            self._warn(
                "the article was updated before it was published, so `updated` is ignored",
                "mend one of the two dates", fields.line("updated"),
            )  # fmt: skip
        updated = updated or manuscript.updated
        return updated if updated is not None and updated >= published else None

    def _with_leading(
        self, images: tuple[Image, ...], fields: Fields, manuscript: Manuscript, links: Links
    ) -> tuple[Image, ...]:
        picture = fields.picture()
        src = picture.src if picture else manuscript.image
        url = links.file(src) if src else None
        if url is None:
            if picture is not None:
                self._warn("the image can't be used", "give a file beside the article, or a whole "
                           "address", fields.line("image"))  # fmt: skip
            return images
        alt, caption = (picture.alt, picture.caption) if picture else ("", "")
        if picture is not None and not alt:
            self._warn("the image has no alternative text", "say in alt: what it shows",
                       fields.line("image"))  # fmt: skip
        same = next((image for image in images if image.url == url), None)
        leading = Image(
            url=url,
            alt=alt or (same.alt if same else ""),
            caption=caption or (same.caption if same else ""),
            type=media_type(url),
            width=same.width if same else None,
            height=same.height if same else None,
        )
        return (leading, *(image for image in images if image.url != url))

    def _enclosures(self, fields: Fields, links: Links) -> tuple[Enclosure, ...]:
        enclosures = []
        for file in fields.files():
            url = links.file(file.url)
            if url is None or not file.type:
                self._warn(
                    f"the enclosure `{file.url[:100]}` can't be used",
                    "give a file beside the article or a whole address, and its type",
                    fields.line("enclosure") or fields.line("enclosures"),
                )
                continue
            enclosures.append(
                Enclosure(url=url, type=file.type, length=file.length, title=file.title)
            )
        return tuple(enclosures)

    def _warn(self, what: str, mend: str, line: int | None) -> None:
        self.findings.append(
            Finding(
                severity=Severity.WARNING,
                what=what,
                mend=mend,
                path=self.article.path,
                line=line,
            )
        )
