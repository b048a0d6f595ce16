"""What is kept of a file is answered with as long as the file is the same one, and no longer."""

import asyncio
import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette

from publisher.output import Output
from publisher.web import files
from publisher.web.files import Files, Ready
from publisher.web.problems import Problem
from publisher.web.representations import Kept, compress, make

LATER = datetime.now(UTC) + timedelta(hours=1)  # by then no file is new


class Folder:
    """An output folder below the path /paper/, and what the service answers for it."""

    def __init__(self, folder, now=LATER):
        folder.mkdir()
        self.path = folder
        publication = SimpleNamespace(url="https://post.example/paper/")
        site = SimpleNamespace(output=folder, publication=publication)
        files = Files(SimpleNamespace(site=site, clock=lambda: now))
        self._app = Ready(Starlette(routes=files.routes()), files)

    def ask(self, path, **headers):
        said = []
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b""}

        async def send(message):
            said.append(message)

        asyncio.run(self._app(scope, None, send))
        return SimpleNamespace(
            status=said[0]["status"],
            headers={name.decode(): value.decode() for name, value in said[0]["headers"]},
            body=b"".join(one["body"] for one in said[1:]),
        )


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "feeds")


@pytest.fixture
def reads(monkeypatch):
    """The paths of files that were read from the disk."""
    read, seen = files._Opened.read, []

    def note(opened):
        seen.append(Path(f"/proc/self/fd/{opened.handle}").readlink().name)
        return read(opened)

    monkeypatch.setattr(files._Opened, "read", note)
    return seen


def test_a_feed_is_read_once_while_it_stays_the_same(folder, reads):
    (folder.path / "rss.xml").write_bytes(b"<rss/>" * 100)
    first = folder.ask("/paper/rss.xml", accept_encoding="gzip")
    assert gzip.decompress(first.body) == b"<rss/>" * 100
    for _ in range(3):
        again = folder.ask(
            "/paper/rss.xml", accept_encoding="gzip", if_none_match=first.headers["etag"]
        )
        assert (again.status, again.body) == (304, b"")
        assert folder.ask("/paper/rss.xml").body == b"<rss/>" * 100
    assert reads == ["rss.xml"]


@pytest.mark.threat(35)
@pytest.mark.parametrize("how", ["replaced", "written", "touched"])
def test_a_feed_that_changes_is_read_again(folder, reads, how):
    output = Output(folder.path)
    output.replace("rss.xml", b"<rss>1</rss>")
    first = folder.ask("/paper/rss.xml")
    data = b"<rss>2</rss>" if how != "touched" else b"<rss>1</rss>"
    if how == "replaced":
        output.replace("rss.xml", data)
    elif how == "written":
        (folder.path / "rss.xml").write_bytes(data)
    os.utime(folder.path / "rss.xml", (1, 1))
    again = folder.ask("/paper/rss.xml")
    assert (again.body, again.headers["etag"] == first.headers["etag"]) == (data, how == "touched")
    assert again.headers["last-modified"] == "Thu, 01 Jan 1970 00:00:01 GMT"
    assert reads == ["rss.xml", "rss.xml"]


@pytest.mark.threat(35)
def test_a_file_of_this_moment_is_looked_into_each_time(tmp_path, reads, monkeypatch):
    """The disk's clock may not have moved when it is written to once more; gzip is made once."""
    new = Folder(tmp_path / "feeds", now=datetime.now(UTC))
    (new.path / "rss.xml").write_bytes(b"<rss/>" * 100)
    made = []
    monkeypatch.setattr(files, "compress", lambda data: made.append(data) or compress(data))
    for _ in range(3):
        new.ask("/paper/rss.xml", accept_encoding="gzip")
    assert (reads.count("rss.xml"), len(made)) == (3, 1)


def test_a_file_that_went_is_kept_for_nobody(folder):
    path = folder.path / "rss.xml"
    path.write_bytes(b"<rss/>")
    folder.ask("/paper/rss.xml")
    for remove in (path.unlink, lambda: path.symlink_to("/etc/passwd")):
        remove()
        with pytest.raises(Problem):
            folder.ask("/paper/rss.xml")


def test_what_is_kept_is_shown_at_its_own_address_alone(folder):
    (folder.path / "index.html").write_bytes(b"<p>")
    for _ in range(2):
        assert folder.ask("/paper/").body == b"<p>"
        for other in ("/", "/index.html", "/pape/"):
            assert folder.ask(other).status == 404


def test_no_more_is_kept_than_so_many_bytes(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"x")
    one = make("a.txt", file.stat(), b"x" * 100, None, now=0)
    kept = Kept(most=3 * one.size)
    for name in "abc":
        kept.keep(name, one)
    kept.keep("b", one)
    assert kept.get("a")
    kept.keep("d", one)
    assert [name for name in "abcd" if kept.get(name)] == ["a", "b", "d"]
    kept.keep("e", make("a.txt", file.stat(), b"x" * (4 * one.size), None, now=0))
    assert not [name for name in "abcde" if kept.get(name)]
