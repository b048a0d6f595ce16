"""What comes back of a message that was sent: bounces, complaints, and notices."""

from __future__ import annotations

from enum import StrEnum

from publisher.valueclass import valueclass


class ReturnKind(StrEnum):
    """What a report says of an address.

    HARD: there is no such mailbox. SOFT: not now (full, away, overloaded). POLICY: the other side
    takes no mail of ours, which says nothing of the address. COMPLAINT: the reader called it spam.
    NOTICE: nothing follows from it (delayed, an automatic answer). UNKNOWN: nobody can tell.
    """

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    COMPLAINT = "complaint"
    NOTICE = "notice"
    UNKNOWN = "unknown"


@valueclass
class Returned:
    """One address's part of a message or event that came back.

    `sent_to` are the addresses that the report itself was sent to: one may be a return path of
    ours, which proves whom it is about. `message_id` is that of the message that came back,
    `status` an enhanced code such as 5.1.1 (RFC 3463), `diagnostic` the other server's words.
    `proven` means that the way it came vouches for it: a webhook whose signature was checked.
    """

    kind: ReturnKind
    address: str = ""
    sent_to: tuple[str, ...] = ()
    message_id: str = ""
    status: str = ""
    diagnostic: str = ""
    proven: bool = False
