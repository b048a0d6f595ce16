"""publisher subscribers show, held and forget: one person, and all that is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

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

AddressArgument = Annotated[str, typer.Argument(help="The mail address.")]


def show(address: AddressArgument, site: SiteOption = None, json: JsonOption = False) -> None:
    """Say what somebody gets, since when, what they agreed to, what they were sent, what bounced.

    [bold]Example[/bold]:  publisher subscribers show ana@paper.example
    """
    from publisher.audience import parse_address  # noqa: PLC0415

    place = open_site(site)
    wire = parse_address(address)
    with open_store(place) as store:
        known = store.subscribers.held_at(wire)
        off = store.suppressions.find(wire)
    if off is None and not any(known.values()):
        tell(f"publisher: nothing is known of {address}")
        raise typer.Exit(1)
    state = "kept off" if off else "subscribed" if known["subscriptions"] else "gets nothing"
    if json:
        why = {"reason": off.reason, "since": off.since} if off else None
        show_json({"address": wire, "state": state, "suppression": why, **known})
        return
    zone = place.publication.timezone
    show_table(("what", "when", "more"), [("state", "", state), *_facts(known, zone)])
    if off:
        typer.echo(f"kept off since {local(off.since, zone)}: {off.reason}")


def held(address: AddressArgument, site: SiteOption = None) -> None:
    """Give everything that is held about somebody, as JSON (GDPR articles 15 and 20).

    [bold]Example[/bold]:  publisher subscribers held ana@paper.example
    """
    from publisher.audience import parse_address  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        known = store.subscribers.held_at(parse_address(address))
    show_json(known)
    raise typer.Exit(0 if any(known.values()) else 1)


def forget(
    address: AddressArgument,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace/--no-trace",
            help="Keep a keyed hash of the address, so that no import brings them back.",
        ),
    ] = True,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Erase all that names a person; counts of what was sent stay true (GDPR article 17).

    [bold]Example[/bold]:  publisher subscribers forget ana@paper.example
    """
    from publisher.audience import parse_address  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        found = store.subscribers.forget(parse_address(address), now=now(), trace=trace)
    if not found:
        tell(f"publisher: nothing is known of {address}")
        raise typer.Exit(1)
    words = "forgotten" + (", and kept off by a hash" if trace else ", without a trace")
    answer({"forgotten": True, "kept_off": trace}, words, json=json)


def _facts(known: dict[str, Any], zone: str) -> list[tuple[str, str, str]]:
    rows = [
        (f"subscriber {one['id']}", local(one["added"], zone), f"{one['name']}, {one['source']}")
        for one in known["subscriber"]
    ]
    rows += [
        (
            f"gets {one['newsletter']}",
            one["frequency"] or "as scheduled",
            f"{_topics(one['topics'])} {one['timezone']}{_pause(one['paused_until'], zone)}",
        )
        for one in known["subscriptions"]
    ]
    rows += [
        (
            f"{one['what']} {one['newsletter']}",
            local(one["at"], zone),
            f"{one['source']} {one['network']}",
        )
        for one in known["consent"]
    ]
    rows += [
        (f"{one['state']} {one['edition']}", local(one["changed"], zone), one["reply"])
        for one in known["deliveries"]
    ]
    rows += [
        (
            f"{one['kind']} {one['status']}",
            local(one["received"], zone),
            f"{one['outcome']}: {one['diagnostic']}",
        )
        for one in known["bounces"]
    ]
    return rows


def _pause(until: datetime | None, zone: str) -> str:
    return f", paused until {local(until, zone)}" if until and until > now() else ""


def _topics(chosen: Mapping[str, Sequence[str]]) -> str:
    """In words: `tag:china section:world`, or everything."""
    from publisher.audience import write_topics  # noqa: PLC0415
    from publisher.model import Selection  # noqa: PLC0415

    topics = Selection(**{kind: frozenset(slugs) for kind, slugs in chosen.items()})
    return " ".join(write_topics(topics)) or "everything"
