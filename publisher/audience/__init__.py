"""Who gets what: addresses, choices, segments, and the signed links in a reader's mail. Pure."""

from publisher.audience.addresses import Mailbox, parse_address, parse_mailbox
from publisher.audience.links import Links
from publisher.audience.segments import choose_entries, make_segments, parse_topics, write_topics

__all__ = [
    "Links",
    "Mailbox",
    "choose_entries",
    "make_segments",
    "parse_address",
    "parse_mailbox",
    "parse_topics",
    "write_topics",
]
