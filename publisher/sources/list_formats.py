"""Lists of subscribers as Mailchimp, Substack, Ghost, listmonk, Buttondown and we export them.

A format is known by its columns alone. Whoever left or bounced there is read as `off`: they are
kept off here, and never subscribed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from publisher.audience import parse_address, parse_frequency, parse_language, parse_topics
from publisher.errors import AddressError, UsageError
from publisher.model import EVERYTHING, Consent, Frequency, Selection
from publisher.sources.list_cells import (
    read_cell,
    read_consents,
    read_moment,
    read_network,
)
from publisher.timetable import find_zone
from publisher.valueclass import valueclass

Cells = Mapping[str, str]  # by the column's name in lower case; never None

COLUMNS = (
    "address",
    "name",
    "language",
    "newsletter",
    "topics",
    "frequency",
    "timezone",
    "paused_until",
    "added",
    "source",
    "consent",
)
_ADDRESS = ("address", "email", "e-mail", "email address", "email_address", "mail")


@valueclass
class Row:
    """One row: what it asks for, or the problem it has. `line` counts from 1, the header too.

    `off` says why this person must not be written to, `left_all` whether that holds for every
    newsletter, `since` when it came to that. `skip` says why the row asks for nothing at all.
    `consents` is None where the list says nothing of when people signed up. `tags` are the other
    program's, which may or may not be topics here.
    """

    line: int
    address: str = ""
    name: str = ""
    language: str = ""
    newsletters: tuple[str, ...] = ()
    topics: Selection = EVERYTHING
    tags: tuple[str, ...] = ()
    frequency: Frequency = Frequency.AS_SCHEDULED
    timezone: str = ""
    paused_until: datetime | None = None
    added: datetime | None = None
    source: str = ""
    consents: tuple[Consent, ...] | None = None
    skip: str = ""
    off: str = ""
    left_all: bool = False
    since: datetime | None = None
    problem: AddressError | UsageError | None = None


@valueclass
class Format:
    """A program's way of writing a list: the columns it is known by, and how a row is read."""

    name: str
    columns: frozenset[str]
    read: Callable[[Cells, int], Row]
    gentle: bool = True


def find_format(columns: frozenset[str]) -> Format | None:
    """Whose list has these columns, if anybody's that we know."""
    return next((one for one in _FORMATS if one.columns <= columns), None)


# ---------------------------------------------------------------- ours


def _read_ours(cells: Cells, line: int) -> Row:
    """What `publisher subscribers export` writes; nothing is added, so it comes out the same."""
    return Row(
        line=line,
        address=parse_address(read_cell(cells["address"])),
        name=read_cell(cells["name"]),
        language=parse_language(cells["language"]),
        newsletters=tuple(cells["newsletter"].split()),
        topics=parse_topics(cells["topics"].split()),
        frequency=parse_frequency(cells["frequency"]),
        timezone=_zone(cells["timezone"]),
        paused_until=read_moment(cells["paused_until"]),
        added=read_moment(cells["added"]),
        source=read_cell(cells["source"]),
        consents=read_consents(cells["consent"]),
    )


def _read_plain(cells: Cells, line: int) -> Row:
    """A list made by hand: the address, and whatever else it has of our columns."""
    lists = next(
        (cells[name] for name in ("newsletter", "newsletters", "list", "lists") if name in cells),
        "",
    )
    return Row(
        line=line,
        address=_address(cells),
        name=_name(cells),
        language=parse_language(cells.get("language", "")),
        newsletters=tuple(lists.split()),
        topics=parse_topics((cells.get("topics") or cells.get("topic") or "").split()),
        frequency=parse_frequency(cells.get("frequency", "")),
        timezone=_zone(cells.get("timezone", "")),
    )


# ---------------------------------------------------------------- other programs'


def _read_mailchimp(cells: Cells, line: int) -> Row:
    """Three files of an audience: subscribed, unsubscribed (UNSUB_TIME), cleaned (CLEAN_TIME)."""
    row = _person(
        cells,
        line,
        tags=tuple(next(csv.reader([cells.get("tags", "")], skipinitialspace=True), ())),
        signed_up=(cells.get("optin_time", ""), cells.get("optin_ip", "")),
        confirmed=(cells.get("confirm_time", ""), cells.get("confirm_ip", "")),
    )
    if "clean_time" in cells:
        return _off(row, "bounced in Mailchimp", cells["clean_time"], left_all=True)
    if "unsub_time" in cells:
        why = cells.get("unsub_reason", "").strip()
        # "abuse" and "complaint": reported as spam, which is meant for all of us.
        spam = bool(re.search("spam|abuse|complain", why, re.IGNORECASE))
        return _off(row, "left in Mailchimp", cells["unsub_time"], left_all=spam)
    return row


def _read_substack(cells: Cells, line: int) -> Row:
    row = _person(cells, line, signed_up=(cells.get("created_at", ""), ""))
    off = _yes(cells["email_disabled"])
    return _off(row, "switched mail off in Substack") if off else row


def _read_ghost(cells: Cells, line: int) -> Row:
    row = _person(
        cells,
        line,
        tags=tuple(cells.get("labels", "").split(",")),
        signed_up=(cells.get("created_at", ""), ""),
    )
    if cells.get("deleted_at", "").strip():
        return _off(row, "left in Ghost", cells["deleted_at"])
    return row if _yes(cells["subscribed_to_emails"]) else _off(row, "left in Ghost")


def _read_listmonk(cells: Cells, line: int) -> Row:
    """`attributes` is the operator's own JSON, of which we know nothing."""
    row = _person(cells, line, signed_up=(cells.get("created_at", ""), ""))
    match cells["status"].strip().lower():
        case "enabled":
            return row
        case "blocklisted":
            changed = cells.get("updated_at", "")
            return _off(row, "blocklisted in listmonk", changed, left_all=True)
        case "disabled":
            return _off(row, "disabled in listmonk", cells.get("updated_at", ""))
    raise UsageError(
        f"has the status {cells['status']!a}", mend="listmonk writes enabled, disabled, blocklisted"
    )


_BUTTONDOWN_OFF = {
    "unsubscribed": False,
    "removed": False,
    "undeliverable": True,
    "complained": True,
    "blocked": True,
    "spammy": True,
    "malicious": True,
    "disabled": False,
}


def _read_buttondown(cells: Cells, line: int) -> Row:
    kind = (cells.get("subscriber_type") or cells.get("type") or "regular").strip().lower()
    row = _person(
        cells,
        line,
        tags=tuple(re.sub(r"[\[\]\"']", "", cells.get("tags", "")).split(",")),
        signed_up=(cells["creation_date"], cells.get("ip_address", "")),
    )
    left = cells.get("unsubscription_date", "").strip()
    bounced = cells.get("undeliverability_date", "").strip()
    if kind in _BUTTONDOWN_OFF or left or bounced:
        for_all = _BUTTONDOWN_OFF.get(kind, bool(bounced))
        said = kind if kind in _BUTTONDOWN_OFF else "undeliverable" if bounced else "unsubscribed"
        return _off(row, f"{said} in Buttondown", left or bounced, left_all=for_all)
    return replace(row, skip="never confirmed in Buttondown") if kind == "unactivated" else row


_FORMATS = (
    Format(
        name="publisher",
        columns=frozenset(COLUMNS),
        read=_read_ours,
        gentle=False,
    ),
    Format(
        name="Mailchimp",
        columns=frozenset({"email address", "leid", "euid"}),
        read=_read_mailchimp,
    ),
    Format(
        name="Substack",
        columns=frozenset({"email", "active_subscription", "email_disabled"}),
        read=_read_substack,
    ),
    Format(
        name="Ghost",
        columns=frozenset({"email", "subscribed_to_emails", "complimentary_plan"}),
        read=_read_ghost,
    ),
    Format(
        name="listmonk",
        columns=frozenset({"uuid", "email", "status", "attributes"}),
        read=_read_listmonk,
    ),
    Format(
        name="Buttondown",
        columns=frozenset({"email", "creation_date", "subscriber_type"}),
        read=_read_buttondown,
    ),
    Format(
        name="Buttondown",
        columns=frozenset({"email_address", "creation_date", "type"}),
        read=_read_buttondown,
    ),
    *(
        Format(name="plain", columns=frozenset({name}), read=_read_plain, gentle=False)
        for name in _ADDRESS
    ),
)


# ---------------------------------------------------------------- shared


def _person(
    cells: Cells,
    line: int,
    *,
    tags: tuple[str, ...] = (),
    signed_up: tuple[str, str],
    confirmed: tuple[str, str] = ("", ""),
) -> Row:
    """Who it is, and what is known of how they signed up; each a moment and a network address."""
    moments = [read_moment(signed_up[0]), read_moment(confirmed[0])]
    consents = [
        # Neither newsletter nor source is in the list; both are known to who reads it.
        Consent(newsletter="", what=what, source="", network=read_network(network), at=at)
        for what, at, network in (
            ("subscribed", moments[0], signed_up[1]),
            ("confirmed", moments[1], confirmed[1]),
        )
        if at
    ]
    return Row(
        line=line,
        address=_address(cells),
        name=_name(cells),
        tags=tuple(tag.strip() for tag in tags if tag.strip()),
        added=moments[0] or moments[1],
        consents=tuple(consents) or None,
    )


def _off(row: Row, reason: str, since: str = "", *, left_all: bool = False) -> Row:
    return Row(
        line=row.line,
        address=row.address,
        name=row.name,
        off=reason,
        since=read_moment(since),
        left_all=left_all,
    )


def _address(cells: Cells) -> str:
    given = next((cells[name] for name in _ADDRESS if name in cells), "")
    return parse_address(read_cell(given).strip())


def _name(cells: Cells) -> str:
    whole = cells.get("name") or cells.get("full name") or ""
    parts = [
        cells.get("first name") or cells.get("first_name") or "",
        cells.get("last name") or cells.get("last_name") or "",
    ]
    return " ".join((read_cell(whole) or " ".join(map(read_cell, parts))).split())


def _zone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return find_zone(text.strip()).key
    except ValueError as err:
        raise UsageError(str(err), mend="write one such as Europe/Lisbon") from None


def _yes(cell: str) -> bool:
    return cell.strip().lower() in ("true", "1", "yes", "t")
