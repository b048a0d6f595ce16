"""What the W3C validator would refuse in a feed, told quickly enough to run on each changed one.

An ERROR is what that validator calls an error (and what JSON Feed 1.1 says MUST be), a WARNING
what it warns of. It is no substitute for the validator: the tests run both on the same feeds.
"""

from __future__ import annotations

from collections.abc import Callable

from publisher.checks.feeds.atom import check_atom
from publisher.checks.feeds.common import LARGE, Report, check_characters, check_size, line_at
from publisher.checks.feeds.jsonfeed import check_json
from publisher.checks.feeds.rss import check_rss
from publisher.model import FeedFormat, Finding

__all__ = ["LARGE", "check_feed"]

_CHECKS: dict[FeedFormat, Callable[[bytes, Report], None]] = {
    "rss": check_rss,
    "atom": check_atom,
    "json": check_json,
}


def check_feed(data: bytes, form: FeedFormat, path: str) -> list[Finding]:
    """What is wrong with a feed file; `path` only names it in the findings.

    Errors mean that readers may refuse the whole feed, warnings that one of them may show it
    wrongly. No file is opened and no address fetched.
    """
    report = Report(path)
    try:
        data.decode()
    except UnicodeDecodeError as err:
        report.error(
            "the feed is not UTF-8",
            "RFC 3629",
            line=line_at(data, err.start),
            mend="write it as UTF-8",
        )
        return report.findings
    check_characters(data, report)
    check_size(data, report)
    _CHECKS[form](data, report)
    return report.findings
