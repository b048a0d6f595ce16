"""How messages are made and leave: templates, the outbox loop, transports. I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.delivery.destinations import Destinations
    from publisher.delivery.loop import Ledger, Tally, backoff, deliver
    from publisher.delivery.message import MessageTemplate, Signer, message_id
    from publisher.delivery.relays import Regulator
    from publisher.delivery.transports import Failover, Outbox, Smtp, Transport

__all__ = [
    "Destinations",
    "Failover",
    "Ledger",
    "MessageTemplate",
    "Outbox",
    "Regulator",
    "Signer",
    "Smtp",
    "Tally",
    "Transport",
    "backoff",
    "deliver",
    "message_id",
]

# A process that signs needs none of what sends, and starts in a third of the time.
__getattr__ = late(
    __name__,
    {
        "destinations": "Destinations",
        "loop": "Ledger Tally backoff deliver",
        "message": "MessageTemplate Signer message_id",
        "relays": "Regulator",
        "transports": "Failover Outbox Smtp Transport",
    },
)
