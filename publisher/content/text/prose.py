"""The short way for Markdown that is nothing but paragraphs, as most articles are.

What the sanitiser and the tree would make of such HTML can be said at once: a few times as fast,
and a property test holds the two to the same words. Anything else goes the long way.
"""

from __future__ import annotations

import re
from html import unescape

from publisher.content.text.characters import clean, is_plain
from publisher.content.text.plain import Block, single_spaced

# As render_markdown writes them. Addresses with a part that somebody would have to resolve,
# escape or refuse are none of these, nor is a space that does not break.
_TEXT = r"(?:[^<>&\u00a0]++|&(?:amp|quot|lt|gt);)"
_NAME = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*+"
_ADDRESS = rf"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/{_NAME})*+/?"
# No group in it that captures: with possessive repeats Python 3.11 loses track of those.
_WORDS = (
    rf"{_TEXT}|<em>{_TEXT}*+</em>|<strong>{_TEXT}*+</strong>|<a href=\"{_ADDRESS}\">{_TEXT}*+</a>"
)
_PARAGRAPHS = re.compile(rf"(?:<p>(?:{_WORDS})++</p>\n?)++")
_TAG = re.compile(r"<(?!/p>)[^>]*>")  # all but the end of a paragraph


def plain_prose(html: str) -> tuple[str, list[Block]] | None:
    """The sanitised HTML and its blocks, or None if it is not plain enough to tell."""
    if _PARAGRAPHS.fullmatch(html) is None or not (
        (plain := is_plain(html)) or clean(html) == html
    ):
        return None
    words = _TAG.sub("", html)
    # Of all that separates words such text has the space alone, and line ends.
    is_spaced = plain and "&" not in words and "  " not in words
    blocks = []
    for paragraph in words.split("</p>"):
        if is_spaced:
            text = paragraph.strip()
            if "\n" in text:
                text = single_spaced(text)
        else:
            text = single_spaced(unescape(paragraph))
        if text:
            blocks.append(Block("p", text))
    safe = html.replace('">', '" rel="noopener">').replace("&quot;", '"').strip()
    return safe, blocks
