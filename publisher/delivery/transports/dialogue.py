"""The talk with a mail server as a state machine: bytes in, bytes and events out. Pure.

Nothing here knows sockets, TLS or clocks; connection.py drives it. The state that must hold
together lives here: which answer belongs to which command, and what an answer, or its absence,
says of a message. Until the whole of the content has been handed to the connection nothing can
have been accepted, so a loss is LATER; from then on only the answer tells, so a loss is IN_DOUBT
(RFC 5321 sections 4.2.1 and 4.5.3.2.6).

With PIPELINING (RFC 2920) one message costs one round trip: the content of a message and the
envelope of the next are one group, `[content . MAIL RCPT DATA]`.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable

from publisher.delivery.transports.capabilities import Capabilities, read_capabilities
from publisher.delivery.transports.events import (
    Done,
    Encrypt,
    Event,
    Over,
    Proceed,
    Ready,
    Trouble,
    Unsent,
)
from publisher.delivery.transports.letters import (
    Letter,
    content_of,
    mail_command,
    rcpt_command,
    unfit,
)
from publisher.delivery.transports.replies import GarbledError, Reply, ReplyReader
from publisher.model import Outcome, Receipt
from publisher.valueclass import valueclass

_Handler = Callable[[Reply], None]


@valueclass
class Manner:
    """How we talk to a server: who we say we are, whether encrypted, and who we log in as."""

    helo: str
    starttls: bool = False
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Manner({self.helo!r})"


class Dialogue:
    """The talk; `offered` is what the server offers, `busy` whether it owes us an answer."""

    def __init__(self, manner: Manner) -> None:
        self.offered = Capabilities()
        self.heard = 0  # whole answers
        self.completed = 0  # messages that the server answered for, in whatever way
        self._manner = manner
        self._reader = ReplyReader()
        self._events: list[Event] = []
        self._out: list[bytes] = []
        self._waiting: deque[tuple[bytes, _Handler]] = deque()
        self._expected: deque[_Handler] = deque([self._on_greeting])
        self._encrypted = self._encrypting = False
        self._over = False
        self._answers: deque[str] = deque()  # what AUTH LOGIN will ask for
        self._announced: Letter | None = None
        self._refusal: Reply | None = None
        self._mail_refused = False
        self._considered = False  # whether the server has said anything of the announced one
        self._sent: Letter | None = None
        self._unclean = False  # a transaction was begun and must be reset

    # ------------------------------------------------------------ for the driver

    @property
    def owed(self) -> bool:
        """Whether the server owes us an answer."""
        return bool(self._expected)

    @property
    def awaits_verdict(self) -> bool:
        """Whether the next answer is the one on a message's content."""
        return bool(self._expected) and self._expected[0] == self._on_verdict

    def receive(self, data: bytes) -> list[Event]:
        """Take bytes from the server; what follows from them, in order."""
        try:
            for reply in self._reader.feed(data):
                if self._over:
                    break
                self.heard += 1
                if not self._expected:
                    self._unasked(reply)
                    break
                self._expected.popleft()(reply)
        except GarbledError as err:
            self._end(Trouble.LOST, str(err))
        if self._encrypting and not self._reader.is_empty:
            # Put in before the encryption by somebody else, to be taken as said under it.
            self._events.clear()
            self._end(Trouble.UNSAFE, "it said more than it may before the encryption")
        self._pump()
        return self._take_events()

    @property
    def size_to_send(self) -> int:
        """How many bytes wait to be sent."""
        return sum(map(len, self._out))

    def to_send(self) -> bytes:
        """The bytes that go to the server now."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    def encrypted(self) -> list[Event]:
        """The TLS handshake is done: begin anew (RFC 3207 section 4.2)."""
        self._encrypted, self._encrypting = True, False
        self.offered = Capabilities()
        self._say(f"EHLO {self._manner.helo}", self._on_ehlo)
        self._pump()
        return self._take_events()

    def announce(self, letter: Letter) -> list[Event]:
        """Tell the server of a message: MAIL, RCPT, DATA. Nothing of its content leaves yet."""
        assert self._announced is None
        refused = unfit(letter, self.offered)
        if refused:
            receipt = Receipt(outcome=Outcome.REFUSED, reply=refused)
            self._events.append(Done(letter, receipt))
            self._rest()
            return self._take_events()
        self._announced, self._refusal = letter, None
        self._mail_refused = self._considered = False
        if self._unclean:
            self._waiting.append((b"RSET\r\n", self._on_reset))
            self._unclean = False
        self._waiting.append((mail_command(letter, self.offered), self._on_mail))
        self._waiting.append((rcpt_command(letter, self.offered), self._on_rcpt))
        self._waiting.append((b"DATA\r\n", self._on_data))
        self._pump()
        return self._take_events()

    def proceed(self) -> None:
        """Send the content of the message that the server waits for."""
        letter, self._announced = self._announced, None
        assert letter is not None
        self._sent = letter
        self._out.append(content_of(letter))
        self._expected.append(self._on_verdict)

    def quit(self) -> None:
        """Say goodbye."""
        self._say("QUIT", self._on_quit)
        self._pump()

    def refuse(self, why: str) -> list[Event]:
        """The TLS handshake came to nothing."""
        self._end(Trouble.UNSAFE, why)
        return self._take_events()

    def lose(self, why: str, *, whole: bool = True) -> list[Event]:
        """The connection is gone, or must be given up; `whole`: all of the content has left us."""
        self._end(Trouble.LOST, why, whole=whole)
        return self._take_events()

    # ------------------------------------------------------------ the beginning

    def _on_greeting(self, reply: Reply) -> None:
        if reply.code == 220:
            self._say(f"EHLO {self._manner.helo}", self._on_ehlo)
        else:
            self._end(Trouble.REFUSED, str(reply))

    def _on_ehlo(self, reply: Reply) -> None:
        if reply.code == 250:
            self.offered = read_capabilities(reply)
            self._enter()
        elif reply.code in (500, 501, 502, 504) and not self._encrypted:
            self._say(f"HELO {self._manner.helo}", self._on_helo)
        else:
            self._end(Trouble.REFUSED, str(reply))

    def _on_helo(self, reply: Reply) -> None:
        if reply.code == 250:
            self._enter()
        else:
            self._end(Trouble.REFUSED, str(reply))

    def _enter(self) -> None:
        """After the first words: encrypt, log in, or begin."""
        if self._manner.starttls and not self._encrypted:
            if self.offered.starttls:
                self._say("STARTTLS", self._on_starttls)
            else:
                self._end(Trouble.UNSAFE, "it does not offer STARTTLS")
        elif self._manner.username:
            self._log_in()
        else:
            self._rest()

    def _on_starttls(self, reply: Reply) -> None:
        if reply.code == 220:
            self._encrypting = True
            self._events.append(Encrypt())
        elif reply.code == 421:
            self._end(Trouble.REFUSED, str(reply))
        else:
            self._end(Trouble.UNSAFE, str(reply))

    def _log_in(self) -> None:
        """AUTH PLAIN (RFC 4616), else the old LOGIN, in which each word is asked for."""
        name, password = self._manner.username, self._manner.password
        if "PLAIN" in self.offered.auth:
            words = _base64(f"\0{name}\0{password}")
            self._say(f"AUTH PLAIN {words}", self._on_auth)
        elif "LOGIN" in self.offered.auth:
            self._say("AUTH LOGIN", self._on_auth)
            self._answers = deque([_base64(name), _base64(password)])
        else:
            self._end(Trouble.LOGIN, "it offers neither AUTH PLAIN nor AUTH LOGIN")

    def _on_auth(self, reply: Reply) -> None:
        if reply.code == 334 and self._answers:
            self._say(self._answers.popleft(), self._on_auth)
        elif reply.code == 235:
            self._rest()
        elif 400 <= reply.code < 500:  # RFC 4954 section 4.7.1: not now
            self._end(Trouble.REFUSED, str(reply))
        else:
            self._end(Trouble.LOGIN, str(reply))

    # ------------------------------------------------------------ a message

    def _on_reset(self, reply: Reply) -> None:
        if reply.code != 250:
            self._end(Trouble.LOST, str(reply))

    def _on_mail(self, reply: Reply) -> None:
        if reply.code == 421:
            self._end(Trouble.LOST, str(reply))
            return
        self._considered = True
        if reply.code == 250:
            return
        if 500 <= reply.code < 600 and reply.code != 552:
            # No recipient's fault: going on would mark every one of them as failed.
            self._considered = False
            self._end(Trouble.SENDER, str(reply))
        else:
            self._mail_refused = True
            self._turn_away(reply)

    def _on_rcpt(self, reply: Reply) -> None:
        if reply.code not in (250, 251, 252):
            self._turn_away(reply)

    def _on_data(self, reply: Reply) -> None:
        if reply.code != 354:
            self._turn_away(reply)
            if self._announced is not None:
                self._close_transaction()
        elif self._refusal is None:
            assert self._announced is not None
            self._events.append(Proceed(self._announced))
        elif self._mail_refused:
            # It waits for content without a sender: there is no safe way to go on.
            self._end(Trouble.LOST, "the server takes content after it refused the envelope")
        else:
            # RFC 2920 section 3.1: nobody is left to get it, so the content is empty.
            self._out.append(b".\r\n")
            self._expected.append(self._on_nothing)

    def _on_nothing(self, reply: Reply) -> None:  # noqa: ARG002
        self._close_transaction()

    def _turn_away(self, reply: Reply) -> None:
        """A refusal of the announced message; of several the first one counts."""
        if not 400 <= reply.code < 600:
            self._end(Trouble.LOST, f"an answer out of place: {reply}")
        elif reply.code == 421:  # RFC 5321 section 3.8: the server is about to hang up
            self._refusal = self._refusal or reply
            self._end(Trouble.LOST, str(reply))
        elif self._refusal is None:
            self._refusal = reply
            if not self.offered.pipelining:
                self._waiting.clear()
                self._close_transaction()

    def _close_transaction(self) -> None:
        """The announced message was refused before its content."""
        letter, self._announced = self._announced, None
        refusal, self._refusal = self._refusal, None
        assert letter is not None
        assert refusal is not None
        self._unclean = True
        self._complete(letter, refusal, general=self._mail_refused)

    def _on_verdict(self, reply: Reply) -> None:
        letter, self._sent = self._sent, None
        assert letter is not None
        if 300 <= reply.code < 400:
            self._sent = letter
            self._end(Trouble.LOST, str(reply))
            return
        self._complete(letter, reply)
        if reply.code == 421:
            self._end(Trouble.LOST, str(reply))

    def _complete(self, letter: Letter, reply: Reply, *, general: bool = False) -> None:
        self.completed += 1
        receipt = _receipt(reply, general=general)
        self._events.append(Done(letter, receipt))
        self._rest()

    def _rest(self) -> None:
        """Ready for another, unless one is announced already."""
        if self._announced is None and not self._over:
            self._events.append(Ready())

    # ------------------------------------------------------------ the end

    def _on_quit(self, reply: Reply) -> None:
        self._end(Trouble.DONE, str(reply))

    def _unasked(self, reply: Reply) -> None:
        """An answer to nothing: goodbye (421), or we no longer know what belongs to what."""
        self._end(Trouble.LOST, str(reply) if reply.code == 421 else f"an answer unasked: {reply}")

    def _end(self, trouble: Trouble, why: str, *, whole: bool = True) -> None:
        if self._over:
            return
        self._over = True
        self._expected.clear()
        self._waiting.clear()
        if self._sent is not None:
            outcome = Outcome.IN_DOUBT if whole else Outcome.LATER
            receipt = Receipt(outcome=outcome, reply=why, general=True)
            self._events.append(Done(self._sent, receipt))
        if self._announced is not None:
            self._events.append(self._fate_of_announced(trouble, why))
        self._sent = self._announced = None
        self._events.append(Over(trouble, why))

    def _fate_of_announced(self, trouble: Trouble, why: str) -> Event:
        """What becomes of a message of which nothing has left.

        A server hangs up on who is idle too long or has sent enough: then the message was not
        its reason, and another connection may try it at once.
        """
        assert self._announced is not None
        fresh = self._sent is None and not self.completed
        if trouble is Trouble.SENDER or not (self._considered or fresh):
            return Unsent(self._announced)
        if self._refusal is None:
            receipt = Receipt(outcome=Outcome.LATER, reply=why, general=True)
        else:
            receipt = _receipt(self._refusal, general=self._mail_refused)
        return Done(self._announced, receipt)

    # ------------------------------------------------------------ commands

    def _say(self, command: str, handler: _Handler) -> None:
        self._waiting.append((command.encode() + b"\r\n", handler))

    def _pump(self) -> None:
        """Send what may be sent: everything with PIPELINING, else one command at a time."""
        while self._waiting and (self.offered.pipelining or not self._expected):
            command, handler = self._waiting.popleft()
            self._out.append(command)
            self._expected.append(handler)

    def _take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events


_OUTCOMES = {2: Outcome.ACCEPTED, 4: Outcome.LATER, 5: Outcome.REFUSED}


def _receipt(reply: Reply, *, general: bool) -> Receipt:
    """What an answer says of a message; 421 is of the relay's own state, and so is 4.3.X."""
    text = str(reply)
    general = general or reply.code == 421 or text[4:8] == "4.3."
    return Receipt(outcome=_OUTCOMES[reply.code // 100], reply=text, general=general)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
