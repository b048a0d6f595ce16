"""What the checks of messages need to know of a site, and where their findings can be mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from publisher.checks.links import Known
from publisher.config import CONFIG_NAME, Site
from publisher.model import Finding

_QUOTED = re.compile(r"'([^']{3,})'")
_TAG = re.compile(r"<[a-z][\w-]*>")


def known_addresses(site: Site, *also: str) -> Known:
    """Tells whether an address of the publication leads to a file that is in the output folder.

    None for any that is somebody else's, or that another program answers: the web service, and
    all pages where this program makes none. The addresses in `also` are about to be written.
    """
    base = urlsplit(site.publication.url)
    web = site.web

    @lru_cache(maxsize=4096)
    def known(address: str) -> bool | None:
        if not address.startswith(site.publication.url) or address.startswith(web):
            return None
        if address in also:
            return True
        path = unquote(urlsplit(address).path).removeprefix(unquote(base.path))
        if not site.publication.pages and (path.endswith((".html", "/")) or not path):
            return None
        file = site.output / (path + "index.html" if path.endswith("/") or not path else path)
        try:
            return file.is_file() or (file / "index.html").is_file()
        except (OSError, ValueError):
            return False

    return known


def in_templates(
    findings: Iterable[Finding], files: Mapping[str, str], templates: Mapping[str, str]
) -> list[Finding]:
    """Findings on a message that was made here, each at the file that makes what is wrong.

    `files` has the template of each part and of the subject ("text/html": "digest/digest.mjml").
    The line is there if what the finding quotes stands in it; other headers come from
    publisher.toml.
    """
    told = []
    for one in findings:
        name = files.get(one.path, "")
        path = f"templates/{name}" if name else CONFIG_NAME
        told.append(replace(one, path=path, line=_line(one.what, templates.get(name, ""))))
    return told


def _line(what: str, source: str) -> int | None:
    """The first line of a template in which stands what a finding quotes, or the tag it names."""
    quoted = _QUOTED.search(what)
    tag = None if quoted else _TAG.search(what)
    wanted = quoted[1] if quoted else tag[0].removesuffix(">") if tag else ""
    at = source.find(wanted) if wanted else -1
    return source.count("\n", 0, at) + 1 if at >= 0 else None
