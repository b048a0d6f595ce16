"""An entry as the rows that the store keeps of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from publisher.model import Entry
from publisher.storage.outlines import write_outline

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class Record(NamedTuple):
    """What came of reading an article; `words` is the entry in full, None if not read yet.

    `first_seen` counts only for an article that the store does not know.
    """

    path: str
    digest: str
    recipe: str
    stamp: str
    entry_id: str
    slug: str
    first_seen: datetime
    outline: str
    fingerprint: str
    published: datetime
    begins: datetime | None
    ends: datetime | None
    story: str
    words: str | None

    def row(self) -> dict[str, Any]:
        """The same as columns of the table of articles."""
        row = self._asdict()
        del row["words"]
        return row


def record(
    entry: Entry,
    *,
    digest: str,
    recipe: str,
    now: datetime,
    stamp: str = "",
    is_whole: bool = True,
) -> Record:
    """The record of an entry, or of its outline alone (`is_whole` false)."""
    outline = write_outline(entry)
    text = _dump(entry) if is_whole else None
    # Without its words an entry stands in no file: what tells it apart need not say them.
    said = text if text is not None else f"{digest} {recipe} {outline}".encode()
    begins, ends = entry.shown()
    return Record(
        path=entry.path,
        digest=digest,
        recipe=recipe,
        stamp=stamp,
        entry_id=entry.id,
        slug=entry.slug,
        first_seen=now,
        outline=outline,
        fingerprint=hashlib.sha256(said).hexdigest()[:32],
        published=entry.published,
        begins=begins,
        ends=ends,
        story=entry.story,
        words=None if text is None else text.decode(),
    )


def write_words(entry: Entry) -> str:
    """The entry in full, as the store keeps it."""
    return str(_dump(entry), "utf-8")


def read_words(text: str) -> Entry:
    """The entry that was written so, also by an older version of ours."""
    return form().validate_json(text)


def _dump(entry: Entry) -> bytes:
    return form().dump_json(entry, exclude_defaults=True)


@cache
def form() -> TypeAdapter[Entry]:
    """What writes and reads entries as JSON; made once."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - making it takes longer than a short run

    return TypeAdapter(Entry)
