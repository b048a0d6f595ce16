"""From an article to an entry: decode, take apart, read its form, sanitise, date, name, tag."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.content.attachments import enclosures_of, leading_first
from publisher.content.dating import Published, later, published_of
from publisher.content.episodes import read_episode
from publisher.content.forms.apart import read_form, split_any
from publisher.content.forms.decode import decode
from publisher.content.forms.dialects import understand
from publisher.content.forms.fields import Fields
from publisher.content.forms.known import declares_encoding, detect_form
from publisher.content.forms.versions import (
    Mark,
    correction_of,
    read_mark,
    story_key,
    version_number,
    with_note,
)
from publisher.content.identity import mint_id, slug_of_path
from publisher.content.markup.body import close_body, open_body
from publisher.content.markup.links import Links
from publisher.content.markup.sanitise import UnsafeMarkupError
from publisher.content.markup.tree import parse_fragment
from publisher.content.markup.uris import is_uri
from publisher.content.naming.dateline import Parsed
from publisher.content.naming.vocabulary import settle
from publisher.content.references import read_exclusions, read_related, read_source
from publisher.content.story import (
    Copy,
    Story,
    authors_of,
    dateline_of,
    dateline_told,
    people_of,
    prose_of,
)
from publisher.content.tags import choose_tags
from publisher.content.text.dates import in_utc
from publisher.content.text.languages import language_of
from publisher.content.text.plain import blocks_of
from publisher.content.text.prose import plain_prose
from publisher.content.text.slugs import slugify
from publisher.content.text.summary import summarise
from publisher.errors import ArticleError
from publisher.model import (
    Article,
    Dateline,
    Entry,
    Finding,
    Form,
    Identity,
    Publication,
    Reading,
    Section,
    Severity,
    SummaryMethod,
    VersionKind,
    Vocabulary,
)
from publisher.steps import Steps, at_once

_NO_VOCABULARY = Vocabulary()
_FORMS = tuple(form.value for form in Form)
_OF_AGENCIES = frozenset({Form.WIRE, Form.NITF, Form.NEWSML, Form.NINJS})


def read_in_steps(
    article: Article,
    publication: Publication,
    *,
    identity: Identity | None,
    now: datetime,
    summary_limit: int = 280,
    summary_method: SummaryMethod = "lead",
    vocabulary: Vocabulary = _NO_VOCABULARY,
    max_bytes: int = 5 * 1024 * 1024,
) -> Steps[Reading]:
    """Make an entry of an article, with what its editor should know.

    `identity` is what the store remembers from earlier readings, None at the first; `now` (aware)
    is when a new article was first seen. Sizes are in characters and bytes.

    Raises ArticleError, with path, line and how to mend it, for what can't become an entry.
    """
    html = declares_encoding(article.path)
    decoded = decode(article, max_bytes=max_bytes, html=html)
    desk = _Desk(
        article,
        publication,
        identity,
        in_utc(now),
        summary_limit,
        decoded.text,
        vocabulary,
        summary_method,
    )
    desk.findings.extend(decoded.findings)
    try:
        return (yield from desk.read())
    except UnsafeMarkupError as error:
        raise ArticleError(
            f"its markup can't be used: {error}",
            path=article.path,
            mend="close every element, nest fewer of them, or split the article",
        ) from error


read_article = at_once(read_in_steps)


@dataclass(slots=True)
class _Desk:
    """One article on its way to an entry."""

    article: Article
    publication: Publication
    identity: Identity | None
    now: datetime
    summary_limit: int
    source: str
    vocabulary: Vocabulary
    summary_method: SummaryMethod
    findings: list[Finding] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)

    def read(self) -> Steps[Reading]:
        copy = self._take_apart()
        yield
        fields, manuscript = copy.fields, copy.manuscript
        slug = self._slug(fields)
        url = self._first(copy, "url", fields.web_address("url"), manuscript.url)
        links = self._links(slug, url, manuscript.base)
        story = self._story(copy, links)
        yield
        images = leading_first(story.images, fields, manuscript, links)
        enclosures = enclosures_of(fields, links)
        episode = read_episode(fields, links)
        if episode:
            enclosures = (episode.enclosure, *enclosures)
        summary = self._first(copy, "summary", fields.text("summary"), manuscript.summary)
        withdrawn = self._withdrawn(copy, story.mark.kind)
        if not (story.blocks or images or enclosures or summary or withdrawn):
            raise ArticleError(
                "there is no text below the title", path=self.article.path, line=copy.line,
                mend="write something, or delete the file",
            )  # fmt: skip
        published = self._published(copy, story.parsed)
        language = self._first(copy, "language", fields.language(), manuscript.language)
        language = language or self._language(story)
        yield
        section = self._first(copy, "section", fields.text("section"), manuscript.section)
        dateline = dateline_told(fields, story.parsed) or manuscript.dateline
        told = summary
        if not summary:
            summary = summarise(
                story.prose, limit=self.summary_limit, language=language, method=self.summary_method
            )
            yield
        chosen = fields.tags()
        tags = settle(
            choose_tags(
                story.title, story.prose, chosen=(*chosen, *manuscript.tags),
                keywords=manuscript.keywords, dateline=dateline, language=language,
                are_all=bool(chosen), counts=self.vocabulary.counts,
            ),
            self.vocabulary, section=section, title=story.title, paragraphs=story.prose,
        )  # fmt: skip
        yield
        entry = Entry(
            id=self._id(copy, published.moment, slug),
            slug=slug,
            path=self.article.path,
            form=copy.form,
            title=story.title,
            published=published.moment,
            published_from=published.source,
            language=language,
            html=story.html,
            summary=summary,
            summary_by="editor" if told else "program",
            updated=self._updated(copy, published.moment),
            correction=self._first(
                copy, "correction", fields.text("correction"),
                manuscript.correction or correction_of(story.mark, manuscript.note),
            ),
            dateline=dateline,
            authors=authors_of(people_of(copy, story)),
            credit=self._first(copy, "credit", fields.text("credit"), manuscript.credit),
            section=Section(name=section, slug=slugify(section)) if section else None,
            tags=tags,
            images=images,
            enclosures=enclosures,
            assets=tuple(links.assets.values()),
            rights=self._first(copy, "rights", fields.text("rights"), manuscript.rights),
            url=url,
            draft=self._is_draft(copy, story.mark),
            embargo=fields.moment("embargo") or later(manuscript.embargo, published.moment),
            expires=fields.moment("expires") or manuscript.expires,
            withdrawn=withdrawn,
            withdrawal=fields.text("withdrawal") or manuscript.withdrawal,
            episode=episode.episode if episode else None,
            source=read_source(fields),
            related=read_related(fields),
            canonical=fields.web_address("canonical"),
            left_out_of=read_exclusions(fields),
            story=self._story_key(copy, story, language, dateline),
            version=version_number(manuscript.version) or story.mark.number,
            version_kind="kill" if manuscript.is_cancelled else story.mark.kind,
        )  # fmt: skip
        return Reading(
            entry=entry,
            findings=(*self.findings, *manuscript.findings, *links.findings),
            origins={**copy.origins(), **self.origins},
        )

    def _take_apart(self) -> Copy:
        """Front matter off, the form told, the manuscript taken out of it."""
        path, zone = self.article.path, ZoneInfo(self.publication.timezone)
        split = split_any(self.source, path)
        fields = Fields(understand(split.fields).fields, path, zone)
        self.findings += fields.unknown()
        told = fields.choice("form", _FORMS)
        form = detect_form(path, split.body, split.body_line, told)
        manuscript = read_form(form, split, path, fields.text("title"), zone)
        manuscript.base = fields.web_address("base") or manuscript.base
        return Copy(fields, form, manuscript, zone, split.body_line)

    def _first(self, copy: Copy, key: str, told: str, found: str) -> str:
        """What an editor says in front matter, else what the form says; where it was is noted."""
        if told or found:
            self.origins[key] = copy.origin(key, is_told=bool(told))
        return told or found

    def _story(self, copy: Copy, links: Links) -> Story:
        """The sanitised story under its title, which an editor, the form or a heading gives."""
        manuscript = copy.manuscript
        # A page's own title is often that of its site too: the heading in the text is better.
        of_form = "" if copy.form in {Form.HTML, Form.MARKDOWN} else manuscript.title
        told = copy.fields.text("title")
        known = self._first(copy, "title", told, of_form)
        if known and copy.form is Form.MARKDOWN and (prose := plain_prose(manuscript.html)):
            html, blocks = prose
            parsed = dateline_of(blocks)
            return Story(known, html, (), blocks, parsed, prose_of(blocks, parsed), Mark(known))
        body = open_body(manuscript.html, known)
        title = known or body.heading or manuscript.title
        if not title:
            raise ArticleError(
                "the article has no title",
                path=self.article.path,
                line=copy.line,
                mend="begin it with `# Title` (Markdown) or an h1 (HTML), or give `title:`",
            )
        if not known:
            self.origins["title"] = "heading" if body.heading else copy.origin("title")
        mark = Mark(title)
        if copy.form in _OF_AGENCIES and not told:
            mark = with_note(read_mark(title), manuscript.note)
        html, images = close_body(body, links)
        blocks = blocks_of(parse_fragment(html))
        parsed = dateline_of(blocks)
        return Story(mark.title, html, images, blocks, parsed, prose_of(blocks, parsed), mark)

    @staticmethod
    def _story_key(copy: Copy, story: Story, language: str, dateline: Dateline | None) -> str:
        """What all versions of the story share; "" where nobody sends versions."""
        if copy.form not in _OF_AGENCIES:
            return ""
        agency = dateline.agency if dateline else ""
        return story_key(copy.manuscript.story, story.title, language, agency)

    def _language(self, story: Story) -> str:
        """The language that nobody told: that of the text, in doubt that of the publication."""
        text = "\n".join([*story.prose, story.title])
        language = language_of(text, self.publication.language)
        if language != self.publication.language:
            self.origins["language"] = "the text itself"
        return language

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

    def _id(self, copy: Copy, published: datetime, slug: str) -> str:
        fields = copy.fields
        told = fields.permanent_id()
        if self.identity is None:
            day = published.astimezone(copy.zone).date()
            of_form = copy.manuscript.id if is_uri(copy.manuscript.id) else ""
            if of_form and not told:
                self.origins["id"] = copy.origin("id")
            return told or of_form or mint_id(self.publication.domain, day, slug)
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

    def _published(self, copy: Copy, parsed: Parsed | None) -> Published:
        seen = in_utc(self.identity.first_seen) if self.identity else self.now
        published = published_of(copy, self.article.path, parsed, seen)
        place = {"front matter": "front matter", "metadata": "metadata"}.get(published.source)
        self.origins["published"] = (
            copy.origin("published", key="date", is_told=place == "front matter")
            if place
            else published.source
        )
        return published

    def _withdrawn(self, copy: Copy, kind: VersionKind) -> datetime | None:
        manuscript = copy.manuscript
        told = copy.fields.moment("withdrawn")
        if told or not (manuscript.is_cancelled or kind == "kill"):
            return told
        seen = self.identity.first_seen if self.identity else self.now
        return manuscript.updated or manuscript.published or in_utc(seen)

    def _is_draft(self, copy: Copy, mark: Mark) -> bool:
        if copy.fields.has("draft"):
            return copy.fields.flag("draft")
        told = copy.fields.has("embargo") or copy.manuscript.embargo is not None
        if mark.is_embargoed and not told:
            self._warn(
                "its headline says that it is embargoed, and nothing until when, so it is kept as "
                "a draft", "give `embargo:` in front matter, or `draft: false`", None,
            )  # fmt: skip
            return True
        return copy.manuscript.is_draft

    def _updated(self, copy: Copy, published: datetime) -> datetime | None:
        fields = copy.fields
        updated = fields.moment("updated")
        if updated is not None and updated < published:
            self._warn(
                "the article was updated before it was published, so `updated` is ignored",
                "mend one of the two dates", fields.line("updated"),
            )  # fmt: skip
        told = updated is not None
        updated = updated or copy.manuscript.updated
        if updated is None or updated < published:
            return None
        self.origins["updated"] = copy.origin("updated", is_told=told)
        return updated

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
