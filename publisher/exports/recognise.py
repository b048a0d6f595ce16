"""Which program an export is of, told by what it says itself; then its reader is asked."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import BinaryIO

from publisher.content.markup.media import extension
from publisher.errors import ArticleError
from publisher.exports.feeds import is_feed, read_feed_file
from publisher.exports.ghost import is_ghost, read_ghost
from publisher.exports.item import Finds, Folder, Trouble
from publisher.exports.newsroom import read_agency_xml, read_ninjs_file
from publisher.exports.sites import maker_of, read_site
from publisher.exports.substack import read_substack, substack_list
from publisher.exports.wordpress import is_wordpress, read_wordpress
from publisher.valueclass import valueclass

_LOOK = 64 * 1024
_KNOWN = (
    "WordPress (WXR), Ghost (JSON), Substack (zip), sites of Hugo, Jekyll and Pelican, feeds, "
    "NITF, NewsML-G2 and ninjs are read"
)
_LARGEST = 500 * 1024 * 1024  # of what is not read as a stream


@valueclass
class Wishes:
    """How an export is read. `base` is the address of the site, where the export does not say it;
    `pages` whether its pages come too; `max_bytes` how large one article may be.

    `name` and `domain` stand in ids that have to be made; `media_type` is what a server called it;
    what a feed dates after `now` is dated by its first sight.
    """

    base: str = ""
    pages: bool = False
    max_bytes: int = 5 * 1024 * 1024
    name: str = "import"
    domain: str = "localhost"
    media_type: str = ""
    now: datetime = datetime(9000, 1, 1, tzinfo=UTC)


def read_file(stream: BinaryIO, name: str, wishes: Wishes) -> Finds:
    """The articles in one file. Raises ArticleError for what is no export that we know."""
    start = stream.read(_LOOK)
    stream.seek(0)
    plain = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_wordpress(start):
        return read_wordpress(stream, name, pages=wishes.pages)
    if is_feed(start):
        return _read_feed(_whole(stream, name), name, wishes)
    if plain.startswith((b"{", b"[")):
        data = _whole(stream, name)
        if is_ghost(start):
            return read_ghost(data, name, base=wishes.base, pages=wishes.pages)
        return read_ninjs_file(data, name)
    if plain.startswith(b"<") and _is_agency(plain):
        return read_agency_xml(_whole(stream, name), name, max_bytes=wishes.max_bytes)
    if extension(name) in {"md", "markdown", "html", "htm", "txt"}:
        return read_folder(_Single(name, _whole(stream, name)), wishes)
    raise ArticleError("it is no export that we know", path=name, mend=_KNOWN)


def _read_feed(data: bytes, name: str, wishes: Wishes) -> Finds:
    return read_feed_file(
        data, name, url=wishes.base or f"https://{wishes.domain}/", media_type=wishes.media_type,
        name=wishes.name, domain=wishes.domain, now=wishes.now,
    )  # fmt: skip


def read_folder(folder: Folder, wishes: Wishes) -> Finds:
    """The articles of a folder or an archive: Substack's, a site, or agencies' files."""
    names = list(folder.names())
    if substack_list(names):
        yield from read_substack(folder, base=wishes.base)
        return
    yield from read_site(folder, base=wishes.base, pages=wishes.pages, max_bytes=wishes.max_bytes)
    # Beside a site other JSON lies, which is nobody's article.
    kinds = {"xml", "nitf", "ninjs", *(("json",) if maker_of(names) == "folder" else ())}
    for name in names:
        if extension(name) in kinds:
            yield from _read_agency(folder, name, wishes)


def _read_agency(folder: Folder, name: str, wishes: Wishes) -> Finds:
    try:
        data = folder.read(name)
        start = data[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
        if is_wordpress(start):
            yield from read_wordpress(io.BytesIO(data), name, pages=wishes.pages)
        elif start.startswith(b"<") and _is_agency(start):
            yield from read_agency_xml(data, name, max_bytes=wishes.max_bytes)
        elif start.startswith(b"<") and is_feed(start):
            yield from _read_feed(data, name, wishes)
        elif start.startswith(b"{") and (b'"uri"' in start or b'"guid"' in start):
            yield from read_ninjs_file(data, name)
    except ArticleError as error:
        yield Trouble(error.what, error.mend, error.path or name, error.line)


def _is_agency(start: bytes) -> bool:
    return any(f"<{prefix}{tag}".encode() in start[:8192]
               for tag in ("nitf", "newsItem", "newsMessage", "packageItem")
               for prefix in ("", "nar:", "n:"))  # fmt: skip


def _whole(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ArticleError(
            f"it has more than {_LARGEST // 2**20} MiB", path=name, mend="export it in parts"
        )
    return data


@valueclass(kw_only=False)
class _Single:
    """One article in a file of its own, as a folder."""

    name: str
    data: bytes

    def names(self) -> list[str]:
        return [self.name]

    def read(self, name: str) -> bytes:  # noqa: ARG002 - there is only one
        return self.data
