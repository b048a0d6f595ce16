"""The operator's sessions: signed, never stored, over when the password changes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from publisher.audience import make_signer, unsigned

LASTS = timedelta(hours=12)


class Sessions:
    """Makes and reads what the cookie holds: until when, a random word, and for which password."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._sessions = make_signer(keys, "session")
        self._proofs = make_signer(keys, "session form")

    def begin(self, password: str, now: datetime) -> str:
        """A new session of who knows the password with this hash."""
        until = int((now + LASTS).timestamp())
        words = f"{until}.{secrets.token_hex(16)}.{_mark(password)}"
        return self._sessions.sign(words).decode("ascii")

    def holds(self, session: str, password: str, now: datetime) -> bool:
        """Whether it is one of ours, not over, and of the password that there is now."""
        words = unsigned(self._sessions, session)
        if words is None:
            return False
        until, _, mark = words.split(".")
        alive = now < datetime.fromtimestamp(int(until), UTC)
        return alive and hmac.compare_digest(mark, _mark(password))

    def proof(self, session: str) -> str:
        """What a form has to bring along that is for this session alone."""
        word = hashlib.sha256(session.encode("utf-8", "replace")).hexdigest()
        return self._proofs.sign(word).decode("ascii")

    def proves(self, proof: str, session: str) -> bool:
        """Whether this is that."""
        word = hashlib.sha256(session.encode("utf-8", "replace")).hexdigest()
        return unsigned(self._proofs, proof) == word


def _mark(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:32]
