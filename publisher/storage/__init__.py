"""The store: what has to be remembered between runs, in SQLite or PostgreSQL on one code path.

`Store.open` is the way in. Five parts: the catalogue of articles and entries, the subscribers, the
suppression list, the editions, and the ledger of deliveries.
"""

from publisher.storage.catalogue import Catalogue, Known
from publisher.storage.editions import EditionRecord, Editions
from publisher.storage.ledger import Ledger
from publisher.storage.losses import Loss
from publisher.storage.portraits import Portrait
from publisher.storage.standing import Counts, DeliveryRecord
from publisher.storage.store import Store
from publisher.storage.subscribers import Subscribers
from publisher.storage.suppressions import Suppression, Suppressions
from publisher.storage.wishes import Wish

__all__ = [
    "Catalogue",
    "Counts",
    "DeliveryRecord",
    "EditionRecord",
    "Editions",
    "Known",
    "Ledger",
    "Loss",
    "Portrait",
    "Store",
    "Subscribers",
    "Suppression",
    "Suppressions",
    "Wish",
]
