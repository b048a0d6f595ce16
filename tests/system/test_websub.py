"""The hub is told of what changed, from a real server on loopback, and never held to an answer."""

import time
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from tests.servers import serving
from tests.system.building import formats, story
from tests.system.conftest import NOW


@pytest.fixture
def hub(site):
    with serving() as server:
        server.pages["/"] = (204, {}, b"")
        site.config(f'\n[feeds]\nhub = "{server.url()}"\narchive = ["all"]\nlimit = 1\n')
        site.article("ferry.md", story())
        yield server


def told(hub):
    """The topics that the hub has been told of since this was asked last."""
    asked, hub.asked = hub.asked, []
    fields = [parse_qs(body.decode()) for *_, body in asked]
    assert all(one["hub.mode"] == ["publish"] for one in fields)
    return {
        url.removeprefix("https://courier.example/") for one in fields for url in one["hub.url"]
    }


def feeds(*folders):
    return {path for path in set().union(*map(formats, folders)) if not path.endswith("html")}


def test_the_hub_is_told_of_feeds_that_changed_and_of_no_others(site, hub):
    report = site.run()
    every = feeds("", "tags/skerry/", "sections/harbour/", "authors/ana-reis/")
    assert told(hub) == every
    assert report.pinged == len(every)
    assert site.run().pinged == 0
    assert hub.asked == []
    site.article("pier.md", story("Pier", tags="Pier", section="Town", author="Bo Lund"))
    site.article("lamp.md", story("Lamp", tags="Pier", section="Town", author="Bo Lund"))
    site.run()
    assert (site.feeds / "archive" / "1" / "rss.xml").exists()
    assert told(hub) == feeds("", "tags/pier/", "sections/town/", "authors/bo-lund/")
    site.run(full=True)
    assert hub.asked == []


def test_building_tells_nobody(site, hub):
    site.build()
    assert hub.asked == []


@pytest.mark.parametrize("trouble", [503, 302, "hang up"])
def test_what_the_hub_did_not_take_is_told_by_a_later_run(site, hub, trouble):
    hub.pages["/"] = (trouble, {"Location": "/x"}, b"")
    if trouble == "hang up":
        hub.pages["/"] = lambda handler: handler.connection.shutdown(2)
    report = site.run()
    assert (report.exit_code, report.pinged, report.findings) == (0, 0, [])
    assert "was not told of 12 feeds" in "\n".join(report.notes)
    first = told(hub)
    hub.pages["/"] = (204, {}, b"")
    site.run(NOW + timedelta(minutes=4))
    assert hub.asked == []
    assert site.run(NOW + timedelta(minutes=5)).pinged == 12
    assert told(hub) == first


def test_it_is_told_ever_more_seldom_and_named_after_a_day(site, hub):
    hub.pages["/"] = (500, {}, b"")
    moment = NOW
    minutes = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    for number, pause in enumerate(minutes, 1):
        report = site.run(moment)
        assert len(told(hub)) == 12
        assert [one.severity.value for one in report.findings] == ["warning"] * (number >= 9)
        moment += timedelta(minutes=pause)
    site.run(moment - timedelta(minutes=1))
    assert hub.asked == []


def test_a_hub_that_does_not_answer_holds_up_nothing(site, hub):
    hub.pages["/"] = lambda handler: time.sleep(30)
    site.command("subscribers", "add", "ann@reader.example", "--newsletter", "daily")
    begun = time.monotonic()
    report = site.run()
    assert report.sent == 1
    assert time.monotonic() - begun < 28  # ten and what the rest takes
    assert report.exit_code == 0
    assert "did not answer in time" in "\n".join(report.notes)


@pytest.mark.threat(18)
def test_a_hub_whose_name_leads_to_this_machine_is_not_asked(site, hub, monkeypatch):
    toml = (site.folder / "publisher.toml").read_text()
    site.config(toml.replace("127.0.0.1", "hub.example"), add=False)
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda _, port, **__: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    assert "is on this machine" in "\n".join(site.run().notes)
    assert hub.asked == []
