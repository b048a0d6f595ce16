"""Which form an article is written in: told by its extension, or by `form:` in front matter.

Never guessed: where the content speaks against the extension, the editor is asked to say so.
"""

from __future__ import annotations

import re

from publisher.content.markup.media import extension
from publisher.errors import ArticleError
from publisher.model import Form

_BY_EXTENSION = {
    "txt": Form.WIRE,
    "md": Form.MARKDOWN,
    "markdown": Form.MARKDOWN,
    "html": Form.HTML,
    "htm": Form.HTML,
    "json": Form.NINJS,
}
_DOCUMENT = re.compile(r"\s{0,200}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(r"\s{0,200}<\?xml\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})[\s/>]")
_HEADING = re.compile(r"\s{0,200}#{1,6} \S")
_ELEMENT = re.compile(r"<[a-zA-Z][^<>]*>")


def by_extension(path: str) -> Form | None:
    """The form that a file name promises, if any."""
    return _BY_EXTENSION.get(extension(path))


def declares_encoding(path: str) -> bool:
    """Whether the text of such a file may say itself how it is encoded."""
    return extension(path) in {"html", "htm", "xml"}


def detect_form(path: str, body: str, body_line: int, told: str) -> Form:
    """The form of an article; `told` is the editor's `form:`, which settles everything.

    Raises ArticleError for an extension that is not known and for content that contradicts it.
    """
    if told:
        return Form(told)
    if extension(path) == "xml":
        return _of_xml(path, body, body_line)
    form = by_extension(path)
    if form is None:
        raise ArticleError(
            "the extension does not tell how the article is written",
            path=path,
            mend="name it .txt (wire copy), .md (Markdown), .html, .xml (NITF, NewsML-G2) or .json "
            "(ninjs), or give `form:` at its top",
        )
    found = _contradiction(form, body)
    if found:
        raise ArticleError(
            f"the extension promises {_NAMES[form]}, but {found[0]}",
            path=path,
            line=body_line,
            mend=f"rename the file to {found[1]}, or give `form: {form.value}` in front matter",
        )
    return form


def _of_xml(path: str, body: str, body_line: int) -> Form:
    """What an XML document is, by its first element."""
    match = _ROOT.search(body)
    root = match[1] if match else ""
    if root in {"newsItem", "newsMessage", "packageItem", "conceptItem", "planningItem",
                "knowledgeItem", "catalogItem"}:  # fmt: skip
        return Form.NEWSML
    if root == "nitf":
        return Form.NITF
    what = f"its first element is {root[:40]}" if root else "there is no element in it"
    mends = {
        "rss": "`publisher import` takes the entries out of a feed or a WordPress export",
        "feed": "`publisher import` takes the entries out of a feed",
        "RDF": "`publisher import` takes the entries out of a feed",
        "html": "rename the file to .html",
        "NewsML": "ask for NewsML-G2 or NITF: NewsML 1 is not read",
    }
    raise ArticleError(
        f"it is no news article in XML (NITF or NewsML-G2): {what}",
        path=path,
        line=body_line,
        mend=mends.get(root, "keep it out of the articles folder"),
    )


_NAMES = {
    Form.WIRE: "wire copy",
    Form.MARKDOWN: "Markdown",
    Form.HTML: "HTML",
    Form.NINJS: "ninjs",
}


def _contradiction(form: Form, body: str) -> tuple[str, str] | None:
    if form is Form.HTML:
        return None if _ELEMENT.search(body) else ("there is no element in it", ".txt or .md")
    if form is Form.NINJS:
        return None  # its reader says more
    if _DOCUMENT.match(body):
        return "an HTML document stands in it", ".html"
    if _XML.match(body):
        return "an XML document stands in it", ".xml, or .html if it is XHTML"
    if form is Form.WIRE and _HEADING.match(body):
        return "it begins with a Markdown heading", ".md"
    return None
