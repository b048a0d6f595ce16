"""Bad input is named with its path, its line and what to do; everything else is published."""

import os
import stat

import pytest

GOOD = "---\ntitle: Ferry returns\ndate: 2026-11-20 08:00\n---\n\nThe ferry is back.\n"

# file name, what is in it, the line that must be named (0: none), words of the message
CASES = {
    "empty": ("bad.txt", b"", 0, "empty"),
    "only spaces": ("bad.md", b" \n\n \n", 0, "empty"),
    "binary": ("bad.txt", b"\x00\x01\x02PK\x03\x04" * 50, 0, "no text"),
    "a picture named .txt": ("bad.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, 0, "no text"),
    "invalid UTF-8": ("bad.txt", b"Title\n\nFine line.\nBad \xff byte.\n", 4, "UTF-8"),
    "front matter is a list": ("bad.md", b"---\n- a\n- b\n---\n\nText.\n", 2, "mapping"),
    "front matter is text": ("bad.md", b"---\njust words\n---\n\nText.\n", 2, "mapping"),
    "front matter is broken": ("bad.md", b"---\ntitle: [a\n---\n\nText.\n", None, "front matter"),
    "front matter has no end": ("bad.md", b"---\ntitle: A\n\nText.\n", None, "---"),
    "a key twice": ("bad.md", b"---\ntitle: A\ntitle: B\n---\n\nText.\n", 3, "title"),
    "an alias bomb": ("bad.md", b"---\na: &a [x,x]\ntitle: *a\n---\n\nText.\n", None, ""),
    "an impossible date": ("bad.md", b"---\ntitle: A\ndate: 0000-00-00\n---\n\nText.\n", 3, "date"),
    "an unknown form": ("bad.docx", b"words", 0, ".md"),
    "HTML in a .txt": ("bad.txt", b"<!doctype html><html><title>A</title></html>", None, "html"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_bad_article_is_named_and_the_rest_is_published(site, case):
    name, data, line, words = case
    site.article("ferry.md", GOOD)
    site.article(name, data)
    done = site.command("run", code=1)
    said = [one for one in done.stderr.splitlines() if f"articles/{name}" in one]
    assert said, done.stderr
    assert words.lower() in said[0].lower()
    if line:
        assert f"articles/{name}:{line}: " in said[0]
    elif line is None:
        assert f"articles/{name}:" in said[0]
    assert "(" in said[0], "what to do about it"
    assert "Ferry returns" in (site.feeds / "rss.xml").read_text()
    assert (site.feeds / "rss.xml").read_text().count("<item>") == 1
    # It stays named until it is mended, and the exit code with it.
    assert f"articles/{name}" in site.command("run", code=1).stderr


@pytest.mark.threat(13)
def test_a_file_of_20_megabytes_is_named_and_not_read(site):
    site.article("ferry.md", GOOD)
    site.article("huge.txt", b"Title\n\n" + b"word " * 4_200_000)
    done = site.command("run", code=1)
    assert "articles/huge.txt: " in done.stderr
    assert "max_megabytes" in done.stderr
    assert "Ferry returns" in (site.feeds / "rss.xml").read_text()


@pytest.mark.threat(3)
def test_control_characters_in_a_title_are_named_and_dropped(site):
    site.article("bad.md", b"---\ndate: 2026-11-20\n---\n# Bell\x07 and \x1b escape\n\nText.\n")
    done = site.command("run", code=1)
    assert "articles/bad.md:4: " in done.stderr
    rss = (site.feeds / "rss.xml").read_bytes()
    assert b"Bell and  escape" in rss or b"Bell and escape" in rss
    there = [path for path in site.feeds.rglob("*.*") if b"\x07" in path.read_bytes()]
    assert not there  # nor in a page, which no feed's own guard looks at


def test_two_articles_with_one_slug_the_first_keeps_it(site):
    site.article("a/ferry.md", GOOD)
    site.article("b/ferry.md", GOOD.replace("Ferry returns", "Another ferry"))
    done = site.command("run", code=1)
    assert "articles/b/ferry.md:1: " in done.stderr
    assert "a/ferry.md" in done.stderr
    assert "slug:" in done.stderr
    rss = (site.feeds / "rss.xml").read_text()
    assert "Ferry returns" in rss
    assert "Another ferry" not in rss


def test_an_article_that_can_not_be_opened_is_named(site, monkeypatch):
    # chmod 000 does not stop root, so the refusal is the kernel's by proxy.
    site.article("ferry.md", GOOD)
    path = site.article("locked.md", GOOD)
    path.chmod(0)
    real = os.open

    def refuse(name, *rest, **options):
        if os.fspath(name).endswith("locked.md"):
            raise PermissionError(13, "Permission denied", os.fspath(name))
        return real(name, *rest, **options)

    monkeypatch.setattr(os, "open", refuse)
    report = site.run()
    assert report.exit_code == 1
    (finding,) = report.findings
    assert finding.path == "articles/locked.md"
    assert finding.mend
    assert "Ferry returns" in (site.feeds / "rss.xml").read_text()


def test_links_pipes_and_folders_named_like_articles_are_no_articles(site):
    site.article("ferry.md", GOOD)
    folder = site.folder / "articles"
    (folder / "passwords.md").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.txt")
    (folder / "folder.md").mkdir()
    done = site.command("run", code=1)
    for name in ("passwords.md", "pipe.txt", "folder.md"):
        assert f"articles/{name}" in done.stderr
    assert "root:" not in (site.feeds / "rss.xml").read_text()


def test_a_broken_article_keeps_its_last_good_version(site):
    path = site.article("ferry.md", GOOD)
    site.run()
    before = (site.feeds / "rss.xml").read_bytes()
    path.write_bytes(b"---\ndate: never\n---\n\nText.\n")
    done = site.command("run", code=1)
    assert "last good version" in done.stderr
    assert (site.feeds / "rss.xml").read_bytes() == before


@pytest.mark.threat(41)
def test_an_article_that_trips_a_bug_of_ours_stops_no_other(site, monkeypatch):
    from publisher import content

    real = content.read_in_steps

    def trip(article, *rest, **options):
        if article.path == "bad.md":
            raise ZeroDivisionError
        return real(article, *rest, **options)

    monkeypatch.setattr(content, "read_in_steps", trip)
    site.article("bad.md", GOOD)
    site.article("ferry.md", GOOD)
    report = site.run()
    assert report.exit_code == 1
    (finding,) = report.findings
    assert finding.path == "articles/bad.md"
    assert "ZeroDivisionError in test_bad_input.py:" in finding.what
    assert "Ferry returns" in (site.feeds / "rss.xml").read_text()


def test_bad_rows_of_an_import_are_named_and_the_rest_is_imported(site):
    path = site.folder / "readers.csv"
    path.write_text(
        "address,name,newsletter,topics\n"
        "ana@reader.example,Ana,daily,\n"
        "nobody,,daily,\n"
        "ben@reader.example,Ben,evening,\n"
        "eva@reader.example,Eva,daily,colour:blue\n"
    )
    done = site.command("subscribers", "import", str(path), code=1)
    for line in (3, 4, 5):
        assert f"readers.csv:{line}: " in done.stderr
    assert [one["address"] for one in site.json("subscribers", "list")] == ["ana@reader.example"]


def test_a_bad_address_is_refused(site):
    done = site.command("subscribers", "add", "nobody", "--newsletter", "daily", code=2)
    assert "no mail address" in done.stderr


def test_all_mistakes_of_the_configuration_at_once(site):
    config = site.folder / "publisher.toml"
    config.write_text(
        config.read_text().replace("daily at 07:00", "daily at 25:00")
        + '\n[newsletters.weekly]\ntitel = "Weekly"\nschedule = "weekly on monday at 08:00"\n'
    )
    done = site.command("run", code=2)
    lines = done.stderr.splitlines()
    assert any("publisher.toml:11: newsletters.daily.schedule" in one for one in lines), lines
    assert any("newsletters.weekly.titel" in one and "title" in one for one in lines), lines
    assert any("newsletters.weekly.title is missing" in one for one in lines), lines


@pytest.mark.parametrize(
    "words",
    [
        ("editions", "show", "nothing"),
        ("editions", "preview", "evening"),
        ("editions", "send-test", "evening", "--to", "ana@reader.example"),
        ("subscribers", "add", "ana@reader.example", "--newsletter", "evening"),
        ("subscribers", "import", "/nowhere.csv"),
        ("dance",),
    ],
)
def test_a_command_asked_wrongly_ends_with_2(site, words):
    assert site.command(*words, code=2).stderr


def test_a_site_that_is_not_there_is_named(site):
    (site.folder / "publisher.toml").unlink()
    assert "publisher init" in site.command("run", code=2).stderr


def test_a_database_that_is_none_is_named(site):
    (site.folder / "publisher.db").write_bytes(b"not a database at all, but quite long" * 40)
    done = site.command("run", code=75)
    assert "publisher.db" in done.stderr


def test_a_template_with_a_mistake_is_named_and_feeds_are_written(site):
    site.article("ferry.md", GOOD)
    (site.folder / "templates/pages").mkdir(parents=True)
    (site.folder / "templates/pages/entry.html").write_text("{% if %}\n{{ nothing.here }}")
    done = site.command("run", code=1)
    assert "templates/pages/entry.html:1" in done.stderr
    assert "Ferry returns" in (site.feeds / "rss.xml").read_text()


@pytest.mark.threat(28)
def test_what_is_private_is_for_our_eyes_only(site):
    site.article("ferry.md", GOOD)
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.command("run")
    for name, mode in (("publisher.db", 0o600), ("publisher.key", 0o600), ("outbox", 0o700)):
        assert stat.S_IMODE((site.folder / name).stat().st_mode) == mode, name
    for mail in site.outbox():
        assert stat.S_IMODE(mail.stat().st_mode) == 0o600
