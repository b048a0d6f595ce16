"""One request over HTTP, with an end to everything: time, size, redirects, and where it may go.

Written on the standard library, because what matters here is what larger clients keep inside: that
the connection is made to the very address that was checked, and that one clock covers all of it.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from publisher.errors import FetchError
from publisher.feeds.names import web_address
from publisher.fetch.addresses import why_refused
from publisher.fetch.answers import Answer, TooLargeError, read_body

_REDIRECTS = {301, 302, 303, 307, 308}
_FOR_GOOD = {301, 308}
_MOST_REDIRECTS = 3
_PORTS = {80, 443}


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: bytes | None = None,
    seconds: float = 20,
    max_bytes: int = 10 * 1024 * 1024,
    private: bool = False,
) -> Answer:
    """What the server at `url` answers, whatever its status; FetchError if nothing useful comes.

    `form` makes it a POST with these fields, which follows no redirect. `seconds` is for all of
    it, from the name to the last byte. At most `max_bytes` are taken, packed and unpacked. A name
    with any address outside the internet is refused (`private`: on this machine and private
    networks it may be); so is every port but 80, 443 and the one in `url`. Three redirects at
    most, each checked the same way. No proxy is asked.
    """
    ends = time.monotonic() + seconds
    wanted = _checked(url)
    ports = _PORTS | {_port(wanted)}
    here, moved, for_good = wanted, "", True
    for _ in range(_MOST_REDIRECTS + 1):
        if _port(here) not in ports:
            raise FetchError(f"{here.geturl()} has a port that redirects may not lead to")
        answer = _ask(here, headers or {}, form, ends, max_bytes, private=private)
        if answer.status not in _REDIRECTS or form is not None:
            return Answer(
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                url=here.geturl(),
                moved=moved,
            )
        here = _next(here, answer)
        for_good = for_good and answer.status in _FOR_GOOD
        moved = here.geturl() if for_good else moved
    raise FetchError(f"{wanted.geturl()} redirects more than {_MOST_REDIRECTS} times")


def _checked(url: str) -> SplitResult:
    """An address in the form in which a request can hold it."""
    written = web_address(url)
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if not parts.hostname:
        raise FetchError(f"{url[:200]!r} is no web address", mend="it begins with https://")
    if "@" in parts.netloc:
        raise FetchError(
            f"the address at {parts.hostname} has a user name in it, which we never send"
        )
    return parts._replace(fragment="")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _next(here: SplitResult, answer: Answer) -> SplitResult:
    target = answer.headers.get("location", "")
    if not target:
        raise FetchError(f"{here.geturl()} redirects to nowhere")
    try:
        return _checked(urljoin(here.geturl(), target.strip()))
    except ValueError:
        raise FetchError(f"{here.geturl()} redirects to {target[:100]!r}, no address") from None


def _ask(
    parts: SplitResult,
    headers: Mapping[str, str],
    form: bytes | None,
    ends: float,
    most: int,
    *,
    private: bool,
) -> Answer:
    """One request and its answer, without following anything."""
    shown = parts.geturl()
    with _explaining(shown, ends, most):
        line = _connect(parts, ends, private=private)
        with _ending(line, ends), closing(_Line(parts, line, ends)) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = {"Accept-Encoding": "gzip, deflate", "Connection": "close", **headers}
            if form is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("GET" if form is None else "POST", target, form, sent)
            with connection.getresponse() as response:
                answer = _take(response, shown, most)
            _left(ends)  # else what was cut off may look like an end
            return answer


def _take(response: http.client.HTTPResponse, shown: str, most: int) -> Answer:
    told = {name.lower(): value for name, value in response.getheaders()}
    body = b""
    if 200 <= response.status < 300:
        if (response.length or 0) > most:
            raise TooLargeError
        body = read_body(response.read, told.get("content-encoding", ""), most)
        if response.length:  # so much was promised, and has not come
            raise http.client.IncompleteRead(b"", response.length)
    return Answer(status=response.status, headers=told, body=body, url=shown)


class _Line(http.client.HTTPConnection):
    """A connection that is made already."""

    def __init__(self, parts: SplitResult, line: socket.socket, ends: float) -> None:
        secure = parts.scheme == "https"
        self.default_port = 443 if secure else 80
        super().__init__(parts.hostname or "", _port(parts))
        line.settimeout(_left(ends))
        self.sock = _context().wrap_socket(line, server_hostname=self.host) if secure else line


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(parts: SplitResult, ends: float, *, private: bool) -> socket.socket:
    """A connection to an address of this host, all of which have been checked."""
    host = parts.hostname or ""
    found = _resolve(host, _port(parts), ends)
    for _, where in found:
        if why := why_refused(str(where[0]), private=private):
            named = host if host == where[0] else f"{host} leads to {where[0]}, which"
            raise FetchError(f"{named} {why}", refused=True)
    problem: OSError | None = None
    for number, (family, where) in enumerate(found):
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            # One that is dead must leave time for the others.
            line.settimeout(_left(ends) / (len(found) - number))
            line.connect(where)
        except OSError as err:
            line.close()
            problem = err
        else:
            return line
    raise problem or OSError(f"{host} has no address")


_Where = tuple[socket.AddressFamily, Any]


def _resolve(host: str, port: int, ends: float) -> list[_Where]:
    """The addresses of a host; whoever asks a name server can't be stopped, only left."""
    said: queue.Queue[list[_Where] | OSError | UnicodeError] = queue.Queue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            said.put([(family, where) for family, _, _, _, where in found])
        except (OSError, UnicodeError) as err:
            said.put(err)

    threading.Thread(target=look, daemon=True).start()
    try:
        found = said.get(timeout=_left(ends))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise FetchError(f"there is no {host} that we could find") from found
    return found


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _ending(line: socket.socket, ends: float) -> Iterator[None]:
    """Cut the line when time is up: a timeout of the socket begins anew with each byte."""
    # TLS takes the descriptor over from the socket, so we keep one that stays ours.
    ours = line.dup()

    def cut() -> None:
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0, ends - time.monotonic()), cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        cut()
        ours.close()
        line.close()


@contextmanager
def _explaining(shown: str, ends: float, most: int) -> Iterator[None]:
    """Whatever goes wrong, in words for whoever gave the address."""
    try:
        yield
    except TooLargeError:
        raise FetchError(f"{shown} has more than {most / 2**20:.3g} MiB") from None
    except (OSError, http.client.HTTPException, ValueError) as err:
        if isinstance(err, TimeoutError) or time.monotonic() >= ends:
            raise FetchError(f"{shown} did not answer in time") from err
        raise FetchError(f"{shown} can't be read: {_reason(err)}") from err


def _reason(err: Exception) -> str:
    match err:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted ({err.verify_message})"
        case ssl.SSLError():
            return f"no secure connection ({err.reason or 'TLS'})"
        case http.client.IncompleteRead():
            return "it ends too early"
        case http.client.RemoteDisconnected():
            return "the server hung up"
        case http.client.HTTPException():
            return "the server does not speak HTTP as it should"
        case OSError():
            return err.strerror or "the connection broke"
        case _:
            return str(err)
