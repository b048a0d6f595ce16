"""The store: what has to be remembered between runs, in SQLite or PostgreSQL on one code path.

`Store.open` is the way in. Its parts: the catalogue of articles and entries, other people's feeds,
what was written and which hub knows of it, the subscribers and what they ask for on the web, the
suppression list, the editions, the ledger of deliveries, and what came back.
"""

from publisher.storage.catalogue import Catalogue, Known
from publisher.storage.editions import EditionRecord, Editions
from publisher.storage.filing import Followed, SoftPolicy
from publisher.storage.freezing import Audience
from publisher.storage.ledger import Ledger
from publisher.storage.losses import Loss
from publisher.storage.outlines import read_outline, write_outline
from publisher.storage.pings import Ping
from publisher.storage.portraits import Portrait
from publisher.storage.rations import Ration
from publisher.storage.readers import Reader
from publisher.storage.readership import Clock, Group, Presence
from publisher.storage.records import Record, read_words, record
from publisher.storage.remotes import Remote
from publisher.storage.requests import VALID, Request
from publisher.storage.returns import ReturnRecord, Returns
from publisher.storage.slots import Slot
from publisher.storage.standing import Counts, DeliveryRecord
from publisher.storage.store import Store
from publisher.storage.subscribers import Subscribers
from publisher.storage.suppressions import Suppression, Suppressions
from publisher.storage.wishes import Wish
from publisher.storage.words import Wording

__all__ = [
    "VALID",
    "Audience",
    "Catalogue",
    "Clock",
    "Counts",
    "DeliveryRecord",
    "EditionRecord",
    "Editions",
    "Followed",
    "Group",
    "Known",
    "Ledger",
    "Loss",
    "Ping",
    "Portrait",
    "Presence",
    "Ration",
    "Reader",
    "Record",
    "Remote",
    "Request",
    "ReturnRecord",
    "Returns",
    "Slot",
    "SoftPolicy",
    "Store",
    "Subscribers",
    "Suppression",
    "Suppressions",
    "Wish",
    "Wording",
    "read_outline",
    "read_words",
    "record",
    "write_outline",
]
