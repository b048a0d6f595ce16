"""Links of a message that ought to lead to something of ours, and lead nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from publisher.checks.html_part import HTML, Page
from publisher.checks.mail_source import warning
from publisher.model import Finding

# Whether an address leads somewhere; None if it is none of ours, so that nobody here knows.
Known = Callable[[str], bool | None]


def check_links(page: Page, known: Known) -> Iterator[Finding]:
    """A warning for each address inside the publication that nothing answers at."""
    told: set[str] = set()
    for element in page.named("a", "img"):
        address = (element.get("href") or element.get("src") or "").strip()
        if address in told or known(address) is not False:
            continue
        told.add(address)
        yield warning(
            f"<{element.tag}> leads to {address[:120]!a}, which is not in the publication",
            "promise: what leaves has been checked",
            "write the address as feeds and pages have it, or publish what it names",
            at=HTML,
            line=element.sourceline,
        )
