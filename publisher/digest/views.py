"""What digest templates are given: plain frozen values on single lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from publisher.digest.lines import PREHEADER_LENGTH, cut, one_line
from publisher.model import Entry, Frequency, Image, Mark, Newsletter, Publication
from publisher.pages.language import direction, spell_date
from publisher.valueclass import valueclass

IMAGE_WIDTH = 552  # pixels: the column of the shipped template, 600 less its margins
_SMALLEST_IMAGE = 48  # below it, a picture is an ornament or counts readers


@valueclass
class ImageView:
    """A picture: `width` is in pixels, at most that of the column; `alt` may be empty."""

    url: str
    alt: str
    width: int


@valueclass
class ItemView:
    """An entry in a digest. `start` is the side that its lines begin on, "left" or "right"."""

    title: str
    link: str
    language: str
    direction: str
    start: str
    section: str
    place: str
    authors: tuple[str, ...]
    published: str
    updated: str
    correction: str
    summary: str
    image: ImageView | None
    tags: tuple[str, ...]


def view_item(
    entry: Entry, newsletter: Newsletter, publication: Publication, language: str
) -> ItemView:
    """An entry as the templates of a newsletter see it, its dates in the words of `language`."""
    runs = direction(entry.language)
    later = entry.updated is not None and entry.updated > entry.published

    def day(moment: datetime) -> str:
        return spell_date(moment, newsletter.timezone, language)

    return ItemView(
        title=one_line(entry.title),
        link=one_line(publication.link(entry)),
        language=one_line(entry.language),
        direction=runs,
        start="right" if runs == "rtl" else "left",
        section=one_line(entry.section.name) if entry.section else "",
        place=one_line(entry.dateline.place) if entry.dateline else "",
        authors=tuple(one_line(one.name) for one in entry.authors),
        published=day(entry.published),
        updated=day(entry.changed) if later else "",
        correction=one_line(entry.correction),
        summary=one_line(entry.summary),
        image=next((_view_image(one) for one in entry.images if _is_worth_showing(one)), None),
        tags=tuple(one_line(tag.name) for tag in entry.tags),
    )


def make_context(
    newsletter: Newsletter,
    items: Sequence[ItemView],
    *,
    slot: datetime,
    publication: Publication,
    archive: str,
    more: int,
    rhythm: Frequency,
    language: str,
) -> dict[str, object]:
    """Everything that a digest's templates may use, but `subject` and `preheader`."""
    runs, own = direction(language), direction(newsletter.language)
    return {
        "language": one_line(language),
        "direction": runs,
        "start": "right" if runs == "rtl" else "left",
        "end": "left" if runs == "rtl" else "right",
        "newsletter": {
            "title": one_line(newsletter.title),
            "description": one_line(newsletter.description),
            "language": one_line(newsletter.language),
            "direction": own,
            "start": "right" if own == "rtl" else "left",
            "end": "left" if own == "rtl" else "right",
        },
        "publication": {
            "title": one_line(publication.title),
            "url": one_line(publication.url),
            "description": one_line(publication.description),
            "language": one_line(publication.language),
            "direction": direction(publication.language),
            "rights": one_line(publication.rights),
        },
        "date": spell_date(slot, newsletter.timezone, language, weekday=True),
        "rhythm": rhythm.value,
        "entries": tuple(items),
        "more": more,
        "archive": one_line(archive),
        "leave": Mark.LEAVE.value,
        "preferences": Mark.PREFERENCES.value,
    }


def make_preheader(entries: Sequence[Entry]) -> str:
    """What mailboxes show beside the subject: the first summaries, as far as there is room.

    The first entry's title stands in the subject, so the others' titles come before summaries
    that are missing.
    """
    texts = [one_line(entry.summary or entry.title) for entry in entries[:3]]
    return cut(" ".join(text for text in texts if text), PREHEADER_LENGTH)


def _is_worth_showing(image: Image) -> bool:
    sizes = (image.width, image.height)
    return bool(image.url) and all(size is None or size >= _SMALLEST_IMAGE for size in sizes)


def _view_image(image: Image) -> ImageView:
    width = min(image.width or IMAGE_WIDTH, IMAGE_WIDTH)
    return ImageView(url=one_line(image.url), alt=one_line(image.alt), width=width)
