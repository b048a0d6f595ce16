"""What is kept of other people's feeds, of a hub and of files beside articles, on both engines."""

from datetime import UTC, datetime

from publisher.storage import Ping, Remote

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BLOG = Remote(url="https://blog.example/", etag='"1"', modified="yesterday", fetched=NOW)


def test_a_feed_and_its_articles_are_kept_together(store):
    store.remotes.save(
        "blog", BLOG, {"_sources/blog/a-1.html": "one", "_sources/blog/b-2.html": "two"}
    )
    assert store.remotes.known() == {"blog": BLOG}
    failing = Remote(url=BLOG.url, failures=2, failing_since=NOW, next_try=NOW, gone=True)
    store.remotes.save("blog", failing, {"_sources/blog/b-2.html": "new"})
    assert store.remotes.known() == {"blog": failing}
    assert store.remotes.text("_sources/blog/a-1.html") == "one"
    assert store.remotes.text("_sources/blog/b-2.html") == "new"
    assert store.remotes.paths() == {"1": "_sources/blog/a-1.html", "2": "_sources/blog/b-2.html"}


def test_articles_are_known_by_their_feeds(store):
    store.remotes.save("blog", BLOG, {"_sources/blog/a-1.html": "one"})
    store.remotes.save(
        "news", BLOG, {"_sources/news/a-2.html": "one", "_sources/news/b-3.html": "3"}
    )
    assert store.remotes.digests(["none"]) == {}
    assert store.remotes.digests(["blog"]).keys() == {"_sources/blog/a-1.html"}
    digests = store.remotes.digests(["blog", "news"])
    assert digests["_sources/blog/a-1.html"] == digests["_sources/news/a-2.html"]
    assert store.remotes.counts() == {"blog": 1, "news": 2}
    store.remotes.forget(["_sources/news/a-2.html", "not there"])
    assert store.remotes.counts() == {"blog": 1, "news": 1}


def test_a_hub_knows_the_files_it_was_told_of(store):
    told = {"rss.xml": Ping(stamp="7:1"), "atom.xml": Ping(failures=3, retry_at=NOW)}
    store.pings.save(told)
    assert store.pings.known() == told
    store.pings.save({"rss.xml": Ping(stamp="8:2")}, ["atom.xml", "not there"])
    assert store.pings.known() == {"rss.xml": Ping(stamp="8:2")}
    store.pings.save({})


def test_the_sizes_beside_an_article_take_the_place_of_older_ones(store):
    store.enclosed.save("a.md", {"a.mp3": 2**40, "b.mp3": 0})
    store.enclosed.save("b.md", {"a.mp3": 7})
    store.enclosed.save("a.md", {"a.mp3": 8})
    assert store.enclosed.known() == {"a.md": {"a.mp3": 8}, "b.md": {"a.mp3": 7}}
    store.enclosed.save("a.md", {})
    assert store.enclosed.known().keys() == {"b.md"}
