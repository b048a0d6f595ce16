"""Single cells of a list of subscribers: safe in a spreadsheet, and the same again when read."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from publisher.errors import UsageError
from publisher.model import Consent

# What a spreadsheet would take for a formula, also in full width, and our own mark before it:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_MARKED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def write_cell(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return "'" + text if _FORMULA.match(text) else text


def read_cell(cell: str) -> str:
    """What `write_cell` was given."""
    return cell[1:] if _MARKED.match(cell) else cell


def read_moment(text: str) -> datetime | None:
    """A moment as other programs write it; UTC where they name no zone. Raises UsageError."""
    text = text.strip()
    if not text:
        return None
    # listmonk writes as Go does: 2026-11-23 12:00:00.5 +0000 UTC
    plain = re.sub(r" ([+-]\d{4}) [A-Z0-9+-]+$", r"\1", re.sub(r"\.\d+", "", text))
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        raise UsageError(
            f"{text!a} is no date that we can read", mend="write 2026-11-23 or 2026-11-23T12:00:00Z"
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not date(1970, 1, 1) <= found.date() < date.max:
        raise UsageError(f"{text!a} is no date that can be meant", mend="write 2026-11-23")
    return found.astimezone(UTC)


def write_moment(moment: datetime | None) -> str:
    """A moment as `read_moment` reads it; empty for none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def read_network(text: str) -> str:
    """A network address in its usual form; empty if it is none."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return ""


def write_consents(consents: Iterable[Consent]) -> str:
    """Consents as one cell of JSON; empty for none."""
    rows = [
        {
            "newsletter": one.newsletter,
            "what": one.what,
            "source": one.source,
            "network": one.network,
            "at": write_moment(one.at),
        }
        for one in consents
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def read_consents(cell: str) -> tuple[Consent, ...]:
    """What `write_consents` was given. Raises UsageError."""
    if not cell.strip():
        return ()
    try:
        return tuple(_consent(row) for row in json.loads(cell))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(
            "has a consent that is not as we write it", mend="leave the cell as it was exported"
        ) from None


def _consent(row: Any) -> Consent:
    at = read_moment(row["at"])
    texts = [row[name] for name in ("newsletter", "what", "source", "network")]
    if at is None or not all(isinstance(text, str) for text in texts) or len(texts[1]) > 16:
        raise ValueError
    newsletter, what, source, network = texts
    return Consent(newsletter=newsletter, what=what, source=source, network=network, at=at)
