"""How messages are made and leave: templates, the outbox loop, transports. I/O."""

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
