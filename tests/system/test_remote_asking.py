"""How servers of other people's feeds are asked: seldom, politely, and never for long."""

import time
from datetime import timedelta

import pytest

from tests.servers import speaking
from tests.system.conftest import NOW
from tests.system.remote import entries, item, rss, said


def test_nothing_is_asked_before_its_time_and_a_304_costs_nothing(site, blog, monkeypatch):
    site.build()
    assert site.build(NOW + timedelta(minutes=29)).written == 0
    assert len(blog.asked) == 1
    blog.pages["/feed"] = (304, {}, b"")
    monkeypatch.setattr("publisher.content.remote.feeds.read_feed", None)
    monkeypatch.setattr("publisher.content.remote.entries.compose_article", None)
    report = site.build(NOW + timedelta(minutes=30))
    assert (report.written, report.articles, report.changed) == (0, 1, 0)
    asked = blog.headers()
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "yesterday")
    assert asked["User-Agent"].startswith("publisher/")
    assert "https://courier.example/" in asked["User-Agent"]


def test_a_header_that_can_not_be_sent_back_is_not(site, blog):
    blog.pages["/feed"] = (200, {"ETag": '"a\r\n b"', "Last-Modified": "x" * 501}, rss(item()))
    site.build()
    assert said(site.build(NOW + timedelta(hours=1))) == []
    assert not {"If-None-Match", "If-Modified-Since"} & blog.headers().keys()


def ask_at(site, server, *minutes):
    """At which of these minutes the server is asked."""
    asked = []
    for minute in minutes:
        before = len(server.asked)
        site.build(NOW + timedelta(minutes=minute))
        asked += [minute] if len(server.asked) > before else []
    return asked


def test_a_server_that_fails_is_asked_ever_more_seldom_up_to_once_a_day(site, blog):
    blog.pages["/feed"] = (503, {}, b"")
    day = 24 * 60
    steps = [0, 59, 60, 179, 180, 419, 420, 899, 900, 1859, 1860, 3299, 3300, 4739, 4740]
    assert ask_at(site, blog, *steps) == [0, 60, 180, 420, 900, 1860, 3300, 4740]
    blog.pages["/feed"] = (200, {}, rss(item()))
    assert ask_at(site, blog, 4740 + day, 4740 + day + 29, 4740 + day + 30) == [
        4740 + day,
        4740 + day + 30,
    ]


def test_a_failure_is_named_once_it_has_lasted_a_day(site, blog):
    site.build()
    blog.pages["/feed"] = (500, {}, b"")
    at = [30, 90, 210, 450, 930]
    quiet = [site.build(NOW + timedelta(minutes=minute)) for minute in at]
    assert [report.findings for report in quiet] == [[]] * 5
    (finding,) = said(site.build(NOW + timedelta(minutes=1890)))
    assert finding.startswith(f"error: sources.blog: {blog.url('/feed')} answers 500, since 2026-")
    assert [one["title"] for one in entries(site)] == ["Ebb"]


def test_status_says_how_we_stand_with_each(site, blog):
    site.config(f'\n[sources.bad]\nurl = "{blog.url("/none")}"\nallow_private = true\n')
    (before, _) = site.json("status")["sources"]
    assert (before["entries"], before["fetched"]) == (0, None)
    site.build()
    good, bad = site.json("status")["sources"]
    assert (good["name"], good["entries"], good["failing_since"]) == ("blog", 1, None)
    assert good["fetched"] == "2026-11-23T12:00:00+00:00"
    assert (bad["entries"], bad["failing_since"]) == (0, "2026-11-23T12:00:00+00:00")
    shown = site.command("status").stdout
    assert "fails since 2026-11-23 12:00 WET" in shown


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("pause", ["7200", "Mon, 23 Nov 2026 14:00:00 GMT"])
def test_retry_after_is_obeyed(site, blog, status, pause):
    blog.pages["/feed"] = (status, {"Retry-After": pause}, b"")
    assert ask_at(site, blog, 0, 60, 119, 120) == [0, 120]


def test_a_feed_that_is_gone_is_named_and_not_asked_again(site, blog):
    site.build()
    blog.pages["/feed"] = (410, {}, b"")
    reports = [site.build(NOW + timedelta(days=day)) for day in (1, 2)]
    assert len(blog.asked) == 2
    for report in reports:
        (finding,) = said(report)
        assert finding == (
            f"warning: sources.blog: {blog.url('/feed')} is gone for good "
            "(take it out of publisher.toml)"
        )
        assert report.exit_code == 0
    assert [one["title"] for one in entries(site)] == ["Ebb"]
    toml = (site.folder / "publisher.toml").read_text()
    site.config(toml.replace("/feed", "/other"), add=False)
    blog.pages["/other"] = (200, {}, rss(item("Flood", "f", "tag:skerry.example,2026:flood")))
    assert said(site.build()) == []
    assert len(entries(site)) == 2


def test_a_feed_that_has_moved_for_good_is_named_with_its_new_address(site, blog):
    blog.pages["/new"] = blog.pages["/feed"]
    blog.pages["/feed"] = (301, {"Location": "/new"}, b"")
    (finding,) = said(site.build())
    assert "has moved for good" in finding
    assert f'write url = "{blog.url("/new")}" under [sources.blog]' in finding
    assert len(entries(site)) == 1
    blog.pages["/feed"] = (302, {"Location": "/new"}, b"")
    assert said(site.build(NOW + timedelta(hours=1))) == []


def test_a_run_that_is_to_stop_waits_for_no_server(site):
    with speaking(lambda line: time.sleep(1.5)) as url:
        site.config(f'\n[sources.blog]\nurl = "{url}"\nallow_private = true\ntimeout = 300\n')
        before = time.monotonic()
        report = site.run(stop=lambda: True)
        assert report.stopped
        assert time.monotonic() - before < 100  # not 300


def test_many_servers_are_asked_at_once(site, server):
    import threading

    together = threading.Barrier(4, timeout=20)

    def wait(handler):
        together.wait()
        return (200, {}, rss(item(key=f"urn:xx:{handler.path}", slug=handler.path[1:])))

    for number in range(4):
        server.pages[f"/{number}"] = wait
        site.config(
            f'\n[sources.s{number}]\nurl = "{server.url(f"/{number}")}"\nallow_private = true\n'
        )
    assert said(site.build()) == []
    assert len(entries(site)) == 4
