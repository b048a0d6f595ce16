"""The store: what has to be remembered between runs, in SQLite or PostgreSQL on one code path.

`Store.open` is the way in. Four parts: the catalogue of articles and entries, the subscribers,
the editions, and the ledger of deliveries.
"""

from publisher.storage.catalogue import Catalogue, Known
from publisher.storage.editions import EditionRecord, Editions
from publisher.storage.ledger import Ledger
from publisher.storage.standing import Counts, DeliveryRecord
from publisher.storage.store import Store
from publisher.storage.subscribers import Subscribers, Wish

__all__ = [
    "Catalogue",
    "Counts",
    "DeliveryRecord",
    "EditionRecord",
    "Editions",
    "Known",
    "Ledger",
    "Store",
    "Subscribers",
    "Wish",
]
