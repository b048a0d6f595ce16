"""`publisher preview` over HTTP: what it shows, what it refuses, and that it leaves no trace."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from publisher.config import load_site
from publisher.publish import run
from publisher.storage import Store
from tests.system.conftest import SiteFolder
from tests.system.previewing import copy_sample, previewing


def everything_in(folder):
    """Every file with its bytes and times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        data = path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = (data, stat.st_mtime_ns, stat.st_mode, stat.st_ino)
    return found


def walk(preview):
    """Every page that the preview links to, and every document in a frame."""
    waiting, seen = ["/articles", "/feeds", "/newsletters"], {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen[path] = answer = preview.get(path)
        if answer.headers["content-type"].startswith("text/html") and "/shown/" not in path:
            links = re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)
            waiting += [unescape(link) for link in links]
    return seen


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample publication after its first run, with its readers."""
    folder = copy_sample(tmp_path_factory.mktemp("preview") / "site")
    site = SiteFolder.__new__(SiteFolder)
    site.folder = folder
    site.command("subscribers", "import", str(folder / "subscribers.csv"))
    run(load_site(folder, {}), clock=lambda: datetime.now(UTC).replace(microsecond=0))
    return folder


def wait_for(preview, path, words, seconds=60):
    until = time.monotonic() + seconds
    while words not in (answer := preview.get(path)).text:
        assert time.monotonic() < until, (path, words)
        time.sleep(0.1)
    return answer.text


def test_nothing_is_left_behind(sample):
    before = everything_in(sample)
    with previewing(sample) as preview:
        seen = walk(preview)
        assert preview.get("/newsletters/daily?reader=ben@reader.example").status == 200
        wait_for(preview, "/articles", "Nothing to mend.")
    assert everything_in(sample) == before
    assert len(seen) > 200  # 12 articles, 37 feeds in 3 formats, 2 newsletters, and their frames
    assert {path: one.status for path, one in seen.items() if one.status != 200} == {}


def test_a_store_that_is_in_use_is_read_with_what_is_not_yet_in_its_file(sample):
    with Store.open("sqlite:///publisher.db", site=sample) as store:
        store.notebook.write("test", "x")  # so that SQLite's log is there
        assert (sample / "publisher.db-wal").exists()
        with previewing(sample) as preview:
            assert "nothing new to say" in preview.get("/newsletters/daily").text
        assert store.notebook.read("test") == "x"


def test_an_edition_is_that_of_the_reader_who_is_named(sample):
    with previewing(sample) as preview:
        ben = preview.get("/newsletters/daily?reader=ben@reader.example&afresh=yes").text
        assert "to Ben Adeyemi &lt;ben@reader.example&gt;" in ben
        assert re.search(r'value="tag:skerry" checked', ben)
        nobody = preview.get("/newsletters/daily?reader=nobody@reader.example").text
        assert "No reader of this newsletter has that address." in nobody
        odd = preview.get("/newsletters/daily?topic=nonsense")
        assert odd.status == 200
        assert "is no topic" in odd.text


def test_links_in_an_edition_are_nobodys(sample):
    from publisher.audience import Links
    from publisher.config import load_keys

    with previewing(sample) as preview:
        page = preview.get("/newsletters/daily?reader=ana@reader.example&afresh=yes").text
    links = Links(load_keys(sample), "https://courier.example/newsletter/")
    tokens = re.findall(r"/newsletter/(leave|preferences)/([^\s&gt;]+)", unescape(page))
    assert len(tokens) >= 2
    assert [links.read(purpose, token) for purpose, token in tokens] == [None] * len(tokens)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (421, {"Host": "evil.example"}),
        (421, {"Host": "evil.example:{port}"}),
        (421, {"Host": "127.0.0.1"}),
        (421, {"Host": "127.0.0.1:1"}),
        (421, {"Host": "127.0.0.1.evil.example:{port}"}),
        (200, {"Host": "localhost:{port}"}),
        (403, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}),
        (403, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty"}),
        (200, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}),
        (200, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}),
    ],
)
def test_only_this_machine_is_answered(shared, status, headers):
    given = {name: value.format(port=shared.port) for name, value in headers.items()}
    assert shared.get("/articles", **given).status == status


@pytest.fixture(scope="module")
def shared(sample):
    with previewing(sample) as preview:
        yield preview


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_sent_to_it(shared, method):
    assert shared.get("/articles", method=method).status == 405


def test_it_listens_on_this_machine_alone(shared):
    table = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    places = re.findall(rf"([0-9A-F]+):{shared.port:04X} 0+:0000 0A", table)
    assert places == ["0100007F"]


def test_pages_run_nothing_of_others_and_frames_nothing_at_all(shared):
    page = shared.get("/newsletters/daily?afresh=yes")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=", shared.get("/articles").text)
        == []
    )
    frames = re.findall(r"<iframe[^>]*>", page.text)
    assert len(frames) == 3
    for frame in frames:
        assert " sandbox src=" in frame
        shown = shared.get(unescape(re.search(r'src="([^"]+)"', frame)[1]))
        assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'; ")


@pytest.mark.parametrize(
    "path",
    ["/shown/guessed/entries/x.html", "/preview.py", "/..%2fpublisher.toml", "/media/x.png", "/no"],
)
def test_what_is_not_part_of_it_is_not_there(shared, path):
    assert shared.get(path).status == 404


def test_a_bad_article_shows_its_error_and_the_rest_goes_on(site):
    site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText.\n")
    site.article("bad.md", "---\ndate: 0000-00-00\n---\n# Bad\n\nText.\n")
    with previewing(site.folder) as preview:
        page = preview.get("/articles/bad.md").text
        assert "articles/bad.md:2" in page
        assert "Can&#39;t be read" in page
        assert "Good" in preview.get("/articles/good.md").text
        site.article("bad.md", "---\ndate: 2026-11-21\n---\n# Better\n\nText.\n")
        wait_for(preview, "/articles/bad.md", '<h1 lang="en" dir="auto">Better</h1>')
        (site.folder / "articles/bad.md").unlink()
        wait_for(preview, "/articles/bad.md", "There is no such article")


def test_a_missing_picture_and_a_loose_key_are_named(site):
    site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText. ![A boat](boat.png)\n")
    (site.folder / "publisher.key").write_text("00" * 32)
    (site.folder / "publisher.key").chmod(0o644)
    with previewing(site.folder) as preview:
        page = wait_for(preview, "/articles/good.md", "can be read by others on this machine")
        assert "can&#39;t be published with it" in page
        assert "1 to mend" in page


def test_a_broken_template_or_configuration_is_named_and_the_last_good_one_serves(site):
    site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText.\n")
    with previewing(site.folder) as preview:
        assert "Desktop" in preview.get("/newsletters").text
        config = (site.folder / "publisher.toml").read_text()
        site.config("titel = 1\n")
        page = wait_for(preview, "/newsletters", "is no key that we know")
        assert re.search(r"publisher\.toml:\d+: ", page)
        assert '<h2 id="desktop-title">Desktop</h2>' in page
        site.config(config, add=False)
        template = site.folder / "templates/digest/digest.txt"
        template.parent.mkdir(parents=True)
        template.write_text("{{ nothing_of_that_name }}\n")
        page = wait_for(preview, "/newsletters", "nothing_of_that_name")
        assert "templates/digest/digest.txt:1" in page
        letter = site.folder / "templates/letters/link.txt"
        letter.parent.mkdir(parents=True)
        letter.write_text("{{ another_name }}\n")
        wait_for(preview, "/feeds", "another_name")
        letter.unlink()
        template.write_bytes(b"\xff")
        wait_for(preview, "/newsletters", "is not UTF-8")
        template.unlink()
        page = wait_for(preview, "/newsletters", "Nothing to mend.")
        assert '<h2 id="desktop-title">Desktop</h2>' in page
        (site.folder / "templates/pages").mkdir()
        (site.folder / "templates/pages/entry.html").write_text("x\n{% if %}\n")
        page = wait_for(preview, "/articles/good.md", "templates/pages/entry.html:2")
        assert "The page of this article" not in page


def test_it_starts_on_a_broken_configuration_and_without_articles(site):
    (site.folder / "articles").rmdir()
    config = (site.folder / "publisher.toml").read_text()
    site.config("x = [\n")
    with previewing(site.folder) as preview:
        assert "is not TOML" in preview.get("/articles").text
        site.config(config, add=False)
        wait_for(preview, "/articles", "the folder of articles can&#39;t be read")
        site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText.\n")
        wait_for(preview, "/articles", "Nothing to mend.")


def test_a_run_beside_it_shows(site):
    site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText.\n")
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    with previewing(site.folder) as preview:
        assert 'class="note new"' in preview.get("/articles").text
        assert "Desktop" in preview.get("/newsletters/daily").text
        run(load_site(site.folder, {}), clock=lambda: datetime.now(UTC).replace(microsecond=0))
        wait_for(preview, "/newsletters/daily", "nothing new to say")
        assert 'class="note new"' not in preview.get("/articles").text


def test_where_there_is_no_site_it_says_so(tmp_path):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "publisher", "preview", "--site", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "there is no publisher.toml here" in done.stderr
