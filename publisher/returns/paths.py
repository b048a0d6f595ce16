"""Return paths that say which delivery a bounce is about (VERP), and that nobody else can make.

`bounces+<delivery>-<proof>@paper.example`: whatever a server puts into its report, the address that
it sends it to is the one that we gave it in MAIL FROM. The proof is an HMAC over edition and
subscriber, so that a delivery's number alone is worth nothing, also after a restored backup gave
the number to somebody else. Letters are small ones, for some servers change capitals.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

_PROOF = 26  # letters of five bits: 130 bits
_SHAPE = re.compile(rf"\+([0-9a-f]{{1,16}})-([a-z2-7]{{{_PROOF}}})@")
# RFC 5321 section 4.5.3.1.1 has 64 octets for the local part; 48 bits of deliveries are enough.
LONGEST_MAILBOX = 64 - len("+123456789abc-") - _PROOF


class ReturnPath:
    """Makes and knows the return paths below one mailbox; the oldest key makes, each knows."""

    def __init__(self, keys: Sequence[bytes], mailbox: str) -> None:
        self._keys = tuple(keys)
        self._local, _, self._domain = mailbox.lower().rpartition("@")

    def address(self, delivery: int, edition: str, subscriber: int) -> str:
        """Where a bounce of this delivery comes back to."""
        proof = _proof(self._keys[0], edition, subscriber)
        return f"{self._local}+{delivery:x}-{proof}@{self._domain}"

    def delivery_of(self, addresses: Iterable[str]) -> tuple[int, str] | None:
        """The delivery that one of these addresses names, and its proof, not yet checked."""
        for address in addresses:
            low = address.lower()
            match = _SHAPE.search(low)
            if match and low == f"{self._local}{match[0]}{self._domain}":
                return int(match[1], 16), match[2]
        return None

    def proves(self, proof: str, edition: str, subscriber: int) -> bool:
        """Whether this proof is ours for this delivery."""
        return any(
            hmac.compare_digest(proof, _proof(key, edition, subscriber)) for key in self._keys
        )


def _proof(key: bytes, edition: str, subscriber: int) -> str:
    words = f"return path\n{edition}\n{subscriber}".encode()
    digest = hmac.new(key, words, hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_PROOF]
