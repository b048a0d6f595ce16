"""An article taken apart, and its story: what front matter, byline and first lines say of it."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from publisher.content.forms.fields import Fields, Person
from publisher.content.forms.manuscript import Manuscript
from publisher.content.forms.versions import Mark
from publisher.content.naming.bylines import parse_byline
from publisher.content.naming.dateline import Parsed, parse_dateline
from publisher.content.text.characters import squeeze
from publisher.content.text.plain import Block
from publisher.content.text.slugs import slugify
from publisher.model import Author, Dateline, Form, Image
from publisher.valueclass import valueclass

# What is read from front matter and nowhere asked twice.
_TOLD_BY = {
    "id": ("id",),
    "slug": ("slug",),
    "form": ("form",),
    "authors": ("author", "authors"),
    "tags": ("tags",),
    "dateline": ("dateline", "place", "agency"),
    "image": ("image",),
    "draft": ("draft",),
    "embargo": ("embargo",),
    "expires": ("expires",),
    "withdrawn": ("withdrawn",),
}


@valueclass(kw_only=False)
class Copy:
    """An article taken apart; `line` is where its text begins in the file."""

    fields: Fields
    form: Form
    manuscript: Manuscript
    zone: ZoneInfo
    line: int

    def origin(self, what: str, *, key: str = "", is_told: bool = False) -> str:
        """Where a value was read: the line of front matter, or the place in the form."""
        if is_told:
            line = self.fields.line(key or what)
            return f"front matter, line {line}" if line else "front matter"
        return self.manuscript.origins.get(what, self.form.value)

    def origins(self) -> dict[str, str]:
        """Where everything stands that front matter says, by our names; else where the form has it.

        Values that several places may give are noted where the choice is made.
        """
        found = dict(self.manuscript.origins)
        for what, keys in _TOLD_BY.items():
            for key in keys:
                if self.fields.has(key):
                    found[what] = self.origin(what, key=key, is_told=True)
                    break
        return found


@valueclass(kw_only=False)
class Story:
    """What the article says, sanitised; `prose` is its running text without dateline."""

    title: str
    html: str
    images: tuple[Image, ...]
    blocks: list[Block]
    parsed: Parsed | None
    prose: list[str]
    mark: Mark


def dateline_of(blocks: list[Block]) -> Parsed | None:
    """The dateline that the first paragraph of the story opens with."""
    first = next((block for block in blocks if _is_story(block)), None)
    return parse_dateline(first.text) if first else None


def _byline_of(blocks: list[Block]) -> tuple[str, ...]:
    for block in blocks[:2]:
        if block.is_prose and (found := parse_byline(block.text)):
            return found.names
    return ()


def _is_story(block: Block) -> bool:
    return block.is_prose and parse_byline(block.text) is None


_FOOTNOTE = re.compile(r"\[[0-9]{1,3}\]")


def prose_of(blocks: list[Block], parsed: Parsed | None) -> list[str]:
    """The running text without bylines, dateline and notes; all text where nothing is running."""
    blocks = [block for block in blocks if not _FOOTNOTE.match(block.text)] or blocks
    story = [block.text for block in blocks[:5] if _is_story(block)]
    story += [block.text for block in blocks[5:] if block.is_prose]
    if story and parsed is not None:
        story[0] = story[0][parsed.end :].lstrip()
    story = [_FOOTNOTE.sub("", text) if "[" in text else text for text in story]
    return story or [block.text for block in blocks]


def dateline_told(fields: Fields, parsed: Parsed | None) -> Dateline | None:
    """The dateline of an entry: what front matter says of it wins over what is printed."""
    place, agency, day = fields.dateline()
    found = parsed.dateline if parsed else None
    if not (place or agency):
        return found
    if place and (told := parse_dateline(f"{place} — Text")) is not None:
        return told.dateline if not agency else Dateline(
            place=told.dateline.place, agency=agency, date_text=day or told.dateline.date_text
        )  # fmt: skip
    return Dateline(
        place=place or (found.place if found else ""),
        agency=agency or (found.agency if found else ""),
        date_text=day or (found.date_text if found else ""),
        printed=found.printed if found else "",
    )


def people_of(copy: Copy, story: Story) -> tuple[Person, ...]:
    """Who wrote it: as front matter says, else as its byline says."""
    told = copy.fields.people() or copy.manuscript.authors
    return told or tuple(Person(name) for name in _byline_of(story.blocks))


def authors_of(people: tuple[Person, ...]) -> tuple[Author, ...]:
    """The authors of an entry, each once."""
    authors: dict[str, Author] = {}
    for person in people:
        if name := squeeze(person.name):
            author = Author(name=name, slug=slugify(name), email=person.email, url=person.url)
            authors.setdefault(author.slug, author)
    return tuple(authors.values())
