"""What podcast programs want in RSS: Apple's tags, and the essentials of Podcasting 2.0.

Only feeds that are a podcast have them: where one stands, validators and directories ask for all.
https://help.apple.com/itc/podcasts_connect/#/itcb54353390
https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md
"""

from __future__ import annotations

import uuid
from typing import Any

from lxml import etree

from publisher.feeds.characters import line
from publisher.feeds.items import Head, Item
from publisher.feeds.names import mail_address, web_address

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
# The namespace that podcast:guid is made in; its specification says so.
_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_LONGEST = 255  # of names, says Apple


def describe_channel(ours: Any, about: Head) -> None:
    """What the feed says of itself; `ours` is the feed's generator.Extension."""
    podcast = about.podcast
    assert podcast is not None
    declare(ours)
    author = line(podcast.author) or about.author
    ours.add(f"{{{ITUNES}}}author", author[:_LONGEST])
    ours.add(f"{{{ITUNES}}}type", podcast.kind)
    ours.add(f"{{{ITUNES}}}explicit", _word(podcast.explicit))
    if image := web_address(podcast.image):
        ours.add(f"{{{ITUNES}}}image", attributes={"href": image})
    for names in podcast.categories:
        outer = ours.add(f"{{{ITUNES}}}category", attributes={"text": line(names[0])})
        for name in names[1:]:
            etree.SubElement(outer, f"{{{ITUNES}}}category", text=line(name))
    if email := mail_address(podcast.email) or about.email:
        owner = ours.add(f"{{{ITUNES}}}owner")
        etree.SubElement(owner, f"{{{ITUNES}}}name").text = (line(podcast.owner) or author)[
            :_LONGEST
        ]
        etree.SubElement(owner, f"{{{ITUNES}}}email").text = email
        ours.add(f"{{{PODCAST}}}locked", "yes" if podcast.locked else "no", {"owner": email})
    # From what never changes: the feed's address, which others take, may.
    ours.add(f"{{{PODCAST}}}guid", str(uuid.uuid5(_GUIDS, about.id)))


def declare(ours: Any) -> None:
    """Declare the prefixes on the root."""
    ours.declare("itunes", ITUNES)
    ours.declare("podcast", PODCAST)


def describe_item(entry: Any, item: Item) -> None:
    """What it says of an episode; `entry` is feedgen's object for it."""
    episode, ours = item.episode, entry.ours
    if episode is None:
        return
    if guid := line(episode.guid):
        entry.guid(guid, permalink=False)
    if duration := item.enclosures[0].duration if item.enclosures else 0:
        ours.add(f"{{{ITUNES}}}duration", str(duration))
    for name, number in (("season", episode.season), ("episode", episode.number)):
        if number > 0:
            ours.add(f"{{{ITUNES}}}{name}", str(number))
            ours.add(f"{{{PODCAST}}}{name}", str(number))
    ours.add(f"{{{ITUNES}}}episodeType", episode.kind)
    if episode.explicit is not None:
        ours.add(f"{{{ITUNES}}}explicit", _word(episode.explicit))
    if image := web_address(episode.image):
        ours.add(f"{{{ITUNES}}}image", attributes={"href": image})
    if transcript := web_address(episode.transcript):
        attributes = {"url": transcript, "type": episode.transcript_type or "text/html"}
        ours.add(f"{{{PODCAST}}}transcript", attributes=attributes)
    if chapters := web_address(episode.chapters):
        attributes = {"url": chapters, "type": "application/json+chapters"}
        ours.add(f"{{{PODCAST}}}chapters", attributes=attributes)


def _word(flag: bool) -> str:
    return "true" if flag else "false"
