"""The letters of an IMAP folder (RFC 9051, RFC 3501)."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from publisher.errors import MailboxError
from publisher.sources.maildir import LARGEST, MOST, Letter
from publisher.valueclass import valueclass


@valueclass
class ImapLogin:
    """Where an IMAP mailbox is, and how to get in."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str
    password: str
    folder: str
    timeout: int = 60


@contextmanager
def open_imap(login: ImapLogin) -> Iterator[Iterator[Letter]]:
    """The letters of an IMAP folder; the connection is open inside the block. MailboxError."""
    place = f"{login.host}:{login.port}"
    try:
        client = _connect(login)
    except (OSError, imaplib.IMAP4.error) as err:
        raise _failed(place, err) from err
    try:
        yield _letters(client, login, place)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()


def _connect(login: ImapLogin) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    client: imaplib.IMAP4
    if login.security == "tls":
        client = imaplib.IMAP4_SSL(
            login.host, login.port, ssl_context=context, timeout=login.timeout
        )
    else:
        client = imaplib.IMAP4(login.host, login.port, timeout=login.timeout)
    try:
        if login.security == "starttls":
            client.starttls(context)
        client.login(login.username, login.password)
    except BaseException:
        client.shutdown()
        raise
    return client


def _letters(client: imaplib.IMAP4, login: ImapLogin, place: str) -> Iterator[Letter]:
    try:
        quoted = '"' + login.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        _ok(client.select(quoted), f"there is no folder {login.folder!r}")
        found = _ok(client.uid("SEARCH", "UNDELETED"), "the folder can't be searched")
        for uid in (found[0] or b"").split()[:MOST]:
            yield _letter(client, uid.decode(), place)
    except (OSError, imaplib.IMAP4.error) as err:
        raise _failed(place, err) from err


def _letter(client: imaplib.IMAP4, uid: str, place: str) -> Letter:
    discard = _expunger(client, uid, place)
    size = _size(client, uid)
    if size > LARGEST:
        trouble = MailboxError(
            f"letter {uid} has {size / 2**20:.0f} MiB",
            mend="look at it, and take it out of the folder",
            path=place,
        )
        return Letter(b"", discard, trouble)
    parts = _ok(client.uid("FETCH", uid, "(BODY.PEEK[])"), "it can't be fetched")
    data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    return Letter(data, discard)


def _size(client: imaplib.IMAP4, uid: str) -> int:
    answer = _ok(client.uid("FETCH", uid, "(RFC822.SIZE)"), "it can't be measured")
    words = b" ".join(part for part in answer if isinstance(part, bytes))
    digits = words.partition(b"RFC822.SIZE ")[2].strip(b") ").split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0


def _expunger(client: imaplib.IMAP4, uid: str, place: str) -> Callable[[], None]:
    def expunge() -> None:
        try:
            _ok(client.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)"), "it can't be deleted")
            # RFC 4315: this letter alone; without it what others marked deleted would go too.
            if b"UIDPLUS" in b" ".join(_ok(client.capability(), "it can't be asked")).upper():
                _ok(client.uid("EXPUNGE", uid), "it can't be expunged")
        except (OSError, imaplib.IMAP4.error) as err:
            raise _failed(place, err) from err

    return expunge


def _ok(answer: tuple[str, list[Any]], what: str) -> list[Any]:
    if answer[0] != "OK":
        words = answer[1][0] if answer[1] else b""
        raise imaplib.IMAP4.error(f"{what}: {_text(words)}")
    return answer[1]


def _failed(place: str, err: Exception) -> MailboxError:
    words = err.strerror if isinstance(err, OSError) and err.strerror else _text(*err.args[:1])
    return MailboxError(
        f"the bounce mailbox can't be read: {words}",
        mend="nothing is lost; see [bounces.imap] and the two PUBLISHER_IMAP_... variables",
        path=place,
    )


def _text(words: object = "") -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())[:200]
