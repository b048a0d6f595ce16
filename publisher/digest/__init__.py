"""A segment's entries -> the words of a digest, HTML and text: pure, values in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.digest.browser import browser_page
    from publisher.digest.renderer import Digest

__all__ = ["Digest", "browser_page"]

__getattr__ = late(__name__, {"browser": "browser_page", "renderer": "Digest"})
