"""Ask for somebody's feed as a good guest does: only whether there is anything new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from publisher.errors import FetchError
from publisher.valueclass import valueclass

# What the server may say in full; RFC 9110 section 12.5.1.
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_LONGEST_PAUSE = timedelta(days=30)


@valueclass
class Asked:
    """What came of asking: the bytes of a feed, or what the server said instead.

    `etag` and `modified` are to be sent next time (RFC 9110 section 13). `moved` is where it has
    moved for good. `pause` is how long the server does not want to be asked, `why` what failed.
    """

    outcome: Literal["new", "same", "gone", "failed"]
    url: str = ""
    data: bytes = b""
    media_type: str = ""
    etag: str = ""
    modified: str = ""
    moved: str = ""
    pause: timedelta = timedelta()
    why: str = ""
    mend: str = ""


def ask_for_feed(
    url: str,
    *,
    etag: str,
    modified: str,
    agent: str,
    now: datetime,
    max_bytes: int,
    seconds: float,
    private: bool,
) -> Asked:
    """Ask the server for the feed, unless it is as `etag` and `modified` say. Never raises."""
    from publisher.fetch import fetch  # noqa: PLC0415 - a run that asks nobody needs no HTTP

    headers = {"User-Agent": agent, "Accept": _ACCEPT}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    try:
        answer = fetch(url, headers=headers, seconds=seconds, max_bytes=max_bytes, private=private)
    except FetchError as err:
        mend = err.mend
        if err.refused and not private:
            mend = "if it is meant to be there, say allow_private = true"
        return Asked(outcome="failed", why=err.what, mend=mend)
    pause = retry_after(answer.headers.get("retry-after", ""), now)
    if answer.status == 304:
        return Asked(outcome="same", moved=answer.moved, pause=pause)
    if answer.status == 410:
        return Asked(outcome="gone")
    if not answer.ok:
        why = f"{answer.url} answers {answer.status}"
        return Asked(outcome="failed", pause=pause, why=why, moved=answer.moved)
    return Asked(
        outcome="new",
        url=answer.url,
        data=answer.body,
        media_type=answer.headers.get("content-type", ""),
        etag=_sendable(answer.headers.get("etag", "")),
        modified=_sendable(answer.headers.get("last-modified", "")),
        moved=answer.moved,
    )


def _sendable(value: str) -> str:
    """A header's value that can be sent back; "" for one that is folded, overlong or worse."""
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""


def retry_after(text: str, now: datetime) -> timedelta:
    """How long a server wants to be left alone (RFC 9110 section 10.2.3), or nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), _LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
        pause = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return timedelta()
    return min(max(pause, timedelta()), _LONGEST_PAUSE)
