from __future__ import annotations

from datetime import UTC, datetime

import pytest

from publisher.content import read_article
from publisher.model import Article, Publication

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def publication():
    return Publication(
        title="The Harbour Post",
        url="https://post.example/",
        domain="post.example",
        timezone="America/New_York",
    )


@pytest.fixture
def read(publication):
    def read(data, path="story.md", *, identity=None, now=NOW, **more):
        data = data if isinstance(data, bytes) else data.encode()
        return read_article(
            Article(path=path, data=data), publication, identity=identity, now=now, **more
        )

    return read
