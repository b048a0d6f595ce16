from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.digest import Digest
from publisher.model import Entry, Form, Newsletter, Publication

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


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
            "text": "The night ferry goes on.",
            "summary": "The night ferry goes on.",
        }
        return Entry(**(usual | values))

    return make


@pytest.fixture
def newsletter():
    return Newsletter(
        name="daily",
        title="Lantern Bay Daily",
        schedule="daily at 07:00",
        timezone="Europe/Lisbon",
        sender_name="The Lantern Bay Courier",
        sender="news@courier.example",
    )


@pytest.fixture
def render(templates, publication, newsletter):
    """Renders entries with the shipped templates, or with some put in their place."""
    shipped = Digest(templates)

    def run(*entries, own=None, **values):
        digest = Digest(templates | own) if own else shipped
        usual = {
            "slot": datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
            "publication": publication,
            "archive": "https://courier.example/feeds/editions/daily-2026-11-23-0700.html",
        }
        return digest.render(values.pop("newsletter", newsletter), entries, **(usual | values))

    return run
