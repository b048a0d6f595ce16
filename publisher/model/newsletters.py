"""Newsletters, who reads them, and which readers are due together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from publisher.model.feeds import EVERYTHING, Selection
from publisher.valueclass import valueclass


class Frequency(StrEnum):
    """How often a reader wants a newsletter; AS_SCHEDULED leaves it to the newsletter."""

    AS_SCHEDULED = ""
    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@valueclass
class Newsletter:
    """A title, a schedule, a template, a selection.

    `schedule` is as in publisher.toml ("daily at 07:00"), in `timezone`; a slot missed by more
    than `catch_up` is left out; `limit` is the most entries one edition carries; entries
    published before `since` never go out; `first` says whether the first edition waits for its
    slot or leaves with the first run. `frequencies` are those that readers may choose instead of
    the schedule; `after_pause` says what becomes of entries released while a reader paused.
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
    frequencies: tuple[Frequency, ...] = ()
    after_pause: Literal["catch up", "drop"] = "catch up"


@valueclass
class Subscriber:
    """A person who asked for mail; `id` is the store's, `address` as they gave it.

    An empty `language` is the newsletter's own.
    """

    id: int
    address: str
    name: str = ""
    language: str = ""


@valueclass
class Choice:
    """What a reader chose of a newsletter: all of it or some topics, how often, by which clock.

    An empty `timezone` is the newsletter's own.
    """

    topics: Selection = EVERYTHING
    frequency: Frequency = Frequency.AS_SCHEDULED
    timezone: str = ""


@valueclass
class Cohort:
    """All readers of a newsletter who are due at the same slots: one frequency, one clock.

    Both empty: those who leave it to the newsletter. An empty `timezone` is the newsletter's own.
    """

    newsletter: str
    frequency: Frequency = Frequency.AS_SCHEDULED
    timezone: str = ""

    @property
    def label(self) -> str:
        """How people tell it from the newsletter's other cohorts: "weekly, Asia/Tokyo"."""
        return ", ".join(part for part in (self.frequency.value, self.timezone) if part)


@valueclass
class Subscription:
    """One subscriber's wish for one newsletter, and how far it has been met.

    Every entry released up to `watermark` has been dealt with for this reader; None before the
    first edition. Nothing is sent before `paused_until`. `chosen` is when the choice was made.
    """

    subscriber: Subscriber
    newsletter: str
    choice: Choice = Choice()
    watermark: int | None = None
    paused_until: datetime | None = None
    chosen: datetime | None = None


@valueclass
class Consent:
    """What somebody agreed to or took back: `what` is "subscribed", "confirmed" or "left".

    `source` says how it came ("form", "imported from readers.csv"), `network` from which address
    of the network, if it is known.
    """

    newsletter: str
    what: str
    source: str
    network: str = ""
    at: datetime
