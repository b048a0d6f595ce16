"""The nouns of publisher, frozen: the values that travel from room to room.

The words are those of the trade, one for each idea (docs/flow.md tells their way). All moments
are aware datetimes in UTC, to the second. All addresses of things that we publish come from
`Publication.address`, all paths below the output folder from the noun they belong to, so that
feeds, pages and mails can't disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.model.entries import (
        Article,
        Asset,
        Author,
        Dateline,
        Enclosure,
        Entry,
        Episode,
        Form,
        Identity,
        Image,
        PublishedFrom,
        Reading,
        Reference,
        Section,
        Source,
        SummaryMethod,
        Tag,
        TagKind,
        VersionKind,
    )
    from publisher.model.feeds import (
        EVERYTHING,
        FEED_FORMATS,
        MEDIA_TYPES,
        STYLESHEET,
        Feed,
        FeedFormat,
        Podcast,
        Publication,
        Query,
        Selection,
    )
    from publisher.model.findings import Finding, Severity
    from publisher.model.mail import (
        Claim,
        DeliveryState,
        Mark,
        Message,
        Outcome,
        Part,
        Receipt,
        Recipient,
        Rendered,
        Result,
    )
    from publisher.model.newsletters import (
        Choice,
        Cohort,
        Consent,
        Frequency,
        Newsletter,
        Subscriber,
        Subscription,
    )
    from publisher.model.peers import Limits, Peer, PeerKind, RelayPace
    from publisher.model.restyled import Restyled, Shipped
    from publisher.model.returns import Returned, ReturnKind
    from publisher.model.vocabulary import NOT_COUNTED, Term, Vocabulary, WordCounts

__all__ = [
    "EVERYTHING",
    "FEED_FORMATS",
    "MEDIA_TYPES",
    "NOT_COUNTED",
    "STYLESHEET",
    "Article",
    "Asset",
    "Author",
    "Choice",
    "Claim",
    "Cohort",
    "Consent",
    "Dateline",
    "DeliveryState",
    "Enclosure",
    "Entry",
    "Episode",
    "Feed",
    "FeedFormat",
    "Finding",
    "Form",
    "Frequency",
    "Identity",
    "Image",
    "Limits",
    "Mark",
    "Message",
    "Newsletter",
    "Outcome",
    "Part",
    "Peer",
    "PeerKind",
    "Podcast",
    "Publication",
    "PublishedFrom",
    "Query",
    "Reading",
    "Receipt",
    "Recipient",
    "Reference",
    "RelayPace",
    "Rendered",
    "Restyled",
    "Result",
    "ReturnKind",
    "Returned",
    "Section",
    "Selection",
    "Severity",
    "Shipped",
    "Source",
    "Subscriber",
    "Subscription",
    "SummaryMethod",
    "Tag",
    "TagKind",
    "Term",
    "VersionKind",
    "Vocabulary",
    "WordCounts",
]

__getattr__ = late(
    __name__,
    {
        "entries": "Article Asset Author Dateline Enclosure Entry Episode Form Identity Image"
        " PublishedFrom Reading Reference Section Source SummaryMethod Tag TagKind VersionKind",
        "feeds": "EVERYTHING FEED_FORMATS MEDIA_TYPES STYLESHEET Feed FeedFormat Podcast"
        " Publication Query Selection",
        "findings": "Finding Severity",
        "mail": "Claim DeliveryState Mark Message Outcome Part Receipt Recipient Rendered Result",
        "newsletters": "Choice Cohort Consent Frequency Newsletter Subscriber Subscription",
        "restyled": "Restyled Shipped",
        "peers": "Limits Peer PeerKind RelayPace",
        "returns": "ReturnKind Returned",
        "vocabulary": "NOT_COUNTED Term Vocabulary WordCounts",
    },
)
