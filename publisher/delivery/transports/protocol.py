"""What every way out has in common, and what it needs of who has something to send."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from publisher.audience import parse_address
from publisher.delivery.transports.letters import Letter
from publisher.model import Receipt, Recipient


class Mailroom(Protocol):
    """Who hands out letters and keeps the book of them; a transport calls, from one thread."""

    def begin(self, wake: Callable[[], None] | None, /) -> None:
        """A transport is there; `wake` tells it that there are letters again.

        With None it can't be told: then `next` must wait for them itself.
        """
        ...

    def next(self) -> Letter | None:
        """The next letter to go; None if there is none at this moment."""
        ...

    def waiting(self) -> int:
        """How many letters could be had at once."""
        ...

    def over(self) -> bool:
        """Whether `next` will never have another one."""
        ...

    def turn(
        self, starting: Sequence[Letter], finished: Sequence[tuple[Letter, Receipt]], /
    ) -> None:
        """What is about to leave, and what became of others: to be on record when this returns.

        Nothing of `starting` has left yet, and nothing will if this raises.
        """
        ...

    def back(self, letter: Letter, /) -> None:
        """Take back a letter that was handed out and has not left."""
        ...

    def end(self) -> None:
        """The transport is gone."""
        ...


class Transport(Protocol):
    """A way out for messages; open it, or use it in a `with`, before the first one."""

    def open(self) -> None:
        """Get ready. Raises TransportError where nothing can leave now."""
        ...

    def carry(self, mailroom: Mailroom, /) -> None:
        """Let the letters of a mailroom leave, until it is over.

        Raises TransportError where nothing can leave any more, when no letter is under way.
        """
        ...

    def send(self, sender: str, recipient: Recipient, data: bytes) -> Receipt:
        """Hand over one message and say what became of it; `sender` is the envelope's.

        Raises AddressError for an address that can't be used, and TransportError where nothing
        can leave any more; of either the message at hand has not left.
        """
        ...

    def close(self) -> None:
        """Leave politely; harmless when there is nothing open."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Valve(Protocol):
    """What lets messages through to a relay, as fast as it may get them, and remembers it."""

    @property
    def rests_until(self) -> datetime | None:
        """Until when others go before this relay, because it failed."""
        ...

    def wait(self) -> float:
        """In how many seconds it may be given a message: 0 is now."""
        ...

    def spend(self) -> None:
        """It is given one."""
        ...

    def hear(self, receipt: Receipt, /) -> None:
        """What it said of a message."""
        ...

    def hear_words(self, reply: str, /) -> None:
        """What it said of itself."""
        ...

    def refuse_connection(self, why: str, /) -> None:
        """It takes no more connections while others are open."""
        ...

    def fail(self, why: str, /) -> None:
        """Nothing can leave through it."""
        ...

    def close(self) -> None:
        """Nothing more goes through for now."""
        ...


class Managed(ABC):
    """What makes a transport usable in a `with`, and for a single message."""

    @abstractmethod
    def open(self) -> None:
        """Get ready."""

    @abstractmethod
    def carry(self, mailroom: Mailroom) -> None:
        """Let the letters of a mailroom leave."""

    @abstractmethod
    def close(self) -> None:
        """Leave politely."""

    def send(self, sender: str, recipient: Recipient, data: bytes) -> Receipt:
        """Hand over one message and say what became of it."""
        letter = Letter(
            parse_address(sender), parse_address(recipient.address), data, recipient.message_id
        )
        mailroom = _SingleLetter(letter)
        self.carry(mailroom)
        assert mailroom.receipt is not None  # carry() raises otherwise
        return mailroom.receipt

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _SingleLetter:
    """The mailroom of somebody with one letter, which nobody keeps a book of."""

    def __init__(self, letter: Letter) -> None:
        self._letters = [letter]
        self.receipt: Receipt | None = None

    def begin(self, wake: Callable[[], None] | None) -> None:
        pass

    def next(self) -> Letter | None:
        return self._letters.pop() if self._letters else None

    def waiting(self) -> int:
        return len(self._letters)

    def over(self) -> bool:
        return not self._letters

    def turn(
        self,
        starting: Sequence[Letter],  # noqa: ARG002
        finished: Sequence[tuple[Letter, Receipt]],
    ) -> None:
        for _, receipt in finished:
            self.receipt = receipt

    def back(self, letter: Letter) -> None:
        self._letters.append(letter)

    def end(self) -> None:
        pass
