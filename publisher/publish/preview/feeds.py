"""Each feed as it would be written, and as a program that follows it would understand it."""

from __future__ import annotations

from dataclasses import replace

from publisher.checks.feeds import check_feed
from publisher.content import RemoteFeed, take_apart
from publisher.errors import FetchError
from publisher.feeds import render_feed
from publisher.model import MEDIA_TYPES, Feed, FeedFormat, Finding, Severity
from publisher.pages import Pages
from publisher.publish.preview.state import Preview, Previews
from publisher.valueclass import valueclass


@valueclass
class FeedPreview:
    """A feed's file, what is wrong with it, and what its readers get; None: nothing at all."""

    feed: Feed
    form: FeedFormat
    data: bytes
    findings: tuple[Finding, ...]
    understood: RemoteFeed | None


def find_feed(preview: Preview, label: str) -> Feed | None:
    """The feed of this label ("all", "tags/skerry")."""
    feeds = preview.plan.feeds if preview.plan else ()
    return next((feed for feed in feeds if feed.label == label), None)


def preview_feed(previews: Previews, preview: Preview, feed: Feed, form: FeedFormat) -> FeedPreview:
    """The feed in one of its formats."""
    return preview.kept.once(
        ("feed", feed.label, form), lambda: _preview_feed(previews, preview, feed, form)
    )


def preview_feed_page(previews: Previews, preview: Preview, feed: Feed) -> bytes:
    """The page beside a feed. Raises TemplateError."""
    assert preview.site is not None  # there is a feed
    assert preview.plan is not None
    site = preview.site
    pages = Pages(preview.templates, site.publication, in_place=True)
    whole = replace(_in_full(previews, feed), withdrawn=())  # which no page names
    if feed.folder:
        return pages.feed(whole)
    return pages.index((whole, *preview.plan.feeds[1:]), site.newsletters, subscribe=site.subscribe)


def _in_full(previews: Previews, feed: Feed) -> Feed:
    carried = (*feed.entries, *feed.withdrawn)
    words = previews.scratch.catalogue.load(entry.id for entry in carried)
    return replace(
        feed,
        entries=tuple(words[entry.id] for entry in feed.entries if entry.id in words),
        withdrawn=tuple(words[entry.id] for entry in feed.withdrawn if entry.id in words),
    )


def _preview_feed(
    previews: Previews, preview: Preview, feed: Feed, form: FeedFormat
) -> FeedPreview:
    assert preview.site is not None  # there is a feed
    site = preview.site
    data = render_feed(_in_full(previews, feed), site.publication, form)
    findings = check_feed(data, form, f"{site.settings.feeds.folder}/{feed.path(form)}")
    understood = None
    try:
        address = site.publication.address(feed.path(form))
        understood = take_apart(data, url=address, media_type=MEDIA_TYPES[form])
    except FetchError as err:
        findings.append(Finding(severity=Severity.ERROR, what=err.what, mend=err.mend))
    return FeedPreview(
        feed=feed, form=form, data=data, findings=tuple(findings), understood=understood
    )
