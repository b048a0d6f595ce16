"""Why an entry is as it is: each value with the place that it was read from."""

from __future__ import annotations

import re

from publisher.content.markup.tree import text_in
from publisher.model import Entry, Reading, Tag
from publisher.valueclass import valueclass

_LONGEST = 100


@valueclass(kw_only=False)
class Reason:
    """One value of an entry and where it comes from, in words for an editor."""

    what: str
    value: str
    source: str


def explain(reading: Reading) -> tuple[Reason, ...]:
    """Every value of an entry that somebody may ask about, in the order of a page."""
    entry, origins = reading.entry, reading.origins
    rows = [
        Reason("form", entry.form.value, origins.get("form", "the name of the file")),
        Reason("id", entry.id, origins.get("id", "made of domain, day and slug")),
        Reason("slug", entry.slug, origins.get("slug", "the name of the file")),
        Reason("title", entry.title, origins.get("title", entry.form.value)),
        Reason("published", f"{entry.published:%Y-%m-%d %H:%M} UTC", origins["published"]),
    ]
    told = {
        "updated": f"{entry.updated:%Y-%m-%d %H:%M} UTC" if entry.updated else "",
        "correction": entry.correction,
        "embargo": f"{entry.embargo:%Y-%m-%d %H:%M} UTC" if entry.embargo else "",
        "expires": f"{entry.expires:%Y-%m-%d %H:%M} UTC" if entry.expires else "",
        "withdrawn": f"{entry.withdrawn:%Y-%m-%d %H:%M} UTC" if entry.withdrawn else "",
        "draft": "yes" if entry.draft else "",
        "version": _version(entry),
        "dateline": _dateline(entry),
        "authors": ", ".join(author.name for author in entry.authors),
        "credit": entry.credit,
        "section": entry.section.name if entry.section else "",
        "language": entry.language,
        "url": entry.url,
        "image": entry.images[0].url if entry.images else "",
        "rights": entry.rights,
    }
    rows += [
        Reason(what, value[:_LONGEST], origins.get(what, _USUAL.get(what, entry.form.value)))
        for what, value in told.items()
        if value
    ]
    rows.append(Reason("summary", entry.summary, _why_summary(entry, origins.get("summary", ""))))
    rows += [
        Reason("tag", f"{tag.name} ({tag.kind.value})", _why(tag, reading)) for tag in entry.tags
    ]
    return tuple(rows)


_USUAL = {
    "language": "the publication's",
    "dateline": "the first paragraph",
    "authors": "the byline",
    "image": "the first picture in the text",
    "version": "a mark in the headline, or the agency's number",
    "withdrawn": "its sender took it back",
    "draft": "its sender keeps it back",
}


def _version(entry: Entry) -> str:
    if entry.version_kind == "first" and not entry.version:
        return ""
    return entry.version_kind + (f" {entry.version}" if entry.version else "")


def _dateline(entry: Entry) -> str:
    line = entry.dateline
    return " / ".join(filter(None, (line.place, line.date_text, line.agency))) if line else ""


def _why_summary(entry: Entry, origin: str) -> str:
    if not entry.summary:
        return "there is no running text"
    if entry.summary_by == "editor":
        return origin or "its editor"
    place = "the leading whole sentences of the text, without dateline and byline"
    return f"{place}, {len(entry.summary)} characters"


def _why(tag: Tag, reading: Reading) -> str:
    """Why a tag is there: who chose it, or how the story names it."""
    if tag.slug in reading.reasons:
        return reading.reasons[tag.slug]
    if tag.chosen_by == "editor":
        return reading.origins.get("tags", "its editor")
    entry = reading.entry
    text = text_in(entry.html)
    count = len(re.findall(rf"\b{re.escape(tag.name)}\b", text, re.IGNORECASE))
    parts = [f"named {count} times" if count > 1 else "named once" if count else ""]
    if tag.name.casefold() in entry.title.casefold():
        parts.append("in the headline")
    if count and tag.name.casefold() in text.partition("\n\n")[0].casefold():
        parts.append("in the first paragraph")
    if entry.dateline and not count:
        parts.append(f"the dateline, or another name of it ({entry.dateline.place})")
    return ", ".join(filter(None, parts)) or "named by another word for it"
