"""Articles of another program move into the articles folder, each once."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from publisher.config import Site
from publisher.content import is_uri, is_web_address, read_article, slug_of_path, slugify
from publisher.content.markup.media import PUBLISHABLE, extension
from publisher.errors import ArticleError
from publisher.exports import Folder, Found, Item, Passed, Trouble, compose
from publisher.model import Article
from publisher.output import Output
from publisher.publish.shelf import Shelf

_SRC = re.compile(r"<img\b[^<>]{0,2000}?\bsrc\s*=\s*[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)
_MARKDOWN = re.compile(r"!\[[^\]]{0,500}\]\(\s*<?(https?://[^)\s>]{1,2000})>?")
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s+\S|<h[1-6]\b)", re.MULTILINE | re.IGNORECASE)
_LONGEST_TITLE = 80


@dataclass(slots=True)
class Imported:
    """What became of an export: paths of articles that are new, brought up to date, or left as
    they are here; how many were there already; what was passed over or lost, and how often; and
    what could not be read. `failed` counts articles that did not come.
    """

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    known: int = 0
    pictures: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "new": self.new,
            "updated": self.updated,
            "kept": self.kept,
            "known": self.known,
            "pictures": self.pictures,
            "passed_over": dict(self.passed),
            "not_carried_over": [
                {"what": what, "articles": count, "first": self.first[what]}
                for what, count in self.lost.items()
            ],
            "troubles": [
                {"what": one.what, "mend": one.mend, "path": one.place, "line": one.line}
                for one in self.troubles
            ],
        }


@dataclass(slots=True)
class ArticleImporter:
    """Takes articles in, below the folder `into` of the articles folder.

    What is known by its id or its path is skipped; with `update` it is written over where it
    differs. `moved` leaves the old addresses behind; with `dry_run` nothing is written. `get`
    brings a picture, where pictures are to be brought here: its bytes, or None if it can't be had.
    """

    site: Site
    into: str
    now: datetime
    update: bool = False
    moved: bool = False
    dry_run: bool = False
    get: Callable[[str], bytes | None] | None = None
    on_article: Callable[[str], None] = lambda _path: None
    result: Imported = field(default_factory=Imported)
    _output: Output = field(init=False)
    _shelf: Shelf = field(init=False)
    _ids: set[str] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)  # paths of articles that are new by this

    def take(self, finds: Iterable[Found], folder: Folder | None = None) -> Imported:
        """Take in everything that an export has; `folder` is where the files beside texts are.

        Raises ArticleError only where nothing more can be read, OutputError for a full disk.
        """
        self._shelf, self._output = Shelf.of(self.site), Output(self.site.articles)
        for found in finds:
            if isinstance(found, Passed):
                self.result.passed[found.what] += 1
            elif isinstance(found, Trouble):
                self.result.troubles.append(found)
            else:
                try:
                    self._take(found, folder)
                except ArticleError as err:
                    self.result.troubles.append(Trouble(err.what, err.mend, found.place))
        return self.result

    def _take(self, item: Item, folder: Folder | None) -> None:
        if not item.body.strip() and not item.front.get("summary"):
            raise ArticleError("there is no text in it", mend="write some there, and export again")
        front = self._front(item)
        key = str(front.get("id", ""))
        path = self._shelf.by_id.get(key) if key else None
        is_by_id = path is not None
        path = path or f"{self.into}/{item.path}".strip("/")
        # Two posts of an export may have one name and one day: the second is no first again.
        is_known = path in self._shelf.slugs and (is_by_id or path not in self._taken)
        if is_known and front:
            front["slug"] = self._shelf.slugs[path]
        elif not is_known:
            path = self._shelf.free_path(path)
            if front.get("slug"):
                front["slug"] = self._shelf.free_slug(slugify(str(front["slug"])))
        if front.get("slug") == slug_of_path(path):
            del front["slug"]
        body, files = item.body, dict(item.files)
        pictures: dict[str, bytes] = {}
        if self.get is not None:
            body = self._bring(path, front, body, pictures, is_known=is_known)
        data = compose(front, body) if front else body.encode("utf-8", "replace")
        if is_known and not self._differs(path, data):
            return
        entry = read_article(
            Article(path=path, data=data), self.site.publication, identity=None, now=self.now,
            max_bytes=self.site.max_bytes,
        ).entry  # fmt: skip
        for what in dict.fromkeys(item.lost):
            self.result.lost[what] += 1
            self.result.first.setdefault(what, path)
        if not is_known:
            self._shelf.add(path, key, entry.slug)
            self._taken.add(path)
        (self.result.updated if is_known else self.result.new).append(path)
        self.on_article(path)
        if not self.dry_run:
            for name, source in files.items():
                if folder is not None:
                    self._output.replace(_beside(path, name), folder.read(source))
            for name, picture in pictures.items():
                self._output.replace(_beside(path, name), picture)
            self._output.replace(path, data)

    def _front(self, item: Item) -> dict[str, Any]:
        """The front matter with an id, and a title even where there was none."""
        front = dict(item.front)
        if item.own_id and not is_uri(str(front.get("id", ""))):
            domain = self.site.publication.domain
            front["id"] = f"tag:{domain},2000-01-01:{item.own_id}"
            if front["id"] in self._ids:
                raise ArticleError("the export holds it twice", mend="the first one was taken")
        elif item.own_id and front["id"] in self._ids:
            # Moved from site to site, exports come to hold one id for two posts.
            item.front["id"] = ""
            item.lost.append("an id: an article before it has the same")
            return self._front(item)
        self._ids.add(str(front.get("id", "")))
        if self.moved:
            front.pop("url", None)
        if front and not front.get("title") and not _HEADING.search(item.body):
            front["title"] = _opening(item.body)
            item.lost.append("a title: there was none, so the first words stand for it")
        return front

    def _differs(self, path: str, data: bytes) -> bool:
        """Whether what is there is to be written over."""
        try:
            same = (self.site.articles / path).read_bytes() == data
        except OSError:
            same = False
        if same:
            self.result.known += 1
        elif not self.update:
            self.result.kept.append(path)
        return not same and self.update

    def _bring(
        self, path: str, front: dict[str, Any], body: str, pictures: dict[str, bytes], *,
        is_known: bool,
    ) -> str:  # fmt: skip
        """Bring the pictures of a text here, and name them by their files beside it."""
        image = front.get("image")
        leading = str(image.get("src", "") if isinstance(image, dict) else image or "")
        found = [leading, *(match[1] for match in _SRC.finditer(body)),
                 *(match[1] for match in _MARKDOWN.finditer(body))]  # fmt: skip
        for written in dict.fromkeys(filter(None, found)):
            address = unescape(written)
            if not is_web_address(address) or extension(address) not in PUBLISHABLE:
                continue
            name = _name_of(address)
            if not (self.site.articles / _beside(path, name)).is_file():
                if (is_known and not self.update) or self.dry_run:
                    continue
                picture = self.get(address) if self.get else None
                if picture is None:
                    continue
                pictures[name] = picture
                self.result.pictures += 1
            body = body.replace(f'"{written}"', f'"{name}"').replace(f"({written}", f"({name}")
            if written == leading:
                front["image"] = {**image, "src": name} if isinstance(image, dict) else name
        return body


def _beside(path: str, name: str) -> str:
    return posixpath.join(posixpath.dirname(path), name)


def _name_of(address: str) -> str:
    """A file name for a picture elsewhere: the same address gives the same name."""
    kind = extension(address)
    stem = posixpath.basename(address.partition("?")[0].partition("#")[0]).rpartition(".")[0]
    told = hashlib.sha256(address.encode()).hexdigest()[:8]
    return f"{slugify(stem)[:40].strip('-')}-{told}.{kind}"


def _opening(body: str) -> str:
    """A title of the first words."""
    text = " ".join(unescape(re.sub(r"<[^<>]*>", " ", body[:4000])).split()).lstrip("*_>#- ")
    if len(text) <= _LONGEST_TITLE:
        return text
    cut = text[: _LONGEST_TITLE + 1].rpartition(" ")[0] or text[:_LONGEST_TITLE]
    return cut.rstrip(",;:.–— ") + "…"
