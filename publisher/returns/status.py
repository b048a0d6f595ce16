"""What a status code says of an address (RFC 3463; the codes' registry is RFC 5248's)."""

from __future__ import annotations

import re

from publisher.model import ReturnKind

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")

# Of a permanent refusal, by subject and detail: what is not the address's own fault.
_NOT_THE_ADDRESS = {
    "1.7": ReturnKind.POLICY,  # our own address is bad
    "1.8": ReturnKind.POLICY,
    "2.2": ReturnKind.SOFT,  # mailbox full
    "2.3": ReturnKind.POLICY,  # message too long
    "4.7": ReturnKind.SOFT,  # delivery time expired
}
_SUBJECTS = {
    "0": ReturnKind.HARD,  # something about it, and no more was said
    "1": ReturnKind.HARD,  # the address
    "2": ReturnKind.HARD,  # the mailbox: disabled, gone
    "3": ReturnKind.SOFT,  # the mail system: full, down
    "4": ReturnKind.SOFT,  # the network: no route, no answer
    "5": ReturnKind.POLICY,  # the protocol
    "6": ReturnKind.POLICY,  # the content
    "7": ReturnKind.POLICY,  # security and policy
}


def find_status(*texts: str) -> str:
    """The first enhanced status code in these texts that says more than "0.0", else any, else "".

    A server's own words often have a code where its report says 5.0.0 only.
    """
    codes = [".".join(match.groups()) for text in texts for match in _CODE.finditer(text)]
    telling = [code for code in codes if not code.endswith(".0.0")]
    return (telling or codes or [""])[0]


def kind_of(status: str, diagnostic: str = "") -> ReturnKind:
    """What this status, or the reply code in the words without one, says of the address."""
    if not status:
        reply = _REPLY.search(diagnostic)
        status = f"{reply[1]}.0.0" if reply else ""
    known = _CODE.fullmatch(status)
    if not known or known[1] == "2":
        return ReturnKind.NOTICE if known else ReturnKind.UNKNOWN
    subject, detail = known[2], known[3]
    if known[1] == "4":
        return ReturnKind.POLICY if subject == "7" else ReturnKind.SOFT
    return _NOT_THE_ADDRESS.get(f"{subject}.{detail}") or _SUBJECTS.get(subject, ReturnKind.HARD)
