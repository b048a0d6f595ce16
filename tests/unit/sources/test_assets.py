import os

import pytest

from publisher.errors import ArticleError
from publisher.sources import open_asset


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "articles"
    (folder / "world").mkdir(parents=True)
    (folder / "world/map.png").write_bytes(b"a map")
    (tmp_path / "secret.png").write_bytes(b"a secret")
    return folder


def test_a_file_beside_an_article_is_found(folder):
    assert open_asset(folder, "world/map.png").read_bytes() == b"a map"


@pytest.mark.parametrize(
    "source",
    ["../secret.png", "world/../../secret.png", "/etc/passwd", "", ".", "world//map.png", "a\0b"],
)
def test_a_path_that_leaves_the_folder_is_refused(folder, source):
    with pytest.raises(ArticleError, match="no path inside that folder"):
        open_asset(folder, source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("none.png", "No such file"),
        ("none/map.png", "No such file"),
        ("world/map.png/map.png", "Not a directory"),
        ("world", "it is a folder"),
        ("link.png", "it is a link"),
        ("linked/map.png", "it is a link"),
        ("pipe.png", "it is a pipe"),
        ("x" * 300, "too long"),
    ],
)
def test_what_is_no_file_in_the_folder_is_refused(folder, source, reason):
    (folder / "link.png").symlink_to("world/map.png")
    (folder / "linked").symlink_to("world")
    os.mkfifo(folder / "pipe.png")
    with pytest.raises(ArticleError, match=reason) as caught:
        open_asset(folder, source)
    assert caught.value.path == source
    assert "take its mention out" in caught.value.mend
