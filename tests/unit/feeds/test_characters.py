import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publisher.feeds.characters import clean, line


@given(st.text())
@pytest.mark.threat(3)
def test_whatever_is_left_goes_through_xml_unchanged(text):
    element = etree.Element("a")
    element.text = clean(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == clean(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"])))
def test_text_of_letters_and_signs_is_left_as_it_is(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    "unfit",
    list("\x00\x08\x0b\x1f\x7f\x9f\ud800\udfff\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff"),
)
def test_what_xml_forbids_or_discourages_is_dropped(unfit):
    assert clean(f"a{unfit}b") == "ab"


def test_every_sort_of_line_end_becomes_one():
    assert clean("a\r\nb\rc\x85d\te") == "a\nb\nc\nd\te"


def test_a_line_has_one_space_for_each_run_and_keeps_the_one_that_does_not_break():
    assert line(" a\n\tb\u2028 c\u00a0: d ") == "a b c\u00a0: d"
    assert line("\u00a0\u3000") == ""
