"""What a mailbox provider would refuse, or hold against us, in a DKIM-Signature.

All that the bytes alone can tell; whether the key in DNS fits is known only to who can ask for it.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from email.utils import getaddresses
from hashlib import sha256

from publisher.checks.mail_source import MailSource, error, warning
from publisher.model import Finding

_NAME = "DKIM-Signature"
_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")
_COVERED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
_ALSO_COVERED = ("reply-to", "list-id", "feedback-id")
# The shortest b= in bytes: a 2048 bit RSA key's, and Ed25519's (RFC 8301 section 3.2, RFC 8463).
_SHORTEST = {"rsa-sha256": 256, "ed25519-sha256": 64}


def check_signatures(source: MailSource) -> Iterator[Finding]:
    """Everything that is wrong with the signatures that are there; none need be."""
    found = [_tags(value) for value in source.values("dkim-signature")]
    for tags in found:
        missing = [name for name in _REQUIRED if not tags.get(name)]
        if missing or tags["v"] != "1":
            yield error(
                f"a DKIM-Signature has no good {', '.join(missing) or 'v'}",
                "RFC 6376 section 3.5",
                "sign the message again",
                at=_NAME,
            )
            continue
        yield from _algorithm(tags)
        yield from _domain(tags, source)
        yield from _coverage(tags, source)
        yield from _body(tags, source)
    if found and not any(tags.get("a") == "rsa-sha256" for tags in found):
        yield warning(
            "no DKIM-Signature is by rsa-sha256, and large providers verify no other",
            "RFC 8463 section 5",
            "sign with an RSA key too: [mail.dkim] selector and key",
            at=_NAME,
        )


def _tags(value: str) -> dict[str, str]:
    """The tags with all white space out of their values (RFC 6376 section 3.2)."""
    pairs = (part.partition("=") for part in value.split(";") if part.strip())
    return {name.strip(): re.sub(r"\s+", "", text) for name, _, text in pairs}


def _algorithm(tags: dict[str, str]) -> Iterator[Finding]:
    shortest = _SHORTEST.get(tags["a"])
    if shortest is None:
        yield error(
            f"a DKIM-Signature is by {tags['a'][:30]!a}, which nobody has to verify",
            "RFC 8301 section 3.1",
            "sign with rsa-sha256",
            at=_NAME,
        )
        return
    try:
        length = len(b64decode(tags["b"], validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length < shortest:
        yield error(
            f"a DKIM-Signature by {tags['a']} has {length} bytes, not at least {shortest}",
            "RFC 8301 section 3.2",
            "sign with a key of 2048 bits",
            at=_NAME,
        )


def _domain(tags: dict[str, str], source: MailSource) -> Iterator[Finding]:
    signer = tags["d"].lower()
    mailboxes = getaddresses(source.values("from"))
    sender = mailboxes[0][1].rpartition("@")[2].lower() if mailboxes else ""
    if "." not in signer or not (sender == signer or sender.endswith(f".{signer}")):
        yield error(
            f"a DKIM-Signature is of {signer[:60]!a}, which is not the domain of From",
            "RFC 7489 section 3.1.1",
            "set [mail.dkim] domain to the domain of [mail] from",
            at=_NAME,
        )


def _coverage(tags: dict[str, str], source: MailSource) -> Iterator[Finding]:
    if "l" in tags:
        yield error(
            "a DKIM-Signature has l=: anybody can add to it",
            "RFC 6376 section 8.2",
            "sign the whole body",
            at=_NAME,
        )
    names = tags["h"].lower().split(":")
    for name in _COVERED:
        if name not in names:
            yield error(
                f"a DKIM-Signature does not cover {name}",
                "RFC 6376 section 5.4",
                "name it in h=",
                at=_NAME,
            )
    for name in _ALSO_COVERED:
        if source.values(name) and name not in names:
            yield warning(
                f"a DKIM-Signature does not cover {name}",
                "RFC 6376 section 5.4.1",
                "name it in h=",
                at=_NAME,
            )
    if names.count("from") == 1:
        yield warning(
            "a second From could be put above the signed one",
            "RFC 6376 section 8.15",
            "name From twice in h=",
            at=_NAME,
        )


def _body(tags: dict[str, str], source: MailSource) -> Iterator[Finding]:
    """The hash of the body as it stands in the message, in the form that c= names."""
    body = source.data.partition(b"\r\n\r\n")[2]
    relaxed = tags.get("c", "simple/simple").partition("/")[2] == "relaxed"
    if relaxed:
        body = b"\r\n".join(
            re.sub(rb"[ \t]+", b" ", line).removesuffix(b" ") for line in body.split(b"\r\n")
        )
    body = re.sub(rb"(?:\r\n)+\Z", b"", body)
    # RFC 6376 sections 3.4.3 and 3.4.4: an empty body is one line break when simple, else nothing.
    if body or not relaxed:
        body += b"\r\n"
    if tags["bh"] != b64encode(sha256(body).digest()).decode("ascii"):
        yield error(
            "a DKIM-Signature is not of this body",
            "RFC 6376 section 6.1.3",
            "sign last, and let nothing change the message after it",
            at=_NAME,
        )
