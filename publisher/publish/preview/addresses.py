"""Which of the publication's addresses lead somewhere, once all that is previewed is published."""

from __future__ import annotations

from publisher.checks.links import Known
from publisher.publish.preview.state import Preview
from publisher.publish.proofs import known_addresses

_EDITIONS = "editions/"


def planned_addresses(preview: Preview) -> Known:
    """Tells it of an address, as `known_addresses` does for what has been published.

    The pages of editions count as there: the one that asks is about to have one.
    """
    assert preview.site is not None  # there is something to ask of
    publication = preview.site.publication
    there = preview.kept.once("addresses", lambda: _planned(preview))
    published = known_addresses(preview.site)
    editions = publication.address(_EDITIONS)

    def known(address: str) -> bool | None:
        if address.partition("#")[0] in there or address.startswith(editions):
            return True
        return published(address)

    return known


def _planned(preview: Preview) -> frozenset[str]:
    site, plan = preview.site, preview.plan
    if site is None or plan is None:
        return frozenset()
    paths = {"", "feeds.opml", *(asset.path for _, asset in plan.assets)}
    for feed in (*plan.feeds, *plan.archives):
        paths.update(feed.path(form) for form in site.publication.formats)
    if site.publication.pages:
        paths.update(entry.page for entry in (*plan.entries, *plan.withdrawn))
        for feed in plan.feeds:
            paths.update((feed.page, feed.folder))
    return frozenset(site.publication.address(path) for path in paths)
