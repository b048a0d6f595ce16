"""What WordPress carries out when it shows a page: made HTML where that is plain, else named."""

from __future__ import annotations

import re
from html import escape, unescape

from publisher.content import is_web_address

_CAPTION = re.compile(
    r"\[(?:wp_)?caption\b([^\]]{0,400})\](.{0,4000}?)\[/(?:wp_)?caption\]", re.DOTALL
)
_IMAGE = re.compile(r"\s*((?:<a\b[^<>]{0,1000}>\s*)?<img\b[^<>]{0,2000}>(?:\s*</a>)?)", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\]]{0,200}\]\s*(https?://[^\s\[\]<>\"']{1,500})\s*\[/embed\]")
_MEDIA = re.compile(
    r"\[(audio|video)\b[^\]]{0,100}?(?:src|mp3|mp4|m4a|ogg|webm)=[\"'](https?://[^\"'\]]{1,500})[\"']"
    r"[^\]]{0,300}\](?:\s*\[/\1\])?"
)
_OTHER = re.compile(r"\[/?([a-z][a-z0-9_-]{2,30})(?:\s[^\[\]]{0,600}|\s?/)?\]")
# Square brackets are text, too: only what WordPress and its usual plug-ins register.
_KNOWN = frozenset({
    "gallery", "playlist", "audio", "video", "caption", "wp_caption", "embed", "contact-form",
    "contact-form-7", "gravityform", "ninja_form", "wpforms", "youtube", "vimeo", "tweet",
    "instagram", "soundcloud", "slideshow", "vc_row", "vc_column", "vc_column_text",
    "et_pb_section", "et_pb_row", "et_pb_column", "et_pb_text", "et_pb_image",
    "fusion_builder_container", "button", "dropcap", "toc", "table", "tablepress", "poll",
    "recipe", "subscribe", "jetpack_subscription_form", "podcast", "powerpress", "code",
    "sourcecode", "su_button", "su_note", "products", "map", "googlemaps", "latex", "polldaddy",
    "archives", "recent-posts", "sitemap", "blog_subscription_form",
})  # fmt: skip


def without_shortcodes(html: str, lost: list[str]) -> str:
    """WordPress's `[caption]`, `[embed]`, `[audio]` as HTML; others are taken out and named."""
    if "[" not in html:
        return html
    html = _CAPTION.sub(_caption, html)
    html = _EMBED.sub(lambda match: _link(match[1]), html)
    html = _MEDIA.sub(_player, html)

    def drop(match: re.Match[str]) -> str:
        if match[1] not in _KNOWN:
            return match[0]
        lost.append(f"the shortcode [{match[1]}]")
        return ""

    return _OTHER.sub(drop, html)


def _caption(match: re.Match[str]) -> str:
    image = _IMAGE.match(match[2])
    if image is None:
        return match[2]
    words = match[2][image.end() :].strip()
    told = re.search(r"caption=[\"']([^\"']{1,400})[\"']", match[1])
    words = words or (unescape(told[1]) if told else "")
    return f"<figure>{image[1]}<figcaption>{words}</figcaption></figure>"


def _player(match: re.Match[str]) -> str:
    return f'<{match[1]} controls src="{escape(match[2])}"></{match[1]}>'


def _link(address: str) -> str:
    shown = escape(address)
    return f'<p><a href="{shown}">{shown}</a></p>' if is_web_address(address) else shown
