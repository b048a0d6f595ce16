"""How a relay or a domain stands, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from publisher.cli.common import local

if TYPE_CHECKING:
    from publisher.model import Peer


def in_words(peer: Peer, zone: str, now: datetime) -> str:
    """What is done about it, such as "is left alone until 12:05, takes 4.0 messages a second"."""
    words = []
    if peer.rests(now):
        words.append(f"is left alone until {local(peer.next_try, zone)}")
    elif peer.failures:
        words.append("gets one message to try")
    if peer.failures:
        times = "once" if peer.failures == 1 else f"{peer.failures} times"
        words.append(f"failed {times} since {local(peer.failing_since, zone)}")
    if peer.rate is not None:
        words.append(f"takes {peer.rate:.1f} messages a second")
    return ", ".join(words)
