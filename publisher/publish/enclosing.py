"""The size of each file beside an article that feeds enclose: no article says it, the disk does.

An article is told by its own file alone, so the sizes are remembered: where one is another by now,
the article is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.config import Site
from publisher.model import Entry


def outgrown(site: Site, known: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """The paths of articles beside which a file has another size than is `known` of it."""
    return frozenset(
        path
        for path, sizes in known.items()
        if any(_size(site, source) != size for source, size in sizes.items())
    )


def measure(site: Site, entry: Entry) -> tuple[Entry, dict[str, int]]:
    """The entry with the sizes of its enclosures, and which file has which."""
    if not (entry.enclosures and entry.assets):
        return entry, {}
    sources = {site.publication.address(asset.path): asset.source for asset in entry.assets}
    sizes = {
        file.url: _size(site, sources[file.url]) for file in entry.enclosures if file.url in sources
    }
    measured = tuple(
        replace(file, length=sizes[file.url]) if file.url in sizes else file
        for file in entry.enclosures
    )
    return replace(entry, enclosures=measured), {sources[url]: n for url, n in sizes.items()}


def _size(site: Site, source: str) -> int:
    """In bytes; 0 if it is not there, which copying it will say."""
    try:
        return (site.articles / source).lstat().st_size
    except OSError:
        return 0
