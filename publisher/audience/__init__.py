"""Who gets what: addresses, choices, segments, and the signed links in a reader's mail. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.audience.addresses import Mailbox, masked, parse_address, parse_mailbox
    from publisher.audience.choices import (
        LONGEST_PAUSE,
        Topic,
        offer_topics,
        parse_frequency,
        parse_language,
        parse_pause,
        parse_topics,
        write_topics,
    )
    from publisher.audience.links import Links, Stamps, make_signer, unsigned
    from publisher.audience.planning import Plan

__all__ = [
    "LONGEST_PAUSE",
    "Links",
    "Mailbox",
    "Plan",
    "Stamps",
    "Topic",
    "make_signer",
    "masked",
    "offer_topics",
    "parse_address",
    "parse_frequency",
    "parse_language",
    "parse_mailbox",
    "parse_pause",
    "parse_topics",
    "unsigned",
    "write_topics",
]

__getattr__ = late(
    __name__,
    {
        "addresses": "Mailbox masked parse_address parse_mailbox",
        "choices": "LONGEST_PAUSE Topic offer_topics parse_frequency parse_language parse_pause "
        "parse_topics write_topics",
        "links": "Links Stamps make_signer unsigned",
        "planning": "Plan",
    },
)
