"""What came back, read: a bounce, a complaint or a provider's event becomes reports. Pure.

`read_message` is for mail, `read_event` for the webhooks of mail providers, and `ReturnPath` makes
the address that a bounce comes back to, and knows it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.returns.amazon import sns_confirmation
    from publisher.returns.event import EventError
    from publisher.returns.events import PROVIDERS, Provider, read_event
    from publisher.returns.messages import read_message
    from publisher.returns.paths import LONGEST_MAILBOX, ReturnPath
    from publisher.returns.status import find_status, kind_of

__all__ = [
    "LONGEST_MAILBOX",
    "PROVIDERS",
    "EventError",
    "Provider",
    "ReturnPath",
    "find_status",
    "kind_of",
    "read_event",
    "read_message",
    "sns_confirmation",
]

__getattr__ = late(
    __name__,
    {
        "amazon": "sns_confirmation",
        "event": "EventError",
        "events": "PROVIDERS Provider read_event",
        "messages": "read_message",
        "paths": "LONGEST_MAILBOX ReturnPath",
        "status": "find_status kind_of",
    },
)
