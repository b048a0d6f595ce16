"""What a server offers, as it says after EHLO (RFC 5321 section 4.1.1.1). Pure."""

from __future__ import annotations

from publisher.delivery.transports.replies import Reply
from publisher.valueclass import valueclass


@valueclass
class Capabilities:
    """The extensions that we make use of; `size` is 0 where no limit is told."""

    pipelining: bool = False
    has_size: bool = False
    size: int = 0
    eightbit: bool = False
    smtputf8: bool = False
    dsn: bool = False
    starttls: bool = False
    auth: frozenset[str] = frozenset()


def read_capabilities(reply: Reply) -> Capabilities:
    """Read the answer to EHLO; its first line is the server's name."""
    offered: dict[str, list[str]] = {}
    for line in reply.lines[1:]:
        # Some old servers write "AUTH=PLAIN LOGIN".
        words = line.decode("ascii", "replace").upper().replace("AUTH=", "AUTH ").split()
        if words:
            offered.setdefault(words[0], []).extend(words[1:])
    size = offered.get("SIZE", [])
    return Capabilities(
        pipelining="PIPELINING" in offered,
        has_size="SIZE" in offered,
        size=int(size[0]) if size and size[0].isascii() and size[0].isdigit() else 0,
        eightbit="8BITMIME" in offered,
        smtputf8="SMTPUTF8" in offered,
        dsn="DSN" in offered,
        starttls="STARTTLS" in offered,
        auth=frozenset(offered.get("AUTH", [])),
    )
