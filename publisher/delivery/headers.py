"""Header fields as bytes, written by ourselves: literal where a reader needs them literal.

The standard library would fold a long List-Unsubscribe into an encoded word, which switches
one-click off, and would decode an encoded word that somebody typed into a title back into a
header. Here each value is made for its grammar, once, and lines are folded only at white space.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from publisher.audience import parse_address

# What can't stand in a header: controls, line and paragraph separators, lone surrogates,
# noncharacters (our own marks are made of them).
_UNFIT = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_LINE = 78  # RFC 5322 section 2.1.1
_ENCODED_LINE = 76  # RFC 2047 section 2
_ENCODED_WORD = 75
# RFC 2047 section 5 (3): the narrowest set, good in a phrase and everywhere else.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_LITERAL_URI = "!#$%&'()*+,/:;=?@[]~"


def clean(text: str) -> str:
    """The text on one line: control characters and runs of spaces become one space."""
    return _UNFIT.sub(" ", text).strip()


def unstructured(name: str, text: str) -> bytes:
    """A field of free text, such as Subject (RFC 5322 section 3.6.5)."""
    value = clean(text)
    if not _stands_as_is(value):
        return field(name, _encoded_words(value, len(name) + 2))
    return field(name, _folded(value.split(" "), len(name) + 2))


def mailbox(name: str, display_name: str, address: str) -> bytes:
    """A field with one mailbox, such as From or To (RFC 5322 section 3.4).

    The address is taken strictly, its domain as A-labels; a local part beyond ASCII stays as it
    is (RFC 6532) and needs a server with SMTPUTF8. Raises AddressError.
    """
    wire = parse_address(address)
    phrase = _phrase(display_name, len(name) + 2)
    return field(name, _beside(phrase, f"<{wire}>", len(name) + 2) if phrase else wire)


def list_id(title: str, label: str) -> bytes:
    """The List-Id field (RFC 2919 section 3)."""
    return field("List-Id", _beside(_phrase(title, 9), f"<{_a_labels(clean(label))}>", 9))


def addresses(name: str, uris: Iterable[str]) -> bytes:
    """A field of addresses in angle brackets, one a line where they are long (RFC 2369)."""
    literal = [f"<{uri(one)}>" for one in uris]
    value = ", ".join(literal)
    if len(name) + 2 + len(value) > _LINE:
        value = ",\r\n ".join(literal)
    return field(name, value)


def field(name: str, value: str) -> bytes:
    """A field whose value is already in its final form."""
    return f"{name}: {value}\r\n".encode()


def uri(text: str) -> str:
    """An address as RFC 3986 has it: ASCII, no space, nothing that could end it early."""
    value = clean(text)
    if not value.isascii():
        parts = urlsplit(value)
        value = urlunsplit(parts._replace(netloc=_a_labels(parts.netloc)))
    return quote(value, safe=_LITERAL_URI)


def _a_labels(domain: str) -> str:
    """A domain as DNS has it (RFC 5891); what is ASCII already stays."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")


def _stands_as_is(value: str) -> bool:
    """Whether nobody could take it for an encoded word or be stopped by a word's length."""
    return value.isascii() and "=?" not in value and max(map(len, value.split(" "))) < 200


def _phrase(text: str, column: int) -> str:
    """A display name: atoms, a quoted string or encoded words (RFC 5322 section 3.2.5)."""
    value = " ".join(clean(text).split())  # readers disagree on the wider spaces in a name
    if not _stands_as_is(value) or len(value) > _LINE - column - 4:
        return _encoded_words(value, column)
    if _ATOMS.fullmatch(value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _beside(phrase: str, bracketed: str, column: int) -> str:
    last = phrase.rpartition("\r\n")
    used = len(last[2]) if last[1] else column + len(phrase)
    limit = _ENCODED_LINE if "=?" in last[2] else _LINE
    space = " " if used + 1 + len(bracketed) <= limit else "\r\n "
    return phrase + space + bracketed


def _folded(words: Iterable[str], column: int) -> str:
    """Words on lines of at most 78 characters, as far as the words allow."""
    out: list[str] = []
    for word in words:
        if out and column + 1 + len(word) > _LINE:
            out.append("\r\n")
            column = 0
        elif not out:
            out.append(word)
            column += len(word)
            continue
        out.append(" " + word)
        column += 1 + len(word)
    return "".join(out)


def _encoded_words(value: str, column: int) -> str:
    """The whole value as encoded words in UTF-8, each holding whole characters (RFC 2047)."""
    encode = _shorter(value)
    words: list[str] = []
    start = 0
    while start < len(value):
        room = min(_ENCODED_WORD, _ENCODED_LINE - (column if not words else 1))
        end = start + 1
        while end < len(value) and len(encode(value[start : end + 1])) <= room:
            end += 1
        words.append(encode(value[start:end]))
        start = end
    return "\r\n ".join(words)


def _shorter(value: str) -> Callable[[str], str]:
    return _q_word if len(_q_word(value)) <= len(_b_word(value)) else _b_word


def _q_word(text: str) -> str:
    encoded = "".join(
        chr(byte) if byte in _PLAIN else "_" if byte == 0x20 else f"={byte:02X}"
        for byte in text.encode()
    )
    return f"=?utf-8?q?{encoded}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode()).decode('ascii')}?="
