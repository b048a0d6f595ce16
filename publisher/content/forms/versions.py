"""Versions of a story as agencies send them: told by marks in the headline and notes to editors.

`UPDATE 2-Ferry returns`, `Ferry returns, 2nd Ld-Writethru`, `CORRECTED-`, `(UPDATES with quotes)`,
`WITHDRAWN-`. The rules are few and narrow on purpose: two stories taken for one lose one of them,
one story taken for two is only told twice. Only forms that agencies send are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from publisher.content.markup.tree import text_in
from publisher.content.text.slugs import slugify
from publisher.late import late_pattern
from publisher.model import Entry, VersionKind
from publisher.valueclass import valueclass

# What stands before a headline, up to its hyphen, dash or colon; several may come together.
_BEFORE = late_pattern(
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
_LEAD = late_pattern(
    rf"\s*[,(–—-]\s*{_ORDINAL}(?:(?:LD|Ld|ld|Lead|LEAD)\b"
    r"(?:[ -]?(?:Writethru|WRITETHRU|writethru))?"
    r"|(?:Writethru|WRITETHRU))\s*\)?\s*$"
)
_BEHIND = late_pattern(
    r"\s*\((?P<word>UPDATES?|UPDATED|ADDS|RECASTS|CORRECTS|CORRECTED|REFILES|REPEATS|"
    r"AKTUALISIERT|Aktualisiert|ACTUALISATION|ACTUALIZACIÓN|WITHDRAWN)\b[^()]{0,160}\)\s*$"
)
# A first paragraph in brackets that speaks to other editors, not to readers.
_NOTE = late_pattern(
    r"[(\[]\s*(?P<word>UPDATES|Updates|ADDS|Adds|RECASTS|Recasts|CORRECTS|Corrects|REFILES|Refiles|"
    r"REPEATS|Repeats|RESENDS|Resends|CHANGES|REMOVES|Removes)\b[^()\[\]]{0,300}[)\]]\.?"
)
_KINDS: dict[str, VersionKind] = {"correct": "correction", "refile": "repeat", "repeat": "repeat",
                           "resend": "repeat", "withdra": "kill"}  # fmt: skip
_APART = timedelta(days=3)
_AT_ONCE = timedelta(hours=12)
_SHINGLE = 12  # letters
_MOST_COMPARED = 20_000  # characters
_MOST_MARKS = 4
_LONGEST = 400


@valueclass(kw_only=False)
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


@valueclass(kw_only=False)
class Version:
    """One article of a story: what is read in it alone, and when it was first seen."""

    entry: Entry
    seen: datetime


def belongs_to(entry: Entry, versions: Sequence[Entry]) -> bool:
    """Whether an article is one more version of a story.

    Nothing tells two first versions apart, or two that say they are the second: they are two
    stories, unless the one is the other sent again.
    """
    if not entry.story.startswith("id:"):
        twins = [one for one in versions if _mark_of(one) == _mark_of(entry)]
        versions = twins or versions
    return any(is_same_story(entry, one) for one in versions)


def is_same_story(one: Entry, other: Entry) -> bool:
    """Whether two articles are versions of a story.

    With the agency's own key they are. Else they must lie close together in time: "Weather
    forecast" comes every day. Under one headline their marks tell them apart, or they say the
    same; under one slug most of what the one says is in the other. A draft takes no one's place.
    """
    if not (one.story and other.story) or one.draft != other.draft:
        return False
    if one.story.startswith("id:") or other.story.startswith("id:"):
        return one.story == other.story
    apart = abs(one.changed - other.changed)
    if one.story == other.story and apart <= _APART:
        return _mark_of(one) != _mark_of(other) or _folded(one) == _folded(other)
    return one.slug == other.slug and apart <= _AT_ONCE and _is_alike(one, other)


def is_newer(one: Entry, other: Entry) -> bool:
    """Whether `one`, which came later, is the newer version of the two.

    A number is compared with a number only: a correction has none.
    """
    if one.version and other.version and one.version != other.version:
        return one.version > other.version
    if one.story.startswith("id:") and one.changed != other.changed:
        return one.changed > other.changed
    kinds = (one.version_kind, other.version_kind)
    if one.version_kind != other.version_kind and "first" in kinds:
        return one.version_kind != "first"
    if "first seen" not in (one.published_from, other.published_from):
        return one.changed >= other.changed
    return other.version_kind != "kill"  # what was taken back stays so


def in_order(versions: Iterable[Version]) -> list[Version]:
    """Versions of a story, the newest last."""
    found: list[Version] = []
    for one in sorted(versions, key=lambda version: (version.seen, version.entry.path)):
        at = len(found)
        while at and not is_newer(one.entry, found[at - 1].entry):
            at -= 1
        found.insert(at, one)
    return found


def tell_as_one(versions: Sequence[Version]) -> Entry:
    """The entry of a story: what its newest version says, first published with the first.

    `versions` are in order, the newest last.
    """
    first, *rest = versions
    entry = first.entry
    for version in rest:
        entry = follow(version.entry, entry, version.seen)
    return entry


def follow(entry: Entry, earlier: Entry, now: datetime) -> Entry:
    """The entry as the next version of `earlier`: first published then, changed `now`.

    A repeat is no change for readers. A kill takes the story back and leaves its title.
    """
    changed = entry.changed if earlier.changed < entry.changed <= now else now
    if entry.version_kind == "kill":
        told = entry.withdrawn and earlier.changed < entry.withdrawn <= now
        return replace(
            earlier, path=entry.path, form=entry.form, story=entry.story, version=entry.version,
            version_kind="kill", withdrawn=entry.withdrawn if told else changed,
            withdrawal=entry.withdrawal or entry.summary,
        )  # fmt: skip
    updated = earlier.changed if entry.version_kind == "repeat" else changed
    if earlier.published <= entry.published:
        entry = replace(entry, published=earlier.published, published_from=earlier.published_from)
    return replace(entry, updated=updated if updated > entry.published else earlier.updated)


def _mark_of(entry: Entry) -> tuple[VersionKind, int]:
    return entry.version_kind, entry.version


def _is_alike(one: Entry, other: Entry) -> bool:
    """Whether at least half of the shorter text stands in the other one."""
    texts = [_folded(entry) for entry in (one, other)]
    few, many = sorted(({text[at : at + _SHINGLE] for at in range(len(text))} for text in texts),
                       key=len)  # fmt: skip
    return len(few) > _SHINGLE and 2 * len(few & many) >= len(few)


def _folded(entry: Entry) -> str:
    return "".join(filter(str.isalnum, text_in(entry.html)[:_MOST_COMPARED].casefold()))
