"""What is around a site on the network: its domain in DNS, the relays, where feeds/ is served."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from publisher.checks.domain import Zone, check_dkim, check_dmarc, check_mx, check_ptr, check_spf
from publisher.config import CONFIG_NAME, Site
from publisher.delivery.dkim import SigningKey
from publisher.errors import ConfigError, FetchError
from publisher.fetch import fetch
from publisher.fetch.names import Names
from publisher.model import Finding, Severity
from publisher.publish.checking import Checked

_SECONDS = 15.0
_TYPES = {
    "rss.xml": ("application/rss+xml", "application/xml", "text/xml"),
    "atom.xml": ("application/atom+xml", "application/xml", "text/xml"),
    "feed.json": ("application/feed+json", "application/json"),
}


def check_surroundings(site: Site, server: str = "") -> Iterator[Checked]:
    """Ask DNS, the relay and the web server; what can't be reached from here says so.

    `server` is the name server to ask, else the system's.
    """
    if site.settings.mail is not None:
        names = Names(server)
        zone = Zone(names.texts, names.addresses, names.mail_hosts, names.names_of)
        yield from _check_domain(site, zone)
        yield from _check_relays(site, zone)
    yield from _check_address(site)


def _check_domain(site: Site, zone: Zone) -> Iterator[Checked]:
    mail = site.settings.mail
    assert mail is not None  # who asks saw to it
    ours = _domain(mail.sender.address)
    bounces = _domain((mail.bounces or mail.sender).address)
    relays = mail.smtp if mail.transport == "smtp" else ()

    def spf() -> Iterator[Finding]:
        senders = [address for relay in relays for address in zone.addresses(relay.host)]
        return check_spf(zone, bounces, tuple(senders))

    yield _look(f"SPF of {bounces}", spf)
    yield _look(f"DKIM of {ours}", lambda: _check_keys(site, zone))
    yield _look(f"DMARC of {ours}", lambda: check_dmarc(zone, ours))
    yield _look(f"MX of {bounces}", lambda: check_mx(zone, bounces))


def _check_keys(site: Site, zone: Zone) -> Iterator[Finding]:
    if not site.dkim:
        yield Finding(
            severity=Severity.WARNING,
            what="no message is signed here",
            mend="set [mail.dkim], or see to it that the relay signs with your domain",
            path=CONFIG_NAME,
            rule="Gmail, Yahoo and Microsoft, requirements for senders",
        )
    for key in site.dkim:
        try:
            signing = SigningKey.read(key.load(), domain=key.domain, selector=key.selector)
        except ValueError as err:
            raise key.refused(str(err)) from None
        yield from check_dkim(zone, key.domain, key.selector, key.kind, signing.public())


def _check_relays(site: Site, zone: Zone) -> Iterator[Checked]:
    mail = site.settings.mail
    for relay in mail.smtp if mail and mail.transport == "smtp" else ():
        yield from _check_relay(relay.host, relay.port, relay.security, zone)


def _check_relay(host: str, port: int, security: str, zone: Zone) -> Iterator[Checked]:
    yield _look(f"PTR of {host}", lambda: check_ptr(zone, host, zone.addresses(host)))
    if security != "none":
        yield _look(f"TLS of {host}:{port}", lambda: _check_tls(host, port, security))
        return
    finding = _warning(
        "mail goes to the relay in the clear",
        "RFC 8314 section 3",
        'set [mail.smtp] security = "starttls", unless the relay is this machine',
        CONFIG_NAME,
    )
    yield Checked(path=f"TLS of {host}:{port}", kind="network", findings=(finding,))


def _check_tls(host: str, port: int, security: str) -> Iterator[Finding]:
    at, rule = f"{host}:{port}", "RFC 8314 section 3"
    context = ssl.create_default_context()
    try:
        if security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        else:
            client = smtplib.SMTP(host, port, timeout=_SECONDS)
        with client:
            client.ehlo()
            if security == "starttls":
                client.starttls(context=context)
            version = client.sock.version() if isinstance(client.sock, ssl.SSLSocket) else None
    except ssl.SSLCertVerificationError as err:
        yield _error(
            f"its certificate is not to be trusted: {err.verify_message}",
            rule,
            "give the relay a certificate for this name, or name it as it is called",
            at,
        )
        return  # fmt: skip
    except smtplib.SMTPNotSupportedError:
        yield _error("the relay offers no STARTTLS", rule, "ask who runs it to switch it on", at)
        return
    except (ssl.SSLError, smtplib.SMTPException) as err:
        yield _error(f"no secure connection came about: {err}", rule,
                     "look whether security and port are what the relay expects", at)  # fmt: skip
        return
    except OSError as err:
        raise FetchError(f"{at} did not answer: {err.strerror or 'in time'}") from err
    if version not in ("TLSv1.2", "TLSv1.3"):
        yield _error(f"the relay speaks {version}", "RFC 8996", "ask for TLS 1.2 or newer", at)


def _check_address(site: Site) -> Iterator[Checked]:
    for name, types in _TYPES.items():
        file = site.output / name
        if file.is_file():
            address = site.publication.address(name)
            yield _look(address, partial(_served, address, file, types))


def _served(address: str, file: Path, types: tuple[str, ...]) -> Iterator[Finding]:
    """Whether what we wrote is served as it is, under headers that readers can work with."""
    ours = file.read_bytes()
    answer = fetch(address, seconds=_SECONDS, max_bytes=len(ours) + 2**20, private=True)
    if not answer.ok:
        yield _error(f"the web server answers {answer.status}", "RFC 9110 section 15",
                     f"let it serve {file.parent}/ there", address)  # fmt: skip
        return
    if answer.body != ours:
        yield _error(
            "the web server gives something else than we wrote",
            "promise: what leaves has been checked",
            f"copy {file} there after each run, or clear the cache in front",
            address,
        )
        return  # fmt: skip
    if answer.url != address:
        yield _warning(f"it is at {answer.url} now", "RFC 9110 section 15.4",
                       "write that address into [publication] url", address)  # fmt: skip
    if not address.startswith("https:"):
        yield _warning(
            "it is not served by HTTPS",
            "RFC 8058 section 3.1",
            "set up a certificate, and write https: into [publication] url",
            address,
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in types:
        yield _warning(f"it is called {kind or 'nothing'}, not {types[0]}", "RFC 9110 section 8.3",
                       f"let the web server say Content-Type: {types[0]}", address)  # fmt: skip
    yield from _kept(answer.headers, address)


def _kept(headers: Mapping[str, str], address: str) -> Iterator[Finding]:
    """Whether a reader who has it already is told so, and costs nothing."""
    tag, since = headers.get("etag", ""), headers.get("last-modified", "")
    if not tag and not since:
        yield _warning(
            "it has neither ETag nor Last-Modified: readers fetch it whole each time",
            "RFC 9110 section 8.8",
            "switch either on in the web server",
            address,
        )
        return  # fmt: skip
    asked = {"If-None-Match": tag} if tag else {"If-Modified-Since": since}
    again = fetch(address, headers=asked, seconds=_SECONDS, private=True)
    if again.status != 304:
        yield _warning(f"whoever has it already gets {again.status}, not 304",
                       "RFC 9110 section 13", "let the web server answer conditional requests",
                       address)  # fmt: skip


def _look(path: str, findings: Callable[[], Iterator[Finding]]) -> Checked:
    """One question; where nobody answers, that is what there is to say."""
    try:
        found = tuple(findings())
    except FetchError as err:
        found = (
            Finding(
                severity=Severity.WARNING,
                what=f"not reachable from here: {err.what}",
                mend=err.mend or "ask again from a machine that has a way to it",
                path=path,
                rule="it could not be looked at",
            ),
        )
    except ConfigError as err:
        found = (_error(err.what, "it can't be used as it is", err.mend, err.path or CONFIG_NAME),)
    return Checked(path=path, kind="network", findings=found)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _error(what: str, rule: str, mend: str, at: str) -> Finding:
    return Finding(severity=Severity.ERROR, what=what, rule=rule, mend=mend, path=at)


def _warning(what: str, rule: str, mend: str, at: str) -> Finding:
    return Finding(severity=Severity.WARNING, what=what, rule=rule, mend=mend, path=at)
