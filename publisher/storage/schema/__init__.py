"""The tables. A change here needs a migration in migrations/versions; a test compares the two.

Those of a room are made when one of them is first asked for, and all with `metadata`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
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
    from publisher.storage.schema.columns import Moment, seconds_of
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
    from publisher.storage.schema.whole import metadata

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

__getattr__ = late(
    __name__,
    {
        "articles": "archive article enclosed notebook output ping remote remote_article story "
        "summary version",
        "columns": "Moment seconds_of",
        "mail": "bounce delivery edition handed instance owner pace peer piece segment slot",
        "readers": "consent former ration request subscriber subscription suppression",
        "whole": "metadata",
    },
)
