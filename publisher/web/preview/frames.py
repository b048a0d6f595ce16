"""What stands in frames: the publication's own pages, messages and feeds, with nothing in force.

Their addresses are those that they will have below the output folder, so that links between them
lead on; whatever is not made yet is not there.
"""

from __future__ import annotations

import hashlib
from mimetypes import guess_type
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from publisher.errors import PublisherError
from publisher.model import FEED_FORMATS, Entry, FeedFormat, Newsletter
from publisher.pages.relative import relative_links
from publisher.publish.preview import (
    FeedPreview,
    Preview,
    Previews,
    Wanted,
    find_asset,
    find_feed,
    preview_edition,
    preview_feed,
    preview_feed_page,
    preview_page,
)
from publisher.web.preview.asking import read_wanted, write_wanted
from publisher.web.preview.look import Look
from publisher.web.preview.schemes import Scheme, in_scheme
from publisher.web.preview.views import reader_view

_READER = "_reader.html"  # no file of ours has a name that begins so
_EDITION = "editions/_next-"


class Frames:
    """Gives the documents below `base`, a path that nobody can guess."""

    def __init__(self, previews: Previews, look: Look, base: str) -> None:
        self._previews = previews
        self._look = look
        self._base = base

    def of_page(self, entry: Entry, data: bytes) -> str:
        """The address of an entry's page."""
        return self._address(entry.page, data)

    def of_feed(self, preview: FeedPreview) -> str:
        """The address of a feed as a reader shows it."""
        return self._address(preview.feed.folder + _READER, preview.data, f"form={preview.form}")

    def of_edition(self, wanted: Wanted, topics: list[str], html: str, scheme: Scheme) -> str:
        """The address of a message's HTML."""
        query = write_wanted(topics, wanted)
        return self._address(
            f"{_EDITION}{wanted.newsletter.name}.html",
            html.encode("utf-8", "replace"),
            f"scheme={scheme}" + (f"&{query}" if query else ""),
        )

    def show(self, request: Request) -> Response:
        """Answer for one of them."""
        path, preview = request.path_params["path"], self._previews.current
        try:
            html = self._html(request, path, preview)
        except PublisherError as err:
            return self._document(request, self._look.message(str(err)), 500)
        if html is not None:
            return self._document(request, html)
        file = find_asset(self._previews, preview, path) if path.startswith("media/") else None
        kind = guess_type(path)[0] or ""
        if file is not None and kind.startswith("image/"):
            return FileResponse(file, media_type=kind, headers=self._look.frame_headers(request))
        return self._document(request, self._look.message("This is not part of the preview."), 404)

    def _html(self, request: Request, path: str, preview: Preview) -> str | None:
        site = preview.site
        if site is None:
            return None
        folder, _, name = path.rpartition("/")
        if path.startswith(_EDITION):
            newsletter = site.newsletter(path.removeprefix(_EDITION).removesuffix(".html"))
            return self._edition(request, path, preview, newsletter) if newsletter else None
        if folder == "entries":
            return self._page(preview, name.removesuffix(".html"))
        feed = find_feed(preview, folder.removeprefix("feeds/") or "all")
        if feed is None:
            return None
        if name == _READER:
            asked = request.query_params.get("form", "")
            form: FeedFormat = next((one for one in FEED_FORMATS if one == asked), "rss")
            made = preview_feed(self._previews, preview, feed, form)
            if made.understood is None:
                return None
            view = reader_view(made.understood, site.publication.timezone)
            html = self._look.fill("reader.html", {"feed": view})
            return relative_links(html, site.publication, path)
        if name == "index.html":
            return preview_feed_page(self._previews, preview, feed).decode()
        return None

    def _edition(
        self, request: Request, path: str, preview: Preview, newsletter: Newsletter
    ) -> str | None:
        assert preview.site is not None  # there is a newsletter
        wanted = read_wanted(newsletter, request.query_params)
        made = preview_edition(self._previews, preview, wanted)
        if made.rendered is None:
            return None
        scheme: Scheme = "dark" if request.query_params.get("scheme") == "dark" else "light"
        return relative_links(in_scheme(made.html, scheme), preview.site.publication, path)

    def _page(self, preview: Preview, slug: str) -> str | None:
        found = self._previews.scratch.catalogue.holders([slug], [])
        ids = [identifier for _, held, identifier in found if held == slug]
        entries = self._previews.scratch.catalogue.load(ids)
        for entry in entries.values():
            return preview_page(preview, entry).decode()
        return None

    def _document(self, request: Request, html: str, status: int = 200) -> Response:
        return HTMLResponse(html, status, self._look.frame_headers(request))

    def _address(self, path: str, data: bytes, query: str = "") -> str:
        """With a mark of what is in it, so that only another document is another address."""
        mark = hashlib.sha256(data).hexdigest()[:12]
        return f"{self._base}{quote(path)}?{query}{'&' if query else ''}v={mark}"
