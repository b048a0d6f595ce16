"""The signed links in a reader's mail: they name a subscriber without showing the address.

A token is `<number>.<word>.<signature>`: HMAC-SHA256 over both and the purpose, so that a token
made for leaving opens nothing else. Any of the keys verifies, the last one signs. Number and word
are a subscriber and a newsletter or, to confirm, a request and the second in which it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

Purpose = Literal["leave", "preferences", "confirm"]
_PURPOSES: tuple[Purpose, ...] = ("leave", "preferences", "confirm")


class Links:
    """Makes and reads readers' links below the address `base`, which ends with a slash."""

    def __init__(self, keys: Sequence[bytes], base: str) -> None:
        self._base = base
        self._signers = {purpose: make_signer(keys, purpose) for purpose in _PURPOSES}

    def link(self, purpose: Purpose, number: int, word: str) -> str:
        """The absolute address of a reader's own page for this purpose."""
        return f"{self._base}{purpose}/{self.token(purpose, number, word)}"

    def token(self, purpose: Purpose, number: int, word: str) -> str:
        """The last part of such an address."""
        return self._signers[purpose].sign(f"{number}.{word}").decode("ascii")

    def read(self, purpose: Purpose, token: str) -> tuple[int, str] | None:
        """What a token names, or None if it is not ours for this purpose."""
        words = unsigned(self._signers[purpose], token)
        if words is None:
            return None
        number, _, word = words.partition(".")
        return int(number), word


class Stamps:
    """Signed moments, by which a form that comes back tells when it was given out."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._signer = make_signer(keys, "form")

    def stamp(self, now: datetime) -> str:
        """The moment, signed."""
        return self._signer.sign(str(int(now.timestamp()))).decode("ascii")

    def read(self, stamp: str) -> datetime | None:
        """The moment that was signed, or None if it is not ours."""
        words = unsigned(self._signer, stamp)
        return None if words is None else datetime.fromtimestamp(int(words), UTC)


def make_signer(keys: Sequence[bytes], purpose: str) -> Signer:
    """Signs for one purpose alone: any of the keys verifies, the last one signs."""
    return Signer(
        list(keys),
        salt=f"publisher.{purpose}",
        sep=".",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def unsigned(signer: Signer, token: str) -> str | None:
    """What was signed, or None if it was not by us, letter for letter."""
    try:
        words = signer.unsign(token.encode()).decode("ascii")
        # Base64 leaves bits of its last character unused: only one spelling is ours.
        signature = token.rpartition(".")[2].encode()
        if base64_encode(base64_decode(signature)) != signature:
            return None
    except (BadSignature, UnicodeError):
        return None
    return words
