"""An XML article as a tree: no DTD is obeyed, no entity expanded, nothing fetched.

A bomb of entities, a file of this machine drawn in by one, and nesting without end all come by way
of what XML allows beside elements and text; so nothing of that is read (threats: XML bombs, XXE).
"""

from __future__ import annotations

import re
from html.entities import html5

from lxml import etree

from publisher.errors import ArticleError

_DEEPEST = 100
_MOST_ELEMENTS = 50_000
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse_xml(text: str, path: str) -> etree._Element:
    """The root of an XML document, its elements without their namespaces.

    A DOCTYPE that only names a DTD is passed over: agencies write one. HTML's entities (`&nbsp;`),
    which that DTD would declare, are read as HTML does. Raises ArticleError with a line.
    """
    start, before = _skip_prolog(text, path)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    body = "\n" * before + _ENTITY.sub(_entity, text[start:])
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        what = " ".join(str(error.msg).split()).partition(", line ")[0]
        raise ArticleError(
            f"it is no well-formed XML: {what[:160]}",
            path=path,
            line=error.lineno or None,
            mend="send for the file again, or mend it there",
        ) from error
    _forget_namespaces(root, path)
    return root


def _skip_prolog(text: str, path: str) -> tuple[int, int]:
    """Where the first element begins, and how many lines stand before it (XML 1.0 section 2.8)."""
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at) + 1
            if "[" in text[at:end] or end <= at:
                raise ArticleError(
                    "the document brings a DTD of its own, which is not read",
                    path=path,
                    line=text.count("\n", 0, at) + 1,
                    mend="take out what stands between [ and ] in its DOCTYPE",
                )
        else:
            return at, text.count("\n", 0, at)
        if end <= at:
            return at, text.count("\n", 0, at)  # never closed: the parser will say where
        at = end


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name in _OF_XML else html5.get(f"{name};", match[0])


def _forget_namespaces(root: etree._Element, path: str) -> None:
    depth = deepest = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        deepest = max(deepest, depth)
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = element.tag.rpartition("}")[2]
    if deepest > _DEEPEST or count > _MOST_ELEMENTS:
        raise ArticleError(
            f"elements are nested deeper than {_DEEPEST} levels"
            if deepest > _DEEPEST
            else f"there are more than {_MOST_ELEMENTS:,} elements in it",
            path=path,
            line=root.sourceline,
            mend="an article needs less: split it, or write to who sent it",
        )
    etree.cleanup_namespaces(root)
