from __future__ import annotations

import pytest

from publisher.config.word_counts import load_word_counts, save_word_counts
from publisher.errors import ConfigError
from publisher.model import NOT_COUNTED, WordCounts

COUNTS = WordCounts(120, (("ferry", 90), ("harbour", 7), ("lamp", 90)))


def test_what_was_counted_is_read_again(tmp_path):
    save_word_counts(tmp_path, COUNTS)
    counts, mistakes = load_word_counts(tmp_path)
    assert (counts.articles, counts.words) == (COUNTS.articles, COUNTS.words)
    assert not mistakes
    assert (tmp_path / "words.tsv").read_text("utf-8").endswith(
        "120\tarticles:\n90\tferry lamp\n7\tharbour\n"
    )  # fmt: skip


def test_a_site_needs_none(tmp_path):
    assert load_word_counts(tmp_path) == (NOT_COUNTED, [])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"120\tarticles:\n\n# ok\nferry\n", "words.tsv:4: has a line that is not a count"),
        ("٣\tferry\n".encode(), "words.tsv:1: has a line that is not a count"),
        (b"9" * 10 + b"\tferry\n", "words.tsv:1: has a line that is not a count"),
        (b"7\tferry\n", "counts more articles than it has"),
        (b"120\tarticles:\n\xff\n", "can't be read"),
        (b"#" * (8 * 1024 * 1024 + 1), "larger than 8 MiB"),
    ],
)
def test_what_can_not_be_right_is_named_and_nothing_of_it_is_taken(tmp_path, data, told):
    (tmp_path / "words.tsv").write_bytes(data)
    counts, (mistake,) = load_word_counts(tmp_path)
    assert counts is NOT_COUNTED
    assert told in mistake
    assert "publisher tags review" in mistake


def test_where_it_can_not_be_written_that_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"words\.tsv can't be written"):
        save_word_counts(tmp_path / "gone", COUNTS)
