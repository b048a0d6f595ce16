import pytest

from publisher.counting import counted


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("0 drafts", (0, "draft")),
        ("1 draft", (1, "draft")),
        ("1 entry", (1, "entry", "entries")),
        ("1,200 entries", (1200, "entry", "entries")),
    ],
)
def test_a_number_stands_with_its_noun(said, words):
    assert counted(*words) == said
