"""Which form an article is written in: told by its extension, or by `form:` in front matter.

Never guessed: where the content speaks against the extension, the editor is asked to say so.
"""

from __future__ import annotations

import re

from publisher.content.media import extension
from publisher.errors import ArticleError
from publisher.model import Form

_BY_EXTENSION = {
    "txt": Form.WIRE,
    "md": Form.MARKDOWN,
    "markdown": Form.MARKDOWN,
    "html": Form.HTML,
    "htm": Form.HTML,
}
_DOCUMENT = re.compile(r"\s{0,200}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(r"\s{0,200}<\?xml\b", re.IGNORECASE)
_HEADING = re.compile(r"\s{0,200}#{1,6} \S")
_ELEMENT = re.compile(r"<[a-zA-Z][^<>]*>")


def by_extension(path: str) -> Form | None:
    """The form that a file name promises, if any."""
    return _BY_EXTENSION.get(extension(path))


def detect_form(path: str, body: str, body_line: int, told: str) -> Form:
    """The form of an article; `told` is the editor's `form:`, which settles everything.

    Raises ArticleError for an extension that is not known and for content that contradicts it.
    """
    if told:
        return Form(told)
    form = by_extension(path)
    if form is None:
        raise ArticleError(
            "the extension does not tell how the article is written",
            path=path,
            mend="name it .txt (wire copy), .md (Markdown) or .html, or give `form:` at its top",
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


_NAMES = {Form.WIRE: "wire copy", Form.MARKDOWN: "Markdown", Form.HTML: "HTML"}


def _contradiction(form: Form, body: str) -> tuple[str, str] | None:
    if form is Form.HTML:
        return None if _ELEMENT.search(body) else ("there is no element in it", ".txt or .md")
    if _DOCUMENT.match(body):
        return "an HTML document stands in it", ".html"
    if _XML.match(body):
        return "an XML document stands in it", ".html if it is XHTML"
    if form is Form.WIRE and _HEADING.match(body):
        return "it begins with a Markdown heading", ".md"
    return None
