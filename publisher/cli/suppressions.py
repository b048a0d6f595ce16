"""publisher suppressions: who must not be written to, whatever a list says."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.common import (
    answer,
    local,
    now,
    open_site,
    open_store,
    show_json,
    tell,
)
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.tables import show_table
from publisher.counting import counted

app = typer.Typer(help="Who must not be written to, whatever a list says.", no_args_is_help=True)

WhoArgument = Annotated[
    str, typer.Argument(help="An address, or @ and a domain for all addresses there.")
]


@app.command("list")
def list_(site: SiteOption = None, json: JsonOption = False) -> None:
    """List who is kept off, why, and since when; # and a hash stand for somebody forgotten.

    [bold]Example[/bold]:  publisher suppressions list --json
    """
    place = open_site(site)
    with open_store(place) as store:
        found = list(store.suppressions.all())
    if json:
        show_json([{"who": one.key, "reason": one.reason, "since": one.since} for one in found])
        return
    zone = place.publication.timezone
    show_table(
        ("who", "since", "why"), [(one.key, local(one.since, zone), one.reason) for one in found]
    )


@app.command()
def add(
    who: WhoArgument,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads the list.")] = "",
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Keep an address or a whole domain off; who is subscribed from there gets nothing any more.

    [bold]Example[/bold]:  publisher suppressions add @competitor.example
    """
    place = open_site(site)
    key = _key(who)
    since, reason = now(), reason or "kept off by the operator"
    with open_store(place) as store:
        gone = store.suppressions.add(key, reason=reason, now=since)
    answer(
        {"who": key, "reason": reason, "since": since, "taken_off": gone},
        f"{key} is kept off; {counted(gone, 'subscriber')} taken off everything",
        json=json,
    )


@app.command()
def remove(who: WhoArgument, site: SiteOption = None, json: JsonOption = False) -> None:
    """Let an address or a domain be written to again; it subscribes nobody.

    [bold]Example[/bold]:  publisher suppressions remove ana@paper.example
    """
    place = open_site(site)
    key = _key(who)
    with open_store(place) as store:
        found = store.suppressions.remove(key)
    if not found:
        tell(f"publisher: {key} is not kept off")
        raise typer.Exit(1)
    answer({"who": key}, f"{key} may be written to again", json=json)


def _key(who: str) -> str:
    """An address or a domain, as mail has them."""
    from publisher.audience import parse_address  # noqa: PLC0415

    return parse_address(f"x{who}")[1:] if who.startswith("@") else parse_address(who)
