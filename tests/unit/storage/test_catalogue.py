import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from publisher.model import Tag
from publisher.storage import Catalogue, Store, record
from publisher.storage.records import read_words, write_words
from publisher.storage.schema import article
from tests.at_once import at_once_in_stores
from tests.unit.feeds.samples import entry, rich_entries

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def save(store, one, now=NOW, digest="d"):
    store.catalogue.save(one, digest=digest, recipe="r", now=now)


def test_an_entry_comes_back_as_it_was(store):
    # Reading an article drops surrogates, so the store never meets one.
    entries = [one for one in rich_entries() if not re.search(r"\\ud[89a-f]", repr(one))]
    for one in entries:
        save(store, one)
    known = store.catalogue.known()
    assert store.catalogue.load([one.id for one in entries]) == {one.id: one for one in entries}
    for one in entries:
        assert known[one.path].identity.id == one.id
        assert known[one.path].identity.first_seen == NOW


def test_what_an_older_version_has_written_is_read():
    # It kept the plain words as well, and what is as it is by default.
    older = json.loads(write_words(entry())) | {"text": "Plain words.", "credit": ""}
    assert read_words(json.dumps(older)) == entry()


def test_the_first_sight_is_for_ever(store):
    save(store, entry())
    save(store, entry(title="Another"), now=NOW + timedelta(days=9), digest="e")
    (known,) = store.catalogue.known().values()
    assert known.identity.first_seen == NOW
    (kept,) = store.catalogue.entries()
    assert (known.digest, kept.title) == ("e", "Another")


def test_what_is_gone_is_not_public_but_not_forgotten(store):
    save(store, entry())
    store.catalogue.gone(["ferry.md"], NOW)
    assert store.catalogue.entries() == []
    assert store.catalogue.known()["ferry.md"].gone
    save(store, entry())
    assert len(store.catalogue.entries()) == 1


def test_a_renamed_article_keeps_everything(store):
    save(store, entry())
    store.catalogue.release(NOW)
    store.catalogue.rename("ferry.md", "boat.md")
    assert list(store.catalogue.known()) == ["boat.md"]
    save(store, replace(entry(), path="boat.md"))
    assert store.catalogue.release(NOW) == 0


def test_an_article_that_comes_back_elsewhere_with_its_id_is_the_same(store):
    save(store, entry())
    store.catalogue.release(NOW)
    store.catalogue.gone(["ferry.md"], NOW)
    save(store, replace(entry(title="Again"), path="b/ferry.md"), now=NOW + timedelta(days=1))
    (known,) = store.catalogue.known().values()
    assert known.identity.first_seen == NOW
    assert store.catalogue.release(NOW) == 0


def test_an_outline_tells_what_readers_may_see(store):
    save(store, entry("a", published=NOW - timedelta(days=2)))
    save(store, entry("b", published=NOW - timedelta(days=1)))
    save(store, entry("c", published=NOW + timedelta(days=1)))
    save(store, entry("d", draft=True))
    save(store, entry("e", expires=NOW))
    outlines = [one for one, _ in store.catalogue.outlines()]
    assert {one.slug for one in outlines if one.is_public(NOW)} == {"a", "b"}


def test_each_entry_is_released_once_when_it_becomes_public(store):
    save(store, entry("a", published=NOW - timedelta(days=2)))
    save(store, entry("later", published=NOW + timedelta(hours=1)))
    assert store.catalogue.release(NOW) == 1
    assert store.catalogue.release(NOW) == 0
    save(store, entry("dated-back", published=NOW - timedelta(days=300)))
    assert store.catalogue.release(NOW) == 1
    assert store.catalogue.release(NOW + timedelta(hours=2)) == 1
    late = NOW + timedelta(hours=2)
    slugs = [one.slug for _, one in store.catalogue.released_after(None, late)]
    assert slugs == ["a", "dated-back", "later"]
    assert [one.slug for _, one in store.catalogue.released_after(1, late)] == [
        "dated-back",
        "later",
    ]
    assert store.catalogue.last_sequence() == 3


def test_many_can_be_gone_at_once(store):
    store.catalogue.gone([f"{number}.md" for number in range(2000)], NOW)
    assert store.catalogue.known() == {}


def test_what_readers_saw_was_on_the_disk_before(store, monkeypatch):
    waited = []
    monkeypatch.setattr(store.database, "barrier", lambda: waited.append(True))
    save(store, entry("a"))
    save(store, entry("b"))
    assert not waited
    store.catalogue.sync()
    store.catalogue.sync()
    assert len(waited) == 1


def test_a_number_is_never_given_out_twice(store):
    from tests.unit.storage.samples import open_edition

    open_edition(store, ())  # it covered everything up to number 1
    save(store, entry("a"))
    store.catalogue.release(NOW)
    assert store.catalogue.last_sequence() == 2
    assert [one.slug for _, one in store.catalogue.released_after(1, NOW)] == ["a"]


def test_two_that_read_and_release_at_once_do_not_disturb_each_other(store_url, tmp_path):
    def read(store):
        for number in range(10):
            save(store, entry(f"e{number}"))
            store.catalogue.release(NOW)

    at_once_in_stores(read, 3, store_url, tmp_path)
    with Store.open(store_url, site=tmp_path) as store:
        assert store.catalogue.last_sequence() == 10


def test_an_outline_has_all_but_the_words(store):
    for one in (entry("a"), replace(entry("b"), draft=True, expires=NOW, embargo=NOW)):
        save(store, one)
    outlines = {one.id: one for one, _ in store.catalogue.outlines()}
    for whole in store.catalogue.entries():
        short = outlines[whole.id]
        for name in ("slug", "path", "published", "embargo", "expires", "draft", "section"):
            assert getattr(short, name) == getattr(whole, name)
        assert [tag.slug for tag in short.tags] == [tag.slug for tag in whole.tags]
        assert short.html == ""


def test_a_fingerprint_differs_when_anything_does(store):
    save(store, entry())
    ((_, before),) = store.catalogue.outlines()
    save(store, entry())
    assert [print_ for _, print_ in store.catalogue.outlines()] == [before]
    save(store, replace(entry(), rights="Mine"))
    assert [print_ for _, print_ in store.catalogue.outlines()] != [before]


def test_entries_of_an_older_publisher_are_outlined_when_first_wanted(store):
    save(store, entry())
    before = list(store.catalogue.outlines())
    with store.database.write() as connection:
        connection.execute(update(article).values(outline="", fingerprint=""))
    assert list(Catalogue(store.database).outlines()) == before


def test_a_tag_is_called_as_in_the_first_article_of_the_same_rules(store):
    for path, name, slug in (
        ("b.md", "Nato", "nato"),
        ("a.md", "NATO", "nato"),
        ("c.md", "100% Wool", "100-wool"),
        ("d.md", "Ana", "nat_"),
    ):
        save(store, entry(path[0], path=path, tags=(Tag(name=name, slug=slug),)))
    asked = ["nato", "100-wool", "nat_", "unknown"]
    assert store.catalogue.spellings("r", asked) == {
        "nato": "NATO",
        "100-wool": "100% Wool",
        "nat_": "Ana",
    }
    assert store.catalogue.spellings("r") == store.catalogue.spellings("r", asked)
    assert store.catalogue.spellings("other rules", asked) == {}


def test_new_articles_are_saved_as_any_also_where_another_machine_was_quicker(store):
    new = [record(one, digest="d", recipe="r", now=NOW) for one in two_entries()]
    other = Catalogue(store.database)
    store.catalogue.save_all(new[:1], are_new=True)
    other.save_all(new, are_new=True)
    store.catalogue.save_all(new, are_new=True)
    assert sorted(one.id for one in store.catalogue.entries()) == sorted(o.entry_id for o in new)


def two_entries():
    return [entry(name) for name in ("ferry", "boat")]
