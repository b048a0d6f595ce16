"""What the reader of each form hands over: the words and what the form itself tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from publisher.model import Finding


@dataclass(slots=True)
class Manuscript:
    """An article taken out of its form; front matter has not been asked yet.

    `html` is not sanitised and has addresses as written, relative to `base` if that is not
    empty. `byline` holds names; `published` and `updated` come from metadata inside the form.
    """

    title: str
    html: str
    byline: tuple[str, ...] = ()
    credit: str = ""
    rights: str = ""
    summary: str = ""
    language: str = ""
    section: str = ""
    url: str = ""
    base: str = ""
    image: str = ""
    keywords: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
