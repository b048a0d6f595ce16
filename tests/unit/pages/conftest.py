import lxml.html
import pytest

from publisher.model import Feed


@pytest.fixture
def make_feed(publication):
    def make(*entries, kind="tag", name="Ferries", folder="tags/ferries/"):
        return Feed(
            kind=kind,
            name=name,
            title=f"{name} – {publication.title}",
            folder=folder,
            entries=entries,
        )

    return make


def tree(data):
    """A page as lxml has it."""
    return lxml.html.document_fromstring(data.decode())
