"""publisher check: what is to mend, before a reader finds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.common import now, open_site, show_json
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.tables import show_table
from publisher.counting import counted

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.model import Finding
    from publisher.publish.checking import Checked, Size

_NOUNS = {"network": ("question",), "configuration": ("configuration", "configuration")}


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE",
            help="Articles, feeds or messages (.eml); else everything in the publication.",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each value where it was read, and why.")
    ] = False,
    dns: Annotated[
        bool,
        typer.Option(
            "--dns", help="Ask the network: SPF, DKIM, DMARC, MX, PTR, TLS, the public feeds."
        ),
    ] = False,
    name_server: Annotated[
        str, typer.Option(help="With --dns, this one (ADDRESS or ADDRESS:PORT); else the system's.")
    ] = "",
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Say what is to mend before readers find it: what, where, why, how; publish nothing.

    Without a file: the configuration, all articles and templates, the feeds as they are, and what
    each newsletter would say next. An error would keep it from leaving; the exit code is 1 if there
    is anything at all. With --dns the sending domain, the relay and the public address of the feeds
    are asked instead. With --explain it says of articles what was read from where, and why each tag
    and the summary.

    [bold]Example[/bold]:  publisher check

    [bold]Example[/bold]:  publisher check articles/ferry.txt --explain

    [bold]Example[/bold]:  publisher check feeds/rss.xml outbox/1.eml --json

    [bold]Example[/bold]:  publisher check --dns
    """
    place = open_site(site)
    if dns:
        from publisher.publish.surroundings import check_surroundings  # noqa: PLC0415

        looked_at = check_surroundings(place, name_server)
    else:
        looked_at = _wanted(place, files or [])
    if json:
        found = _tell_json(looked_at, explain=explain)
    else:
        found = _tell(looked_at, explain=explain, praise=dns)
    raise typer.Exit(1 if found else 0)


def _tell_json(looked_at: Iterable[Checked], *, explain: bool) -> int:
    """Everything at once, for a script; how much is to mend."""
    told = [_as_dict(checked, explain=explain) for checked in looked_at]
    show_json(told)
    return sum(len(one["findings"]) for one in told)


def _tell(looked_at: Iterable[Checked], *, explain: bool, praise: bool) -> int:
    """One after another as they come, for a person; how much is to mend."""
    count: Counter[str] = Counter()
    sizes: list[tuple[str, ...]] = []
    found = 0
    for checked in looked_at:
        count[checked.kind] += 1
        found += len(checked.findings)
        if checked.size:
            sizes.append(_size_row(checked.path, checked.size))
        for finding in checked.findings:
            typer.echo(f"{finding.severity.value}: {finding}{_why(finding)}")
        if explain and checked.reasons:
            typer.echo(checked.path)
            rows = [(one.what, one.value, one.source) for one in checked.reasons]
            show_table(("what", "value", "from"), rows)
        if praise and not checked.findings:
            typer.echo(f"good: {checked.path}")
    if not explain or found:
        if sizes:
            show_table(("message", "HTML", "left until Gmail clips it", "text"), sizes)
        looked = ", ".join(
            counted(number, *_NOUNS.get(kind, (kind,))) for kind, number in count.items()
        )
        typer.echo(f"{looked or 'nothing there'}: {found or 'nothing'} to mend")
    return found


def _wanted(site: Site, files: list[Path]) -> Iterator[Checked]:
    from publisher.publish.checking import check_articles, is_article  # noqa: PLC0415
    from publisher.publish.inspecting import check_everything, check_file  # noqa: PLC0415

    if not files:
        yield from check_everything(site, now())
        return
    others = [path for path in files if not is_article(site, path) and path.is_file()]
    articles = [path for path in files if path not in others]
    if articles:
        yield from check_articles(site, articles, now())
    for path in others:
        yield check_file(site, path)


def _why(finding: Finding) -> str:
    return f" [{finding.rule}]" if finding.rule else ""


def _size_row(path: str, size: Size) -> tuple[str, ...]:
    return (path, f"{size.html:,} bytes", f"{size.left:,} bytes", f"{size.text:,} bytes")


def _as_dict(checked: Checked, *, explain: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "path": checked.path,
        "kind": checked.kind,
        "findings": [one.as_dict() for one in checked.findings],
    }
    if checked.size:
        told["bytes"] = asdict(checked.size)
    if explain:
        told["explain"] = [
            {"what": one.what, "value": one.value, "from": one.source} for one in checked.reasons
        ]
    return told
