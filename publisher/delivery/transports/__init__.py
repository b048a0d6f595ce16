"""How a message leaves: into a folder, or to a mail relay. I/O."""

from publisher.delivery.transports.outbox import Outbox
from publisher.delivery.transports.protocol import Transport
from publisher.delivery.transports.smtp import Security, Smtp

__all__ = ["Outbox", "Security", "Smtp", "Transport"]
