"""Signs messages, so that who receives one can tell that it is ours and unchanged (RFC 6376).

The forms are those that everybody verifies: relaxed/relaxed and rsa-sha256, and beside it
ed25519-sha256 (RFC 8463) if there is a key for it. There is no l=, by which anybody could add to
a body; and no t=, so that a second try of a message has the same bytes as the first.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from publisher.delivery.canonical import field_name, relaxed_field, split_fields
from publisher.valueclass import valueclass

# Named once more than they occur: a second one, put on top by somebody else, would be what the
# reader sees, and breaks the signature (RFC 6376 section 8.15). RFC 8058 section 4 wants the two
# for leaving to be covered.
_SEALED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Reply-To",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
# Named as often as they occur; a relay may have its own to add.
_COVERED = (
    "List-Id",
    "List-Help",
    "List-Owner",
    "Archived-At",
    "Feedback-ID",
    "Auto-Submitted",
    "Content-Language",
)
_LINE = 76


@valueclass
class SigningKey:
    """A private key and where the world finds its public half: SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def read(cls, pem: bytes, *, domain: str, selector: str) -> SigningKey:
        """The key in a PEM file. Raises ValueError, saying what is wrong with it."""
        try:
            private = load_pem_private_key(pem, password=None)
        except TypeError:
            raise ValueError("is locked with a password, and nobody is there to give it") from None
        except (ValueError, UnsupportedAlgorithm):
            # Not chained: the error may quote the key.
            raise ValueError("is no private key in PEM form") from None
        if isinstance(private, RSAPrivateKey):
            # RFC 8301 section 3.2: at least 1024, should be 2048; nobody need verify over 4096.
            if not 2048 <= private.key_size <= 4096:
                raise ValueError(f"has {private.key_size} bits, not between 2048 and 4096")
        elif not isinstance(private, Ed25519PrivateKey):
            raise ValueError("is neither an RSA nor an Ed25519 key")  # noqa: TRY004
        return cls(domain=domain, selector=selector, private=private)

    @property
    def algorithm(self) -> str:
        """What stands in a=."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def pem(self) -> bytes:
        """The private key as PEM text."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public(self) -> bytes:
        """The public half, as p= in DNS has it once it is decoded (RFC 6376, RFC 8463)."""
        if isinstance(self.private, RSAPrivateKey):
            key = self.private.public_key()
            return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def seal(self, signed: bytes) -> bytes:
        """The signature of these bytes; the same bytes always give the same one."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(sha256(signed).digest())  # RFC 8463 section 3


class DkimSigner:
    """Signs with each of its keys; the bodies of all signatures have the same hash."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._keys = tuple(keys)

    def export(self) -> list[tuple[bytes, str, str]]:
        """The keys for another process of ours: PEM, domain, selector."""
        return [(key.pem(), key.domain, key.selector) for key in self._keys]

    def sign(self, head: bytes, body_hash: bytes) -> bytes:
        """The DKIM-Signature fields for a head, to be set on top of it.

        `body_hash` is the SHA-256 of the body in its relaxed form.
        """
        # Of a segment's messages nearly all fields are the same: what follows from them is kept.
        fields = [_relaxed(field) for field in split_fields(head)]
        named, order = _coverage(tuple(name for name, _ in fields))
        covered = b"".join([fields[at][1] for at in order])
        return b"".join([_field(key, named, body_hash, covered) for key in self._keys])


@lru_cache(maxsize=256)
def _relaxed(field: bytes) -> tuple[str, bytes]:
    """A field's name and its relaxed form."""
    return field_name(field), relaxed_field(field)


@lru_cache(maxsize=64)
def _coverage(present: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """What h= names in a head with these fields, and which of them are hashed, in order.

    From the bottom up, and nothing where a name is there once too often (section 5.4.2).
    """
    left = {name: [at for at, one in enumerate(present) if one == name] for name in present}
    counts = {name: len(places) for name, places in left.items()}
    names = [*_names(_SEALED, counts, more=1), *_names(_COVERED, counts, more=0)]
    order = [left[name.lower()].pop() for name in names if left.get(name.lower())]
    return _folded("h=" + ":".join(names)), tuple(order)


def _names(group: Iterable[str], counts: dict[str, int], *, more: int) -> list[str]:
    return [name for name in group for _ in range(counts.get(name.lower(), 0) + more)]


def _field(key: SigningKey, named: str, body_hash: bytes, covered: bytes) -> bytes:
    """One DKIM-Signature field; b= is its last tag, so that it is signed empty (section 3.7)."""
    start = (
        f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n"
        f" d={key.domain}; s={key.selector};\r\n"
        f" {named};\r\n"
        f" bh={b64encode(body_hash).decode('ascii')};\r\n"
        " b="
    ).encode("ascii")
    unsigned = relaxed_field(start + b"\r\n").removesuffix(b"\r\n")
    seal = b64encode(key.seal(covered + unsigned))
    lines = [seal[at : at + _LINE - 4] for at in range(0, len(seal), _LINE - 4)]
    return start + b"\r\n ".join(lines) + b"\r\n"


def _folded(names: str) -> str:
    """A list with colons on lines of at most 76 characters: white space may follow a colon."""
    lines = [""]
    for word in names.replace(":", ":\n").split("\n"):
        if len(lines[-1]) + len(word) + 2 > _LINE:
            lines.append("")
        lines[-1] += word
    return "\r\n ".join(lines)
