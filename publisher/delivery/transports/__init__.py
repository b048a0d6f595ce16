"""How a message leaves: into a folder, or to a mail relay. I/O."""

from publisher.delivery.transports.failover import Failover
from publisher.delivery.transports.letters import Letter
from publisher.delivery.transports.outbox import Outbox
from publisher.delivery.transports.protocol import Mailroom, Transport
from publisher.delivery.transports.smtp import Security, Smtp

__all__ = ["Failover", "Letter", "Mailroom", "Outbox", "Security", "Smtp", "Transport"]
