"""The tags of the archive: how often each is given, and which its vocabulary does not know yet."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from publisher.config import Site
from publisher.content import count_words, is_known, text_in
from publisher.counting import counted
from publisher.model import NOT_COUNTED, Tag, TagKind, WordCounts
from publisher.storage import Store

FEWEST_COUNTED = 50  # entries in English: of fewer, one story would make its words usual ones


@dataclass(slots=True)
class Used:
    """One tag of the archive: how many entries carry it, by whom it was chosen, where it stands."""

    name: str
    slug: str
    kind: TagKind
    entries: int
    by_editor: int
    example: str
    known: bool

    def as_dict(self) -> dict[str, object]:
        """For a script."""
        return {
            "name": self.name, "slug": self.slug, "kind": self.kind.value,
            "entries": self.entries, "chosen_by_editor": self.by_editor,
            "example": self.example, "in_vocabulary": self.known,
        }  # fmt: skip


def list_tags(site: Site, store: Store) -> list[Used]:
    """Every tag of every entry, the most used first."""
    found: dict[str, Used] = {}
    for entry in sorted(store.catalogue.entries(), key=lambda entry: entry.path):
        for tag in entry.tags:
            _count(found, tag, entry.path, site)
    return sorted(found.values(), key=lambda used: (-used.entries, used.slug))


def count_archive(store: Store) -> WordCounts:
    """In how many entries in English each usual word stands; nothing where there are too few."""
    texts = [
        text_in(entry.html)
        for entry in store.catalogue.entries()
        if entry.language.partition("-")[0].lower() == "en"
    ]
    return count_words(texts) if len(texts) >= FEWEST_COUNTED else NOT_COUNTED


def candidates(used: Iterable[Used], *, least: int) -> list[Used]:
    """Those that the vocabulary does not know and that at least so many entries carry."""
    return [tag for tag in used if not tag.known and tag.entries >= least]


def as_terms(tags: Iterable[Used], site: Site) -> str:
    """Tags as the lines of tags.toml that make terms of them, each with what to think of."""
    names = [term.name for term in site.vocabulary.terms]
    lines: list[str] = []
    for tag in tags:
        many = counted(tag.entries, "entry", "entries")
        lines.append(f"# In {many}, such as {tag.example}.{_likeness(tag.name, names)}")
        # A JSON text is a basic string of TOML too.
        lines += [
            f"[tags.{json.dumps(tag.name, ensure_ascii=False)}]", f'kind = "{tag.kind.value}"', ""
        ]  # fmt: skip
        names.append(tag.name)
    return "\n".join(lines)


def _likeness(name: str, names: list[str]) -> str:
    stems = {_stem(other): other for other in names}
    near = difflib.get_close_matches(_stem(name), stems, n=1, cutoff=0.8)
    return f" Perhaps a synonym of {stems[near[0]]}?" if near else ""


def _stem(name: str) -> str:
    """An English plural as its singular: "ferries" and "ferry" are near one another."""
    small = name.casefold()
    return f"{small[:-3]}y" if small.endswith("ies") else small.removesuffix("s")


def _count(found: dict[str, Used], tag: Tag, path: str, site: Site) -> None:
    used = found.get(tag.slug)
    if used is None:
        known = is_known(tag.slug, site.vocabulary)
        used = found[tag.slug] = Used(tag.name, tag.slug, tag.kind, 0, 0, path, known)
    used.entries += 1
    used.by_editor += tag.chosen_by == "editor"
