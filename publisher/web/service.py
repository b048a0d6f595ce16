"""What all pages of the service have in common: the site, its keys, the clock, how a page looks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from publisher.audience import Links, Stamps, Topic, offer_topics
from publisher.config import KEY_NAME, Site, load_keys
from publisher.model import Newsletter
from publisher.pages import Pages
from publisher.pages.translations import Words, accepted, nearest, words_for
from publisher.storage import Ration, Store
from publisher.web.problems import Problem
from publisher.web.sessions import Sessions

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_FRESH = timedelta(minutes=1)  # how old the list of topics may be
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of a page may be a reader's key
    "X-Robots-Tag": "noindex",
}
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
}


class Service:
    """A site as its web service sees it; `wake` tells that mail waits to be sent.

    `clock` is the only clock, `log` speaks to the operator. Safe to use from many threads.
    """

    def __init__(
        self,
        site: Site,
        store: Store,
        templates: Mapping[str, str],
        *,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
        log: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.site = site
        self.store = store
        self.clock = clock
        self.wake = wake
        self.log = log
        self._templates = templates
        self._pages: dict[str, Pages] = {}
        self._base = urlsplit(site.web).path
        self._lock = Lock()
        self._keys: tuple[object, Links, Stamps, Sessions] | None = None
        self._topics: tuple[datetime, Mapping[str, tuple[Topic, ...]]] | None = None

    @property
    def links(self) -> Links:
        """Readers' links, by the keys that are in publisher.key now."""
        return self._signing()[0]

    @property
    def stamps(self) -> Stamps:
        """The signed moments of forms, likewise."""
        return self._signing()[1]

    def path(self, *parts: str) -> str:
        """The path of a page of ours."""
        return self._base + "/".join(parts)

    def newsletters(self, names: list[str]) -> list[Newsletter]:
        """The newsletters of these names, each once; Problem if there is one that isn't."""
        found = [self.site.newsletter(name) for name in dict.fromkeys(names)]
        if None in found:
            raise Problem("newsletter", 422)
        return [one for one in found if one is not None]

    def topics(self, newsletter: Newsletter) -> tuple[Topic, ...]:
        """What a newsletter's public articles are about, the commonest first."""
        now = self.clock()
        known = self._topics
        if known is None or not known[0] <= now < known[0] + _FRESH:
            outlines = [entry for entry, _ in self.store.catalogue.outlines()]
            entries = [entry for entry in outlines if entry.is_public(now)]
            offered = {one.name: offer_topics(one, entries) for one in self.site.newsletters}
            known = self._topics = (now, offered)
        return known[1][newsletter.name]

    def network(self, request: Request) -> str:
        """The address on the network that a request comes from, or an empty string."""
        return request.client.host if request.client else ""

    def ration(self, request: Request, what: str = "") -> None:
        """Raise Problem if this network, or all the world, has asked for enough of something."""
        limits = self.site.limits
        network = _neighbours(self.network(request))
        rations = [
            Ration(name=self._hidden(f"{what} {network}".strip()), most=limits.per_network),
            Ration(name=f"all {what}".strip(), most=limits.in_all),
        ]
        now_ms = int(self.clock().timestamp() * 1000)
        wait = self.store.rations.take(rations, now_ms=now_ms)
        if wait:
            raise Problem("enough", 429, retry_after=wait)

    def words(self, request: Request, language: str = "") -> Words:
        """The program's words for who asks: in `language` if given, else as the browser wants."""
        wanted = accepted(request.headers.get("accept-language", ""))
        own = self.site.publication.language
        asked = request.query_params.get("language", "")[:20]
        return words_for(nearest([asked, language, *wanted, own]) or own)

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        language: str = "",
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A page of the service, to be kept by nobody."""
        words = self.words(request, language)
        pages = self._pages.get(words.language)
        if pages is None:
            pages = self._pages[words.language] = Pages(
                self._templates, self.site.publication, language=words.language
            )
        here = {"subscribe": self.path("subscribe"), "link": self.path("link")}
        html = pages.service(template, service=here, **values)
        return HTMLResponse(
            html,
            status,
            {**COMMON, **PRIVATE, **_policy(html), "Vary": "Accept-Language"} | dict(headers or {}),
        )

    def go(self, path: str) -> Response:
        """On to another page of ours, which the browser GETs (RFC 9110 section 15.4.4)."""
        return RedirectResponse(path, 303, {**COMMON, **PRIVATE})

    @property
    def sessions(self) -> Sessions:
        """The operator's sessions, likewise."""
        return self._signing()[2]

    def _signing(self) -> tuple[Links, Stamps, Sessions]:
        stat = (self.site.folder / KEY_NAME).stat() if self._keys else None
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino) if stat else None
        with self._lock:
            if self._keys is None or self._keys[0] != mark:
                # Keys are added while we run: `publisher run` signs with the new one at once.
                keys = load_keys(self.site.folder)
                stat = (self.site.folder / KEY_NAME).stat()
                mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                self._keys = (mark, Links(keys, self.site.web), Stamps(keys), Sessions(keys))
            return self._keys[1:]

    def _hidden(self, name: str) -> str:
        return hmac.new(self.site.secret(), f"network\n{name}".encode(), hashlib.sha256).hexdigest()


def _neighbours(address: str) -> str:
    """The network that an address belongs to: what one household or host is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 32 if found.version == 4 else 56), strict=False))


def _policy(html: str) -> dict[str, str]:
    """Nothing is loaded, run or framed; the page's own style is named by its hash."""
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        for style in _STYLE.findall(html)
    )
    return {
        "Content-Security-Policy": "default-src 'none'; "
        f"style-src{hashes or ' none'}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    }
