import errno
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.disk import sync_disks
from publisher.errors import ArticleError, OutputError
from publisher.output import Output

LEFTOVER = ".publisher-0123456789abcdef.tmp"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "feeds"


@pytest.fixture
def output(root):
    return Output(root)


def every_name(root):
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def test_a_file_and_its_folders_are_made(output, root):
    assert output.replace("tags/china/rss.xml", b"one")
    assert (root / "tags/china/rss.xml").read_bytes() == b"one"
    assert output.files() == {"tags/china/rss.xml"}


def test_only_other_bytes_are_written(output, root):
    output.replace("rss.xml", b"one")
    before = (root / "rss.xml").stat()
    assert not output.replace("rss.xml", b"one")
    after = (root / "rss.xml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert output.replace("rss.xml", b"two")
    assert output.replace("rss.xml", b"")
    assert not output.replace("rss.xml", b"")


def test_readers_may_read_whatever_the_umask(output, root):
    before = os.umask(0o077)
    try:
        output.replace("tags/china/rss.xml", b"one")
    finally:
        os.umask(before)
    assert (root / "tags/china/rss.xml").stat().st_mode & 0o777 == 0o644
    assert (root / "tags/china").stat().st_mode & 0o777 == 0o755


def test_an_asset_is_copied_once(output, root, tmp_path):
    source = tmp_path / "map.png"
    source.write_bytes(os.urandom(3_000_000))
    assert output.copy("media/map.png", source)
    assert (root / "media/map.png").read_bytes() == source.read_bytes()
    assert not output.copy("media/map.png", source)
    with source.open("r+b") as file:
        file.seek(2_500_000)
        file.write(b"changed!")
    assert output.copy("media/map.png", source)
    assert (root / "media/map.png").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "link"])
def test_what_is_no_file_is_not_copied(output, tmp_path, kind):
    source = tmp_path / "map.png"
    if kind == "folder":
        source.mkdir()
    elif kind == "fifo":
        os.mkfifo(source)
    elif kind == "link":
        source.symlink_to("/etc/passwd")
    with pytest.raises(ArticleError, match=r"map\.png: can't be copied"):
        output.copy("media/map.png", source)
    assert output.files() == set()


def test_removing_takes_the_empty_folders_along(output, root):
    output.replace("tags/china/rss.xml", b"one")
    output.replace("tags/rss.xml", b"one")
    assert output.remove("tags/china/rss.xml")
    assert every_name(root) == {"tags", "tags/rss.xml"}
    assert output.remove("tags/rss.xml")
    assert every_name(root) == set()
    assert root.is_dir()


def test_removing_what_is_not_there_is_no_change(output, root):
    assert not output.remove("tags/china/rss.xml")
    assert not root.exists()
    assert output.files() == set()


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../up.xml", "a/../b.xml", "a/./b", "a//b", "a/", ".", "a\0b", "a\nb", "a\ud800", f"a/{LEFTOVER}"],
)  # fmt: skip
def test_a_path_that_leaves_the_folder_is_refused(output, tmp_path, path):
    for act in (lambda: output.replace(path, b"one"), lambda: output.remove(path)):
        with pytest.raises(OutputError, match="is no path below"):
            act()
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["..", ".", "", "a", "b", "link", "~", "*", "$HOME", "\\..", "%2e%2e"])
        | st.text(max_size=5),
        max_size=4,
    ).map("/".join)
)
@pytest.mark.threat(11)
def test_no_path_whatever_writes_outside(tmp_path_factory, path):
    top = tmp_path_factory.mktemp("top")
    (top / "outside").mkdir()
    (top / "feeds").mkdir()
    (top / "feeds/link").symlink_to(top / "outside")
    output = Output(top / "feeds")
    try:
        written = output.replace(path, b"one")
    except OutputError:
        written = False
    assert output.files() == ({path} if written else set())
    assert list((top / "outside").iterdir()) == []
    assert {one.name for one in top.iterdir()} == {"outside", "feeds"}


def test_links_are_refused_and_left_alone(output, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "rss.xml").write_bytes(b"theirs")
    root.mkdir()
    (root / "tags").symlink_to(outside)
    (root / "rss.xml").symlink_to(outside / "rss.xml")
    for path in ("tags/rss.xml", "rss.xml", "tags/new/rss.xml"):
        for act in (
            lambda path=path: output.replace(path, b"ours"),
            lambda path=path: output.remove(path),
        ):
            with pytest.raises(OutputError, match="link") as caught:
                act()
            assert caught.value.path == str(root / path)
    assert output.files() == set()
    assert every_name(outside) == {"rss.xml"}
    assert (outside / "rss.xml").read_bytes() == b"theirs"


def test_the_root_itself_may_be_a_link(tmp_path):
    (tmp_path / "served").mkdir()
    (tmp_path / "feeds").symlink_to(tmp_path / "served")
    assert Output(tmp_path / "feeds").replace("rss.xml", b"one")
    assert (tmp_path / "served/rss.xml").read_bytes() == b"one"


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_what_is_no_file_is_not_replaced(output, root, kind):
    root.mkdir()
    (root / "rss.xml").mkdir() if kind == "folder" else os.mkfifo(root / "rss.xml")
    for act in (lambda: output.replace("rss.xml", b""), lambda: output.remove("rss.xml")):
        with pytest.raises(OutputError, match=r"no file stands in its place \(move it away\)"):
            act()
    assert every_name(root) == {"rss.xml"}


def test_a_file_where_a_folder_must_be_is_named(output, root):
    output.replace("tags", b"a file")
    with pytest.raises(OutputError, match=r"feeds/tags/rss\.xml: can't be written.*move it away"):
        output.replace("tags/rss.xml", b"one")
    with pytest.raises(OutputError, match=r"can't be written.*move it away"):
        Output(root / "tags").replace("rss.xml", b"one")


def test_a_name_too_long_is_named(output):
    with pytest.raises(OutputError, match="choose a shorter one"):
        output.replace("a" * 300, b"one")


def test_what_a_killed_run_left_goes_with_the_next_change(output, root):
    output.replace("tags/rss.xml", b"one")
    (root / "tags" / LEFTOVER).write_bytes(b"ha")
    (root / LEFTOVER).write_bytes(b"lf")
    (root / ".publisher-mine.tmp").write_bytes(b"not ours")
    assert Output(root).files() == {"tags/rss.xml", ".publisher-mine.tmp"}
    Output(root).replace("tags/rss.xml", b"two")
    assert every_name(root) == {"tags", "tags/rss.xml", ".publisher-mine.tmp"}


@pytest.mark.parametrize("together", [True, False])
def test_many_files_are_replaced_together(output, root, monkeypatch, together):
    monkeypatch.setattr("publisher.output.can_sync_disks", lambda: together)
    output.replace("tags/rss.xml", b"same")
    (root / "tags" / LEFTOVER).write_bytes(b"ha")
    files = {f"tags/t{number % 7}/{number}.xml": b"%d" % number for number in range(50)}
    fresh = Output(root)
    assert fresh.replace_all([*files.items(), ("tags/rss.xml", b"same")], 51) == files.keys()
    assert {path: (root / path).read_bytes() for path in files} == files
    assert {(root / path).stat().st_mode & 0o777 for path in files} == {0o644}
    assert fresh.files() == {"tags/rss.xml", *files}
    assert not (root / "tags" / LEFTOVER).exists()
    assert fresh.replace_all(files.items(), 50) == set()


def test_files_that_are_replaced_together_are_on_the_disk_before_they_take_their_places(
    output, root, monkeypatch
):
    seen = []
    monkeypatch.setattr("publisher.output._MANY", 3)
    monkeypatch.setattr("publisher.output.can_sync_disks", lambda: True)
    monkeypatch.setattr("publisher.output.sync_disks", lambda _: seen.append(every_name(root)))
    output.replace_all([(path, b"new") for path in ("a.xml", "b/c.xml", "b/d.xml")], 3)
    before, after = seen
    assert len([name for name in before if "publisher-" in name]) == 3
    assert after == {"a.xml", "b", "b/c.xml", "b/d.xml"}


def test_a_few_files_wait_for_themselves_alone(output, root, monkeypatch):
    (root / "b").mkdir(parents=True)
    synced, seen = [], []
    fsync = os.fsync

    def watch(file):
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        seen.append(every_name(root))
        fsync(file)

    monkeypatch.setattr(os, "fsync", watch)
    monkeypatch.setattr("publisher.output.sync_disks", None)
    output.replace_all([(path, b"new") for path in ("a.xml", "b/c.xml", "b/d.xml")], 3)
    files, folders = synced[:3], synced[3:]
    assert len({name for name in files if "publisher-" in name}) == 3
    assert sorted(folders) == [str(root), str(root / "b")]
    assert len([name for name in seen[2] if "publisher-" in name]) == 3
    assert seen[3] == {"a.xml", "b", "b/c.xml", "b/d.xml"}


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EROFS, "for writing"),
        (errno.EACCES, "the right to write"),
        (errno.EMFILE, "ulimit"),
        (errno.EIO, "see to that disk"),
    ],
)
def test_what_the_system_refuses_is_said_with_what_to_do(output, root, monkeypatch, code, mend):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(OutputError, match=mend) as caught:
        output.replace("rss.xml", b"one")
    assert caught.value.exit_code == 75
    assert str(caught.value).startswith(f"{root}/rss.xml: can't be written: {os.strerror(code)} (")
    assert every_name(root) == set()


class Faults:
    """Lets the nth system call fail, and counts them."""

    def __init__(self, monkeypatch, at):
        self.calls = 0
        self.at = at
        for name in ("open", "mkdir", "write", "fchmod", "fsync", "rename", "rmdir"):
            monkeypatch.setattr(os, name, self.wrap(getattr(os, name)))
        monkeypatch.setattr("publisher.output.sync_disks", self.wrap(sync_disks))

    def wrap(self, real):
        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == self.at:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return real(*args, **kwargs)

        return call


@pytest.mark.parametrize("many", [3, 40])
def test_a_failure_at_any_call_leaves_old_or_new_and_the_next_run_mends_it(
    tmp_path, monkeypatch, many
):
    monkeypatch.setattr("publisher.output._MANY", many)
    old, new, source = b"old" * 1000, b"new" * 2000, tmp_path / "map.png"
    source.write_bytes(new)
    for at in range(1, 100):
        root = tmp_path / str(at)
        Output(root).replace("a/gone.xml", old)
        Output(root).replace("rss.xml", old)

        def publish(root=root):
            output = Output(root)
            output.replace("rss.xml", new)
            output.replace("b/atom.xml", new)
            output.copy("media/map.png", source)
            output.remove("a/gone.xml")
            output.replace_all([("c/1.xml", new), ("rss.xml", old), ("c/2.xml", new)], 3)

        with monkeypatch.context() as patch:
            faults = Faults(patch, at)
            try:
                publish()
            except (OutputError, ArticleError):
                assert faults.calls >= at
        assert (root / "rss.xml").read_bytes() in {old, new}
        for path in Output(root).files():
            assert (root / path).read_bytes() in {old, new}
        assert not [name for name in every_name(root) if "publisher" in name]
        publish()
        there = {"rss.xml", "b/atom.xml", "media/map.png", "c/1.xml", "c/2.xml"}
        assert Output(root).files() == there
        if faults.calls < at:
            assert at > 20
            return
    pytest.fail("the faults never came to an end")


WRITER = textwrap.dedent("""
    import itertools, sys
    from pathlib import Path
    from publisher.output import Output
    output = Output(Path(sys.argv[1]))
    for turn in itertools.count():
        data = b"%09d" % turn * 20_000
        output.replace("tags/rss.xml", data)
        output.replace_all([(f"tags/{name}.xml", data) for name in ("rss", "atom", "opml")], 3)
        print(turn, flush=True)
""")


def writer(root, **more):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        **more,
    )


def is_whole(data):
    return len(data) == 180_000 and data == data[:9] * 20_000


@pytest.mark.threat(35)
def test_a_reader_never_sees_half_a_file_though_the_writer_is_killed(root):
    seen, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                seen.append(is_whole((root / "tags/rss.xml").read_bytes()))
            except FileNotFoundError:
                continue

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(6):
            with writer(root) as process:
                process.stdout.readline()
                time.sleep(random.uniform(0.01, 0.08))
                process.send_signal(signal.SIGKILL)
                process.communicate()
            assert all(is_whole(path.read_bytes()) for path in root.glob("tags/*.xml"))
    finally:
        stop.set()
        reader.join()
    assert len(seen) > 10
    assert all(seen)
    Output(root).replace("tags/rss.xml", b"last")
    assert every_name(root) == {"tags", "tags/rss.xml", "tags/atom.xml", "tags/opml.xml"}


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("mount is missing: a full disk can't be had")
    if done.returncode:
        pytest.skip("mount is missing its rights: a full disk can't be had")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.threat(11, 33)
def test_a_name_of_our_own_that_somebody_took_is_not_written_through(
    output, root, tmp_path, monkeypatch
):
    """What stands under it may be another's file by another name."""
    output.replace("rss.xml", b"old")
    others = tmp_path / "others"
    others.write_bytes(b"theirs")
    monkeypatch.setattr("publisher.output.secrets.token_hex", lambda _: "0" * 16)
    os.link(others, root / f".publisher-{'0' * 16}.tmp")
    with pytest.raises(OutputError, match="move it away"):
        output.replace("rss.xml", b"new")
    assert others.read_bytes() == b"theirs"
    assert (root / "rss.xml").read_bytes() == b"old"


@pytest.mark.threat(33)
def test_a_full_disk_leaves_the_old_file_whole(small_disk):
    output = Output(small_disk / "feeds")
    output.replace("rss.xml", b"old" * 1000)
    with pytest.raises(OutputError, match=re.escape("No space left on device (free some space")):
        output.replace("rss.xml", b"new" * 200_000)
    assert (small_disk / "feeds/rss.xml").read_bytes() == b"old" * 1000
    assert every_name(small_disk) == {"feeds", "feeds/rss.xml"}
    assert output.replace("rss.xml", b"new" * 1000)
