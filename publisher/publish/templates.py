"""Every template read and filled in with invented values, where a name that is not there shows.

So a fault in one that was restyled is named, with file and line, before a reader meets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from publisher.config import Site
from publisher.digest import Digest
from publisher.errors import TemplateError
from publisher.model import Finding, Frequency, Publication, Severity
from publisher.pages import AROUND, Pages
from publisher.pages.environment import FOLDER, Templates
from publisher.publish import specimens
from publisher.publish.checking import Checked, failed
from publisher.publish.letters import LETTERS, render_letter
from publisher.sources import load_templates

_USED = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
_DIGEST = re.compile(r"digest/(.+)\.mjml")
# What fills in a template, in one way or another; each is tried.
_Fills = Mapping[str, Iterable[Callable[[], object]]]


def check_own_templates(site: Site) -> Iterator[Checked]:
    """Those that come with publisher and, over them, those of the site's folder."""
    try:
        templates = load_templates(site.folder)
    except TemplateError as err:
        yield failed("templates", "template", err)
    else:
        yield from check_templates(site.publication, templates)


def check_templates(publication: Publication, templates: Mapping[str, str]) -> Iterator[Checked]:
    """One after another: read, and filled in in every way that publisher fills it in.

    A fault of one that others include is told once, with the first that it breaks.
    """
    reader = Templates(templates)
    fills = _fills(_talkative(publication), templates, reader)
    used = {*fills, *_included(templates), *_parts(templates)}
    told: set[Finding] = set()
    for name in sorted(templates):
        findings = [*_read(reader, name, templates[name]), *_filled(name, fills.get(name, ()))]
        if name not in used:
            findings.append(_useless(name))
        new = [one for one in dict.fromkeys(findings) if one not in told]
        told.update(new)
        yield Checked(path=FOLDER + name, kind="template", findings=tuple(new))


def _read(reader: Templates, name: str, source: str) -> Iterator[Finding]:
    try:
        reader.check(name, source)
    except TemplateError as err:
        yield from failed(FOLDER + name, "template", err).findings


def _filled(name: str, ways: Iterable[Callable[[], object]]) -> Iterator[Finding]:
    for fill in ways:
        try:
            fill()
        except TemplateError as err:
            yield from failed(FOLDER + name, "template", err).findings


def _fills(publication: Publication, templates: Mapping[str, str], letters: Templates) -> _Fills:
    return {
        **_pages(publication, templates),
        **_service_pages(publication, templates),
        **_letters(publication, letters),
        **{
            name: _digest(publication, templates, found[1])
            for name in templates
            if (found := _DIGEST.fullmatch(name))
        },
    }


def _pages(publication: Publication, templates: Mapping[str, str]) -> _Fills:
    pages = Pages(templates, publication)
    silent = Pages(templates, replace(publication, email=""))
    feeds = specimens.FEEDS
    letters = specimens.newsletters(publication)
    address = publication.address("newsletter/subscribe")
    return {
        "pages/index.html": [
            partial(pages.index, feeds, letters, editions=True, subscribe=address),
            partial(pages.index, feeds[:1], letters),
            partial(silent.index, (), letters),
            partial(silent.index, (), ()),
        ],
        "pages/feed.html": [partial(pages.feed, one) for one in feeds],
        "pages/entry.html": [
            partial(pages.entry, one, known) for one in specimens.ENTRIES for known in (feeds, ())
        ],
        "pages/withdrawn.html": [partial(pages.withdrawn, one) for one in specimens.ENTRIES],
        "pages/editions.html": [partial(pages.editions, one) for one in ((), specimens.EDITIONS)],
    }


def _service_pages(publication: Publication, templates: Mapping[str, str]) -> _Fills:
    pages = Pages(templates, publication)
    here = {"subscribe": "/newsletter/subscribe", "link": "/newsletter/link"}
    return {
        name: [partial(pages.service, name, service=here, **one) for one in ways]
        for name, ways in specimens.service_pages(publication).items()
    }


def _letters(publication: Publication, templates: Templates) -> _Fills:
    letters = specimens.newsletters(publication)
    return {
        f"letters/{name}.html": [
            partial(
                render_letter, publication, templates, name, "", specimens.LINK, letters[:count]
            )
            for count in (0, 1, 2)
        ]
        for name in LETTERS
    }


def _digest(
    publication: Publication, templates: Mapping[str, str], name: str
) -> Iterator[Callable[[], object]]:
    """Compiled once, when it is first filled in."""
    made: list[Digest] = []

    def fill(rhythm: Frequency) -> None:
        if not made:
            made.append(Digest(templates, name))
        for newsletter in specimens.newsletters(publication):
            for entries in (specimens.ENTRIES, (specimens.BARE,)):
                made[0].render(
                    newsletter,
                    entries,
                    slot=specimens.WHEN,
                    publication=publication,
                    archive=publication.address("editions/one.html"),
                    more=len(entries) - 1,
                    rhythm=rhythm,
                )

    return (partial(fill, one) for one in Frequency)


def _talkative(publication: Publication) -> Publication:
    """With a word for every place that the templates have for one."""
    return replace(
        publication,
        description=publication.description or "What the tide brought.",
        email=publication.email or f"post@{publication.domain}",
        rights=publication.rights or "All rights reserved.",
    )


def _included(templates: Mapping[str, str]) -> Iterator[str]:
    for source in templates.values():
        yield from _USED.findall(source)


def _parts(templates: Mapping[str, str]) -> Iterator[str]:
    """What stands around all pages, and the texts that stand beside an HTML template."""
    yield from AROUND
    yield from ("digest/digest.txt", "digest/subject.txt")
    for name in templates:
        if found := _DIGEST.fullmatch(name):
            yield from (f"digest/{found[1]}.txt", f"digest/{found[1]}.subject.txt")
    for name in LETTERS:
        yield from (f"letters/{name}.txt", f"letters/{name}.subject.txt")


def _useless(name: str) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        what="nothing uses this file",
        mend="a template that is restyled keeps the name of the one that comes with publisher",
        path=FOLDER + name,
        rule="readers never see it",
    )
