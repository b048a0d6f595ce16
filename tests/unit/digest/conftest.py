from datetime import UTC, datetime

import pytest

from publisher.digest import Digest
from publisher.model import Newsletter


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
