"""Everything that can go wrong and that a person can mend.

    PublisherError          what we were doing, to which thing, and what to do about it
    ├── ConfigError         publisher.toml or the environment; carries every mistake   exit 2
    ├── UsageError          asked for something that is not there                      exit 2
    ├── ArticleError        one article can't be read; the others go on                exit 1
    ├── TemplateError       a template can't be compiled or rendered                   exit 1
    ├── AddressError        a mail address that can't be used                          exit 2
    ├── CheckError          what was about to leave breaks a MUST                      exit 1
    ├── StoreError          the database can't be opened, read or written              exit 75
    │   └── LedgerError         the deliveries of an edition don't add up                exit 1
    ├── OutputError         a file can't be written                                    exit 75
    ├── TransportError      the mail relay or the outbox can't be used now             exit 75
    │   └── LimitError          as many messages have left as may for now: nothing to mend
    ├── FetchError          somebody's server can't be asked, or gives nothing useful      exit 1
    ├── MailboxError        the mailbox of bounces can't be read now                         exit 75
    └── BusyError           another run holds the lock                                 exit 0

Bugs are not in this tree: they keep their traceback, but for those that concern one article, feed
or message alone, which must not keep the others from their readers.
"""

from __future__ import annotations

from collections.abc import Sequence


class PublisherError(Exception):
    """What went wrong, where, and how to mend it.

    `what` is one sentence; `path` and `line` name the place, if there is one; `mend` says what
    to do. `str()` gives all of it on one line: `articles/a.md:3: what: mend`.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, mend: str = "", path: str = "", line: int | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return describe(self.what, self.mend, self.path, self.line)


class ConfigError(PublisherError):
    """publisher.toml or the environment is not as it should be; `mistakes` has every one."""

    exit_code = 2

    def __init__(self, what: str, *, mistakes: Sequence[str] = (), path: str = "") -> None:
        super().__init__(what, path=path)
        self.mistakes = tuple(mistakes)


class UsageError(PublisherError):
    """The command names something that is not there, or asks for what can't be."""

    exit_code = 2


class ArticleError(PublisherError):
    """One article can't become an entry."""


class TemplateError(PublisherError):
    """A template can't be compiled or rendered."""


class AddressError(PublisherError):
    """A mail address that can't be used."""

    exit_code = 2


class CheckError(PublisherError):
    """A feed or a message breaks a MUST, so it was not written or sent."""


class StoreError(PublisherError):
    """The store can't be opened, read or written; another try may succeed."""

    exit_code = 75


class LedgerError(StoreError):
    """The deliveries of an edition are not those of its snapshot: another hand took some."""

    exit_code = 1


class OutputError(PublisherError):
    """A file can't be written; another try may succeed."""

    exit_code = 75


class TransportError(PublisherError):
    """No message can leave now; another try may succeed."""

    exit_code = 75


class LimitError(TransportError):
    """A relay has got as many messages as it may for now; in `seconds` it may get more."""

    def __init__(self, what: str, *, seconds: float) -> None:
        super().__init__(what)
        self.seconds = seconds


class FetchError(PublisherError):
    """A server that is somebody else's can't be asked, or what it answers can't be used.

    `refused`: we did not ask, because its address is not one of the internet.
    """

    def __init__(self, what: str, *, mend: str = "", path: str = "", refused: bool = False) -> None:
        super().__init__(what, mend=mend, path=path)
        self.refused = refused


class MailboxError(PublisherError):
    """The mailbox that bounces come to can't be read now; another try may succeed."""

    exit_code = 75


class BusyError(PublisherError):
    """Another run is at work on this publication: nothing is left for us to do."""

    exit_code = 0


def is_bug(err: Exception) -> bool:
    """Whether it is a mistake of ours: nothing that this tree knows, and not the machine's."""
    return not isinstance(err, PublisherError | OSError | MemoryError)


def trace(err: BaseException, most: int = 1) -> str:
    """Which mistake of ours it is, and where: `ZeroDivisionError in headers.py:9 < message.py:80`.

    The innermost of its `most` places stands first. Not what it says: that may have an address.
    """
    places = []
    at = err.__traceback__
    while at is not None:
        places.append(f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}")
        at = at.tb_next
    return f"{type(err).__name__} in {' < '.join(places[: -most - 1 : -1])}"


def describe(what: str, mend: str = "", path: str = "", line: int | None = None) -> str:
    """One line for a person: place, what, and how to mend it."""
    place = f"{path}:{line}: " if path and line is not None else f"{path}: " if path else ""
    return f"{place}{what}" + (f" ({mend})" if mend else "")
