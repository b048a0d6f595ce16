from __future__ import annotations

import pytest

from publisher.content.forms.decode import decode
from publisher.content.text.characters import clean, forbidden
from publisher.errors import ArticleError
from publisher.model import Article

TEXT = "Grüße\n\nüber Nacht\n"


def decoded(data, *, html=False, max_bytes=1000):
    return decode(Article(path="a.txt", data=data), max_bytes=max_bytes, html=html)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_and_without_a_byte_order_mark(encoding):
    assert decoded(TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_line_ends_become_line_feeds(newline):
    assert decoded(TEXT.replace("\n", newline).encode()).text == TEXT


def test_decomposed_letters_are_composed():
    assert decoded("u\u0308ber".encode()).text == "über"


def test_html_may_declare_its_charset():
    page = '<meta charset="windows-1252"><p>caf\xe9 \x93x\x94'.encode("latin-1")
    assert "café “x”" in decoded(page, html=True).text


@pytest.mark.parametrize("charset", ["hex", "utf-7", "unicode_escape", "idna", "nothing", "zip"])
def test_html_may_not_declare_what_the_web_does_not_know(charset):
    with pytest.raises(ArticleError, match="not valid UTF-8"):
        decoded(f'<meta charset="{charset}">'.encode() + b"\xe9", html=True)


def test_wire_copy_may_not_declare_a_charset():
    with pytest.raises(ArticleError):
        decoded(b'<meta charset="latin-1">\xe9')


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_invalid_utf8_is_named_with_line_and_offset(newline):
    with pytest.raises(ArticleError) as caught:
        decoded(b"one" + newline + b"two \xe9")
    assert caught.value.line == 2
    assert f"offset {7 + len(newline)}" in caught.value.what
    assert "UTF-8" in caught.value.mend


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a\0b", "NUL byte"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        (b"PK\x03\x04", "ZIP"),
        (b"x" * 1001, "too large"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
@pytest.mark.threat(14)
def test_what_is_no_article_is_named(data, what):
    with pytest.raises(ArticleError, match=what):
        decoded(data)


def test_dropped_characters_are_named_with_their_line():
    found = decoded("a\n\nb\x07\x00c\ufdd0".replace("\x00", "").encode())
    assert found.text == "a\n\nbc"
    assert [(f.line, "U+0007, U+FDD0" in f.what) for f in found.findings] == [(3, True)]


def test_many_dropped_characters_are_named_briefly():
    found = decoded(b"\x07\n" * 50 + b"x")
    assert len(found.findings) == 6
    assert "50 lines" in found.findings[-1].what


def test_clean_leaves_nothing_that_xml_or_a_mark_forbids():
    every = "".join(map(chr, range(0x110000)))
    assert forbidden(clean(every)) == []
    assert clean("\n\t") == "\n\t"
