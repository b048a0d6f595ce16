from dataclasses import replace
from datetime import UTC, datetime

from publisher.storage import VersionRecord
from tests.unit.feeds.samples import entry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST = replace(entry(), path="a.txt", story="title:en:ap:ferry-returns")
SECOND = replace(FIRST, path="b.txt", title="Ferry at home", version=2, version_kind="update")


def kept(one, *, gone=False):
    return VersionRecord(entry=one, digest="d", recipe="r", stamp="s", seen=NOW, gone=gone)


def with_both(store):
    store.catalogue.save(FIRST, digest="d", recipe="r", now=NOW, stamp="s")
    store.versions.save(FIRST.id, [kept(FIRST), kept(SECOND)], "b.txt")


def test_a_story_is_found_by_its_key_and_its_slug(store):
    store.catalogue.save(FIRST, digest="d", recipe="r", now=NOW)
    store.catalogue.save(replace(entry("pier"), path="pier.md"), digest="d", recipe="r", now=NOW)
    found = [("a.txt", FIRST.story, FIRST.slug)]
    assert store.catalogue.telling([FIRST.story], []) == found
    assert store.catalogue.telling([], [FIRST.slug, "pier"]) == found


def test_what_tells_the_entry_has_to_be_read_and_what_it_superseded_has_not(store):
    with_both(store)
    known = store.catalogue.known()
    assert known.keys() == store.catalogue.known(["a.txt", "b.txt"]).keys() == {"a.txt", "b.txt"}
    assert [(one.digest, one.is_version, one.is_superseded) for one in known.values()] == [
        ("", True, False),
        ("d", True, True),
    ]
    assert {one.identity.id for one in known.values()} == {FIRST.id}
    assert dict(store.catalogue.looks("r")) == {"a.txt": "s", "b.txt": ""}


def test_versions_come_back_as_they_were_also_after_a_move(store):
    with_both(store)
    assert store.versions.of_entry(FIRST.id) == [kept(FIRST), kept(SECOND)]
    store.catalogue.rename("a.txt", "c.txt")
    (moved,) = (one for one in store.versions.of_entry(FIRST.id) if one.entry.path == "c.txt")
    assert moved == kept(replace(FIRST, path="c.txt"))
    assert store.versions.entries_of(["c.txt", "other.txt"]) == [FIRST.id]
    assert store.versions.of_entry("tag:other") == []
