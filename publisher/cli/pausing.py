"""publisher subscribers pause and resume: nothing for a while, for somebody who asked for that."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import answer, local, newsletter_named, now, open_site, open_store, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.people import AddressArgument

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.storage import Reader, Store

OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--newsletter", help="Of this one alone; may be repeated. Else of all."),
]


def pause(
    address: AddressArgument,
    until: Annotated[
        str, typer.Option(help="2027-01-15, or a length such as 2 weeks; else for a year.")
    ] = "",
    newsletter: OnlyOption = None,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Send somebody nothing until a day; what they missed comes once after it, or not at all.

    Which of the two is after_pause of the newsletter in publisher.toml.

    [bold]Example[/bold]:  publisher subscribers pause ana@paper.example --until 2027-01-15
    """
    from publisher.audience import LONGEST_PAUSE, parse_pause  # noqa: PLC0415
    from publisher.timetable import clock_of  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        reader, names = _chosen(place, store, address, newsletter)
        who, moment = reader.subscriber, now()
        paused = {}
        words = []
        for name in names:
            held, known = reader.subscription(name), place.newsletter(name)
            zone = clock_of(known, held.choice) if held and known else place.publication.timezone
            end = parse_pause(until, timezone=zone, now=moment) if until else moment + LONGEST_PAUSE
            store.readers.pause(who.id, [name], end)
            paused[name] = end
            words.append(f"{name}: nothing for {who.address} before {local(end, zone)}")
    answer({"address": who.address, "paused": paused}, "\n".join(words), json=json)


def resume(
    address: AddressArgument,
    newsletter: OnlyOption = None,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """End a pause now: the next edition comes again.

    [bold]Example[/bold]:  publisher subscribers resume ana@paper.example --newsletter daily
    """
    place = open_site(site)
    with open_store(place) as store:
        reader, names = _chosen(place, store, address, newsletter)
        who = reader.subscriber
        paused = [one for one in names if _is_paused(reader, one, now())]
        store.readers.pause(who.id, paused, None)
    words = [f"{name}: comes again to {who.address}" for name in paused]
    answer(
        {"address": who.address, "resumed": paused},
        "\n".join(words) or f"{who.address} had paused nothing",
        json=json,
    )


def _chosen(
    site: Site, store: Store, address: str, newsletters: list[str] | None
) -> tuple[Reader, list[str]]:
    """Who that is, and which of what they get is meant; exit code 1 where there is neither."""
    from publisher.audience import parse_address  # noqa: PLC0415

    wanted = [newsletter_named(site, one).name for one in dict.fromkeys(newsletters or ())]
    reader = store.readers.find(parse_address(address))
    if reader is None or not reader.subscriptions:
        tell(f"publisher: {address} gets nothing here (`publisher subscribers show` tells more)")
        raise typer.Exit(1)
    held = [one.newsletter for one in reader.subscriptions]
    if missing := [one for one in wanted if one not in held]:
        tell(f"publisher: {address} does not get {', '.join(missing)}, only {', '.join(held)}")
        raise typer.Exit(1)
    return reader, wanted or held


def _is_paused(reader: Reader, newsletter: str, moment: datetime) -> bool:
    held = reader.subscription(newsletter)
    return bool(held and held.paused_until and held.paused_until > moment)
