import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.digest.lines import columns, cut, one_line, subject_line, wrap


@pytest.mark.parametrize(
    ("text", "length", "result"),
    [
        ("lamps", 5, "lamps"),
        ("night ferry", 9, "night…"),
        ("night ferry", 6, "night…"),
        ("night, ferry", 8, "night…"),
        ("nightferrystays", 8, "nightfe…"),
        ("港の議会は夜のフェリーを", 6, "港の議会は…"),
        ("a " + "b" * 20, 12, "a bbbbbbbbb…"),
    ],
)
def test_cut_ends_at_a_word(text, length, result):
    assert cut(text, length) == result


def test_cut_never_parts_a_letter_from_its_accent():
    assert cut("xxxe\u0301xxx", 5) == "xxx…"


@given(st.text(), st.integers(2, 90))
def test_cut_is_never_too_long(text, length):
    assert len(cut(text, length)) <= length


@given(st.text(st.characters()))
def test_one_line_is_one_clean_line(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert not set(line) & set("\x00\r\n\t\x85\u2028\ufdd0\ufdd1\ufffe")


def test_subject_falls_back():
    assert subject_line(" \r\n", "Re: Lantern Bay Daily") == "Lantern Bay Daily"
    assert subject_line("Regarding: lamps", "x") == "Regarding: lamps"


def test_wrap_counts_wide_signs_twice():
    lines = wrap("港" * 50).splitlines()
    assert [len(line) for line in lines] == [36, 14]


def test_wrap_keeps_closing_signs_off_the_start_of_a_line():
    assert wrap("港" * 36 + "。港").splitlines() == ["港" * 36 + "。", "港"]


def test_wrap_keeps_addresses_whole_and_paragraphs_apart():
    url = "https://elsewhere.example/" + "x" * 90
    assert wrap(f"See {url} now.\n\nThen go.") == f"See\n{url}\nnow.\n\nThen go."


def test_wrap_indents():
    assert wrap("night ferry", 9, "> ") == "> night\n> ferry"


@given(st.text(st.sampled_from("ab é港。 \n(«"), max_size=200), st.integers(4, 80))
def test_wrap_loses_nothing_and_keeps_to_its_width(text, width):
    wrapped = wrap(text, width)
    assert "".join(wrapped.split()) == "".join(text.split())
    for line in wrapped.splitlines():
        # A closing sign hangs over the edge, also after a word that is too long by itself.
        rest = line.rstrip("。")
        one_word = " " not in rest and not any(columns(sign) == 2 for sign in rest)
        assert columns(rest) <= width or one_word
