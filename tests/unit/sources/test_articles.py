import os
import socket
import stat

import pytest

from publisher.errors import ArticleError, UsageError
from publisher.model import Article
from publisher.sources import files as opening
from publisher.sources import look_over, read_article_files

LIMIT = 1000


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


def write(folder, path, data=b"words"):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def paths_of(look):
    return [line.partition("\t")[0] for line in look.lines]


def find(folder, limit=LIMIT):
    """Every article by path: itself, or the problem that kept it from us."""
    look = look_over(folder, max_bytes=limit)
    read = dict(
        zip(
            paths_of(look), read_article_files(folder, paths_of(look), max_bytes=limit), strict=True
        )
    )
    return dict(sorted((read | {one.path: one for one in look.problems}).items()))


def articles(folder):
    return [path for path, one in find(folder).items() if isinstance(one, Article)]


def problems(folder):
    got = {}
    for path, one in find(folder).items():
        if isinstance(one, ArticleError):
            assert one.path == path
            assert one.mend
            got[path] = one.what
    return got


def test_articles_come_with_their_bytes_in_the_order_of_their_paths(folder):
    for path in ("b.md", "a/z.txt", "a.md", "a/b/c.HTML", "é.markdown", "C# and what?.htm"):
        write(folder, path, path.encode())
    got = find(folder)
    lines = look_over(folder, max_bytes=LIMIT).lines
    assert lines == sorted(lines)
    assert {path: one.data.decode() for path, one in got.items()} == {
        path: path
        for path in ("b.md", "a/z.txt", "a.md", "a/b/c.HTML", "é.markdown", "C# and what?.htm")
    }
    assert all(one.path == path for path, one in got.items())


@pytest.mark.parametrize(
    "path",
    [".hidden.md", "_draft.md", ".git/a.md", "_notes/a.md", "a.md~", ".a.md.swp", "a.md.swo", "#a.md#",
     "map.png", "MAP.JPG", "song.mp3", "film.webm", "paper.pdf", "Thumbs.db"],
)  # fmt: skip
def test_private_files_backups_and_media_are_passed_over_in_silence(folder, path):
    write(folder, path)
    write(folder, "a.md")
    assert list(find(folder)) == ["a.md"]


@pytest.mark.parametrize("path", ["a.docx", "README", "sub/a.md.bak", "a."])
def test_another_form_is_named_with_those_that_are_read(folder, path):
    write(folder, path)
    write(folder, "a.md")
    assert articles(folder) == ["a.md"]
    assert problems(folder) == {
        path: "it is no article: those end in .htm, .html, .json, .markdown, .md, .txt, .xml"
    }


@pytest.mark.threat(12)
def test_links_pipes_sockets_and_devices_are_refused_by_name(folder, tmp_path, monkeypatch):
    write(folder, "a.md")
    (folder / "link.md").symlink_to(folder / "a.md")
    (folder / "broken.md").symlink_to(folder / "nothing.md")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.md")
    monkeypatch.chdir(folder)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.md")
    link = "can't be read: it is a link, or lies behind one"
    assert articles(folder) == ["a.md"]
    assert problems(folder) == {
        "link.md": link,
        "broken.md": link,
        "elsewhere": link,
        "loop": link,
        "pipe.md": "can't be read: it is a pipe",
        "socket.md": "can't be read: it is a socket",
    }


@pytest.mark.threat(12)
def test_a_device_is_refused_unopened(folder):
    try:
        os.mknod(folder / "zero.md", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("mknod is missing its rights: no device can be had")
    assert problems(folder) == {"zero.md": "can't be read: it is a device"}


def test_what_became_a_pipe_since_it_was_looked_at_does_not_hold_us(folder, monkeypatch):
    write(folder, "a.md")
    real = os.open

    def swap(name, *rest, **options):
        if name == "a.md":
            (folder / "a.md").unlink()
            os.mkfifo(folder / "a.md")
        return real(name, *rest, **options)

    monkeypatch.setattr(os, "open", swap)
    assert problems(folder) == {"a.md": "can't be read: it is a pipe"}


def test_a_folder_named_like_an_article_is_named_and_not_entered(folder):
    write(folder, "a.md/b.md")
    write(folder, "c.d/e.md")
    assert articles(folder) == ["c.d/e.md"]
    assert problems(folder) == {"a.md": "it is a folder, named like an article"}


@pytest.mark.threat(13)
def test_one_that_is_too_large_is_named_and_not_read(folder, monkeypatch):
    write(folder, "fits.md", b"x" * LIMIT)
    with write(folder, "huge.md").open("r+b") as file:
        file.truncate(1 << 40)
    assert articles(folder) == ["fits.md"]
    assert problems(folder) == {
        "huge.md": "can't be read: it has 1048576.0 MiB, more than 0.000953674"
    }


@pytest.mark.threat(13)
def test_one_that_grows_while_it_is_read_is_too_large_as_well(folder, monkeypatch):
    write(folder, "log.md", b"x" * LIMIT)
    real = os.read

    def grow(file, size):
        with (folder / "log.md").open("ab") as log:
            log.write(b"x")
        return real(file, size)

    monkeypatch.setattr(opening.os, "read", grow)
    assert "more than" in problems(folder)["log.md"]


@pytest.mark.threat(13)
def test_one_that_grows_after_its_size_was_asked_for_is_too_large_as_well(folder, monkeypatch):
    write(folder, "log.md", b"x" * (LIMIT - 1))
    real = os.fstat

    def grow(file):
        found = real(file)
        with (folder / "log.md").open("ab") as log:
            log.write(b"x")
        return found

    monkeypatch.setattr(opening.os, "fstat", grow)  # asked for its kind, and for its size
    with pytest.raises(OSError, match="more than"):
        opening.read_regular(folder, "log.md", LIMIT)


@pytest.mark.threat(13)
def test_one_that_is_too_large_is_not_read(folder):
    os.truncate(write(folder, "huge.md"), 1 << 40)
    assert "more than" in problems(folder)["huge.md"]


def test_one_that_may_not_be_read_is_named_and_the_rest_goes_on(folder, monkeypatch):
    # chmod does not stop root, so the refusal is put in the kernel's mouth.
    for path in ("a.md", "locked.md", "z.md", "vault/b.md"):
        write(folder, path)
    real_open, real_scandir = os.open, os.scandir

    def refuse_open(name, *rest, **options):
        if name == "locked.md":
            raise PermissionError(13, "Permission denied")
        return real_open(name, *rest, **options)

    def refuse_scandir(path):
        if os.fspath(path).rstrip("/").endswith("vault"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "open", refuse_open)
    monkeypatch.setattr(os, "scandir", refuse_scandir)
    assert articles(folder) == ["a.md", "z.md"]
    refused = "can't be read: Permission denied"
    assert problems(folder) == {"locked.md": refused, "vault/": refused}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"caf\xe9.md", r"caf\xe9.md"),
        (b"two\nlines.md", r"two\nlines.md"),
        (b"\x1b[2J.md", r"\x1b[2J.md"),
        ("rev\u202edm.exe.md".encode(), r"rev\u202edm.exe.md"),
        (b"caf\xe9/a.md", r"caf\xe9"),
    ],
)
def test_a_name_that_can_not_be_printed_is_named_with_escapes(folder, name, shown):
    write(folder, os.fsdecode(name))
    write(folder, "a.md")
    assert articles(folder) == ["a.md"]
    assert problems(folder) == {shown: "its name has characters that can't be printed"}


def test_a_missing_folder_is_named_at_once(tmp_path):
    write(tmp_path, "file")
    for name in ("articles", "file"):
        with pytest.raises(UsageError, match="folder of articles can't be read") as caught:
            look_over(tmp_path / name, max_bytes=LIMIT)
        assert caught.value.path == str(tmp_path / name)
        assert "[articles]" in caught.value.mend


def test_an_empty_folder_has_none(folder):
    assert find(folder) == {}


def test_articles_are_read_one_by_one_as_they_are_asked_for(folder):
    write(folder, "a.md")
    write(folder, "b.md")
    found = read_article_files(folder, ["a.md", "b.md"], max_bytes=LIMIT)
    assert next(found).path == "a.md"
    (folder / "b.md").unlink()
    gone = next(found)
    assert gone.path == "b.md"
    assert gone.mend == "it went away just now; run again"


def test_many_nested_folders_are_no_trouble(folder):
    deep = "a/" * 600 + "b.md"
    write(folder, deep)
    assert articles(folder) == [deep]


def age(path, seconds):
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def lines(folder, limit=LIMIT):
    return look_over(folder, max_bytes=limit).lines


def test_a_file_that_stayed_as_it_was_has_the_stamp_it_had(tmp_path):
    for path in ("a.md", "ä.md"):
        (tmp_path / path).write_text("One.")
        age(tmp_path / path, 60)
    before = lines(tmp_path)
    assert [line.partition("\t")[0] for line in before] == ["a.md", "ä.md"]
    assert all(line.partition("\t")[2] for line in before)
    assert lines(tmp_path) == before


def test_a_file_as_new_as_the_look_has_no_stamp(tmp_path):
    (tmp_path / "a.md").write_text("One.")
    assert lines(tmp_path) == ["a.md\t"]


@pytest.mark.parametrize("name", ["a.md", "ä.md"])
@pytest.mark.parametrize("change", ["size", "time", "limit"])
def test_another_size_time_or_limit_is_another_stamp(tmp_path, change, name):
    path = tmp_path / name
    path.write_text("One.")
    age(path, 60)
    before = lines(tmp_path)
    if change == "size":
        then = path.stat().st_mtime_ns
        path.write_text("Two of them.")
        os.utime(path, ns=(then, then))
    if change == "time":
        age(path, 60)
    assert lines(tmp_path, 1 if change == "limit" else LIMIT) != before


def test_what_lies_beside_articles_is_told_as_well(tmp_path):
    path = tmp_path / "a" / "map.png"
    path.parent.mkdir()
    path.write_bytes(b"one")
    age(path, 60)
    (before,) = look_over(tmp_path, max_bytes=LIMIT).beside
    assert before.startswith("a/map.png\t3:")
    path.write_bytes(b"another")
    assert look_over(tmp_path, max_bytes=LIMIT).beside == ["a/map.png\t"]


def test_two_processes_see_what_one_sees(tmp_path, monkeypatch):
    for path in ("a.md", "b/c.md", "b/d.md", "b/e.md", "f.png"):
        write(tmp_path, path)
        age(tmp_path / path, 60)
    (tmp_path / "b" / "new.md").write_text("One.")
    alone = look_over(tmp_path, max_bytes=LIMIT)
    monkeypatch.setattr("publisher.sources.stamps.MANY", 1)
    monkeypatch.setattr("publisher.sources.stamps.usable_cores", lambda: 2)
    assert look_over(tmp_path, max_bytes=LIMIT) == alone
    assert len(alone.lines) == 5
