"""Mail addresses, read strictly: one address, one meaning, nothing that a server could misread.

RFC 5321 section 4.1.2 and RFC 6531 section 3.3, without what nobody uses and attackers love:
quoted local parts, comments, address literals, source routes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna

from publisher.errors import AddressError
from publisher.valueclass import valueclass

# Letters, digits, all beyond ASCII that can be seen, and !#$%&'*+/=?^_`{|}~- by what else there
# is: a class that reaches to U+10FFFF takes 2 ms to compile.
_ATOM = r"[^\x00-\x20\"(),.:;<>@\[\\\]\x7f-\xa0]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
# What nearly every address is, and needs no closer look: by far the most of a large list's time.
_PLAIN = re.compile(r"((?!-)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)")
_WORD = re.compile(r"[^\s<>()\[\],;:\"]+")
_MEND = "write one address such as ana@paper.example"


@valueclass(kw_only=False)
class Mailbox:
    """A display name, perhaps empty, and an address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def parse_address(text: str) -> str:
    """The address in the form that goes to the server: its domain in lower-case A-labels.

    A local part may have letters beyond ASCII (it then needs SMTPUTF8). Raises AddressError.
    """
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= 254 and len(plain[1]) <= 64:
        return f"{plain[1]}@{_wire_domain(plain[2], ascii(text))}"
    address = text.strip(" ")
    shown = ascii(address if len(address) <= 80 else address[:77] + "...")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs") for char in address):
        raise AddressError(f"{shown} has a space or a control character in it", mend=_MEND)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise AddressError(f"{shown} is no mail address", mend=_MEND)
    if address.startswith("-") or not _LOCAL.fullmatch(local):
        raise AddressError(f"{shown} has a part before the @ that we don't take", mend=_MEND)
    wire = f"{unicodedata.normalize('NFC', local)}@{_wire_domain(domain, shown)}"
    # RFC 5321 section 4.5.3.1: 64 octets for the local part, 254 for the whole (erratum 1690).
    if len(local.encode()) > 64 or len(wire.encode()) > 254:
        raise AddressError(f"{shown} is too long for a mail address", mend=_MEND)
    return wire


def parse_mailbox(text: str) -> Mailbox:
    """`Name <address>` or a bare address. Raises AddressError."""
    match = re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", text)
    if not match:
        return Mailbox("", parse_address(text))
    name = match[1].strip('"').strip()
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name):
        raise AddressError(
            f"the name of {match[2]!a} has a control character in it",
            mend="write it on one line: The Paper <digest@paper.example>",
        )
    return Mailbox(name, parse_address(match[2]))


def masked(text: str) -> str:
    """The text with addresses in it as a…@paper.example: enough for who knows them already."""
    return _WORD.sub(_mask, text) if "@" in text else text


def _mask(word: re.Match[str]) -> str:
    local, at, domain = word[0].rpartition("@")
    return f"{local[:1]}…@{domain}" if at else word[0]


def _wire_domain(domain: str, shown: str) -> str:
    try:
        return _a_labels(domain)
    except (idna.IDNAError, UnicodeError) as err:
        raise AddressError(f"{shown} has a domain that can't exist: {err}", mend=_MEND) from None
    except ValueError:
        raise AddressError(f"{shown} has no whole domain after the @", mend=_MEND) from None


@lru_cache(maxsize=4096)
def _a_labels(domain: str) -> str:
    wire = idna.encode(domain, uts46=True).decode("ascii").lower()
    labels = wire.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(labels):
        raise ValueError(domain)
    return wire
