"""publisher subscribers: who gets what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import (
    JsonOption,
    SiteOption,
    newsletter_named,
    now,
    open_site,
    open_store,
    show_json,
    show_table,
    tell,
)

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.storage import Wish

app = typer.Typer(help="Add, list, remove and import subscribers.", no_args_is_help=True)

_BATCH = 1000  # people in one transaction

TopicOption = Annotated[
    list[str] | None,
    typer.Option("--topic", help="tag:china, section:world or author:ana-reis; else everything."),
]


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    newsletter: Annotated[list[str], typer.Option(help="Which newsletter; may be repeated.")],
    topic: TopicOption = None,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Bring back somebody who left; only if they asked.")
    ] = False,
    site: SiteOption = None,
) -> None:
    """Add a subscriber, or change what one gets.

    [bold]Example[/bold]:  publisher subscribers add ana@paper.example --newsletter daily
    """
    from publisher.audience import parse_address, parse_topics  # noqa: PLC0415
    from publisher.model import Choice  # noqa: PLC0415

    place = open_site(site)
    topics = parse_topics(topic or ())
    wanted = dict.fromkeys(_known(place, newsletter), Choice(topics=topics))
    with open_store(place) as store:
        known = store.subscribers.add(
            parse_address(address),
            name=name,
            subscriptions=wanted,
            source="added by the operator",
            now=now(),
            again=again,
        )
    if known is None:
        tell(
            f"publisher: {address} has left and is not brought back (--again if they asked for it)"
        )
        raise typer.Exit(1)
    tell(f"{known.address} gets {', '.join(newsletter)}")


@app.command("list")
def list_(site: SiteOption = None, json: JsonOption = False) -> None:
    """List the subscribers and what they chose.

    [bold]Example[/bold]:  publisher subscribers list --json
    """
    from publisher.audience import write_topics  # noqa: PLC0415

    place = open_site(site)
    rows: dict[str, dict[str, list[str]]] = {}
    with open_store(place) as store:
        for newsletter in place.newsletters:
            for one in store.subscribers.subscriptions(newsletter.name):
                chosen = rows.setdefault(one.subscriber.address, {})
                chosen[newsletter.name] = list(write_topics(one.choice.topics))
    if json:
        show_json([{"address": who, "newsletters": rows[who]} for who in sorted(rows)])
        return
    show_table(
        ("address", "newsletter", "topics"),
        [
            (who, newsletter, " ".join(topics) or "everything")
            for who in sorted(rows)
            for newsletter, topics in rows[who].items()
        ],
    )


@app.command()
def remove(
    address: Annotated[str, typer.Argument(help="The mail address.")], site: SiteOption = None
) -> None:
    """Take somebody off all newsletters; imports can't bring them back.

    [bold]Example[/bold]:  publisher subscribers remove ana@paper.example
    """
    from publisher.audience import parse_address  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        found = store.subscribers.remove(
            parse_address(address), now=now(), reason="removed by the operator"
        )
    if not found:
        tell(f"publisher: nobody here has the address {address}")
        raise typer.Exit(1)
    tell(f"{address} gets nothing any more")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file, or - for standard input.")],
    newsletter: Annotated[
        list[str] | None, typer.Option(help="For rows that name none; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    site: SiteOption = None,
) -> None:
    """Import subscribers from CSV with the columns address, name, newsletter, topics.

    Only the address must be there. Several newsletters or topics in one cell stand apart by
    spaces. A row that can't be used is named with its line; the others go on.

    [bold]Example[/bold]:  publisher subscribers import readers.csv --newsletter daily
    """
    place = open_site(site)
    data = sys.stdin.buffer.read() if str(file) == "-" else None
    wishes, failed = _read_wishes(place, file, data, newsletter or ())
    added: list[object] = []
    if not dry_run:
        with open_store(place) as store:
            for start in range(0, len(wishes), _BATCH):
                added += store.subscribers.add_all(
                    wishes[start : start + _BATCH], source=f"imported from {file.name}", now=now()
                )
    kept_out = added.count(None)
    verb = "would be imported" if dry_run else "imported"
    done = len(wishes) - kept_out
    tell(f"{done} {verb}, {kept_out} kept out because they left, {failed} could not be used")
    raise typer.Exit(1 if failed else 0)


def _read_wishes(
    site: Site, file: Path, data: bytes | None, default: Sequence[str]
) -> tuple[list[Wish], int]:
    """What the rows ask for, and how many can't be used; those are named with their line."""
    from publisher.errors import AddressError, UsageError, describe  # noqa: PLC0415
    from publisher.model import Choice  # noqa: PLC0415
    from publisher.sources import read_subscribers  # noqa: PLC0415
    from publisher.storage import Wish  # noqa: PLC0415

    _known(site, default)
    wishes: list[Wish] = []
    failed = 0
    for row in read_subscribers(file, data):
        try:
            if row.problem is not None:
                raise row.problem
            names = _known(site, row.newsletters or default, some=True)
            chosen = dict.fromkeys(names, Choice(topics=row.topics))
            wishes.append(Wish(address=row.address, name=row.name, subscriptions=chosen))
        except (AddressError, UsageError) as err:
            failed += 1
            tell(f"error: {describe(err.what, err.mend, str(file), row.line)}")
    return wishes, failed


def _known(site: Site, names: Sequence[str], *, some: bool = False) -> tuple[str, ...]:
    """The names, if each is a newsletter's; with `some`, none at all is a mistake too."""
    from publisher.errors import UsageError  # noqa: PLC0415

    if some and not names:
        raise UsageError("names no newsletter", mend="fill the column, or give --newsletter")
    return tuple(newsletter_named(site, name).name for name in names)
