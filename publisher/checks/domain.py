"""What a sending domain says of itself in DNS, and what receivers hold against it.

Pure: `ask` gives the TXT records of a name, `resolve` the addresses of a host and `exchanges` the
hosts that take a domain's mail; whoever asks the network brings them. They may raise FetchError.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from publisher.model import Finding, Severity

_Ask = Callable[[str], tuple[str, ...]]
_MOST_LOOKUPS = 10  # RFC 7208 section 4.6.4


@dataclass(slots=True)
class Zone:
    """The questions that the checks may put."""

    texts: _Ask
    addresses: _Ask
    mail_hosts: _Ask
    names_of: _Ask


def check_spf(zone: Zone, domain: str, senders: tuple[str, ...] = ()) -> Iterator[Finding]:
    """SPF of the domain that bounces go to; `senders` are the relay's addresses."""
    at, rule = f"{domain} TXT", "RFC 7208"
    records = [one for one in zone.texts(domain) if one.lower().split(" ")[0] == "v=spf1"]
    if len(records) != 1:
        mend = f'publish one: {domain} TXT "v=spf1 mx a:relay.{domain} -all", with your relay in it'
        yield _error(f"there are {len(records)} SPF records instead of one", f"{rule} section 3.2",
                     mend, at)  # fmt: skip
        return
    walk = _Walk(zone)
    walk.read(domain, records[0])
    for problem in walk.problems:
        yield _error(problem, f"{rule} section 4.6", "mend the record: receivers ignore it", at)
    if walk.lookups > _MOST_LOOKUPS:
        yield _error(
            f"SPF needs {walk.lookups} look-ups, and receivers stop at {_MOST_LOOKUPS}",
            f"{rule} section 4.6.4",
            "take out include: and a: that nobody sends by any more",
            at,
        )
    if walk.all_ in ("+", "?", ""):
        yield _warning(
            "SPF lets everybody send: it ends in neither -all nor ~all",
            f"{rule} section 5.1",
            "end it in -all",
            at,
        )
    missing = [one for one in senders if not walk.covers(one)]
    if senders and missing and not walk.problems:
        yield _warning(
            f"SPF does not cover the relay's address {missing[0]}",
            f"{rule} section 2.4",
            "add what the relay's operator asks for, if it sends by that address",
            at,
        )


def check_dkim(
    zone: Zone, domain: str, selector: str, kind: str, public: bytes
) -> Iterator[Finding]:
    """Whether the key that is published under a selector is ours (`public`, as p= has it)."""
    name = f"{selector}._domainkey.{domain}"
    at, rule = f"{name} TXT", "RFC 6376 section 3.6.1"
    ours = b64encode(public).decode()
    mend = f'publish it: {name} TXT "v=DKIM1; k={kind}; p={ours}"'
    records = [one for one in zone.texts(name) if "p=" in one]
    if len(records) != 1:
        yield _error(f"there are {len(records)} DKIM keys instead of one", rule, mend, at)
        return
    tags = _tags(records[0])
    theirs = "".join(tags.get("p", "").split())
    if not theirs:
        yield _error("the DKIM key was taken back: p= is empty", rule, mend, at)
    elif tags.get("k", "rsa") != kind or theirs != ours:
        yield _error("the published DKIM key is not ours: no signature fits it", rule, mend, at)
    elif kind == "rsa" and _bits(theirs) < 2048:
        yield _error(f"the DKIM key has {_bits(theirs)} bits", "RFC 8301 section 3.2",
                     "make one of 2048 bits", at)  # fmt: skip
    if "y" in tags.get("t", "").split(":"):
        yield _warning("the DKIM key says that it is being tried out (t=y)", rule,
                       "take t=y out", at)  # fmt: skip


def check_dmarc(zone: Zone, domain: str) -> Iterator[Finding]:
    """DMARC of the domain in From, or of the one above it."""
    rule = "RFC 7489 section 6.3"
    for name in _upwards(domain):
        records = [one for one in zone.texts(f"_dmarc.{name}") if one.startswith("v=DMARC1")]
        if records:
            break
    at = f"_dmarc.{domain} TXT"
    mend = f'publish one: _dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"'
    if len(records) != 1:
        yield _error(f"there are {len(records)} DMARC records instead of one", rule, mend, at)
        return
    tags = _tags(records[0])
    if tags.get("p", "").lower() not in ("none", "quarantine", "reject"):
        yield _error(f"DMARC has no good policy: p={tags.get('p', '')}", rule,
                     "write p=none, p=quarantine or p=reject", at)  # fmt: skip
    if "mailto:" not in tags.get("rua", ""):
        yield _warning("DMARC asks for no reports (rua=): nobody learns of what fails", rule,
                       f"add rua=mailto:dmarc@{domain}", at)  # fmt: skip


def check_mx(zone: Zone, domain: str) -> Iterator[Finding]:
    """Whether somebody takes the mail of the domain that bounces go to."""
    at, rule = f"{domain} MX", "RFC 5321 section 5.1"
    hosts = zone.mail_hosts(domain)
    mend = f"publish {domain} MX, or set [mail] bounces to a domain that has it"
    if "" in hosts or not hosts:
        why = "says that it takes no mail" if hosts else "has no MX"
        yield _error(f"{domain} {why}: bounces are lost", rule, mend, at)
        return
    for host in hosts:
        if not zone.addresses(host):
            yield _error(f"{host}, which takes its mail, has no address", rule, mend, at)


def check_ptr(zone: Zone, host: str, addresses: tuple[str, ...]) -> Iterator[Finding]:
    """Whether the relay's addresses have names that lead back to them."""
    for address in addresses:
        names = zone.names_of(address)
        if not any(address in zone.addresses(name) for name in names):
            said = f"is called {names[0]}, which does not lead back" if names else "has no name"
            yield _warning(
                f"the relay's address {address} {said}",
                "Gmail, guidelines for senders: forward-confirmed PTR",
                f"ask who runs {host} to set its PTR, if it sends by that address",
                f"{host} PTR",
            )


@dataclass(slots=True)
class _Walk:
    """An SPF record and all that it includes."""

    zone: Zone
    lookups: int = 0
    all_: str | None = ""
    problems: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)

    def read(self, domain: str, record: str, *, inner: bool = False) -> None:
        redirect = ""
        for word in record.split()[1:]:
            sign = word[0] if word[0] in "+-~?" else "+"
            name, _, value = word.lstrip("+-~?").partition(":")
            if "=" in word and ":" not in word.partition("=")[0]:
                redirect = (
                    word.partition("=")[2] if word.lower().startswith("redirect=") else redirect
                )
                continue
            self._take(name.lower(), value, sign, domain, inner=inner)
            if name.lower() == "all":
                return
        if redirect:
            self._include(redirect, "redirect")

    def _take(self, name: str, value: str, sign: str, domain: str, *, inner: bool) -> None:
        bare, slash, length = name.partition("/")
        match bare:
            case "all":
                if not inner:
                    self.all_ = sign
            case "ip4" | "ip6":
                self._network(value)
            case "include":
                self._include(value, "include", inner=True)
            case "a" | "mx":
                self.lookups += 1
                host, _, prefix = (value or domain).partition("/")
                hosts = self.zone.mail_hosts(host) if bare == "mx" else (host,)
                for one in hosts:
                    for address in self.zone.addresses(one) if one else ():
                        width = prefix or (length if slash else "")
                        four = "." in address and width.isdigit()
                        self._network(f"{address}/{width}" if four else address)
            case "ptr" | "exists":
                self.lookups += 1
            case _:
                self.problems.append(f"SPF has {bare!r}, which nobody knows")

    def _include(self, domain: str, how: str, *, inner: bool = False) -> None:
        self.lookups += 1
        if self.lookups > 2 * _MOST_LOOKUPS or "%" in domain:
            return
        found = [one for one in self.zone.texts(domain) if one.lower().split(" ")[0] == "v=spf1"]
        if len(found) != 1:
            self.problems.append(f"SPF has {how} of {domain}, which has {len(found)} records")
        else:
            self.read(domain, found[0], inner=inner)

    def _network(self, text: str) -> None:
        try:
            self.networks.append(str(ip_network(text, strict=False)))
        except ValueError:
            self.problems.append(f"SPF has {text!r}, which is no address")

    def covers(self, address: str) -> bool:
        one = ip_address(address)
        return any(
            one.version == network.version and one in network
            for network in map(ip_network, self.networks)
        )


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _bits(text: str) -> int:
    try:
        key = load_der_public_key(b64decode(text))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0


def _upwards(domain: str) -> list[str]:
    """A domain and those above it, down to two labels."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def _error(what: str, rule: str, mend: str, at: str) -> Finding:
    return Finding(severity=Severity.ERROR, what=what, rule=rule, mend=mend, path=at)


def _warning(what: str, rule: str, mend: str, at: str) -> Finding:
    return Finding(severity=Severity.WARNING, what=what, rule=rule, mend=mend, path=at)
