"""What an article is called for ever: its slug and its permanent id."""

from __future__ import annotations

import posixpath
import re
from datetime import date

from publisher.content.text.slugs import slugify

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[-_ ]?")


def slug_of_path(path: str) -> str:
    """The slug that a file's name gives: without its date, and `index` named by its folder."""
    folder, name = posixpath.split(path)
    stem = name.rpartition(".")[0] or name
    if stem.lower() == "index" and folder:
        stem = posixpath.basename(folder)
    return slugify(_DATE.sub("", stem, count=1) or stem)


def mint_id(domain: str, day: date, slug: str) -> str:
    """A permanent id (RFC 4151), minted once: it survives a new title, address or domain."""
    return f"tag:{domain},{day.isoformat()}:{slug}"
