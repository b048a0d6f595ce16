"""What the events of all providers share: how they are read, and how one is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from publisher.model import Returned, ReturnKind

Values = Mapping[str, Any]
_LONGEST = 500  # characters of another server's words that are worth keeping
MOST_EVENTS = 5000


class EventError(ValueError):
    """An event that is not to be believed (`forged`) or can't be read."""

    def __init__(self, what: str, *, forged: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.forged = forged


def returned(
    kind: ReturnKind,
    address: Any,
    *,
    words: str = "",
    status: str = "",
    message_id: str = "",
    sent_to: tuple[str, ...] = (),
) -> Returned:
    named = f"<{message_id.strip('<> ')}>" if message_id.strip("<> ") else ""
    return Returned(
        kind=kind,
        address=str(address or "").strip().lower(),
        sent_to=tuple(one for one in sent_to if one),
        message_id=named,
        status=status,
        diagnostic=" ".join(words.split())[:_LONGEST],
        proven=True,
    )


def read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as err:
        raise EventError("is no JSON") from err


def table(value: Any) -> Values:
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[Values]:
    return [table(one) for one in value[:MOST_EVENTS]] if isinstance(value, list) else []


def utf8(value: Any) -> bytes:
    """Its text in bytes; JSON may name half a character, which UTF-8 has not."""
    return str(value).encode("utf-8", "surrogatepass")


def read_base64(value: Any) -> bytes:
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except ValueError as err:
        raise EventError("has a signature that does not hold", forged=True) from err
