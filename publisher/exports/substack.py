"""Substack: a folder (or its zip) with posts.csv and one HTML file for each post."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from typing import Any

from publisher.content import is_web_address, media_type, slugify
from publisher.exports.item import Finds, Folder, Item, Passed, Trouble, place_of

_LIST = "posts.csv"
# Buttons and boxes that ask readers to subscribe, share or comment there.
_WIDGET = re.compile(
    r"<(p|div)\b[^<>]{0,400}class=\"(?:button-wrapper|subscription-widget-wrap[a-z-]*|"
    r"captioned-button-wrap|poll-embed|community-chat|install-substack-app-embed)\b[^<>]{0,8000}>"
)


def substack_list(names: list[str]) -> str:
    """The list of posts of such an export, or ""."""
    return next((name for name in names if posixpath.basename(name) == _LIST), "")


def read_substack(folder: Folder, *, base: str = "") -> Finds:
    """The posts of an export; `base` is the address of the publication there."""
    names = list(folder.names())
    list_name = substack_list(names)
    text = folder.read(list_name).decode("utf-8-sig", "replace")
    bodies = {_number(name): name for name in names if name.lower().endswith(".html")}
    seen: set[str] = set()
    for row in csv.DictReader(io.StringIO(text)):
        one = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)
               and isinstance(value, str | None)}  # fmt: skip
        key = one.get("post_id", "")
        number = key.partition(".")[0]
        if not number:
            yield Trouble("a row has no post_id", "export again", list_name)
            continue
        seen.add(number)
        yield from _read(folder, one, bodies.get(number, ""), list_name, base.rstrip("/"))
    for number, name in bodies.items():
        if number not in seen:
            yield Trouble(f"no row of {_LIST} tells of it", "add one, or export again", name)


def _number(name: str) -> str:
    return posixpath.basename(name).partition(".")[0]


def _read(folder: Folder, row: dict[str, str], name: str, list_name: str, base: str) -> Finds:
    number, _, named = row["post_id"].partition(".")
    kind = row.get("type", "newsletter") or "newsletter"
    if kind in {"page", "restack", "thread"}:
        yield Passed(f"of the kind {kind}")
        return
    title = row.get("title", "")
    if not name:
        if row.get("is_published", "").lower() == "true":
            yield Trouble(f"the text of post {number} is missing ({title[:60]})",
                          "export again", list_name)  # fmt: skip
        else:
            yield Passed("drafts without a text")
        return
    lost: list[str] = []
    stem = posixpath.basename(name).rpartition(".")[0].partition(".")[2]
    slug = slugify(named or stem or title or number)
    url = f"{base}/p/{named or stem}" if base and (named or stem) else ""
    date = row.get("post_date", "")
    draft = row.get("is_published", "true").lower() != "true"
    if row.get("audience", "everyone") not in {"", "everyone"}:
        lost.append("what only subscribers may read: it is kept as a draft")
        draft = True
    front: dict[str, Any] = {
        "title": title,
        "id": url if is_web_address(url) else "",
        "slug": slug,
        "date": date,
        "url": url if is_web_address(url) else "",
        "summary": row.get("subtitle", ""),
        "draft": draft,
    }
    sound = row.get("podcast_url", "")
    if is_web_address(sound):
        kind = media_type(sound) or "audio/mpeg"
        front["enclosure"] = {"url": sound, "type": kind}
    body = _without_widgets(folder.read(name).decode("utf-8-sig", "replace"), lost)
    yield Item(name, place_of(date, slug, "html"), front, body, lost=lost,
               own_id=f"substack/{number}")  # fmt: skip


def _without_widgets(html: str, lost: list[str]) -> str:
    """Without what only works there; each of them is one element."""
    kept: list[str] = []
    at = 0
    for match in _WIDGET.finditer(html):
        if match.start() < at:
            continue
        end = _end_of(html, match.end(), match[1])
        kept.append(html[at : match.start()])
        at = end
        lost.append("buttons and boxes to subscribe, share or vote")
    kept.append(html[at:])
    return "".join(kept)


def _end_of(html: str, at: int, tag: str) -> int:
    """Where the element that was opened before `at` ends."""
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b[^<>]*>").finditer(html, at):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    return len(html)
