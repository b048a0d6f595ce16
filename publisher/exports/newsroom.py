"""Files of agencies: NITF, NewsML-G2 and ninjs, also those that hold many texts at once."""

from __future__ import annotations

import copy
import json
import posixpath
from typing import Any

from lxml import etree

from publisher.content import items, parse_json, parse_xml, slugify, text_items, word
from publisher.content.forms.decode import decode
from publisher.errors import ArticleError
from publisher.exports.item import Finds, Item, Passed, Trouble
from publisher.model import Article

_TEXTLESS = frozenset({"packageItem", "conceptItem", "planningItem", "knowledgeItem"})


def read_agency_xml(data: bytes, place: str, *, max_bytes: int) -> Finds:
    """An article for each text: the file itself where it holds one."""
    text = decode(Article(path=place, data=data), max_bytes=max_bytes, html=True).text
    root = parse_xml(text, place)
    stem = _stem(place)
    if root.tag == "nitf":
        yield Item(place, f"{stem}.xml", {}, text)
        return
    texts = text_items(root)
    others = sum(1 for one in root.iter("newsItem")) - len(texts)
    for _ in range(others):
        yield Passed("pictures, sound and films of a message")
    for one in root.iter(*_TEXTLESS):
        yield Passed(f"of the kind {one.tag}")
    if len(texts) == 1 and root.tag in {"newsItem", "newsMessage"}:
        yield Item(place, f"{stem}.xml", {}, text)
        return
    for number, item in enumerate(texts, 1):
        alone = etree.tostring(copy.deepcopy(item), encoding="unicode", with_tail=False)
        name = slugify(item.get("guid") or f"{stem}-{number}")
        yield Item(f"{place}, item {number}", f"{stem}/{name}.xml", {}, alone)


def read_ninjs_file(data: bytes, place: str) -> Finds:
    """The articles of a JSON file: one, a list of them, or a result of a search."""
    value = parse_json(data.decode("utf-8-sig", "replace"), place)
    stem = _stem(place)
    found = [one for one in _articles(value) if isinstance(one, dict)]
    if not found or (len(found) == 1 and not (found[0].get("uri") or found[0].get("guid"))):
        raise ArticleError("there is no article in this JSON", path=place,
                           mend="ninjs, Ghost's export and JSON Feed are read")  # fmt: skip
    for number, one in enumerate(found, 1):
        name = slugify(word(one.get("uri") or one.get("guid") or "") or f"{stem}-{number}")
        path = f"{stem}/{name}.json" if len(found) > 1 else f"{stem}.json"
        kind = word(one.get("type")).lower()
        if kind in {"picture", "audio", "video", "graphic", "event", "planning"}:
            yield Passed(f"of the kind {kind}")
        elif not (one.get("uri") or one.get("guid")):
            yield Trouble("an object in it has no uri", "ninjs must have one", f"{place}, {number}")
        else:
            text = json.dumps(one, ensure_ascii=False, indent=1)
            yield Item(f"{place}, {number}" if len(found) > 1 else place, path, {}, text)


def _stem(place: str) -> str:
    """The path of a file without its ending, in names that are safe."""
    folder, name = posixpath.split(place)
    parts = [*folder.split("/"), name.rpartition(".")[0] or name]
    return "/".join(slugify(part) for part in parts if part not in {"", ".", ".."})


def _articles(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for name in ("items", "item", "results", "data", "_items"):
            if isinstance(value.get(name), list) and "uri" not in value:
                return items(value[name])
        return [value]
    return []
