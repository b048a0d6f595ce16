"""The store: what has to be remembered between runs, in SQLite or PostgreSQL on one code path.

`Store.open` is the way in. Its parts: the catalogue of articles and entries, other people's feeds,
what was written and which hub knows of it, the subscribers and what they ask for on the web, the
suppression list, the editions, the ledger of deliveries, and what came back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.storage.catalogue import Catalogue, Known
    from publisher.storage.editions import EditionRecord, Editions
    from publisher.storage.filing import Followed, SoftPolicy
    from publisher.storage.freezing import Audience
    from publisher.storage.glances import copy_into, glance, store_mark
    from publisher.storage.ledger import Ledger
    from publisher.storage.losses import Loss
    from publisher.storage.outlines import read_outline, read_tags, write_outline
    from publisher.storage.outputs import Written
    from publisher.storage.pings import Ping
    from publisher.storage.portraits import Portrait
    from publisher.storage.rations import Ration
    from publisher.storage.readers import Reader
    from publisher.storage.readership import Clock, Group, Presence
    from publisher.storage.records import Record, read_words, record
    from publisher.storage.remotes import Remote
    from publisher.storage.requests import VALID, Request
    from publisher.storage.retries import Retry
    from publisher.storage.returns import ReturnRecord, Returns
    from publisher.storage.slots import Slot
    from publisher.storage.standing import Counts, DeliveryRecord
    from publisher.storage.store import Store
    from publisher.storage.subscribers import Subscribers
    from publisher.storage.suppressions import Suppression, Suppressions
    from publisher.storage.versions import VersionRecord
    from publisher.storage.watch import Watch
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
    "Retry",
    "ReturnRecord",
    "Returns",
    "Slot",
    "SoftPolicy",
    "Store",
    "Subscribers",
    "Suppression",
    "Suppressions",
    "VersionRecord",
    "Watch",
    "Wish",
    "Wording",
    "Written",
    "copy_into",
    "glance",
    "read_outline",
    "read_tags",
    "read_words",
    "record",
    "store_mark",
    "write_outline",
]

__getattr__ = late(
    __name__,
    {
        "catalogue": "Catalogue Known",
        "editions": "EditionRecord Editions",
        "filing": "Followed SoftPolicy",
        "freezing": "Audience",
        "glances": "copy_into glance store_mark",
        "ledger": "Ledger",
        "losses": "Loss",
        "outlines": "read_outline read_tags write_outline",
        "outputs": "Written",
        "pings": "Ping",
        "portraits": "Portrait",
        "rations": "Ration",
        "readers": "Reader",
        "readership": "Clock Group Presence",
        "records": "Record read_words record",
        "remotes": "Remote",
        "requests": "VALID Request",
        "retries": "Retry",
        "returns": "ReturnRecord Returns",
        "slots": "Slot",
        "standing": "Counts DeliveryRecord",
        "store": "Store",
        "subscribers": "Subscribers",
        "suppressions": "Suppression Suppressions",
        "versions": "VersionRecord",
        "wishes": "Wish",
        "watch": "Watch",
        "words": "Wording",
    },
)
