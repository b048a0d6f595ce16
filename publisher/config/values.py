"""What a single value of publisher.toml may be; each check says what it wants instead."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from publisher.audience import Mailbox, parse_mailbox
from publisher.errors import AddressError, describe
from publisher.timetable import find_zone


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address such as https://paper.example/")
    if parts.query or parts.fragment:
        raise ValueError("must have no ? or # in it")
    return text if text.endswith("/") else text + "/"


def _page_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", text):
        raise ValueError("must be a web address such as https://paper.example/rss.xml")
    return text


def _domain(text: str) -> str:
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", text):
        raise ValueError("must be a domain in lower case such as paper.example")
    return text


def _timezone(text: str) -> str:
    return find_zone(text).key


def _language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", text):
        raise ValueError("must be a language tag such as en or pt-BR (BCP 47)")
    return text


def _folder(text: str) -> str:
    if Path(text).is_absolute() or ".." in Path(text).parts or Path(text) == Path():
        raise ValueError("must be a folder inside the site, such as articles")
    return text


def _file_name(text: str) -> str:
    if Path(text).is_absolute() or ".." in Path(text).parts or Path(text) == Path():
        raise ValueError("must be a file inside the site, such as dkim.key")
    return text


def _selector(text: str) -> str:
    # RFC 6376 section 3.1; it becomes a name in DNS.
    label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    if not re.fullmatch(rf"{label}(?:\.{label})*", text) or len(text) > 120:
        raise ValueError("must be a name in a-z, 0-9 and dashes such as news2026")
    return text


def _media_topic(text: str) -> str:
    from publisher.content.naming.media_topics import media_topic  # noqa: PLC0415 - seldom needed

    if code := media_topic(text, bare=True):
        return code
    raise ValueError("must be the number of an IPTC Media Topic, such as '20000271'")


def _mailbox(value: object) -> Mailbox:
    if isinstance(value, Mailbox):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text such as 'The Paper <digest@paper.example>'")  # noqa: TRY004
    try:
        return parse_mailbox(value)
    except AddressError as err:
        raise ValueError(describe(err.what, err.mend)) from None


def _schedule(text: str) -> str:
    from publisher.timetable import parse_schedule  # noqa: PLC0415 - many sites have no newsletter

    parse_schedule(text)
    return text


def _summary_way(text: str) -> str:
    way, colon, command = text.partition(":")
    if way == "command" and colon:
        try:
            if shlex.split(command):
                return text
        except ValueError as err:
            raise ValueError(f"has a command that can't be read: {err}") from None
    elif text in {"lead", "textrank"}:
        return text
    raise ValueError("must be lead, textrank or 'command: PROGRAM ARGUMENT ...'")


_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,4}) (minute|hour|day|week)s?", str(value))
    if not match:
        raise ValueError("must be a length of time such as '6 hours', '30 minutes' or '2 days'")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


WebAddress = Annotated[str, AfterValidator(_web_address)]
PageAddress = Annotated[str, AfterValidator(_page_address)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Language = Annotated[str, AfterValidator(_language)]
Folder = Annotated[str, AfterValidator(_folder)]
FileName = Annotated[str, AfterValidator(_file_name)]
SummaryWay = Annotated[str, AfterValidator(_summary_way)]
Selector = Annotated[str, AfterValidator(_selector)]
MediaTopic = Annotated[str, AfterValidator(_media_topic)]
Schedule = Annotated[str, AfterValidator(_schedule)]
Domain = Annotated[str, AfterValidator(_domain)]
MailboxText = Annotated[Mailbox, BeforeValidator(_mailbox)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
OptionalLine = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
