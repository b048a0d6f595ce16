"""feeds/ over HTTP: the bytes that are there, said once, and nothing from beside them."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from datetime import UTC, datetime

import pytest

from publisher.output import Output
from publisher.publish import build
from tests.system.service import mail_server, make_site, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files") / "site"
    with mail_server() as (mailbox, port):
        site = make_site(folder, port)
        text = (folder / "publisher.toml").read_text() + "\n[feeds]\ngzip = true\n"
        (folder / "publisher.toml").write_text(text)
        from publisher.config import load_site

        site = load_site(folder, {})
        build(site, now=datetime.now(UTC).replace(microsecond=0))
        with serving(folder, mailbox) as running:
            yield running


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/tags/skerry/", "text/html; charset=utf-8"),
        ("/tags/skerry/rss.xml", "application/rss+xml; charset=utf-8"),
    ],
)
def test_feeds_are_served_once(service, path, kind):
    file = service.site / "feeds" / path.lstrip("/")
    data = (file / "index.html" if file.is_dir() else file).read_bytes()
    plain = service.get(path)
    assert (plain.status, plain.body, plain.headers["content-type"]) == (200, data, kind)
    assert plain.headers["cache-control"] == "public, max-age=300"
    assert plain.headers["vary"] == "Accept-Encoding"
    packed = service.get(path, Accept_Encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == data
    assert packed.headers["etag"] != plain.headers["etag"]
    head = service.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(data))
    for one, coding in ((plain, "identity"), (packed, "gzip")):
        again = service.get(
            path, If_None_Match=f'"x", W/{one.headers["etag"]}', Accept_Encoding=coding
        )
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == one.headers["etag"]
    since = service.get(path, If_Modified_Since=plain.headers["last-modified"])
    assert since.status == 304
    assert service.get(path, If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 200
    assert service.get(path, If_Modified_Since="nonsense").status == 200
    other = service.get(path, If_None_Match='"x"', If_Modified_Since=plain.headers["last-modified"])
    assert other.status == 200


@pytest.mark.threat(1, 23)
def test_a_page_loads_pictures_and_styles_alone_and_stands_in_no_frame(service):
    policy = service.get("/").headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "frame-ancestors 'none'" in policy
    assert not [one for one in policy if one.startswith(("script-src", "frame-src", "connect-src"))]


def test_a_compressed_twin_is_used_if_it_is_of_these_bytes(service):
    feeds = service.site / "feeds"
    (feeds / "notes.txt").write_bytes(b"the tide " * 1000)
    made = gzip.compress(b"the tide " * 1000, 1, mtime=7)
    (feeds / "notes.txt.gz").write_bytes(made)
    assert service.get("/notes.txt", Accept_Encoding="gzip").body == made
    (feeds / "notes.txt.gz").write_bytes(gzip.compress(b"yesterday's tide " * 1000))
    answer = service.get("/notes.txt", Accept_Encoding="gzip;q=0.5")
    assert gzip.decompress(answer.body) == b"the tide " * 1000
    assert "content-encoding" not in service.get("/notes.txt", Accept_Encoding="gzip;q=0").headers


@pytest.mark.threat(11, 12)
def test_nothing_from_beside_the_folder(service, tmp_path):
    feeds = service.site / "feeds"
    (service.site / "publisher.key").write_text("secret")
    (feeds / "link.txt").symlink_to(service.site / "publisher.key")
    (feeds / "linked").symlink_to(service.site)
    (feeds / ".hidden").write_text("x")
    os.mkfifo(feeds / "pipe.txt")
    for path in (
        "/../publisher.key",
        "/%2e%2e/publisher.key",
        "/tags/../../publisher.key",
        "/..%2fpublisher.key",
        "/link.txt",
        "/linked/publisher.key",
        "/.hidden",
        "/.publisher-0123456789abcdef.tmp",
        "/pipe.txt",
        "/tags//skerry/rss.xml",
        "/rss.xml/",
        "/rss.xml%00.html",
        "/" + "x" * 300,
        "/" + "a/" * 200,
    ):
        answer = service.get(path)
        assert answer.status == 404, path
        assert "There is no such page" in answer.text
        assert "secret" not in answer.text
    moved = service.get("/tags/skerry")
    assert (moved.status, moved.headers["location"]) == (308, "/tags/skerry/")
    assert "location" not in service.get("//elsewhere.example/..").headers


def test_parts_of_a_large_file(service):
    data = os.urandom(3 << 20)
    media = service.site / "feeds" / "media"
    media.mkdir(exist_ok=True)
    (media / "tide.mp3").write_bytes(data)
    (media / "short.mp3").write_bytes(data[:1000])
    for name, size in (("tide", len(data)), ("short", 1000)):
        path = f"/media/{name}.mp3"
        whole = service.get(path)
        assert (whole.status, whole.headers["content-type"]) == (200, "audio/mpeg")
        assert whole.body == data[:size]
        assert whole.headers["accept-ranges"] == "bytes"
        part = service.get(path, Range="bytes=100-199")
        assert (part.status, part.body) == (206, data[100:200])
        assert part.headers["content-range"] == f"bytes 100-199/{size}"
        assert service.get(path, Range="bytes=-10").body == data[size - 10 : size]
        assert service.get(path, Range="bytes=900-").body == data[900:size]
        none = service.get(path, Range=f"bytes={size}-")
        assert (none.status, none.headers["content-range"]) == (416, f"bytes */{size}")
        changed = service.get(path, Range="bytes=0-9", If_Range='"another"')
        assert (changed.status, len(changed.body)) == (200, size)
        assert service.get(path, Range="bytes=0-1,5-6").status == 200
        assert service.get(path, If_None_Match=whole.headers["etag"]).status == 304
        head = service.ask("HEAD", path)
        assert (head.headers["content-length"], head.body) == (str(size), b"")


@pytest.mark.threat(35)
def test_the_tag_belongs_to_the_bytes_while_a_publish_replaces_them(service):
    """Readers never see half a file, another one's length, or a tag of other bytes."""
    output = Output(service.site / "feeds")
    versions = [f"<feed>{number}</feed>".encode() * (50 + 7 * number) for number in range(40)]
    tags = {f'"{hashlib.sha256(one).hexdigest()[:32]}"': one for one in versions}
    output.replace("busy.xml", versions[0])
    done = threading.Event()

    def publish():
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for one in versions:
                output.replace("busy.xml", one)
                output.replace("busy.xml.gz", gzip.compress(one, 1, mtime=0))
        done.set()

    writer = threading.Thread(target=publish)
    writer.start()
    seen = 0
    try:
        while not done.is_set():
            plain = service.get("/busy.xml")
            assert plain.body == tags[plain.headers["etag"]]
            packed = service.get("/busy.xml", Accept_Encoding="gzip")
            etag = f'"{hashlib.sha256(packed.body).hexdigest()[:32]}"'
            assert packed.headers["etag"] == etag
            assert gzip.decompress(packed.body) in versions
            seen += 1
    finally:
        writer.join()
    assert seen
