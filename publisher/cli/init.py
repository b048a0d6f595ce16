"""publisher init: a new site that works at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from publisher.cli.common import answer, now
from publisher.cli.options import JsonOption
from publisher.errors import OutputError, UsageError

_URL = "https://paper.example/"
_CONFIG = """\
# What publisher reads before anything else. Every key: docs/configuration.md.

[publication]
title = {title}
url = {url}              # where feeds/ will be served
domain = {domain}        # stands in permanent ids: choose it once, never change it
language = "en"
timezone = "UTC"

[mail]
from = {sender}
transport = "outbox"     # one .eml a message in outbox/
# To send, write transport = "smtp" there, take the signs # off here, and give the user name and the
# password in the environment: PUBLISHER_SMTP_USERNAME, PUBLISHER_SMTP_PASSWORD
# [mail.smtp]
# host = "smtp.example.org"
# port = 587             # 465 for security = "tls"
# security = "starttls"

[newsletters.daily]
title = {newsletter}
schedule = "daily at 07:00"
first = "at once"        # the first edition leaves with the first run; later ones at their time
"""

_ARTICLE = """\
---
title: Hello, reader
date: {date}
section: Notes
tags: [Welcome]
---

This is the first article of {title}. It is written in Markdown, with a little front matter
above it; plain wire copy (.txt) and web pages (.html) are read as well.

Put more files like this one beside it and type `publisher run` again.
"""

_IGNORE = """\
publisher.db*
publisher.key
publisher.password
dkim*.key
publisher.lock
publisher.rest
publisher.seen
outbox/
"""


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it may exist, but empty.")],
    title: Annotated[str, typer.Option(help="The publication's title.")] = "My publication",
    url: Annotated[str, typer.Option(help="Where feeds/ will be served.")] = _URL,
    sender: Annotated[str, typer.Option("--from", help="Who the newsletter comes from.")] = "",
    json: JsonOption = False,
) -> None:
    """Make a new site: publisher.toml, a first article, and nothing else to do but `publisher run`.

    [bold]Example[/bold]:  publisher init paper --title "The Paper" --url https://paper.example/
    """
    from publisher.config import CONFIG_NAME, load_site  # noqa: PLC0415

    domain = urlsplit(url).hostname or ""
    if not domain:
        raise UsageError(f"{url!r} is no web address", mend="write --url https://paper.example/")
    if (folder / CONFIG_NAME).exists():
        raise UsageError(
            f"there is a {CONFIG_NAME} already", path=str(folder), mend="choose another folder"
        )
    config = _CONFIG.format(
        title=_toml(title),
        url=_toml(url),
        domain=_toml(domain),
        sender=_toml(sender or f"news@{domain}"),
        newsletter=_toml(f"{title} daily"),
    )
    files = {
        CONFIG_NAME: config,
        "articles/hello.md": _ARTICLE.format(date=f"{now():%Y-%m-%dT%H:%M:%SZ}", title=title),
        ".gitignore": _IGNORE,
    }
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(text, encoding="utf-8")
    except OSError as err:
        raise OutputError(
            f"can't write: {err.strerror}",
            path=str(err.filename or folder),
            mend="choose a folder that you may write in",
        ) from err
    load_site(folder, {})
    placeholder = (
        f"Before anybody reads it, write your own address into {folder}/{CONFIG_NAME} (url,\n"
        f"domain and from), where {url} stands now: all ids are made of it.\n"
    )
    answer(
        {"folder": str(folder), "files": sorted(files)},
        f"Made {folder}/.\n{placeholder if url == _URL else ''}Next:\n"
        f"  publisher subscribers add you@{domain} --newsletter daily --site {folder}\n"
        f"  publisher run --site {folder}           # feeds/, and a digest in outbox/\n"
        f"  publisher preview --site {folder}       # all of it as readers would see it\n"
        "To send: give publisher.toml the relay ([mail.smtp], a comment there shows how), then\n"
        f"  publisher check --dns --site {folder}   # what your domain lacks\n"
        f"  publisher editions send-test daily --to you@{domain} --site {folder}",
        json=json,
    )


def _toml(text: str) -> str:
    """A TOML basic string (TOML 1.0, "String")."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if char < " " or char == "\x7f" else char
        for char in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
