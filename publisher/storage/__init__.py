"""The store: what has to be remembered between runs, in SQLite or PostgreSQL on one code path.

`Store.open` is the way in. Its parts: the catalogue of articles and entries, other people's feeds,
what was written and which hub knows of it, the subscribers, the suppression list, the editions, the
ledger of deliveries, and what came back.
"""

from publisher.storage.catalogue import Catalogue, Known
from publisher.storage.editions import EditionRecord, Editions
from publisher.storage.filing import Followed, SoftPolicy
from publisher.storage.ledger import Ledger
from publisher.storage.losses import Loss
from publisher.storage.pings import Ping
from publisher.storage.portraits import Portrait
from publisher.storage.remotes import Remote
from publisher.storage.returns import ReturnRecord, Returns
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
    "Followed",
    "Known",
    "Ledger",
    "Loss",
    "Ping",
    "Portrait",
    "Remote",
    "ReturnRecord",
    "Returns",
    "SoftPolicy",
    "Store",
    "Subscribers",
    "Suppression",
    "Suppressions",
    "Wish",
]
