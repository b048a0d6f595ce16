"""Every page of a publication, for search engines (sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from publisher.feeds.moments import rfc3339
from publisher.feeds.names import web_address
from publisher.model import Entry, Feed, Publication

MOST = 50_000  # addresses in one file, says the protocol
SITEMAP = "sitemap.xml"
_OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def list_sitemaps(count: int) -> tuple[str, ...]:
    """The paths of the sitemap's files for so many pages: one, or an index and its parts."""
    if count <= MOST:
        return (SITEMAP,)
    return (SITEMAP, *(f"sitemap-{n}.xml" for n in range(1, -(-count // MOST) + 1)))


def pages_of(feeds: Sequence[Feed], entries: Iterable[Entry]) -> list[tuple[str, datetime | None]]:
    """The pages to be found, and when each last changed: those of feeds, then entries by age.

    The oldest entries come first, so that of a long list only the last part changes. An entry
    whose original stands elsewhere is left for that to be found.
    """
    found: list[tuple[str, datetime | None]] = [
        (feed.page, max((entry.changed for entry in feed.entries), default=None)) for feed in feeds
    ]
    ours = [entry for entry in entries if not (entry.url or entry.canonical)]
    ours.sort(key=lambda entry: (entry.published, entry.id))
    return found + [(entry.page, entry.changed) for entry in ours]


def render_sitemap(
    path: str, pages: Sequence[tuple[str, datetime | None]], publication: Publication
) -> bytes:
    """One of the files that `list_sitemaps` names, in UTF-8."""
    if path == SITEMAP and len(pages) > MOST:
        parts = [(part, _last(pages, number)) for number, part in
                 enumerate(list_sitemaps(len(pages))[1:])]  # fmt: skip
        return _written("sitemapindex", "sitemap", parts, publication)
    number = 0 if path == SITEMAP else int(path[len("sitemap-") : -len(".xml")]) - 1
    return _written("urlset", "url", _part(pages, number), publication)


def _part(
    pages: Sequence[tuple[str, datetime | None]], number: int
) -> Sequence[tuple[str, datetime | None]]:
    return pages[number * MOST : (number + 1) * MOST]


def _last(pages: Sequence[tuple[str, datetime | None]], number: int) -> datetime | None:
    return max((moment for _, moment in _part(pages, number) if moment), default=None)


def _written(
    root: str, tag: str, pages: Iterable[tuple[str, datetime | None]], publication: Publication
) -> bytes:
    lines = [f'{_OPEN}<{root} xmlns="{_NAMESPACE}">\n']
    for path, moment in pages:
        address = publication.address(path)
        # What a URI may hold needs no escape in XML but these two.
        shown = (web_address(address) or address).replace("&", "&amp;").replace("'", "&apos;")
        changed = f"<lastmod>{rfc3339(moment)}</lastmod>" if moment else ""
        lines.append(f"<{tag}><loc>{shown}</loc>{changed}</{tag}>\n")
    lines.append(f"</{root}>\n")
    return "".join(lines).encode()
