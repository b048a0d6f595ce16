"""Entries and editions -> the HTML pages that people read: pure, values in, bytes out."""

from publisher.pages.renderer import Pages
from publisher.pages.views import EditionLink

__all__ = ["EditionLink", "Pages"]
