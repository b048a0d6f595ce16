"""Entries and editions -> the HTML pages that people read: pure, values in, bytes out."""

from publisher.pages.renderer import AROUND, Pages
from publisher.pages.views import EditionLink

__all__ = ["AROUND", "EditionLink", "Pages"]
