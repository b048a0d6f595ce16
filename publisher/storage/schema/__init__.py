"""The tables. A change here needs a migration in migrations/versions; a test compares the two."""

from __future__ import annotations

from publisher.storage.schema.articles import (
    archive,
    article,
    enclosed,
    notebook,
    output,
    ping,
    remote,
    remote_article,
    story,
    summary,
    version,
)
from publisher.storage.schema.columns import (
    Moment,
    metadata,
    seconds_of,
)
from publisher.storage.schema.mail import (
    bounce,
    delivery,
    edition,
    handed,
    instance,
    owner,
    pace,
    peer,
    piece,
    segment,
    slot,
)
from publisher.storage.schema.readers import (
    consent,
    former,
    ration,
    request,
    subscriber,
    subscription,
    suppression,
)

__all__ = [
    "Moment",
    "archive",
    "article",
    "bounce",
    "consent",
    "delivery",
    "edition",
    "enclosed",
    "former",
    "handed",
    "instance",
    "metadata",
    "notebook",
    "output",
    "owner",
    "pace",
    "peer",
    "piece",
    "ping",
    "ration",
    "remote",
    "remote_article",
    "request",
    "seconds_of",
    "segment",
    "slot",
    "story",
    "subscriber",
    "subscription",
    "summary",
    "suppression",
    "version",
]
