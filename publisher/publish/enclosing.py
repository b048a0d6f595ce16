"""The size of each sound and picture beside an article: no article says it, the disk does.

An article is told by its own file alone, so the sizes are remembered: where one is another by now,
the article is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.config import Site
from publisher.model import Entry, Image
from publisher.sources import picture_size


def outgrown(site: Site, known: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """The paths of articles beside which a file has another size than is `known` of it."""
    return frozenset(
        path
        for path, sizes in known.items()
        if any(_size(site, source) != size for source, size in sizes.items())
    )


def measure(site: Site, entry: Entry) -> tuple[Entry, dict[str, int]]:
    """The entry with the sizes of its enclosures and pictures, and how long each file is."""
    if not (entry.assets and (entry.enclosures or entry.images)):
        return entry, {}
    beside = {site.publication.address(asset.path): asset.source for asset in entry.assets}
    shown = {file.url for file in entry.enclosures} | {one.url for one in entry.images}
    told = shown & beside.keys()
    lengths = {url: _size(site, beside[url]) for url in told}
    measured = replace(
        entry,
        enclosures=tuple(
            replace(file, length=lengths[file.url]) if file.url in told else file
            for file in entry.enclosures
        ),
        images=tuple(
            _sized(site, image, beside[image.url]) if image.url in told else image
            for image in entry.images
        ),
    )
    return measured, {beside[url]: length for url, length in lengths.items()}


def _sized(site: Site, image: Image, source: str) -> Image:
    """A picture with its own size, unless the article says how large it is shown."""
    if image.width or image.height:
        return image
    width, height = picture_size(site.articles, source) or (None, None)
    return replace(image, width=width, height=height)


def _size(site: Site, source: str) -> int:
    """In bytes; 0 if it is not there, which copying it will say."""
    try:
        return (site.articles / source).lstat().st_size
    except OSError:
        return 0
