"""publisher import, as an operator moves a site here."""

import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile

import pytest

from tests.unit.exports.samples import (
    WXR_HEAD,
    WXR_TAIL,
    ghost,
    ghost_post,
    substack,
    wxr,
    wxr_item,
)


def export(site, name, data):
    path = site.folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def articles(site):
    folder = site.folder / "articles"
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_a_wordpress_site_moves_in_once(site):
    site.article("ferry.md", "---\ndate: 2026-11-20\n---\n# Ours\n\nOur own.\n")
    path = export(
        site,
        "old.xml",
        wxr(wxr_item(1), wxr_item(2, title="", body="First words here."), wxr_item(3, kind="page")),
    )
    done = site.command("import", path, "--dry-run")
    assert "2 would be imported" in done.stdout
    assert articles(site) == ["ferry.md"]
    done = site.command("import", path)
    assert "2 imported" in done.stdout
    assert "passed over: 1 of the kind page" in done.stderr
    assert "not carried over: a title" in done.stderr
    before = {name: (site.folder / "articles" / name).read_bytes() for name in articles(site)}
    assert set(before) == {"ferry.md", "old/2026/post-1.html", "old/2026/post-2.html"}
    again = site.json("import", path)
    assert (again["new"], again["updated"], again["known"]) == ([], [], 2)
    assert before == {
        name: (site.folder / "articles" / name).read_bytes() for name in articles(site)
    }
    site.command("run")
    feed = json.loads((site.feeds / "feed.json").read_text())
    _, first, second = sorted(feed["items"], key=lambda one: one["id"], reverse=True)
    assert first["id"] == "https://old.example/?p=2"
    assert second["url"] == "https://old.example/2026/11/post-1/"
    assert second["date_published"] == "2026-11-12T07:30:00Z"
    assert first["title"] == "First words here."


def test_what_was_changed_here_stays_unless_it_is_asked_for(site):
    path = export(site, "old.xml", wxr(wxr_item(1)))
    site.command("import", path)
    ours = site.folder / "articles/old/2026/post-1.html"
    moved = site.folder / "articles/harbour.html"
    moved.write_text(ours.read_text().replace("It is back", "It is back at last"))
    ours.unlink()
    result = site.json("import", path)
    assert (result["new"], result["kept"]) == ([], ["harbour.html"])
    assert "at last" in moved.read_text()
    assert site.json("import", path, "--update")["updated"] == ["harbour.html"]
    assert "at last" not in moved.read_text()


def test_slugs_that_are_taken_get_a_number(site):
    site.article("post-1.md", "# Ours\n\nOur own.\n")
    path = export(site, "old.xml", wxr(wxr_item(1), wxr_item(2).replace("post-2", "post-1")))
    site.command("import", path, "--moved")
    site.command("run")
    assert {"post-1.html", "post-1-2.html", "post-1-3.html"} <= {
        one.name for one in (site.feeds / "entries").iterdir()
    }


def test_two_posts_with_one_id_are_two_articles(site):
    path = export(
        site, "old.xml", wxr(wxr_item(1, guid="urn:old:x"), wxr_item(2, guid="urn:old:x"))
    )
    result = site.json("import", path)
    assert len(result["new"]) == 2
    assert any("id" in one["what"] for one in result["not_carried_over"])
    assert site.json("import", path)["known"] == 2
    site.command("run")


def test_two_posts_of_one_name_and_day_both_come_and_only_once(site):
    second = wxr_item(2, title="Pier closed").replace("[post-2]", "[post-1]")
    path = export(site, "old.xml", wxr(wxr_item(1), second))
    assert "2 imported" in site.command("import", path).stdout
    done = site.command("import", path)
    assert "0 imported, 0 updated, 2 known" in done.stdout
    site.command("run")
    feed = json.loads((site.feeds / "feed.json").read_text())
    assert {one["title"] for one in feed["items"]} == {"Ferry returns", "Pier closed"}


def test_ghost_and_substack_move_in(site):
    site.command(
        "import", export(site, "ghost.json", ghost(ghost_post())), "--base", "https://old.example"
    )
    path = site.folder / "substack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in substack().items():
            archive.writestr(name, data)
    done = site.command("import", str(path), "--base", "https://ana.substack.example")
    assert "what only subscribers may read" in done.stderr
    site.command("run")
    feed = json.loads((site.feeds / "feed.json").read_text())
    assert {one["title"] for one in feed["items"]} == {"Ferry returns", "Tides"}


def test_a_folder_moves_in_with_its_pictures(site):
    old = site.folder / "old"
    for name, text in {"_config.yml": "title: x", "assets/a.png": "png",
                       "_posts/2026-11-12-ferry.md": "---\nlayout: post\n---\n# Ferry\n\n![At sea](/assets/a.png)\n"}.items():  # fmt: skip
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(text)
    (old / "_posts/2026-11-13-passwd.md").symlink_to("/etc/passwd")
    done = site.command("import", str(old), "--into", "blog", code=1)
    assert "2026-11-13-passwd.md" in done.stderr
    assert articles(site) == ["blog/2026-11-12-ferry.md", "blog/a.png"]
    site.command("run")
    assert (site.feeds / "media/ferry/a.png").read_text() == "png"


def test_the_rest_comes_where_one_is_broken(site):
    path = export(
        site,
        "old.xml",
        wxr(wxr_item(1), wxr_item(2, body=""), wxr_item(3, body="<b>" * 70_000), wxr_item(4)),
    )
    done = site.command("import", path, code=1)
    assert "2 imported" in done.stdout
    assert "post 2: there is no text" in done.stderr
    assert "post 3: " in done.stderr


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04broken", b"\x00\x01", b"{", b"<html><p>x</p></html>"]
)
def test_what_is_no_export_is_named(site, data):
    done = site.command("import", export(site, "x.bin", data), code=1)
    assert "x.bin" in done.stderr


def test_what_is_not_there_is_asked_wrongly(site):
    assert "nowhere.xml" in site.command("import", "/nowhere.xml", code=2).stderr


@pytest.mark.threat(5)
def test_an_archive_that_would_fill_the_disk_is_refused(site):
    path = site.folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "posts.csv",
            "post_id,post_date,is_published,type,audience,title\n1.a,2026-11-12,true,newsletter,everyone,A\n",
        )
        archive.writestr("posts/1.a.html", b"\0" * (70 * 2**20))
        archive.writestr("../../outside.html", "<p>x</p>")
    done = site.command("import", str(path), code=1)
    assert "MiB" in done.stderr
    assert articles(site) == []


@pytest.fixture
def shelf(tmp_path):
    """A web server on this machine, and the folder that it serves."""
    folder = tmp_path / "shelf"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *words):
            super().__init__(*words, directory=folder)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_export_comes_from_a_server_as_it_does_from_a_file(site, shelf):
    folder, url = shelf
    (folder / "old.xml").write_bytes(wxr(wxr_item(1), wxr_item(2)))
    done = site.command("import", f"{url}/old.xml", "--private")
    assert "2 imported" in done.stdout
    done = site.command("import", f"{url}/old.xml", "--private")
    assert "2 known" in done.stdout


def test_a_zip_file_comes_from_a_server_too(site, shelf):
    folder, url = shelf
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in substack().items():
            archive.writestr(name, data)
    wanted = ("--private", "--base", "https://ana.substack.example")
    done = site.command("import", f"{url}/export.zip", *wanted)
    assert " imported" in done.stdout
    assert articles(site)
    path.write_bytes(path.read_bytes()[:300])
    done = site.command("import", f"{url}/export.zip", *wanted, code=1)
    assert "the archive is damaged" in done.stderr


def test_what_a_server_does_not_have_is_said(site, shelf):
    _, url = shelf
    done = site.command("import", f"{url}/none.xml", "--private", code=2)
    assert "answers 404" in done.stderr


@pytest.mark.threat(18)
def test_an_address_on_this_machine_is_refused(site):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

        def log_message(self, *_):
            pass

    asked = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = site.command("import", f"http://127.0.0.1:{server.server_port}/feed.xml", code=1)
    finally:
        server.shutdown()
        server.server_close()
    assert not asked
    assert "127.0.0.1" in done.stderr


@pytest.mark.threat(13)
def test_a_large_export_is_read_as_a_stream(site):
    path = site.folder / "large.xml"
    text = "<p>" + "word " * 4000 + "</p>"
    with path.open("w") as file:  # 24 MB
        file.write(WXR_HEAD)
        for number in range(1200):
            file.write(wxr_item(number, kind="page", body=text))
        file.write(wxr_item(5000) + WXR_TAIL)

    def peak(*words):
        code = "import resource, sys\nfrom publisher.cli import main\ntry:\n main()\nexcept SystemExit:\n pass\n"
        code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
        done = subprocess.run(
            [sys.executable, "-c", code, *words, "--site", str(site.folder)], capture_output=True, text=True, check=True,
            env=dict(os.environ),
        )  # fmt: skip
        return int(done.stderr.split()[-1]) / 1024

    small = peak("import", export(site, "small.xml", wxr(wxr_item(1))), "--dry-run")
    assert peak("import", str(path), "--dry-run") < small + 40
