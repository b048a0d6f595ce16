"""Archive documents of runs that close them at the same moment."""

from datetime import timedelta

from publisher.feeds import choose_feeds
from publisher.publish.archiving import file_archives
from tests.at_once import at_once_in_stores
from tests.unit.feeds.samples import NOON, PUBLICATION, entry


def test_runs_that_close_documents_at_once_publish_the_same(store_url, tmp_path):
    entries = [entry(f"e{n:03}", published=NOON + timedelta(hours=n)) for n in range(40)]
    feeds = tuple(choose_feeds(entries, PUBLICATION, 3, archived=frozenset({"all"})))

    def file(store):
        return file_archives(store, feeds)

    filed = at_once_in_stores(file, 8, store_url, tmp_path)
    assert all(one == filed[0] for one in filed)
    _, documents = filed[0]
    assert len(documents) == 13
