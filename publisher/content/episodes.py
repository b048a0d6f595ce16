"""A podcast's episode in front matter: its sound or film, and what podcast programs ask for."""

from __future__ import annotations

import re
from typing import NamedTuple

from publisher.content.forms.fields import Fields
from publisher.content.markup.links import Links
from publisher.content.markup.media import media_type
from publisher.model import Enclosure, Episode

_KEYS = (
    "audio", "video", "type", "length", "title", "duration", "number", "season", "kind",
    "explicit", "image", "transcript", "chapters", "guid",
)  # fmt: skip
_TIME = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})")
_EXPLICIT = {"true": True, "yes": True, "false": False, "no": False, "": None}


class Found(NamedTuple):
    """An episode with its file."""

    episode: Episode
    enclosure: Enclosure


def read_episode(fields: Fields, links: Links) -> Found | None:
    """What stands under `episode`, if anything.

    Raises ArticleError for what podcast programs would refuse: no file, one without a type, a
    number that is none.
    """
    parts = fields.mapping("episode", _KEYS)
    if not parts:
        return None
    written = parts["audio"] or parts["video"]
    kind = parts["type"] or media_type(written)
    url = links.file(written) if written else None
    if url is None or not kind.startswith(("audio/", "video/")):
        raise fields.refuse(
            "episode",
            f"the episode's file `{written[:80]}` is no sound or film that can be published",
            "give audio: or video: a file beside the article or a whole address, and its type",
        )
    enclosure = Enclosure(
        url=url,
        type=kind,
        length=_number(fields, "length", parts["length"]),
        title=parts["title"],
        duration=_seconds(fields, parts["duration"]),
    )
    return Found(_episode(fields, parts, links), enclosure)


def _episode(fields: Fields, parts: dict[str, str], links: Links) -> Episode:
    explicit = parts["explicit"].lower()
    if explicit not in _EXPLICIT:
        raise _wrong(fields, "explicit", explicit, "true or false")
    match parts["kind"].lower() or "full":
        case "full" | "trailer" | "bonus" as kind:
            pass
        case other:
            raise _wrong(fields, "kind", other, "full, trailer or bonus")
    transcript = parts["transcript"]
    transcript_type = media_type(transcript) or "text/html"
    return Episode(
        number=_number(fields, "number", parts["number"]),
        season=_number(fields, "season", parts["season"]),
        kind=kind,
        explicit=_EXPLICIT[explicit],
        image=_file(fields, "image", parts, links),
        transcript=_file(fields, "transcript", parts, links),
        transcript_type=transcript_type if transcript else "",
        chapters=_file(fields, "chapters", parts, links),
        guid=parts["guid"],
    )


def _file(fields: Fields, name: str, parts: dict[str, str], links: Links) -> str:
    if not parts[name]:
        return ""
    url = links.file(parts[name])
    if url is None:
        raise _wrong(fields, name, parts[name], "a file beside the article, or a whole address")
    return url


def _number(fields: Fields, name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16) and text:
        raise _wrong(fields, name, text, "a whole number")
    return int(text or 0)


def _seconds(fields: Fields, text: str) -> int:
    """A length of time: seconds, 31:05 or 1:02:03."""
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    match = _TIME.fullmatch(text)
    if text and not match:
        raise _wrong(fields, "duration", text, "31:05 or 1:02:03 or a number of seconds")
    if match is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _wrong(fields: Fields, name: str, text: str, wanted: str) -> Exception:
    return fields.refuse(
        "episode", f"the episode's {name} `{text[:60]}` can't be used", f"write {wanted}"
    )
