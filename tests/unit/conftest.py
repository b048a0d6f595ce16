"""What several rooms' tests are given: the shipped templates, a publication, an entry."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.model import Entry, Form, Publication

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture(scope="session")
def templates():
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in TEMPLATES.rglob("*.*")
    }


@pytest.fixture
def publication():
    return Publication(
        title="The Lantern Bay Courier",
        url="https://courier.example/feeds/",
        domain="courier.example",
        timezone="Europe/Lisbon",
    )


@pytest.fixture
def make_entry():
    def make(**values):
        usual = {
            "id": "tag:courier.example,2026:ferry",
            "slug": "ferry",
            "path": "ferry.md",
            "form": Form.MARKDOWN,
            "title": "Night ferry stays",
            "published": datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
            "published_from": "front matter",
            "language": "en",
            "html": "<p>The night ferry goes on.</p>",
            "summary": "The night ferry goes on.",
        }
        return Entry(**(usual | values))

    return make
