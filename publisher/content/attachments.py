"""The pictures and files that go with an entry: those named above it, and those in its text."""

from __future__ import annotations

from publisher.content.forms.fields import Fields
from publisher.content.forms.manuscript import Manuscript
from publisher.content.markup.links import Links
from publisher.content.markup.media import media_type
from publisher.model import Enclosure, Finding, Image, Severity


def leading_first(
    images: tuple[Image, ...], fields: Fields, manuscript: Manuscript, links: Links
) -> tuple[Image, ...]:
    """The pictures of an entry, the one that stands for it first."""
    told = fields.picture()
    picture = told or manuscript.picture
    url = links.file(picture.src) if picture else None
    if picture is None or url is None:
        if told is not None:
            _warn(links, "the image can't be used", "give a file beside the article, or a whole "
                  "address", fields.line("image"))  # fmt: skip
        return images
    if told is not None and not told.alt:
        _warn(links, "the image has no alternative text", "say in alt: what it shows",
              fields.line("image"))  # fmt: skip
    same = next((image for image in images if image.url == url), None)
    leading = Image(
        url=url,
        alt=picture.alt or (same.alt if same else ""),
        caption=picture.caption or (same.caption if same else ""),
        type=media_type(url),
        width=same.width if same else None,
        height=same.height if same else None,
    )
    return (leading, *(image for image in images if image.url != url))


def enclosures_of(fields: Fields, links: Links) -> tuple[Enclosure, ...]:
    """The files that front matter gives to an entry; one that can't be used is a finding."""
    enclosures = []
    for file in fields.files():
        url = links.file(file.url)
        if url is None or not file.type:
            _warn(
                links,
                f"the enclosure `{file.url[:100]}` can't be used",
                "give a file beside the article or a whole address, and its type",
                fields.line("enclosure") or fields.line("enclosures"),
            )
            continue
        enclosures.append(Enclosure(url=url, type=file.type, length=file.length, title=file.title))
    return tuple(enclosures)


def _warn(links: Links, what: str, mend: str, line: int | None) -> None:
    links.findings.append(
        Finding(severity=Severity.WARNING, what=what, mend=mend, path=links.path, line=line)
    )
