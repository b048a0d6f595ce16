"""A change of files is noticed without opening any."""

from __future__ import annotations

import os

from publisher.sources import mark_files


def test_every_change_is_another_mark(tmp_path):
    folder, file = tmp_path / "articles", tmp_path / "publisher.toml"
    (folder / "below").mkdir(parents=True)
    article = folder / "below/a.md"
    places = [folder, file, tmp_path / "missing"]
    seen = [mark_files(places)]

    def changed():
        seen.append(mark_files(places))
        return seen[-1] != seen[-2]

    assert seen == [{}]
    article.write_text("one")
    assert changed()
    assert not changed()
    status = article.stat()
    article.write_text("two")
    os.utime(article, ns=(status.st_atime_ns, status.st_mtime_ns))  # as some copying programs do
    assert changed()
    file.write_text("x")
    assert changed()
    article.rename(folder / "b.md")
    assert changed()
    (folder / ".b.md.swp").write_text("x")
    assert not changed()
    (folder / "b.md").unlink()
    assert changed()


def test_links_are_not_followed(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/loop").symlink_to(tmp_path / "site", target_is_directory=True)
    assert list(mark_files([tmp_path / "site"])) == [str(tmp_path / "site/loop")]
