"""Archive documents of runs that close them at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from publisher.feeds import choose_feeds
from publisher.publish.archiving import file_archives
from publisher.storage import Store
from tests.unit.feeds.samples import NOON, PUBLICATION, entry


def test_runs_that_close_documents_at_once_publish_the_same(store_url, tmp_path):
    entries = [entry(f"e{n:03}", published=NOON + timedelta(hours=n)) for n in range(40)]
    feeds = tuple(choose_feeds(entries, PUBLICATION, 3, archived=frozenset({"all"})))
    together = Barrier(8, timeout=60)

    def file(_who):
        with Store.open(store_url, site=tmp_path) as store:
            together.wait()
            return file_archives(store, feeds)

    with ThreadPoolExecutor(8) as runs:
        filed = list(runs.map(file, range(8)))
    assert all(one == filed[0] for one in filed)
    _, documents = filed[0]
    assert len(documents) == 13
