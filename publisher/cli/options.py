"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SiteOption = Annotated[
    Path | None,
    typer.Option(
        "--site", help="The folder with publisher.toml; else the nearest one upwards from here."
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Say nothing unless something has to be mended, as for cron."
    ),
]
FullOption = Annotated[
    bool,
    typer.Option("--full", help="Read and write everything again, whatever is known unchanged."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a script.")]
TopicOption = Annotated[
    list[str] | None,
    typer.Option("--topic", help="tag:china, section:world or author:ana-reis; else everything."),
]
FrequencyOption = Annotated[
    str, typer.Option(help="each, daily, weekly or monthly; else as the newsletter is scheduled.")
]
LanguageOption = Annotated[
    str,
    typer.Option(help="Of the words around the articles: en or de; else the newsletter's own."),
]
ZoneOption = Annotated[str, typer.Option(help="Such as Asia/Tokyo; else the newsletter's own.")]
