"""Tags of Jekyll (Liquid) and shortcodes of Hugo: said in Markdown, or taken out and named."""

from __future__ import annotations

import re
from html import escape

_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+(\w{1,30})[^%]{0,60}-?%\}\n?(.{0,20000}?)\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL,
)
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_ROOT = re.compile(r"\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}|\{\{-?\s*\"([^\"]{0,300})\"\s*\|\s*"
                   r"(?:relative_url|absolute_url)\s*-?\}\}")  # fmt: skip
_LIQUID = re.compile(r"\{%-?\s*([a-z_]{2,30})\b[^%{}]{0,600}-?%\}|\{\{-?[^{}<%]{1,300}-?\}\}")
_FIGURE = re.compile(r"\{\{<\s*figure\s+([^<>]{1,2000}?)\s*/?>\}\}")
_VIDEO = re.compile(r"\{\{<\s*(youtube|vimeo)\s+(?:id=)?\"?([\w-]{3,40})\"?[^<>]{0,200}>\}\}")
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?\s*([\w/.-]{1,60})[^<>{}]{0,1000}?/?\s*[>%]\}\}")
_PART = re.compile(r"(\w{1,20})\s*=\s*(?:\"([^\"]{0,1000})\"|(\S{1,300}))")
_FENCE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)


def without_tags(text: str, lost: list[str]) -> str:
    """The text without what only its program can carry out; code between fences stays as it is."""
    if "{%" not in text and "{{" not in text:
        return text
    text = _HIGHLIGHT.sub(lambda match: f"```{match[1]}\n{match[2].rstrip()}\n```", text)
    kept: list[str] = []
    at = 0
    for fence in _FENCE.finditer(text):
        kept += [_plain(text[at : fence.start()], lost), fence[0]]
        at = fence.end()
    kept.append(_plain(text[at:], lost))
    return "".join(kept)


def _plain(text: str, lost: list[str]) -> str:
    text = _ROOT.sub(lambda match: match[1] or "", _RAW.sub("", text))
    text = _FIGURE.sub(_figure, text)
    text = _VIDEO.sub(_video, text)

    def shortcode(match: re.Match[str]) -> str:
        lost.append(f"the shortcode {match[1]}")
        return ""

    def tag(match: re.Match[str]) -> str:
        lost.append(f"the tag {match[1]}" if match[1] else "values that Liquid puts in")
        return ""

    return _LIQUID.sub(tag, _SHORTCODE.sub(shortcode, text))


def _figure(match: re.Match[str]) -> str:
    parts = {one[1].lower(): one[2] if one[2] is not None else one[3]
             for one in _PART.finditer(match[1])}  # fmt: skip
    if not parts.get("src"):
        return ""
    image = f'<img src="{escape(parts["src"])}" alt="{escape(parts.get("alt", ""))}">'
    words = parts.get("caption") or parts.get("title") or ""
    caption = f"<figcaption>{escape(words, quote=False)}</figcaption>" if words else ""
    return f"<figure>{image}{caption}</figure>"


def _video(match: re.Match[str]) -> str:
    address = (
        f"https://www.youtube.com/watch?v={match[2]}"
        if match[1] == "youtube"
        else f"https://vimeo.com/{match[2]}"
    )
    return f"<{address}>"
