"""A case is a file: an article in tests/golden and the expected entry beside it (NAME.expected.json).

The expected file names the fields that the case is about; a field that it leaves out is not
compared. `error` is what the article must be refused for, `findings` what its editor is told.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.content import read_article, text_in
from publisher.errors import ArticleError
from publisher.model import Article, Entry, Publication

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = sorted(GOLDEN.glob("*.expected.json"))
PUBLICATION = Publication(
    title="The Harbour Post",
    url="https://post.example/",
    domain="post.example",
    timezone="Europe/Berlin",
)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def article_of(case: Path) -> Article:
    name = case.name.removesuffix(".expected.json")
    return Article(path=name, data=(GOLDEN / name).read_bytes())


def flat(entry: Entry) -> dict[str, object]:
    dateline = entry.dateline
    return {
        "id": entry.id,
        "slug": entry.slug,
        "form": entry.form.value,
        "title": entry.title,
        "published": entry.published.isoformat(),
        "published_from": entry.published_from,
        "updated": entry.updated.isoformat() if entry.updated else None,
        "correction": entry.correction,
        "language": entry.language,
        "html": entry.html.split("\n"),
        "paragraphs": text_in(entry.html).split("\n\n"),
        "summary": entry.summary,
        "summary_by": entry.summary_by,
        "dateline": [dateline.place, dateline.agency, dateline.date_text] if dateline else None,
        "authors": [author.name for author in entry.authors],
        "credit": entry.credit,
        "rights": entry.rights,
        "section": entry.section.name if entry.section else None,
        "tags": [f"{tag.name} ({tag.kind.value}, {tag.chosen_by})" for tag in entry.tags],
        "naming.media_topics": {tag.name: tag.medtop for tag in entry.tags if tag.medtop},
        "images": [[image.url, image.alt, image.caption] for image in entry.images],
        "enclosures": [[file.url, file.type, file.length] for file in entry.enclosures],
        "assets": [[asset.source, asset.path] for asset in entry.assets],
        "url": entry.url,
        "draft": entry.draft,
        "embargo": entry.embargo.isoformat() if entry.embargo else None,
        "expires": entry.expires.isoformat() if entry.expires else None,
        "withdrawn": entry.withdrawn.isoformat() if entry.withdrawn else None,
        "withdrawal": entry.withdrawal,
        "left_out_of": list(entry.left_out_of),
        "version": [entry.version_kind, entry.version],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".expected.json"))
def test_an_article_becomes_the_entry_beside_it(case: Path):
    expected = json.loads(case.read_text(encoding="utf-8"))
    if "error" in expected:
        with pytest.raises(ArticleError) as caught:
            read_article(article_of(case), PUBLICATION, identity=None, now=NOW)
        assert {"error": str(caught.value)} == expected
        return
    reading = read_article(article_of(case), PUBLICATION, identity=None, now=NOW)
    found = flat(reading.entry) | {"findings": [str(finding) for finding in reading.findings]}
    assert {key: found.get(key, "no such field") for key in expected} == expected


def test_there_are_cases():
    assert len(CASES) >= 60
