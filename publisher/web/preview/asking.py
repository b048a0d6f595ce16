"""What the address of a page of the preview asks for, read with care."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from publisher.audience import parse_frequency, parse_topics
from publisher.errors import UsageError
from publisher.model import Choice, Newsletter
from publisher.pages.translations import languages
from publisher.publish.preview import Wanted
from publisher.timetable import find_zone


def read_wanted(newsletter: Newsletter, query: QueryParams) -> Wanted:
    """For whom an edition is asked for. Raises UsageError for a topic, frequency or zone that
    there is not.
    """
    address = query.get("reader", "").strip()[:300]
    zone = query.get("timezone", "")
    try:
        zone = find_zone(zone).key if zone else ""
    except ValueError as err:
        raise UsageError(str(err)) from None
    choice = Choice(
        topics=parse_topics(query.getlist("topic")),
        frequency=parse_frequency(query.get("frequency", ""), newsletter),
        timezone=zone,
    )
    language = query.get("language", "")
    if language and language not in languages():
        raise UsageError(f"{language[:40]!a} is no language that the program speaks")
    afresh = query.get("afresh", "") == "yes"
    # Whoever is asked for by address has made a choice of their own.
    return Wanted(
        newsletter=newsletter,
        choice=Choice() if address else choice,
        address=address,
        language="" if address else language,
        afresh=afresh,
    )


def write_wanted(topics: Sequence[str], wanted: Wanted) -> str:
    """The query of an address that asks for the same; `topics` are those of the choice."""
    asked = [("topic", word) for word in topics]
    asked += [
        ("frequency", wanted.choice.frequency.value),
        ("timezone", wanted.choice.timezone),
        ("language", wanted.language),
        ("reader", wanted.address),
        ("afresh", "yes" if wanted.afresh else ""),
    ]
    return urlencode([(key, value) for key, value in asked if value])
