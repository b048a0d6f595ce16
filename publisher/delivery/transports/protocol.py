"""What every way out has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Protocol, Self

from publisher.model import Receipt, Recipient


class Transport(Protocol):
    """A way out for messages; open it, or use it in a `with`, before the first one."""

    def open(self) -> None:
        """Get ready. Raises TransportError where nothing can leave now."""
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


class Managed(ABC):
    """What makes a transport usable in a `with`."""

    @abstractmethod
    def open(self) -> None:
        """Get ready."""

    @abstractmethod
    def close(self) -> None:
        """Leave politely."""

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
