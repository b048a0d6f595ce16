"""How many entries no reader can see yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from publisher.model import Entry


@dataclass(slots=True)
class Hidden:
    """Counts what readers can't see at `now`: drafts, and what waits for its time.

    What is over, or was taken back, is neither.
    """

    now: datetime
    drafts: int = 0
    waiting: int = 0

    def count(self, entry: Entry) -> None:
        """One more entry, public or not."""
        self.drafts += entry.draft
        over = entry.expires is not None and entry.expires <= self.now
        over = over or entry.is_withdrawn(self.now)
        self.waiting += not (entry.draft or over or entry.is_public(self.now))
