"""Sphinx builds these pages: `make docs`. They are Markdown, and read as well where they lie."""

import re
from pathlib import Path

from pygments.lexers import BashLexer

project = "publisher"
author = "The publisher authors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "A folder of articles in; feeds and a newsletter out.",
    "fixed_sidebar": True,
}
html_static_path: list[str] = []
myst_heading_anchors = 3
# A wrong link is an error here, as it is everywhere else.
nitpicky = True
# `make links` asks for every address of the internet that a page names; these are nobody's.
linkcheck_ignore = [r"https?://([\w-]+\.)*example(/|$)", r"http://127\.0\.0\.1"]
linkcheck_timeout = 20
linkcheck_retries = 2

_HERE = Path(__file__).parent
_OUTSIDE = re.compile(r"\[([^\]]*)\]\((\.\./[^)#]+)[^)]*\)")


def _inside(_app, name, source):
    """What a page points to outside of docs/ is named, for it is not among the built pages."""
    page = _HERE / f"{name}.md"

    def named(link):
        if not (page.parent / link[2]).exists():
            raise FileNotFoundError(f"{page}: there is no {link[2]}")
        path = link[2].removeprefix("../")
        return link[1] if path in link[1] else f"{link[1]} (`{path}`)"

    source[0] = _OUTSIDE.sub(named, source[0])


def setup(app):
    app.add_lexer("cron", BashLexer)
    app.connect("source-read", _inside)
