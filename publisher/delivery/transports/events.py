"""What comes of a talk with a mail server, for whoever drives it."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from publisher.delivery.transports.letters import Letter
from publisher.model import Receipt


class Trouble(Enum):
    """Why a talk is over."""

    LOST = auto()  # hung up, out of time, garbled, or told to go (421)
    REFUSED = auto()  # the server does not want to talk to us
    UNSAFE = auto()  # no encryption where we want it
    LOGIN = auto()  # our name and password are not good here
    SENDER = auto()  # it does not take mail from our address
    DONE = auto()  # we said QUIT


class Ready(NamedTuple):
    """The server can be told of a message."""


class Encrypt(NamedTuple):
    """The server waits for the TLS handshake; say `encrypted` when it is done."""


class Proceed(NamedTuple):
    """The server waits for the content of this message; nothing of it has left yet."""

    letter: Letter


class Done(NamedTuple):
    """What became of a message."""

    letter: Letter
    receipt: Receipt


class Unsent(NamedTuple):
    """The server hung up before it looked at this message: another connection may try at once."""

    letter: Letter


class Over(NamedTuple):
    """The end of the talk, and why, in words for a person."""

    trouble: Trouble
    why: str


Event = Ready | Encrypt | Proceed | Done | Unsent | Over
