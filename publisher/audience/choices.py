"""What a reader may choose of a newsletter, and how they say it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.errors import UsageError
from publisher.model import Entry, Frequency, Newsletter, Selection
from publisher.valueclass import valueclass

LONGEST_PAUSE = timedelta(days=366)
_TOPICS = "write tag:china, section:world or author:ana-reis"
_UNITS = {"day": 1, "week": 7, "month": 30}
_KINDS = {"tag": "tags", "section": "sections", "author": "authors"}


@valueclass
class Topic:
    """Something that a newsletter is about: `word` is how a choice names it ("tag:skerry").

    `count` is how many of the entries looked at are about it.
    """

    word: str
    name: str
    count: int


def offer_topics(newsletter: Newsletter, entries: Iterable[Entry]) -> tuple[Topic, ...]:
    """What these entries of a newsletter are about, the commonest first; outlines will do."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for entry in entries:
        if newsletter.selection.covers(entry):
            about = [(f"tag:{tag.slug}", tag.name) for tag in entry.tags]
            about += [(f"author:{author.slug}", author.name) for author in entry.authors]
            if entry.section is not None:
                about.append((f"section:{entry.section.slug}", entry.section.name))
            counts.update(word for word, _ in about)
            names.update(about)
    ordered = sorted(counts, key=lambda word: (-counts[word], names[word].casefold(), word))
    return tuple(Topic(word=word, name=names[word], count=counts[word]) for word in ordered)


def parse_topics(words: Iterable[str], known: Iterable[str] | None = None) -> Selection:
    """`tag:china`, `section:world`, `author:ana-reis` as a selection; no word means everything.

    With `known`, the words that there are, any other is refused. Raises UsageError.
    """
    there = None if known is None else frozenset(known)
    chosen: dict[str, set[str]] = {"tags": set(), "sections": set(), "authors": set()}
    for word in words:
        kind, colon, slug = word.lower().partition(":")
        if not colon or not slug or kind not in _KINDS:
            raise UsageError(
                f"{word[:80]!r} is no topic",
                mend="write tag:china, section:world or author:ana-reis",
            )
        if there is not None and f"{kind}:{slug}" not in there:
            near = difflib.get_close_matches(f"{kind}:{slug}"[:80], sorted(there), n=1)
            hint = f"did you mean {near[0]}?" if near else "nothing here is about it"
            raise UsageError(f"{word[:80]!r} is no topic here", mend=hint)
        chosen[_KINDS[kind]].add(slug)
    return Selection(**{name: frozenset(slugs) for name, slugs in chosen.items()})


def write_topics(topics: Selection) -> tuple[str, ...]:
    """The words that `parse_topics` reads, sorted."""
    return tuple(
        f"{kind}:{slug}" for kind, name in _KINDS.items() for slug in sorted(getattr(topics, name))
    )


def parse_frequency(word: str, newsletter: Newsletter | None = None) -> Frequency:
    """`each`, `daily`, `weekly`, `monthly`, or nothing for as the newsletter is scheduled.

    Raises UsageError for another word, and for one that `newsletter` does not offer.
    """
    try:
        frequency = Frequency(word.strip().lower())
    except ValueError:
        known = ", ".join(one.value for one in Frequency if one.value)
        raise UsageError(
            f"{word[:40]!a} is no frequency", mend=f"write {known}, or nothing"
        ) from None
    if newsletter is None or not frequency or frequency in newsletter.frequencies:
        return frequency
    offered = ", ".join(one.value for one in newsletter.frequencies)
    raise UsageError(
        f"the newsletter {newsletter.name} can't be had as {frequency.value!r}",
        mend=f"it can be had as {offered}" if offered else "it comes by its own schedule alone",
    )


def parse_language(text: str) -> str:
    """A language tag as a reader or a list gives it, or nothing. Raises UsageError."""
    given = text.strip()
    if given and not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", given):
        raise UsageError(f"{text[:40]!a} is no language tag", mend="write en or pt-BR (BCP 47)")
    return given


def parse_pause(text: str, *, timezone: str, now: datetime) -> datetime:
    """`2 weeks`, `10 days`, `1 month` from now, or a date: until that day begins in `timezone`.

    Raises UsageError for what is neither, has passed, or is more than a year away.
    """
    given = text.strip().lower()
    if match := re.fullmatch(r"([0-9]{1,3}) ?(day|week|month)s?", given):
        until = now + timedelta(days=int(match[1]) * _UNITS[match[2]])
    else:
        try:
            day = date.fromisoformat(given)
        except ValueError:
            raise UsageError(
                f"{text[:40]!a} is no length of a pause", mend="write 2 weeks, or 2027-01-15"
            ) from None
        until = datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
    if not now < until <= now + LONGEST_PAUSE:
        raise UsageError(
            f"a pause until {until:%Y-%m-%d} is over already, or too long",
            mend="write a day within a year from now",
        )
    return until
