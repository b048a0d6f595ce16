"""Ask a name server; "not reachable" is told apart from "there is none"."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from publisher.errors import FetchError


class Names:
    """What DNS says; each answer is asked for once.

    `server` is "ADDRESS" or "ADDRESS:PORT", else the system's. Every method raises FetchError where
    no server answers; a name that can't be is one that has nothing.
    """

    def __init__(self, server: str = "", *, seconds: float = 5) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.exception.DNSException as err:
            raise FetchError(f"no name server is set up here: {err}") from err
        if server:
            address, port = _split(server)
            self._resolver.nameservers = [address]
            self._resolver.port = port
        self._resolver.lifetime = seconds
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, each whole (RFC 7208 section 3.3)."""
        return self._ask(name, "TXT")

    def mail_hosts(self, name: str) -> tuple[str, ...]:
        """Who takes mail for a domain; "" for a null MX (RFC 7505)."""
        return self._ask(name, "MX")

    def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 and IPv6 addresses of a host."""
        return (*self._ask(name, "A"), *self._ask(name, "AAAA"))

    def names_of(self, address: str) -> tuple[str, ...]:
        """The names that an address says it has."""
        return self._ask(str(dns.reversename.from_address(address)), "PTR")

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._resolve(*key)
        return self._known[key]

    def _resolve(self, name: str, kind: str) -> tuple[str, ...]:
        try:
            answer = self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return ()
        except (dns.exception.SyntaxError, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return ()
        except (dns.exception.DNSException, OSError) as err:
            # Who was silent once is waited for shortly: nine questions shall not take a minute.
            self._resolver.lifetime = min(self._resolver.lifetime, 1)
            raise FetchError(f"no name server answered for {name}", mend=_TRY) from err
        return tuple(_shown(one, kind) for one in answer)


_TRY = "look at the network here, or ask another server: --name-server 9.9.9.9"


def _split(server: str) -> tuple[str, int]:
    """`127.0.0.1`, `127.0.0.1:5353`, `::1` or `[::1]:5353`."""
    address, _, port = server.rpartition(":")
    if (server.count(":") > 1 and not server.startswith("[")) or not address:
        address, port = server, "53"
    address = address.strip("[]")
    try:
        return str(ip_address(address)), int(port)
    except ValueError:
        raise FetchError(
            f"{server!r} is no address of a name server", mend="write it as 9.9.9.9 or [::1]:53"
        ) from None


def _shown(record: object, kind: str) -> str:
    if kind == "TXT":
        strings: Sequence[bytes] = record.strings  # type: ignore[attr-defined]
        return b"".join(strings).decode("utf-8", "replace")
    if kind == "MX":
        return str(record.exchange).rstrip(".")  # type: ignore[attr-defined]
    return str(record).rstrip(".")
