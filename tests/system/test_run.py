"""A run, from articles to deliveries, as the operator sees it."""

import email
import email.policy
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.system.conftest import NOW, ROOT

STORY = "---\ntitle: {title}\ndate: {date}\ntags: [{tags}]\n---\n\n{text}\n"


def story(title="Ferry returns", date="2026-11-20 08:00", tags="Skerry", text="The ferry is back."):
    return STORY.format(title=title, date=date, tags=tags, text=text)


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_makes_feeds_pages_and_a_digest(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    report = site.run()
    assert report.exit_code == 0
    assert (report.articles, report.new, report.sent, len(report.opened)) == (1, 1, 1, 1)
    for path in (
        "rss.xml",
        "atom.xml",
        "feed.json",
        "feeds.opml",
        "index.html",
        "tags/skerry/rss.xml",
        "tags/skerry/index.html",
        "entries/ferry.html",
        f"editions/{report.opened[0]}.html",
        "editions/index.html",
    ):
        assert (site.feeds / path).is_file(), path
    (mail,) = site.outbox()
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert message["To"] == "ana@reader.example"
    assert "Ferry returns" in message["Subject"]
    assert "The ferry is back." in message.get_body(("plain",)).get_content()
    assert "The ferry is back." in message.get_body(("html",)).get_content()
    assert not message.defects


def test_run_it_twice_and_nothing_happens_twice(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.run()
    before = snapshot(site.feeds), snapshot(site.folder / "outbox")
    again = site.run(NOW + timedelta(minutes=10))
    assert (again.new, again.changed, again.gone, again.written) == (0, 0, 0, 0)
    assert (again.opened, again.sent, again.exit_code) == ([], 0, 0)
    assert (snapshot(site.feeds), snapshot(site.folder / "outbox")) == before


def test_two_sites_of_the_same_articles_have_the_same_bytes(site, tmp_path):
    from tests.system.conftest import SiteFolder

    other = SiteFolder(tmp_path / "other")
    for one, moment in ((site, NOW), (other, NOW + timedelta(days=3))):
        one.article("ferry.md", story())
        one.article("b/tide.txt", "Tide table out\n\nSALTMARSH, Nov. 12, 2026 (VNA) — It is out.\n")
        one.build(moment)
    assert {path: data for path, (data, _) in snapshot(site.feeds).items()} == {
        path: data for path, (data, _) in snapshot(other.feeds).items()
    }


def test_an_edition_with_nothing_new_is_not_sent(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.run()
    tomorrow = NOW + timedelta(days=1) - timedelta(hours=4)
    report = site.run(tomorrow)
    assert (report.opened, report.sent) == ([], 0)
    site.article("tide.md", story("Tide table out", "2026-11-24 06:00"))
    assert site.run(tomorrow + timedelta(minutes=10)).opened == []
    report = site.run(tomorrow + timedelta(days=1))
    assert report.opened == ["daily-2026-11-25-0700"]
    assert report.sent == 1
    texts = [mail.read_text() for mail in site.outbox()]
    assert sum("Tide table out" in text for text in texts) == 1


def test_readers_get_the_topics_they_chose_and_no_mail_without_any(site):
    site.article("ferry.md", story())
    site.article("opera.md", story("Opera opens", tags="Opera"))
    for who, topics in (
        ("ana", []),
        ("ben", ["--topic", "tag:opera"]),
        ("eva", ["--topic", "tag:x"]),
    ):
        site.command(
            "subscribers", "add", f"{who}@reader.example", "--newsletter", "daily", *topics
        )
    report = site.run()
    assert report.sent == 2
    mails = {}
    for path in site.outbox():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        mails[message["To"]] = message.get_body(("plain",)).get_content()
    assert set(mails) == {"ana@reader.example", "ben@reader.example"}
    assert "Ferry returns" in mails["ana@reader.example"]
    assert "Opera opens" in mails["ana@reader.example"]
    assert "Ferry returns" not in mails["ben@reader.example"]


def test_drafts_embargoed_and_future_articles_stay_out_until_their_time(site):
    site.article("draft.md", "---\ntitle: Draft\ndate: 2026-11-01\ndraft: true\n---\n\nNot yet.\n")
    site.article(
        "embargo.md",
        "---\ntitle: Embargoed\ndate: 2026-11-01\nembargo: 2026-11-23T14:00:00Z\n---\n\nLater.\n",
    )
    site.article("future.md", story("From the future", "2026-11-24 09:00"))
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    report = site.run()
    assert (report.drafts, report.waiting) == (1, 2)
    everything = b"".join(data for data, _ in snapshot(site.folder / "feeds").values())
    everything += b"".join(data for data, _ in snapshot(site.folder / "outbox").values())
    for word in (b"Draft", b"Embargoed", b"From the future"):
        assert word not in everything
    site.run(NOW + timedelta(hours=3))
    rss = (site.feeds / "rss.xml").read_text()
    assert "Embargoed" in rss
    assert "From the future" not in rss
    report = site.run(NOW + timedelta(days=1) - timedelta(hours=4))
    assert report.sent == 1
    site.run(NOW + timedelta(days=2))
    assert "From the future" in (site.feeds / "rss.xml").read_text()


def test_an_article_without_a_date_keeps_the_moment_it_was_first_seen(site):
    site.article("note.md", "# A note\n\nOn Thursday it rained.\n")
    site.run(NOW)
    first = (site.feeds / "rss.xml").read_bytes()
    assert b"23 Nov 2026 12:00:00" in first
    assert b"On Thursday it rained." in first
    site.run(NOW + timedelta(days=3))
    assert (site.feeds / "rss.xml").read_bytes() == first
    site.article("note.md", "# A note with a new title\n\nOn Thursday it rained hard.\n")
    site.run(NOW + timedelta(days=4))
    changed = (site.feeds / "rss.xml").read_bytes()
    assert b"23 Nov 2026 12:00:00" in changed
    assert b"rained hard" in changed


def test_an_id_survives_a_new_title_file_name_and_address(site):
    import feedparser

    def ids():
        return [
            entry.id
            for entry in feedparser.parse(site.feeds.joinpath("rss.xml").read_bytes()).entries
        ]

    path = site.article("ferry.md", story())
    site.run()
    assert ids() == ["tag:courier.example,2026-11-20:ferry"]
    path.write_text(story("Quite another title"))
    site.run()
    path.rename(path.with_name("boat.md"))
    site.run()
    site.config(
        site.folder.joinpath("publisher.toml")
        .read_text()
        .replace("https://courier.example/", "https://news.example/")
        .replace("timezone =", 'domain = "courier.example"\ntimezone ='),
        add=False,
    )
    site.run()
    assert ids() == ["tag:courier.example,2026-11-20:ferry"]
    assert b"https://news.example/entries/ferry.html" in (site.feeds / "rss.xml").read_bytes()


def test_what_is_gone_leaves_feeds_and_pages_and_nothing_else(site):
    path = site.article("ferry.md", story())
    site.article("opera.md", story("Opera opens", tags="Opera"))
    site.run()
    (site.feeds / "CNAME").write_text("courier.example\n")
    path.unlink()
    report = site.run()
    assert report.gone == 1
    assert not (site.feeds / "entries/ferry.html").exists()
    assert not (site.feeds / "tags/skerry").exists()
    assert (site.feeds / "CNAME").exists()
    assert "Ferry returns" not in (site.feeds / "rss.xml").read_text()


def test_an_image_beside_an_article_is_published_with_it(site):
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    site.article("harbour.png", png)
    site.article("ferry.md", story(text="![The harbour](harbour.png)\n\nThe ferry is back."))
    report = site.run()
    assert report.exit_code == 0, report.findings
    assert (site.feeds / "media/ferry/harbour.png").read_bytes() == png
    assert (
        "https://courier.example/media/ferry/harbour.png" in (site.feeds / "atom.xml").read_text()
    )


@pytest.mark.threat(29)
def test_a_second_run_at_the_same_time_says_so_and_is_content(site):
    from publisher.lock import only_run

    site.article("ferry.md", story())
    with only_run(site.folder):
        done = site.command("run", code=0)
        quiet = site.command("run", "--quiet", code=0)
    assert "another run is at work" in done.stderr
    assert (quiet.stdout, quiet.stderr) == ("", "")
    assert not site.feeds.exists()


def test_an_open_edition_of_a_newsletter_that_was_taken_out_waits(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    config = (site.folder / "publisher.toml").read_text()
    relay = '\ntransport = "smtp"\n[mail.smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n'
    site.config(config.replace("\n\n[newsletters", relay + "\n[newsletters"), add=False)
    report = site.run()
    assert (report.exit_code, len(report.opened), report.sent) == (75, 1, 0)
    site.config(config.replace("newsletters.daily", "newsletters.weekly"), add=False)
    report = site.run(NOW + timedelta(minutes=10))
    assert report.exit_code == 1
    assert any("no longer configured" in str(one) for one in report.findings)
    site.config(config, add=False)
    assert site.run(NOW + timedelta(minutes=20)).sent == 1


def test_a_site_on_another_database_behaves_alike(site, store_url):
    site.config(f'\n[storage]\nurl = "{store_url}"\n')
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    report = site.run()
    assert (report.exit_code, report.sent, len(report.opened)) == (0, 1, 1)
    again = site.run(NOW + timedelta(minutes=10))
    assert (again.written, again.opened, again.sent) == (0, [], 0)
    assert site.json("status")["deliveries"] == {"sent": 1}


def test_build_sends_nothing(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("build")
    assert (site.feeds / "rss.xml").exists()
    assert not site.outbox()


@pytest.mark.threat(36)
def test_a_stop_by_signal_hands_back_what_has_not_left(site):
    site.article("ferry.md", story())
    rows = "".join(f"reader{n}@reader.example,,daily,\n" for n in range(3000))
    (site.folder / "readers.csv").write_text("address,name,newsletter,topics\n" + rows)
    site.command("subscribers", "import", str(site.folder / "readers.csv"))
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "run", "--site", str(site.folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    outbox = site.folder / "outbox"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (
        outbox.exists() and len(list(outbox.iterdir())) > 20
    ):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode == 75, said
    left = len(site.outbox())
    assert 20 < left < 3000
    (edition,) = site.json("editions", "list")
    assert edition["deliveries"]["sent"] == left
    assert edition["in_doubt"] == 0
    site.command("run")
    assert len(site.outbox()) == 3000
    (edition,) = site.json("editions", "list")
    assert edition["deliveries"] == {"sent": 3000}


@pytest.mark.threat(36)
def test_a_second_signal_ends_it_at_once(site):
    site.article("ferry.md", story())
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    path = site.folder / "publisher.toml"
    with socket.create_server(("127.0.0.1", 0)) as mute:
        smtp = f'[mail.smtp]\nhost = "127.0.0.1"\nport = {mute.getsockname()[1]}\n'
        path.write_text(path.read_text().replace("[mail]\n", '[mail]\ntransport = "smtp"\n') + smtp)
        words = [sys.executable, "-m", "publisher", "run", "--site", str(site.folder)]
        with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            call, _ = mute.accept()
            with call:
                process.send_signal(signal.SIGTERM)
                while "again to stop at once" not in process.stderr.readline():
                    assert process.poll() is None
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == -signal.SIGTERM  # and not when the relay has timed out
    [edition] = site.json("editions", "list")
    assert edition["in_doubt"] == 0


@pytest.mark.threat(37)
def test_a_kill_loses_nothing_and_doubles_nothing_unseen(site):
    site.article("ferry.md", story())
    rows = "".join(f"reader{n}@reader.example,,daily,\n" for n in range(600))
    (site.folder / "readers.csv").write_text("address,name,newsletter,topics\n" + rows)
    site.command("subscribers", "import", str(site.folder / "readers.csv"))
    outbox = site.folder / "outbox"
    kills = 0
    for wanted in (30, 150, 400):
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "run", "--site", str(site.folder)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while (
            process.poll() is None
            and time.monotonic() < deadline
            and not (outbox.exists() and len(list(outbox.iterdir())) > wanted)
        ):
            time.sleep(0.005)
        process.kill()
        process.wait()
        kills += 1
    site.command("run")
    assert len(site.outbox()) == 600
    (edition,) = site.json("editions", "list")
    assert edition["deliveries"] == {"sent": 600}
    assert edition["in_doubt"] <= kills


def test_sending_says_how_far_it_has_come(site):
    site.article("ferry.md", story())
    for name in ("ana", "ben"):
        site.command("subscribers", "add", f"{name}@reader.example", "--newsletter", "daily")
    told = {}

    @contextmanager
    def progress(what, total=None):
        steps = []
        told[what] = total, steps
        yield steps.append

    report = site.run(NOW, progress=progress)
    total, steps = told[f"Sending {report.opened[0]}"]
    assert total == sum(steps) == 2
