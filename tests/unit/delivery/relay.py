"""A mail server that misbehaves as it is told to."""

import socket
import threading
import time

GOOD = {
    "CONNECT": b"220 relay.example\r\n",
    "EHLO": b"250-relay.example\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 queued as 1\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}
DROP = None
SILENCE = b""
GARBAGE = b"<html>no mail here</html>\r\n"


def free_port():
    """A port of loopback that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Slow(bytes):
    """An answer that comes letter by letter."""


class Relay:
    """A server that answers each verb as it was told: bytes, a list of them for one time after
    the other, or None to hang up.
    """

    def __init__(self, **answers):
        self._answers = {key: list(a) if isinstance(a, list) else a for key, a in answers.items()}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard, self.messages, self.connections = [], [], 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self):
        self._done.set()
        # Closing a listener does not wake who waits for it; a visitor does.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()

    def _serve(self):
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._done.is_set():
                    return
                self.connections += 1
                connection.settimeout(10)
                try:
                    with connection.makefile("rb") as lines:
                        self._talk(connection, lines)
                except OSError:
                    pass

    def _talk(self, connection, lines):
        if not self._answer(connection, "CONNECT"):
            return
        for line in lines:
            command = line.decode("latin-1").rstrip("\r\n")
            self.heard.append(command)
            verb = command.split(" ")[0].upper()
            if not self._answer(connection, verb) or verb == "QUIT":
                return
            if verb == "DATA" and self._last.startswith(b"354"):
                message = []
                for content in lines:
                    if content == b".\r\n":
                        break
                    message.append(content)
                else:
                    return
                self.messages.append(b"".join(message))
                if not self._answer(connection, "."):
                    return

    def _answer(self, connection, verb):
        answer = self._answers.get(verb, GOOD.get(verb, b"500 what?\r\n"))
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else GOOD[verb]
        self._last = answer or b""
        if isinstance(answer, Slow):
            for at in range(len(answer)):
                time.sleep(0.01)
                connection.sendall(answer[at : at + 1])
        elif answer is not DROP:
            connection.sendall(answer)
        return answer is not DROP and not answer.startswith(b"421")
