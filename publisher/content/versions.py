"""Versions of a story as agencies send them: told by marks in the headline and notes to editors.

`UPDATE 2-Ferry returns`, `Ferry returns, 2nd Ld-Writethru`, `CORRECTED-`, `(UPDATES with quotes)`,
`WITHDRAWN-`. The rules are few and narrow on purpose: two stories taken for one lose one of them,
one story taken for two is only told twice. Only forms that agencies send are looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from publisher.content.slugs import slugify
from publisher.model import Entry, VersionKind

# What stands before a headline, up to its hyphen, dash or colon; several may come together.
_BEFORE = re.compile(
    r"\s*(?:"
    r"(?P<update>(?:UPDATE|WRAPUP|Update|UPDATED?)(?:[ -]?(?P<number>[0-9]{1,2}))?)"
    r"|(?P<correction>CORRECTED|CORRECTION|CORRECTS|Correction|Corrected|BERICHTIGUNG|KORREKTUR"
    r"|Korrektur|RECTIFICATIF|CORRECCIÓN|Corrección)"
    r"|(?P<repeat>REFILE|RPT|REPEAT|RESEND|WIEDERHOLUNG)"
    r"|(?P<kill>WITHDRAWN|KILL|(?:ADVISORY|BULLETIN|MANDATORY|STORY)[ -]KILL(?:ED)?|RETRACTED"
    r"|RETRACTION)"
    r"|(?P<embargo>EMBARGOED)"
    r")(?:\s*-?\((?:OFFICIAL|Official)\))?\s*(?::\s+|\s+[-–—]+\s+|[-–—](?=\S)|-\s+)"
)
_ORDINAL = r"(?:(?P<number>[0-9]{1,2})(?:st|nd|rd|th)\s+)?"
# What AP adds behind it: "2nd Ld-Writethru", "1st Ld", "Writethru".
_LEAD = re.compile(
    rf"\s*[,(–—-]\s*{_ORDINAL}(?:(?:LD|Ld|ld|Lead|LEAD)\b"
    r"(?:[ -]?(?:Writethru|WRITETHRU|writethru))?"
    r"|(?:Writethru|WRITETHRU))\s*\)?\s*$"
)
_BEHIND = re.compile(
    r"\s*\((?P<word>UPDATES?|UPDATED|ADDS|RECASTS|CORRECTS|CORRECTED|REFILES|REPEATS|"
    r"AKTUALISIERT|Aktualisiert|ACTUALISATION|ACTUALIZACIÓN|WITHDRAWN)\b[^()]{0,160}\)\s*$"
)
# A first paragraph in brackets that speaks to other editors, not to readers.
_NOTE = re.compile(
    r"[(\[]\s*(?P<word>UPDATES|Updates|ADDS|Adds|RECASTS|Recasts|CORRECTS|Corrects|REFILES|Refiles|"
    r"REPEATS|Repeats|RESENDS|Resends|CHANGES|REMOVES|Removes)\b[^()\[\]]{0,300}[)\]]\.?"
)
_KINDS: dict[str, VersionKind] = {"correct": "correction", "refile": "repeat", "repeat": "repeat",
                           "resend": "repeat", "withdra": "kill"}  # fmt: skip
_APART = timedelta(days=3)
_MOST_MARKS = 4
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """What a headline says of its version: `number` is 0 where it gives none; `title` is the
    headline without it, `is_embargoed` whether it says so.
    """

    title: str
    kind: VersionKind = "first"
    number: int = 0
    is_embargoed: bool = False


def read_mark(headline: str) -> Mark:
    """Take the marks off a headline; without any it is a first version."""
    title, number, embargoed = headline[:_LONGEST], 0, False
    kind: VersionKind = "first"
    rest = headline[_LONGEST:]
    for _ in range(_MOST_MARKS):
        match = _BEFORE.match(title)
        if match is None or not title[match.end() :].strip():
            break
        for name in _STRENGTH[1:]:
            kind = _stronger(kind, name) if match[name] else kind
        embargoed = embargoed or match["embargo"] is not None
        number = max(number, int(match["number"] or 0))
        title = title[match.end() :]
    for pattern in (_LEAD, _BEHIND) if not rest else ():
        match = pattern.search(title)
        if match is not None and title[: match.start()].strip():
            words = match.groupdict()
            kind = _stronger(kind, _kind_of(words.get("word") or "update"))
            number = max(number, int(words.get("number") or 0))
            title = title[: match.start()]
    title = title.strip() + rest
    return Mark(title, kind, number, embargoed)


def with_note(mark: Mark, note: str) -> Mark:
    """The mark, with what a note to editors adds to it."""
    kind = read_note(note) if note else None
    return replace(mark, kind=_stronger(mark.kind, kind)) if kind else mark


def correction_of(mark: Mark, note: str) -> str:
    """What readers are told of a correction: the agency's own words, without the brackets."""
    if mark.kind != "correction" or not note or read_note(note) != "correction":
        return ""
    words = note.strip().strip("()[].").strip()
    return words[:1].upper() + words[1:] + "."


def version_number(text: str) -> int:
    """The number of a version, where an agency counts them; 0 for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def read_note(paragraph: str) -> VersionKind | None:
    """What a note to editors says (`(Adds quotes)`), or None for a paragraph that is none."""
    match = _NOTE.fullmatch(paragraph.strip())
    return _kind_of(match["word"]) if match else None


def _kind_of(word: str) -> VersionKind:
    low = word.lower()
    return next((kind for start, kind in _KINDS.items() if low.startswith(start)), "update")


_STRENGTH: tuple[VersionKind, ...] = ("first", "repeat", "update", "correction", "kill")


def _stronger(kind: VersionKind, other: VersionKind) -> VersionKind:
    return max(kind, other, key=_STRENGTH.index)


def story_key(told: str, title: str, language: str, agency: str) -> str:
    """What versions of one story have in common: the agency's own key, else the bare headline."""
    if told:
        return f"id:{told}"
    parts = (language.partition("-")[0], slugify(agency) if agency else "", slugify(title))
    return f"title:{':'.join(parts)}"


def is_same_story(one: Entry, other: Entry) -> bool:
    """Whether two articles with one key are versions of a story.

    With the agency's own key they are. Else one of them must be marked, and they must lie close
    together in time: "Weather forecast" comes every day.
    """
    if one.story != other.story or not one.story:
        return False
    if one.story.startswith("id:"):
        return True
    is_marked = "first" not in (one.version_kind, other.version_kind) or (
        one.version_kind != other.version_kind
    )
    return is_marked and abs(one.changed - other.changed) <= _APART


def is_newer(one: Entry, other: Entry) -> bool:
    """Whether `one`, which came later, is the newer version of the two."""
    if one.version != other.version:
        return one.version > other.version
    if one.story.startswith("id:") and one.changed != other.changed:
        return one.changed > other.changed
    return one.version_kind != "first" or other.version_kind == "first"


def follow(entry: Entry, earlier: Entry, now: datetime) -> Entry:
    """The entry as the next version of `earlier`: first published then, changed now.

    A repeat is no change for readers. A kill takes the story back and leaves its title.
    """
    if entry.version_kind == "kill":
        return replace(
            earlier, path=entry.path, form=entry.form, story=entry.story, version=entry.version,
            version_kind="kill", withdrawn=earlier.withdrawn or now,
            withdrawal=entry.withdrawal or entry.summary,
        )  # fmt: skip
    updated = entry.changed if earlier.changed < entry.changed <= now else now
    if entry.version_kind == "repeat":
        updated = earlier.changed
    entry = replace(entry, published=earlier.published, published_from=earlier.published_from)
    return replace(entry, updated=updated if updated > entry.published else earlier.updated)


def keep_on(entry: Entry, earlier: Entry) -> Entry:
    """The same version read again keeps what its story had before it."""
    if entry.version_kind == "kill" and earlier.withdrawn:
        return replace(earlier, path=entry.path, withdrawal=earlier.withdrawal)
    if earlier.published < entry.published:
        entry = replace(entry, published=earlier.published, published_from=earlier.published_from)
    if earlier.updated and (entry.updated is None or entry.updated < earlier.updated):
        entry = replace(entry, updated=earlier.updated)
    return entry
