"""A story that an agency sends again is one entry: in feeds, in mails, under one id."""

import json
from datetime import timedelta

import pytest

from tests.system.building import settle, written
from tests.system.conftest import NOW

HOUR = timedelta(hours=1)


def wire(title="Ferry returns", text="The ferry is back at the pier.", **more):
    front = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"---\n{front}---\n{title}\n\nOSLO (AP) — {text}\n" if front else (
        f"{title}\n\nOSLO (AP) — {text}\n"
    )  # fmt: skip


def items(site):
    return json.loads((site.feeds / "feed.json").read_text())["items"]


def one_item(site):
    (item,) = items(site)
    return item


def test_an_update_takes_the_place_of_the_story(site):
    site.article("ferry.txt", wire())
    site.build()
    first = one_item(site)
    site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well, the captain says."))
    report = site.build(NOW + HOUR)
    assert (report.new, report.changed) == (0, 1)
    second = one_item(site)
    assert second["id"] == first["id"]
    assert second["url"] == first["url"]
    assert second["date_published"] == first["date_published"]
    assert second["date_modified"] == "2026-11-23T13:00:00Z"
    assert "captain" in second["content_html"]
    page = (site.feeds / "entries" / "ferry.html").read_text()
    assert "Updated" in page
    assert not (site.feeds / "entries" / "ferry-2.html").exists()


def test_what_was_superseded_is_not_read_again_and_a_full_build_changes_nothing(site, monkeypatch):
    site.article("ferry.txt", wire())
    site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well."))
    settle(site)
    site.build()
    monkeypatch.setattr("publisher.sources.files.Shelf.read", None)
    assert site.build(NOW + HOUR).written == 0
    monkeypatch.undo()
    before = written(site)
    assert site.build(NOW + HOUR, full=True).written == 0
    assert written(site) == before


def test_an_older_version_that_comes_late_changes_nothing_for_readers(site):
    site.article("ferry-2.txt", wire("UPDATE 2-Ferry returns", "All are well."))
    site.build()
    first = one_item(site)
    site.article("ferry-1.txt", wire("UPDATE 1-Ferry returns", "Some are well."))
    site.build(NOW + HOUR)
    assert one_item(site) == first


def test_a_digest_has_it_once(site):
    site.command("subscribers", "add", "ana@courier.example", "--newsletter", "daily")
    site.article("ferry.txt", wire())
    site.run()
    assert len(site.outbox()) == 1
    site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well."))
    site.article("pier.md", "# Pier closed\n\nUntil May.")
    site.run(NOW + timedelta(days=1))
    _, mail = site.outbox()
    assert b"Ferry" not in mail.read_bytes()


def test_the_newer_file_gone_the_older_one_tells_it_again(site):
    site.article("ferry.txt", wire(date="2026-11-23 10:00"))
    site.build()
    before = written(site)
    newer = site.article("new.txt", wire("UPDATE 1-Ferry returns", "New.", date="2026-11-23 11:00"))
    site.build()
    assert "New." in one_item(site)["content_html"]
    newer.unlink()
    report = site.build()
    assert (report.changed, report.gone) == (1, 0)
    assert written(site) == before
    site.article("new.txt", wire("UPDATE 1-Ferry returns", "New.", date="2026-11-23 11:00"))
    site.build()
    assert "New." in one_item(site)["content_html"]


def test_old_versions_may_be_cleared_away(site):
    old = site.article("ferry.txt", wire())
    site.build()
    site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well."))
    site.build(NOW + HOUR)
    before = written(site)
    old.unlink()
    assert site.build(NOW + 2 * HOUR).gone == 0
    assert written(site) == before
    assert site.build(NOW + 2 * HOUR, full=True).written == 0
    site.article("ferry-3.txt", wire("UPDATE 2-Ferry returns", "All are at home."))
    site.build(NOW + 3 * HOUR)
    assert one_item(site)["date_published"] == "2026-11-23T12:00:00Z"
    for path in (site.folder / "articles").iterdir():
        path.unlink()
    assert site.build(NOW + 3 * HOUR).gone == 1
    assert items(site) == []


def test_a_version_that_moves_or_is_edited_stays_one(site):
    site.article("ferry.txt", wire())
    site.build()
    path = site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well."))
    site.build(NOW + HOUR)
    item = one_item(site)
    (site.folder / "articles" / "2026").mkdir()
    path = path.rename(site.folder / "articles" / "2026" / "again.txt")
    site.build(NOW + 2 * HOUR)
    assert one_item(site) == item
    path.write_text(wire("UPDATE 1-The ferry returns", "All are very well."), encoding="utf-8")
    site.build(NOW + 3 * HOUR)
    assert one_item(site)["title"] == "The ferry returns"
    assert one_item(site)["id"] == item["id"]


def test_a_correction_says_what_was_wrong(site):
    site.article("ferry.txt", wire())
    site.build()
    text = "CORRECTED-Ferry returns\n\n(Corrects day in paragraph 1)\n\nOSLO (AP) — Back on Monday."
    site.article("ferry-2.txt", text)
    site.build(NOW + HOUR)
    assert "Correction: Corrects day in paragraph 1." in one_item(site)["content_html"]


def test_a_kill_takes_the_story_back(site):
    site.article("ferry.txt", wire())
    site.build()
    site.article("kill.txt", wire("ADVISORY KILL: Ferry returns", "The story is wrong."))
    site.build(NOW + HOUR)
    assert items(site) == []
    page = (site.feeds / "entries" / "ferry.html").read_text()
    assert "The story is wrong." in page
    assert "back at the pier" not in page
    assert site.build(NOW + HOUR, full=True).written == 0


@pytest.mark.parametrize(
    "more", [{"draft": "true"}, {"embargo": "2026-11-24 08:00"}], ids=["draft", "embargo"]
)
def test_what_nobody_may_see_yet_takes_no_one_s_place(site, more):
    site.article("ferry.txt", wire())
    site.build()
    first = one_item(site)
    site.article("ferry-2.txt", wire("UPDATE 1-Ferry returns", "All are well.", **more))
    site.build(NOW + HOUR)
    assert one_item(site) == first


def test_stories_of_one_name_stay_apart(site):
    site.article("a.txt", wire("Weather", "Sun tomorrow.", date="2026-11-22 08:00"))
    site.article("b.txt", wire("UPDATE 1-Weather", "Much sun.", date="2026-11-22 09:00"))
    site.article("c.txt", wire("Weather", "Rain tomorrow.", date="2026-11-23 08:00"))
    site.article("d.txt", wire("UPDATE 1-Weather", "Much rain.", date="2026-11-23 09:00"))
    site.build()
    texts = [item["content_html"] for item in items(site)]
    assert ["Much rain" in texts[0], "Much sun" in texts[1]] == [True, True]
    assert len(texts) == 2


SENT_AGAIN = "The ferry is back at the pier after a night at sea, and all on board are well. "


def test_a_changed_body_under_one_slug_is_an_update(site):
    site.article("monday/ferry.txt", wire(text=SENT_AGAIN))
    site.build()
    site.article("later/ferry.txt", wire("Ferry back", SENT_AGAIN + "The captain was tired."))
    report = site.build(NOW + HOUR)
    assert report.findings == []
    assert one_item(site)["title"] == "Ferry back"


NEWSML = (
    '<newsItem guid="urn:newsml:ferry" version="{0}"><itemMeta><itemClass qcode="ninat:text"/>'
    "<versionCreated>2026-11-23T0{0}:00:00Z</versionCreated></itemMeta><contentMeta><contentCreated>"
    "2026-11-23T01:00:00Z</contentCreated><headline>{1}</headline></contentMeta><contentSet>"
    "<inlineData>Text {0}.</inlineData></contentSet></newsItem>"
)


def test_an_agency_s_own_key_joins_whatever_the_headline(site):
    for number, title in ((3, "Ferry at home"), (1, "Ferry lost"), (2, "Ferry seen")):
        site.article(f"{number}.xml", NEWSML.format(number, title))
        assert site.build().findings == []
    item = one_item(site)
    assert (item["id"], item["title"]) == ("urn:newsml:ferry", "Ferry at home")
    assert (item["date_published"], item["date_modified"]) == (
        "2026-11-23T01:00:00Z",
        "2026-11-23T03:00:00Z",
    )


def test_what_waits_for_its_slug_joins_its_story_in_the_same_run(site):
    site.article("ferry.md", "---\ndate: 2026-11-20\n---\n# Pier closed\n\nUntil May.")
    site.article("ferry.txt", wire(date="2026-11-22 08:00"))
    site.article(
        "tide.txt", wire("UPDATE 1-Ferry returns", "All are well.", date="2026-11-22 09:00")
    )
    settle(site)
    site.build()
    assert [item["title"] for item in items(site)] == ["Ferry returns", "Pier closed"]
    before = written(site)
    assert site.build(NOW, full=True).written == 0
    assert written(site) == before
