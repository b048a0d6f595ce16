"""Turns an MJML template, with its Jinja tags left inside, into an HTML template: once.

The compiler says little of what is wrong and crashes the interpreter on very deep markup, so the
source is read before it, tag by tag; afterwards every Jinja tag must still be there. Content never
comes this way: it fills the HTML template.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from types import BuiltinFunctionType

from mjml import mjml2html

from publisher.confined import Confined, EndedError
from publisher.errors import PublisherError, TemplateError

# mjml-python 1.4 ends the process at some 10,000 nested tags; nobody lays out a mail in 100.
_DEPTH = 100
_VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PIECE = re.compile(
    r"<!--.*?-->"
    r"|<(?P<name>/?[a-zA-Z][\w-]*)(?P<attributes>(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))?)*)"
    r"\s*(?P<closed>/?)>"
    r"|(?P<stray><)",
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def compile_mjml(source: str, path: str) -> str:
    """The HTML template of an MJML template; both hold the same Jinja tags.

    `path` names it in errors. Raises TemplateError with the line if the markup is not well-formed,
    nests deeper than 100, or loses a Jinja tag.
    """
    if not isinstance(mjml2html, BuiltinFunctionType):
        raise PublisherError(
            "the package mjml hides mjml-python, which has the same import name",
            mend="pip uninstall mjml, then pip install --force-reinstall mjml-python",
        )
    # Jinja's comments may hold anything; their lines stay, so that line numbers do.
    bare = _JINJA_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    _inspect(bare, path)
    try:
        html: str = mjml2html(bare.strip(), fonts={})
    except ValueError as err:
        raise TemplateError(
            f"MJML can't compile the template: {err}",
            mend="compare it with the template that is shipped, or try its parts one by one",
            path=path,
        ) from err
    _find_lost_tags(bare, html, path)
    return html


class Compiler:
    """`compile_mjml`, to be made in another process."""

    def compile(self, source: str, path: str) -> str:
        """The same."""
        return compile_mjml(source, path)


@lru_cache(maxsize=16)
def compile_apart(source: str, path: str) -> str:
    """The same for a template that is not as shipped: in a process which it may crash."""
    try:
        return Confined("publisher.digest.markup:Compiler").call("compile", source, path)
    except EndedError as err:
        raise TemplateError(
            f"MJML can't compile the template: {err}",
            mend="compare it with the template that is shipped, or try its parts one by one",
            path=path,
        ) from None


def _inspect(source: str, path: str) -> None:
    """Raise TemplateError at the first piece of markup that the compiler would stumble over."""
    # What stands inside Jinja's tags is no markup, but as long and with as many lines.
    text = _JINJA_TAG.sub(_masked(source, path), source)

    def fail(what: str, mend: str, place: int) -> TemplateError:
        return TemplateError(what, mend=mend, path=path, line=text.count("\n", 0, place) + 1)

    if found := _CONTROL.search(text):
        raise fail("a control character stands in the template", "take it out", found.start())
    opened: list[tuple[str, int]] = []
    for piece in _PIECE.finditer(text):
        name = piece["name"]
        if piece["stray"]:
            raise fail(
                "a '<' opens no tag that can be read",
                "write &lt; for the sign; in a tag, give each attribute a value in quotes, "
                "and put no {% if %} between attributes",
                piece.start(),
            )
        if name is None or piece["closed"] or name.lower() in _VOID:
            continue
        if not name.startswith("/"):
            opened.append((name, piece.start()))
            if len(opened) > _DEPTH:
                raise fail(f"tags nest deeper than {_DEPTH}", "nest them less", piece.start())
        elif not opened or opened.pop()[0] != name[1:]:
            raise fail(
                f"<{name}> closes nothing that is open here",
                "close tags in the order in which they were opened, the last one first",
                piece.start(),
            )
    if opened:
        name, place = opened[-1]
        raise fail(f"<{name}> is never closed", f"add </{name}>", place)
    if not text.lstrip().startswith("<mjml"):
        raise fail("the template does not begin with <mjml>", "wrap it in <mjml>...</mjml>", 0)


def _masked(source: str, path: str) -> Callable[[re.Match[str]], str]:
    """Replaces a Jinja tag by as many signs that may stand in text and in values, but nowhere else
    in a tag; refuses one that MJML would misread.
    """

    def mask(found: re.Match[str]) -> str:
        if "<" in found[0]:
            raise TemplateError(
                f"a '<' stands inside {found[0]}",
                mend="turn the comparison round: b > a",
                path=path,
                line=source.count("\n", 0, found.start()) + 1,
            )
        return re.sub(r"[^\n]", "§", found[0])

    return mask


def _find_lost_tags(source: str, html: str, path: str) -> None:
    """Raise TemplateError if a Jinja tag of the source is not in the HTML as it was."""
    for found in _JINJA_TAG.finditer(source):
        if found[0] not in html:
            raise TemplateError(
                f"MJML drops or changes {found[0]}",
                mend="it stands in an attribute or at a place that MJML does not know, "
                "or has double quotes inside an attribute: take single ones",
                path=path,
                line=source.count("\n", 0, found.start()) + 1,
            )
