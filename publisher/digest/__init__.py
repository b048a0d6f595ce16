"""A segment's entries -> the words of a digest, HTML and text: pure, values in, values out."""

from publisher.digest.browser import browser_page
from publisher.digest.renderer import Digest

__all__ = ["Digest", "browser_page"]
