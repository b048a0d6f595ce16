from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.feeds import choose_feeds
from publisher.feeds.names import feed_id, mail_address, scheme_id, web_address
from tests.unit.feeds.samples import FERRY, PUBLICATION, entry


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ("https://a.example/b?c=d&e=%20#f", "https://a.example/b?c=d&e=%20#f"),
        ("HTTPS://A.example", "https://A.example"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://me:pass@a.example/", "https://me:pass@a.example/"),
        ("https://a.example/ä b", "https://a.example/%C3%A4%20b"),
        ("https://a.example/100%|[x]", "https://a.example/100%25%7C%5Bx%5D"),
        ("https://a.example/#a#b c", "https://a.example/#a%23b%20c"),
        (" https://a.exam\nple/\n", "https://a.example/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a b.example/", ""),
        ("https://a.example:port/", ""),
        ("https:///path", ""),
        ("//a.example/", ""),
        ("/path", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("ftp://a.example/", ""),
    ],
)
def test_a_web_address_is_a_uri_or_nothing(given_, made):
    assert web_address(given_) == made
    assert web_address(made) == made


@given(st.text())
def test_no_text_makes_an_address_that_is_not_ascii_or_not_absolute(text):
    made = web_address(f"https://a.example/{text}")
    assert made.isascii()
    assert made.isprintable()
    assert " " not in made
    assert urlsplit(made).netloc == "a.example"
    assert web_address(made) == made


@pytest.mark.parametrize("text", ["a@b", "a b@c.example", "<a@b.example>", "ä@b.example", "", "@"])
def test_an_odd_mail_address_is_left_out(text):
    assert mail_address(text) == ""


def test_a_plain_mail_address_stays():
    assert mail_address("ana.b+c@paper.example") == "ana.b+c@paper.example"


def test_the_id_of_a_feed_stays_when_the_publication_moves():
    moved = replace(PUBLICATION, url="https://elsewhere.example/", title="Another")
    for here, there in zip(
        choose_feeds([entry(tags=(FERRY,))], PUBLICATION, 1),
        choose_feeds([entry(tags=(FERRY,))], moved, 1),
        strict=True,
    ):
        assert feed_id(here, PUBLICATION) == feed_id(there, moved)
    assert feed_id(here, PUBLICATION) == "tag:lantern.example,2000-01-01:feeds/tags/ferry/"
    assert scheme_id("sections", PUBLICATION) == "tag:lantern.example,2000-01-01:sections"
