"""Which article has which slug and id, while articles are read."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.errors import ArticleError
from publisher.storage import Known, Record, Store


class Holders:
    """Who has which slug and id: two articles can't share them, and the first one keeps them.

    `is_new` as long as the store was empty, and nobody wanted what was taken already.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_new = store.catalogue.is_empty()
        # By hash, in half of the memory: of two that share one the store is asked, no more.
        self._taken: set[int] = set()

    def take_all(self, wishes: Sequence[tuple[Record, Known | None]]) -> list[ArticleError | None]:
        """Take both for each record; an error where another article has one of them."""
        values = [value for one, _ in wishes for value in (one.slug, one.entry_id)]
        if self.is_new:
            # Nothing can be in the way but what came before in this very run.
            hashes = {hash(value) for value in values}
            if len(hashes) == len(values) and self._taken.isdisjoint(hashes):
                self._taken |= hashes
                return [None] * len(wishes)
            self.is_new = False
        slugs: dict[str, str] = {}
        ids: dict[str, str] = {}
        for path, slug, entry_id in self._store.catalogue.holders(
            [one.slug for one, _ in wishes], [one.entry_id for one, _ in wishes]
        ):
            slugs[slug] = ids[entry_id] = path
        return [self._take(one, before, slugs, ids) for one, before in wishes]

    @staticmethod
    def _take(
        one: Record, before: Known | None, slugs: dict[str, str], ids: dict[str, str]
    ) -> ArticleError | None:
        for key, holders, value in (("slug", slugs, one.slug), ("id", ids, one.entry_id)):
            holder = holders.get(value)
            if holder is not None and holder != one.path:
                return ArticleError(
                    f"its {key} {value!r} belongs to {holder} already",
                    path=one.path,
                    line=1,
                    mend=f"give one of them another by '{key}: ...' in its front matter",
                )
        if before is not None:
            slugs.pop(before.identity.slug, None)
            ids.pop(before.identity.id, None)
        slugs[one.slug] = ids[one.entry_id] = one.path
        return None
