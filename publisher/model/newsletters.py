"""Newsletters, who reads them, and which readers get the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from publisher.model.entries import Entry
from publisher.model.feeds import EVERYTHING, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """A title, a schedule, a template, a selection.

    `schedule` is as in publisher.toml ("daily at 07:00"), in `timezone`; a slot missed by more
    than `catch_up` is left out; `limit` is the most entries one edition carries; entries
    published before `since` never go out; `first` says whether the first edition waits for its
    slot or leaves with the first run.
    """

    name: str
    title: str
    schedule: str
    timezone: str
    sender_name: str
    sender: str
    reply_to: str = ""
    description: str = ""
    template: str = "digest"
    language: str = "en"
    selection: Selection = EVERYTHING
    limit: int = 20
    catch_up: timedelta = timedelta(hours=6)
    since: date | None = None
    first: Literal["next slot", "at once"] = "next slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who asked for mail; `id` is the store's, `address` as they gave it."""

    id: int
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one subscriber wants of one newsletter: all of it, or chosen topics."""

    subscriber: Subscriber
    newsletter: str
    topics: Selection = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """All recipients of an edition who get the same entries."""

    number: int
    entries: tuple[Entry, ...]
    recipients: tuple[Subscriber, ...]
