"""The signed links in a reader's mail: they name a subscriber without showing the address.

A token is `<subscriber>.<newsletter>.<signature>`: HMAC-SHA256 over the words and the purpose,
so that a token made for leaving opens nothing else. Any of the keys verifies, the last one signs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

Purpose = Literal["leave", "preferences"]


class Links:
    """Makes and reads readers' links below the address `base`, which ends with a slash."""

    def __init__(self, keys: Sequence[bytes], base: str) -> None:
        self._base = base
        self._signers: dict[Purpose, Signer] = {
            purpose: Signer(
                list(keys),
                salt=f"publisher.{purpose}",
                sep=".",
                key_derivation="hmac",
                digest_method=hashlib.sha256,
            )
            for purpose in ("leave", "preferences")
        }

    def link(self, purpose: Purpose, subscriber: int, newsletter: str) -> str:
        """The absolute address of a subscriber's own page for this purpose."""
        return f"{self._base}{purpose}/{self.token(purpose, subscriber, newsletter)}"

    def token(self, purpose: Purpose, subscriber: int, newsletter: str) -> str:
        """The last part of such an address."""
        return self._signers[purpose].sign(f"{subscriber}.{newsletter}").decode("ascii")

    def read(self, purpose: Purpose, token: str) -> tuple[int, str] | None:
        """Whom and which newsletter a token names, or None if it is not ours for this purpose."""
        try:
            words = self._signers[purpose].unsign(token.encode()).decode("ascii")
            # Base64 leaves bits of its last character unused: only one spelling is ours.
            signature = token.rpartition(".")[2].encode()
            if base64_encode(base64_decode(signature)) != signature:
                return None
        except (BadSignature, UnicodeError):
            return None
        subscriber, _, newsletter = words.partition(".")
        return int(subscriber), newsletter
